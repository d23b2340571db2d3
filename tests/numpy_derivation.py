"""The whole of train() worked out by hand: NumPy, float64, no autograd.

Notation: n samples of d features in X (n, d); h hidden units; W1 (h, d) and b1 (h,) are
the encoder, W2 (d, h) and b2 (d,) the decoder, as torch.nn.Linear stores them. factor
and target are sparsity_factor and sparsity_target. Nothing comes from the three files.
"""

import numpy as np

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # Kingma and Ba (2015), end of section 2


def loss_and_gradients(X, weights, factor, target):
    """Return the loss J and its gradients, one for each of W1, b1, W2, b2.

    J = 1/(n d) sum_ij (Y_ij - X_ij)^2 + factor sum_k |rho_k - target|, where
    rho_k = 1/n sum_i A_ik is as in Ng (2011, "Sparse autoencoder", section 3).
    """
    n, d = X.shape
    W1, b1, W2, b2 = weights
    Z = X @ W1.T + b1
    A = np.maximum(Z, 0)  # the code
    Y = 1 / (1 + np.exp(-(A @ W2.T + b2)))  # the reconstruction
    rho = A.mean(axis=0)
    J = np.sum((Y - X) ** 2) / (n * d) + factor * np.sum(np.abs(rho - target))
    # The chain rule (Ng 2011, section 2). The slope of the sigmoid is Y (1 - Y).
    delta2 = 2 * (Y - X) / (n * d) * Y * (1 - Y)
    # J depends on A twice: through Y, and through rho. The derivative of
    # |rho_k - target| with respect to A_ik is sign(rho_k - target) / n.
    dA = delta2 @ W2 + factor * np.sign(rho - target) / n
    delta1 = dA * (Z > 0)  # the slope of the ReLU is 1 where Z > 0, else 0
    return J, [delta1.T @ X, delta1.sum(axis=0), delta2.T @ A, delta2.sum(axis=0)]


def derive(X, weights, epochs, lr, factor, target):
    """Return the loss of each epoch before its step, and the final weights.

    Adam on all n samples (Kingma and Ba 2015, algorithm 1). m and v are its means of
    the gradient and of its square.
    """
    losses = []
    weights = list(weights)
    m = [np.zeros_like(w) for w in weights]
    v = [np.zeros_like(w) for w in weights]
    for t in range(1, epochs + 1):
        loss, gradients = loss_and_gradients(X, weights, factor, target)
        losses.append(loss)
        for i in range(4):
            m[i] = BETA1 * m[i] + (1 - BETA1) * gradients[i]
            v[i] = BETA2 * v[i] + (1 - BETA2) * gradients[i] ** 2
            m_hat = m[i] / (1 - BETA1**t)
            v_hat = v[i] / (1 - BETA2**t)
            weights[i] = weights[i] - lr * m_hat / (np.sqrt(v_hat) + EPSILON)
    return losses, weights
