"""The model: the names of its weights, and the penalty worked out by hand."""

import pytest
import torch
from torch import nn

from sparse_autoencoder import SparseAutoencoder


def test_the_weights_are_those_of_two_layers(model):
    torch.manual_seed(42)
    layers = nn.ModuleDict({"encoder": nn.Linear(20, 8), "decoder": nn.Linear(8, 20)})
    expected = layers.state_dict()
    found = model.state_dict()
    assert list(found) == list(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


@pytest.mark.parametrize(
    ("factor", "target", "expected"),
    [
        (1.0, 0.05, 0.05 + 0.45),  # both means above the target
        (1.0, 0.8, 0.7 + 0.3),  # both below it
        (2.5, 0.3, 2.5 * (0.2 + 0.2)),  # one of each
    ],
)
def test_penalty_by_hand(factor, target, expected):
    # Three samples of two units; the mean activations are 0.1 and 0.5.
    encoded = torch.tensor([[0.0, 0.2], [0.1, 0.6], [0.2, 0.7]])
    penalty = SparseAutoencoder(4, 2, factor, target).sparsity_penalty(encoded)
    assert penalty.shape == ()
    assert penalty.item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("shape", [(8,), (2, 3, 8)])
def test_a_code_that_is_not_2_d_has_no_penalty(shape, model):
    with pytest.raises(ValueError, match="2-D"):
        model.sparsity_penalty(torch.zeros(shape))
