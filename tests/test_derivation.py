"""The PyTorch model against the derivation by hand, to 1e-9 in float64."""

import numpy as np
import pytest

from sparse_autoencoder import SparseAutoencoder
from tests.conftest import make_model
from tests.numpy_derivation import Array, derive, forward, loss_and_gradients
from train import evaluate, load_data, train


def weights_of(model: SparseAutoencoder) -> list[Array]:
    """Return copies of the encoder's and the decoder's weight and bias, in order."""
    return [p.detach().double().numpy().copy() for p in model.parameters()]


@pytest.mark.parametrize(
    ("epochs", "lr", "penalty"),
    [(50, 0.001, [0.05, 0.3]), (50, 0.01, [1.0, 0.3]), (7, 0.1, [0.0, 0.0])],
)
def test_every_loss_and_every_final_weight_agree(
    epochs: int, lr: float, penalty: list[float]
) -> None:
    X_train, X_test = load_data()
    model = make_model(20, 5, *penalty).double()
    start = weights_of(model)
    losses, weights = derive(X_train, start, epochs, lr, *penalty)

    assert train(model, X_train, epochs, lr) == pytest.approx(losses, rel=0, abs=1e-9)
    for found, derived, before in zip(weights_of(model), weights, start, strict=True):
        np.testing.assert_allclose(found, derived, rtol=0, atol=1e-9)
        assert not np.allclose(derived, before, rtol=0, atol=1e-4)
    mse = np.mean((forward(X_test, weights)[2] - X_test) ** 2)
    assert evaluate(model, X_test) == pytest.approx(mse, rel=0, abs=1e-9)


def test_the_gradients_are_the_slopes_of_the_loss() -> None:
    X = load_data()[0][:50]
    weights = weights_of(make_model())
    _, gradients = loss_and_gradients(X, weights, 0.5, 0.3)
    step = 1e-6
    for w, gradient in zip(weights, gradients, strict=True):
        for index in np.ndindex(w.shape):
            losses = []
            for shift in (step, -step):
                w[index] += shift
                losses.append(loss_and_gradients(X, weights, 0.5, 0.3)[0])
                w[index] -= shift
            slope = (losses[0] - losses[1]) / (2 * step)
            assert gradient[index] == pytest.approx(slope, rel=0, abs=1e-8)
