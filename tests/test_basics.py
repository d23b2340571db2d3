"""The checks to read first: the shapes, the loss, the penalty by hand."""

import numpy as np
import pytest
import torch

from sparse_autoencoder import SparseAutoencoder
from train import load_data, reconstruct, train


@pytest.mark.parametrize("samples", [1, 5])
def test_shapes_of_the_model(samples, model):
    x = torch.randn(samples, 20)
    encoded = model.encode(x)
    assert encoded.shape == (samples, 8)
    assert model.decode(encoded).shape == (samples, 20)
    assert torch.equal(model(x), model.decode(encoded))
    assert torch.equal(model.decode(-encoded), torch.sigmoid(model.decoder(-encoded)))


def test_shapes_of_the_data(model):
    X_train, X_test = load_data()
    assert (X_train.shape, X_test.shape) == ((800, 20), (200, 20))
    y_pred = reconstruct(model, X_test)
    assert (y_pred.shape, y_pred.dtype) == ((200, 20), np.float64)


@pytest.mark.parametrize("seed", [0, 1, 42])
def test_loss_decreases(seed):
    X_train, _ = load_data(seed)
    torch.manual_seed(seed)
    losses = train(SparseAutoencoder(20, 8), X_train, epochs=100)
    assert (np.diff(losses) < 0).all()


def test_penalty_by_hand():
    # Three samples of two units; the mean activations are 0.1 and 0.5.
    encoded = torch.tensor([[-0.1, 0.2], [0.1, 0.6], [0.3, 0.7]])
    penalty = SparseAutoencoder(4, 2, 2.5, 0.2).sparsity_penalty(encoded)
    assert penalty.item() == pytest.approx(2.5 * (0.1 + 0.3), rel=1e-6)


@pytest.mark.parametrize("shape", [(8,), (2, 3, 8)])
def test_a_code_that_is_not_2_d_has_no_penalty(shape, model):
    with pytest.raises(ValueError, match=f"encoded must be 2-D, got shape .{shape[0]}"):
        model.sparsity_penalty(torch.zeros(shape))
