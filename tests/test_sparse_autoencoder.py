"""The model: shapes, formulas worked out by hand, weights a seed gives, refusals."""

import math
import re
from collections.abc import Callable

import pytest
import torch
from torch import nn

from sparse_autoencoder import SparseAutoencoder

MakeModel = Callable[..., SparseAutoencoder]


@pytest.mark.parametrize(("input_dim", "hidden_dim"), [(1, 1), (3, 2), (20, 8), (4, 9)])
@pytest.mark.parametrize("leading", [(), (1,), (7,), (2, 3), (0,)])
def test_shapes_and_ranges(
    input_dim: int, hidden_dim: int, leading: tuple[int, ...], make_model: MakeModel
) -> None:
    model = make_model(input_dim, hidden_dim)
    x = 10 * torch.randn(*leading, input_dim)
    encoded = model.encode(x)
    assert encoded.shape == (*leading, hidden_dim)
    assert (encoded >= 0).all()
    decoded = model.decode(encoded)
    assert decoded.shape == x.shape
    assert ((decoded >= 0) & (decoded <= 1)).all()
    assert torch.equal(model(x), decoded)


def test_encode_is_relu_and_decode_is_sigmoid_of_the_layers() -> None:
    model = SparseAutoencoder(2, 2)
    model.load_state_dict(
        {
            "encoder.weight": torch.tensor([[1.0, 2.0], [3.0, -4.0]]),
            "encoder.bias": torch.tensor([0.5, 1.0]),
            "decoder.weight": torch.tensor([[math.log(2), 0.0], [0.0, 1.0]]),
            "decoder.bias": torch.tensor([0.0, -math.log(3)]),
        }
    )
    x = torch.tensor([0.25, 0.75])
    # Encoder: 0.25 + 1.5 + 0.5 and 0.75 - 3 + 1, the latter below 0.
    assert model.encode(x).tolist() == [2.25, 0.0]
    # Decoder: 1 / (1 + 2**-2) and 1 / (1 + 3).
    decoded = model.decode(torch.tensor([2.0, 0.0]))
    assert decoded.tolist() == pytest.approx([0.8, 0.25], rel=1e-6)


def test_a_seed_gives_the_weights_of_two_layers(make_model: MakeModel) -> None:
    torch.manual_seed(42)
    layers = nn.ModuleDict({"encoder": nn.Linear(20, 8)})
    layers["decoder"] = nn.Linear(8, 20)
    expected, state = layers.state_dict(), make_model().state_dict()
    assert list(state) == list(expected)
    assert all(torch.equal(state[name], expected[name]) for name in expected)


@pytest.mark.parametrize(
    ("factor", "target", "expected"),
    [
        (1.0, 0.05, 0.05 + 0.45),  # both means above the target
        (1.0, 0.8, 0.7 + 0.3),  # both below it
        (1.0, 0.3, 0.2 + 0.2),  # one of each
        (2.5, 0.3, 2.5 * 0.4),  # proportional to the factor
        (0.0, 0.3, 0.0),
    ],
)
def test_penalty_by_hand(factor: float, target: float, expected: float) -> None:
    # Three samples of two units; the mean activations are 0.1 and 0.5.
    encoded = torch.tensor([[0.0, 0.2], [0.1, 0.6], [0.2, 0.7]])
    penalty = SparseAutoencoder(4, 2, factor, target).sparsity_penalty(encoded)
    assert penalty.shape == ()
    assert penalty.item() == pytest.approx(expected, rel=1e-6)


def test_penalty_is_zero_at_the_target_and_wants_one_sample_at_least() -> None:
    # The mean of each unit is the target, though no single activation is.
    encoded = torch.tensor([[0.0, 0.5], [0.5, 0.0]])
    assert SparseAutoencoder(4, 2, 1.0, 0.25).sparsity_penalty(encoded).item() == 0
    one_sample = torch.tensor([[0.25]])
    assert SparseAutoencoder(1, 1, 1.0, 0.0).sparsity_penalty(one_sample).item() == 0.25


@pytest.mark.parametrize("shape", [(), (8,), (2, 3, 8), (0, 8), (4, 0)])
def test_codes_that_are_not_a_table_are_refused(shape: tuple[int, ...]) -> None:
    expected = re.escape(f"encoded must be 2-D and not empty, got {torch.Size(shape)}")
    with pytest.raises(ValueError, match=f"^{expected}$"):
        SparseAutoencoder(20, 8).sparsity_penalty(torch.zeros(shape))


@pytest.mark.parametrize("dims", [(0, 5), (5, 0), (-3, 5), (5, -3)])
def test_dimensions_below_1_are_refused(dims: tuple[int, int]) -> None:
    found = f"input_dim={dims[0]}, hidden_dim={dims[1]}"
    with pytest.raises(ValueError, match=f"^expected at least 1, got {found}$"):
        SparseAutoencoder(*dims)


@pytest.mark.parametrize("value", [-0.01, math.nan, math.inf])
@pytest.mark.parametrize("name", ["sparsity_factor", "sparsity_target"])
def test_factor_and_target_are_finite_and_at_least_0(name: str, value: float) -> None:
    found = {"sparsity_factor": 0.05, "sparsity_target": 0.05, name: value}
    got = ", ".join(f"{key}={number}" for key, number in found.items())
    expected = f"^expected finite numbers of at least 0, got {got}$"
    with pytest.raises(ValueError, match=expected):
        SparseAutoencoder(5, 3, **found)
