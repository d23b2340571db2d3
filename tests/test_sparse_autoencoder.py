"""The model: shapes, formulas worked out by hand, weights a seed gives, refusals."""

import ast
import inspect
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from sparse_autoencoder import SparseAutoencoder

pytestmark = pytest.mark.filterwarnings("error")


def make_model(input_dim: int = 20, hidden_dim: int = 8) -> SparseAutoencoder:
    torch.manual_seed(0)
    return SparseAutoencoder(input_dim, hidden_dim)


@pytest.mark.parametrize(("input_dim", "hidden_dim"), [(1, 1), (3, 2), (20, 8), (4, 9)])
@pytest.mark.parametrize("leading", [(), (1,), (7,), (2, 3), (0,)])
def test_shapes_and_ranges(
    input_dim: int, hidden_dim: int, leading: tuple[int, ...]
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


def test_a_seed_gives_the_weights_of_two_linear_layers_made_in_order() -> None:
    torch.manual_seed(7)
    encoder, decoder = nn.Linear(20, 8), nn.Linear(8, 20)
    torch.manual_seed(7)
    model = SparseAutoencoder(20, 8)
    state = model.state_dict()
    assert list(state) == [
        "encoder.weight",
        "encoder.bias",
        "decoder.weight",
        "decoder.bias",
    ]
    assert torch.equal(state["encoder.weight"], encoder.weight)
    assert torch.equal(state["encoder.bias"], encoder.bias)
    assert torch.equal(state["decoder.weight"], decoder.weight)
    assert torch.equal(state["decoder.bias"], decoder.bias)


def test_the_signature_and_its_defaults() -> None:
    signature = inspect.signature(SparseAutoencoder)
    defaults = {name: p.default for name, p in signature.parameters.items()}
    assert defaults == {
        "input_dim": inspect.Parameter.empty,
        "hidden_dim": inspect.Parameter.empty,
        "sparsity_factor": 0.05,
        "sparsity_target": 0.05,
    }
    model = SparseAutoencoder(3, 2, 0.5, 0.2)
    assert (model.sparsity_factor, model.sparsity_target) == (0.5, 0.2)


def test_penalty_by_hand() -> None:
    # Three samples of two units; the mean activations are 0.1 and 0.5.
    encoded = torch.tensor([[0.0, 0.2], [0.1, 0.6], [0.2, 0.7]])

    def penalty(factor: float, target: float) -> float:
        value = SparseAutoencoder(4, 2, factor, target).sparsity_penalty(encoded)
        assert value.shape == ()
        return value.item()

    assert penalty(1.0, 0.05) == pytest.approx(0.05 + 0.45)  # both above the target
    assert penalty(1.0, 0.8) == pytest.approx(0.7 + 0.3)  # both below it
    assert penalty(1.0, 0.3) == pytest.approx(0.2 + 0.2)  # one of each
    assert penalty(2.5, 0.3) == pytest.approx(2.5 * 0.4)  # proportional to the factor
    assert penalty(0.0, 0.3) == 0
    assert SparseAutoencoder(4, 2).sparsity_penalty(encoded).item() == pytest.approx(
        0.05 * (0.05 + 0.45)
    )


def test_penalty_is_zero_at_the_target() -> None:
    # The mean of each unit is the target, though no single activation is.
    encoded = torch.tensor([[0.0, 0.5], [0.5, 0.0]])
    model = SparseAutoencoder(4, 2, 1.0, 0.25)
    assert model.sparsity_penalty(encoded).item() == 0


def test_penalty_pulls_the_mean_towards_the_target() -> None:
    encoded = torch.tensor([[0.1, 0.9]] * 4, requires_grad=True)
    penalty = SparseAutoencoder(4, 2, 0.5, 0.4).sparsity_penalty(encoded)
    # d/d code = factor * sign(mean - target) / n_samples
    (gradient,) = torch.autograd.grad(penalty, encoded)
    np.testing.assert_allclose(gradient, [[-0.125, 0.125]] * 4, rtol=1e-6)


@pytest.mark.parametrize("shape", [(), (8,), (2, 3, 8), (0, 8)])
def test_codes_that_are_not_a_table_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError) as error:
        make_model().sparsity_penalty(torch.zeros(shape))
    assert str(error.value) == (
        f"encoded must be of shape (n_samples, hidden_dim) and not empty, got {shape}"
    )


def test_a_single_code_is_enough() -> None:
    encoded = torch.tensor([[0.25]])
    penalty = SparseAutoencoder(3, 1, 1.0, 0.0).sparsity_penalty(encoded)
    assert penalty.item() == 0.25


@pytest.mark.parametrize("dim", [0, -3, 2.5, 4.0, "8", None, math.nan])
@pytest.mark.parametrize("swap", [False, True])
def test_dimensions_below_1_or_not_whole_are_refused(dim: int, swap: bool) -> None:
    dims = (dim, 5) if swap else (5, dim)
    with pytest.raises(ValueError) as error:
        SparseAutoencoder(*dims)
    assert str(error.value) == (
        f"input_dim and hidden_dim must be whole and at least 1, got {dims}"
    )


@pytest.mark.parametrize("value", [-0.01, math.nan, math.inf, -math.inf, "0.05", None])
@pytest.mark.parametrize("swap", [False, True])
def test_factors_and_targets_must_be_finite_and_at_least_0(
    value: float, swap: bool
) -> None:
    pair = (value, 0.05) if swap else (0.05, value)
    with pytest.raises(ValueError) as error:
        SparseAutoencoder(5, 3, *pair)
    assert str(error.value) == (
        f"sparsity_factor and sparsity_target must be finite and at least 0, got {pair}"
    )


def test_numpy_numbers_and_the_smallest_values_are_taken() -> None:
    model = SparseAutoencoder(1, 1, 0, 0)
    assert model(torch.zeros(1)).shape == (1,)
    make: Callable[..., SparseAutoencoder] = SparseAutoencoder
    model = make(np.int64(3), np.int64(2), np.float32(0.5), np.float64(0.25))
    assert model(torch.zeros(4, 3)).shape == (4, 3)
    assert model.sparsity_penalty(torch.ones(1, 2)).item() == 0.75


def test_it_needs_no_package_but_torch_and_prints_nothing() -> None:
    source = Path(inspect.getfile(SparseAutoencoder)).read_text()
    packages, calls = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            packages |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            packages.add(str(node.module).split(".")[0])
        elif isinstance(node, ast.Call):
            calls.add(ast.unparse(node.func))
    assert packages == {"math", "numbers", "torch"}
    assert "print" not in calls
