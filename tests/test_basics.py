"""The checks to read first: the shapes, and a loss that falls."""

import numpy as np
import pytest
import torch

from sparse_autoencoder import SparseAutoencoder
from train import load_data, to_input, train


def test_shapes_of_the_data():
    X_train, X_test = load_data()
    assert X_train.shape == (800, 20)
    assert X_test.shape == (200, 20)


@pytest.mark.parametrize("samples", [2, 5])
def test_shapes_of_the_model(samples):
    model = SparseAutoencoder(20, 8).eval()
    x = to_input(model, np.ones((samples, 20)))
    y_pred, encoded = model(x, return_encoded=True)
    assert model.encode(x).shape == encoded.shape == (samples, 8)
    assert model.decode(encoded).shape == y_pred.shape == model(x).shape == x.shape
    assert model.sparsity_penalty(encoded).shape == ()


def test_the_loss_falls():
    X_train, _ = load_data()
    torch.manual_seed(42)
    losses = train(SparseAutoencoder(20, 8), X_train, epochs=50)
    assert losses[-1] < losses[0]
