"""The whole of train() worked out by hand: NumPy, float64, no autograd.

Notation: n samples of d features in X, one row each; h hidden units; W1 (h, d) and
b1 (h,) the encoder, W2 (d, h) and b2 (d,) the decoder, as torch.nn.Linear lays them
out. Nothing here is shared with the three files it checks.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Kingma and Ba (2015), "Adam: A Method for Stochastic Optimization", end of section 2.
BETA1 = 0.9
BETA2 = 0.999
EPSILON = 1e-8


def forward(X: Array, weights: list[Array]) -> tuple[Array, Array, Array]:
    """Return the pre-activation Z (n, h), the code A (n, h), the output Y (n, d)."""
    W1, b1, W2, b2 = weights
    Z = X @ W1.T + b1
    A = np.maximum(Z, 0)
    Y = 1 / (1 + np.exp(-(A @ W2.T + b2)))
    return Z, A, Y


def loss_and_gradients(
    X: Array, weights: list[Array], factor: float, target: float
) -> tuple[float, list[Array]]:
    """Return the loss J and its gradient by each of W1, b1, W2, b2.

    J = 1/(n d) sum_ij (Y_ij - X_ij)^2 + factor sum_k |rho_k - target|,
    rho_k = 1/n sum_i A_ik (Ng 2011, "Sparse autoencoder", section 3, for rho).
    """
    n, d = X.shape
    W2 = weights[2]
    Z, A, Y = forward(X, weights)
    rho = A.mean(axis=0)
    J = np.sum((Y - X) ** 2) / (n * d) + factor * np.sum(np.abs(rho - target))

    # The chain rule from the output inwards (Ng 2011, section 2, backpropagation).
    # sigmoid' = Y (1 - Y):
    delta2 = 2 * (Y - X) / (n * d) * Y * (1 - Y)
    # The code reaches J twice: through the decoder, and through rho, where
    # d|rho_k - target| / dA_ik = sign(rho_k - target) / n for every sample i:
    dA = delta2 @ W2 + factor * np.sign(rho - target) / n
    # ReLU' is 1 where the unit is on, else 0:
    delta1 = dA * (Z > 0)
    return float(J), [delta1.T @ X, delta1.sum(0), delta2.T @ A, delta2.sum(0)]


def derive(
    X: Array, weights: list[Array], epochs: int, lr: float, factor: float, target: float
) -> tuple[list[float], list[Array]]:
    """Return each epoch's loss, before its update, and the final W1, b1, W2, b2.

    Full-batch Adam with bias correction (Kingma and Ba 2015, algorithm 1).
    """
    losses = []
    first = [np.zeros_like(w) for w in weights]
    second = [np.zeros_like(w) for w in weights]
    for t in range(1, epochs + 1):
        loss, gradients = loss_and_gradients(X, weights, factor, target)
        losses.append(loss)
        first = [BETA1 * m + (1 - BETA1) * g for m, g in zip(first, gradients)]
        second = [BETA2 * v + (1 - BETA2) * g**2 for v, g in zip(second, gradients)]
        weights = [
            w - lr * (m / (1 - BETA1**t)) / (np.sqrt(v / (1 - BETA2**t)) + EPSILON)
            for w, m, v in zip(weights, first, second)
        ]
    return losses, weights
