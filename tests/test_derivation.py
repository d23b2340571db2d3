"""The PyTorch model against the derivation by hand, to 1e-9 in float64."""

import numpy as np
import pytest
import torch

from sparse_autoencoder import SparseAutoencoder
from tests.numpy_derivation import derive
from train import load_data, train


@pytest.mark.parametrize(
    ("epochs", "lr", "factor", "target"),
    [(1000, 0.001, 0.05, 0.05), (50, 0.01, 1.0, 0.3), (7, 0.1, 0.0, 0.0)],
)
def test_every_loss_and_every_final_weight_agree(epochs, lr, factor, target):
    X_train, _ = load_data()
    torch.manual_seed(42)
    model = SparseAutoencoder(20, 5, factor, target).double()
    train(model, X_train, 3, lr)  # the next call starts a new Adam
    start = [w.numpy().copy() for w in model.state_dict().values()]
    losses, weights = derive(X_train, start, epochs, lr, factor, target)
    assert train(model, X_train, epochs, lr) == pytest.approx(losses, rel=0, abs=1e-9)
    for found, derived in zip(model.state_dict().values(), weights, strict=True):
        np.testing.assert_allclose(found, derived, rtol=0, atol=1e-9)
