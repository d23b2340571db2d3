"""The model: shapes, formulas worked out by hand, the weights that a seed gives."""

import math

import pytest
import torch
from torch import nn

from sparse_autoencoder import SparseAutoencoder


@pytest.mark.parametrize("leading", [(), (7,), (2, 3), (0,)])
def test_shapes_and_ranges(leading, model):
    x = 10 * torch.randn(*leading, 20)
    encoded = model.encode(x)
    assert encoded.shape == (*leading, 8)
    assert (encoded >= 0).all()
    decoded = model.decode(encoded)
    assert decoded.shape == x.shape
    assert ((decoded >= 0) & (decoded <= 1)).all()
    assert torch.equal(model(x), decoded)


def test_encode_is_relu_and_decode_is_sigmoid_of_the_layers():
    model = SparseAutoencoder(2, 2)
    model.encoder.weight.data = torch.tensor([[1.0, 2.0], [3.0, -4.0]])
    model.encoder.bias.data = torch.tensor([0.5, 1.0])
    model.decoder.weight.data = torch.tensor([[math.log(2), 0.0], [0.0, 1.0]])
    model.decoder.bias.data = torch.tensor([0.0, -math.log(3)])
    # Encoder: 0.25 + 1.5 + 0.5, and 0.75 - 3 + 1, which is below 0.
    assert model.encode(torch.tensor([0.25, 0.75])).tolist() == [2.25, 0.0]
    # Decoder: 1 / (1 + 2**-2) and 1 / (1 + 3).
    decoded = model.decode(torch.tensor([2.0, 0.0]))
    assert decoded.tolist() == pytest.approx([0.8, 0.25], rel=1e-6)


def test_a_seed_gives_the_weights_of_two_layers(model):
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
