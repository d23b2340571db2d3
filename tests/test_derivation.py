"""The formulas: the model and its training against what is worked out by hand."""

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
    returned = train(model, X_train, epochs, lr)
    assert all(type(loss) is float for loss in returned)
    assert returned == pytest.approx(losses, rel=0, abs=1e-9)
    assert all(parameter.grad.any() for parameter in model.parameters())
    for found, derived in zip(model.state_dict().values(), weights, strict=True):
        np.testing.assert_allclose(found, derived, rtol=0, atol=1e-9)


def test_decode_and_forward_by_their_formulas(model):
    encoded = torch.linspace(-2, 2, 16).reshape(2, 8)  # decode has no ReLU
    expected = torch.sigmoid(model.decoder(encoded))
    assert torch.equal(model.decode(encoded), expected)
    x = torch.linspace(-2, 2, 40).reshape(2, 20)
    assert torch.equal(model(x), model.decode(model.encode(x)))


def test_penalty_by_hand():
    encoded = torch.tensor([[-0.1, 0.2], [0.1, 0.6], [0.3, 0.7]])  # means 0.1, 0.5
    model = SparseAutoencoder(4, 2, sparsity_factor=2.5, sparsity_target=0.2)
    penalty = model.sparsity_penalty(encoded).item()
    assert penalty == pytest.approx(2.5 * (0.1 + 0.3), rel=1e-6)
    one_sample = model.sparsity_penalty(encoded[2:]).item()
    assert one_sample == pytest.approx(2.5 * (0.1 + 0.5), rel=1e-6)


def test_a_code_that_is_not_2_d_has_no_penalty(model):
    for shape in [(8,), (2, 3, 8), (2, 2, 3, 8)]:
        with pytest.raises(ValueError) as refused:
            model.sparsity_penalty(torch.zeros(shape))
        assert str(refused.value) == f"encoded must be 2-D, got shape {shape}"
