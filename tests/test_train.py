"""The data, the loop, the error and the script, against the document's figures."""

import copy
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from torch import Tensor

import train as script
from sparse_autoencoder import SparseAutoencoder
from tests.numpy_derivation import Array, derive, forward
from train import check_data, evaluate, load_data, reconstruct, standardize, train

pytestmark = pytest.mark.filterwarnings("error")

DOCUMENT = """\
Epoch [10/50], Loss: 1.2802
Epoch [20/50], Loss: 1.2665
Epoch [30/50], Loss: 1.2539
Epoch [40/50], Loss: 1.2424
Epoch [50/50], Loss: 1.2319
Test MSE: 1.1531
"""


def make_model(input_dim: int = 20, hidden_dim: int = 8) -> SparseAutoencoder:
    torch.manual_seed(42)
    return SparseAutoencoder(input_dim, hidden_dim)


def numbers_in(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+\.\d+", text)]


# The data


def test_data_are_the_documents() -> None:
    X, y = make_classification(
        n_samples=1000, n_features=20, n_classes=2, random_state=42
    )
    X_train, X_test, _, _ = train_test_split(X, y, test_size=0.2, random_state=42)
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    found_train, found_test = load_data()
    assert found_train.shape == (800, 20)
    assert found_test.shape == (200, 20)
    np.testing.assert_array_equal(found_train, (X_train - mean) / std)
    np.testing.assert_array_equal(found_test, (X_test - mean) / std)


def test_data_are_asked_for_in_the_documents_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Some of these are scikit-learn's defaults today; they are not left to it.
    asked: list[dict[str, Any]] = []
    for name in ("make_classification", "train_test_split"):
        real = getattr(script, name)

        def spy(*args: Any, real: Any = real, **options: Any) -> Any:
            asked.append(options)
            return real(*args, **options)

        monkeypatch.setattr(script, name, spy)
    load_data(7)
    data = {"n_samples": 1000, "n_features": 20, "n_classes": 2, "random_state": 7}
    assert asked == [data, {"test_size": 0.2, "random_state": 7}]


def test_training_data_have_mean_0_and_deviation_1_and_test_data_do_not() -> None:
    X_train, X_test = load_data()
    np.testing.assert_allclose(X_train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(X_train.std(axis=0), 1, atol=1e-12)
    assert np.abs(X_test.mean(axis=0)).max() > 0.01
    assert np.abs(X_test.std(axis=0) - 1).max() > 0.01


def test_the_seed_decides_the_data() -> None:
    for first, again, other in zip(load_data(3), load_data(3), load_data(4)):
        np.testing.assert_array_equal(first, again)
        assert not np.allclose(first, other)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5])
def test_seeds_that_scikit_learn_cannot_take_are_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="random_state"):
        load_data(seed)


def test_standardize_by_hand() -> None:
    # Means 3 and 10, deviations 1 and 5, of the training rows alone.
    X_train, X_test = standardize([[2, 5], [4, 15]], [[3, 20], [6, 0], [1, 10]])
    assert X_train.tolist() == [[-1, -1], [1, 1]]
    assert X_test.tolist() == [[0, 2], [3, -2], [-2, 0]]
    assert X_train.dtype == X_test.dtype == np.float64


def test_a_constant_feature_becomes_zeros() -> None:
    table = np.column_stack([np.full(800, 0.1), np.linspace(0, 1, 800)])
    # 0.1 is not exact in binary: the deviation comes out a hair above 0.
    assert table.std(axis=0)[0] > 0
    X_train, X_test = standardize(table, [[0.1, 0.5], [2.1, 0.5]])
    assert (X_train[:, 0] == 0).all()
    assert X_train[:, 1].std() == pytest.approx(1)
    assert X_test[:, 0].tolist() == [0, 0]


def test_a_feature_that_is_constant_but_for_one_sample_is_scaled() -> None:
    X_train, _ = standardize([[5], [5], [5], [9]], [[5]])
    assert X_train.std() == pytest.approx(1)


# What the functions take and refuse


class OnDevice(Tensor):
    """A stand-in for a tensor on a GPU: NumPy cannot read it until .cpu() is called."""

    def cpu(self, *args: Any, **options: Any) -> Tensor:
        return self.as_subclass(Tensor)

    def numpy(self, *args: Any, **options: Any) -> Any:
        raise TypeError("this tensor is not on the CPU")

    __array__ = numpy


def on_device(values: Any) -> Tensor:
    return torch.as_tensor(values).as_subclass(OnDevice)


Read = Callable[[Any], Any]


@pytest.mark.parametrize(
    "read",
    [
        lambda X: X.tolist(),
        lambda X: X.astype(np.int32),
        lambda X: X.astype(np.uint8),
        lambda X: X.astype(">f4"),
        lambda X: np.ascontiguousarray(X[::-1])[::-1],
        lambda X: torch.tensor(X),
        lambda X: torch.tensor(X, requires_grad=True),
        lambda X: torch.tensor(X, dtype=torch.bfloat16),
        lambda X: torch.tensor(X, dtype=torch.int64),
        on_device,
    ],
)
def test_arrays_and_tensors_of_any_real_type_give_the_same_training(read: Read) -> None:
    X = np.array([[0.0, 1, 2], [1, 0, 2], [3, 1, 1], [0, 0, 1]])
    model, other = make_model(3, 2), make_model(3, 2)
    expected = train(model, X, 3)
    assert train(other, read(X), 3) == expected
    assert evaluate(other, read(X)) == evaluate(model, X)
    np.testing.assert_array_equal(reconstruct(other, read(X)), reconstruct(model, X))
    for found, wanted in zip(standardize(read(X), read(X)), standardize(X, X)):
        np.testing.assert_array_equal(found, wanted)


def test_truth_values_are_numbers() -> None:
    assert check_data(np.array([[True, False]])).tolist() == [[1, 0]]


def test_a_read_only_array_is_taken_and_no_array_is_written_to() -> None:
    X = np.array([[0.0, 1.0], [1.0, 0.5]])
    X.flags.writeable = False
    model = make_model(2, 1).double()
    train(model, X, 2)
    assert evaluate(model, X) > 0
    assert not np.shares_memory(check_data(X), X)


BAD_TABLES: list[tuple[Any, str]] = [
    (np.zeros(20), "float64 of shape (20,)"),
    (np.zeros((4, 19)), "float64 of shape (4, 19)"),
    (np.zeros((4, 21)), "float64 of shape (4, 21)"),
    (np.zeros((2, 4, 20)), "float64 of shape (2, 4, 20)"),
    (np.zeros((0, 20)), "float64 of shape (0, 20)"),
    (torch.zeros(20), "float64 of shape (20,)"),
    (5.0, "float64 of shape ()"),
    (None, "object of shape ()"),
    ([], "float64 of shape (0,)"),
    (np.full((4, 20), "1"), "<U1 of shape (4, 20)"),
    (np.full((4, 20), None), "object of shape (4, 20)"),
    (np.zeros((4, 20), dtype=complex), "complex128 of shape (4, 20)"),
    (torch.zeros(4, 20, dtype=torch.complex64), "complex64 of shape (4, 20)"),
    (np.zeros((4, 20), dtype="M8[s]"), "datetime64[s] of shape (4, 20)"),
]
NOT_FINITE = [np.nan, np.inf, -np.inf, 1e39]


def refusals() -> Iterator[tuple[Any, str]]:
    for X, found in BAD_TABLES:
        shape = "data must be real numbers of shape (n_samples, 20) and not empty"
        yield X, f"{shape}, got {found}"
    for value in NOT_FINITE:
        X = np.zeros((4, 20))
        X[2, 3] = value
        yield X, "data must be finite in torch.float32, got NaN or infinity"


@pytest.mark.parametrize(("X", "message"), list(refusals()))
@pytest.mark.parametrize("function", [train, reconstruct, evaluate])
def test_bad_data_are_refused_and_the_model_is_untouched(
    function: Callable[[SparseAutoencoder, Any], Any],
    X: Any,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = make_model()
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(ValueError) as error:
        function(model, X)
    assert str(error.value) == message
    assert all(torch.equal(before[name], w) for name, w in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert capsys.readouterr().out == ""


def test_a_number_too_large_for_float32_is_taken_by_a_float64_model() -> None:
    X = np.full((2, 3), 1e39)
    assert evaluate(make_model(3, 2).double(), X) == pytest.approx(1e78)


def test_standardize_refuses_tables_that_do_not_match() -> None:
    with pytest.raises(ValueError) as error:
        standardize(np.zeros((4, 3)), np.zeros((4, 1)))
    assert str(error.value) == (
        "data must be real numbers of shape (n_samples, 3) and not empty, "
        "got float64 of shape (4, 1)"
    )
    with pytest.raises(ValueError) as error:
        standardize(np.zeros((0, 3)), np.zeros((4, 3)))
    assert str(error.value) == (
        "data must be real numbers of shape (n_samples, n_features) and not empty, "
        "got float64 of shape (0, 3)"
    )


@pytest.mark.parametrize("epochs", [-1, 2.5, "10", None])
def test_epochs_must_be_whole_and_at_least_0(epochs: int) -> None:
    with pytest.raises(ValueError) as error:
        train(make_model(), np.zeros((4, 20)), epochs)
    assert str(error.value) == f"epochs must be whole and at least 0, got {epochs}"


@pytest.mark.parametrize("lr", [0, -0.1, np.nan, np.inf, "0.1", None])
def test_lr_must_be_finite_and_above_0(lr: float) -> None:
    with pytest.raises(ValueError) as error:
        train(make_model(), np.zeros((4, 20)), 1, lr)
    assert str(error.value) == f"lr must be finite and above 0, got {lr}"


def test_a_reconstruction_with_nan_is_refused() -> None:
    model = make_model(3, 2)
    with torch.no_grad():
        model.decoder.bias[1] = np.nan
    with pytest.raises(ValueError) as error:
        evaluate(model, np.zeros((4, 3)))
    assert str(error.value) == "reconstruction must be finite, got NaN"


# The loop


def test_losses_lines_and_test_error_are_the_documents(
    capsys: pytest.CaptureFixture[str],
) -> None:
    X_train, X_test = load_data()
    model = make_model()
    losses = train(model, X_train)
    assert len(losses) == 50
    assert losses[9::10] == pytest.approx(numbers_in(DOCUMENT)[:5], rel=0, abs=1e-4)
    assert capsys.readouterr().out.splitlines() == DOCUMENT.splitlines()[:5]
    assert losses[9::10] == sorted(losses[9::10], reverse=True)
    assert evaluate(model, X_test) == pytest.approx(1.1531, rel=0, abs=1e-4)


def test_the_loss_is_that_before_the_epochs_update() -> None:
    X_train, _ = load_data()
    model = make_model()
    encoded = model.encode(torch.tensor(X_train).float())
    error = np.mean((reconstruct(model, X_train) - X_train) ** 2)
    before = error + model.sparsity_penalty(encoded).item()
    assert train(model, X_train, 2)[0] == pytest.approx(before, rel=1e-6)


def test_two_runs_are_equal() -> None:
    X_train, _ = load_data()
    assert train(make_model(), X_train, 12) == train(make_model(), X_train, 12)


def test_training_goes_on_from_where_the_model_is() -> None:
    X_train, _ = load_data()
    model = make_model()
    assert train(model, X_train)[-1] > train(model, X_train)[0]


@pytest.mark.parametrize(
    ("epochs", "lines"),
    [(0, []), (9, []), (10, ["[10/10]"]), (25, ["[10/25]", "[20/25]"])],
)
def test_every_tenth_epoch_is_printed(
    epochs: int, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    losses = train(make_model(3, 2), np.eye(3), epochs)
    assert len(losses) == epochs
    printed = [
        f"Epoch {line}, Loss: {loss:.4f}" for line, loss in zip(lines, losses[9::10])
    ]
    assert capsys.readouterr().out.splitlines() == printed


def test_signatures() -> None:
    def defaults(function: Callable[..., Any]) -> dict[str, Any]:
        parameters = inspect.signature(function).parameters.values()
        return {p.name: p.default for p in parameters if p.default is not p.empty}

    assert defaults(train) == {"epochs": 50, "lr": 0.001}
    assert defaults(load_data) == {"seed": 42}


def test_the_encoder_runs_once_an_epoch_on_data_converted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = make_model(3, 2)
    seen = []
    model.encoder.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0]))
    train(model, np.eye(3), 7)
    assert len(seen) == 7
    assert all(x is seen[0] for x in seen)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_training_follows_the_models_dtype(dtype: torch.dtype) -> None:
    X_train, X_test = load_data()
    model = make_model().to(dtype)
    exact = make_model().to(dtype).double()
    tolerance = {torch.float64: 0.0, torch.float32: 1e-5, torch.bfloat16: 0.05}[dtype]
    losses = train(model, X_train, 10)
    assert losses == pytest.approx(train(exact, X_train, 10), rel=tolerance)
    assert {parameter.dtype for parameter in model.parameters()} == {dtype}
    found = evaluate(model, X_test)
    assert found == pytest.approx(evaluate(exact, X_test), rel=tolerance)
    assert reconstruct(model, X_test).dtype == np.float64


def test_the_data_follow_the_models_device() -> None:
    tensor = script.to_tensor(make_model(3, 2).to("meta"), np.eye(3))
    assert tensor.device.type == "meta"


def test_the_reconstruction_comes_back_from_the_models_device() -> None:
    model = make_model(3, 2)
    expected = reconstruct(model, np.eye(3))
    for layer in (model.encoder, model.decoder):
        for name, parameter in list(layer.named_parameters()):
            moved = on_device(parameter.detach())
            setattr(layer, name, torch.nn.Parameter(moved, requires_grad=False))
    assert isinstance(model(torch.eye(3)), OnDevice)
    np.testing.assert_array_equal(reconstruct(model, np.eye(3)), expected)


def test_evaluation_is_the_mean_over_all_entries_and_changes_nothing() -> None:
    model = make_model(2, 1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    # Every reconstruction is 0.5: errors 0.25, 2.25, 0.25, 6.25.
    assert evaluate(model, [[0, 2], [1, 3]]) == 2.25
    assert isinstance(evaluate(model, [[0, 2], [1, 3]]), float)
    assert reconstruct(model, [[0, 2]]).tolist() == [[0.5, 0.5]]
    assert all(parameter.grad is None for parameter in model.parameters())


# The script

PENALTY = "sparsity_factor and sparsity_target must be finite and at least 0"


def scikit_learn_on(seed: int) -> str:
    with pytest.raises(ValueError) as error:
        make_classification(random_state=seed)
    return str(error.value)


def run_main(monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
    monkeypatch.setattr(sys, "argv", ["train.py", *options])
    script.main()


def test_the_script_prints_six_lines_and_writes_no_file(tmp_path: Path) -> None:
    command = [sys.executable, str(script.__file__)]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == (DOCUMENT, "", 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("seed", "epochs", "lr", "hidden_dim", "factor", "target"),
    [
        (0, 50, 0.001, 8, 0.05, 0.05),
        (2**32 - 1, 50, 0.001, 8, 0.05, 0.05),
        (42, 20, 0.001, 8, 0.05, 0.05),
        (42, 1, 0.02, 8, 0.05, 0.05),
        (42, 30, 0.001, 1, 0.05, 0.05),
        (42, 30, 0.001, 8, 0.0, 0.05),
        (1, 30, 0.01, 12, 0.5, 0.3),
    ],
)
def test_options_against_the_derivation_by_hand(
    seed: int,
    epochs: int,
    lr: float,
    hidden_dim: int,
    factor: float,
    target: float,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    X_train, X_test = load_data(seed)
    torch.manual_seed(seed)
    layers = torch.nn.Linear(20, hidden_dim), torch.nn.Linear(hidden_dim, 20)
    weights: list[Array] = [
        parameter.detach().double().numpy()
        for layer in layers
        for parameter in layer.parameters()
    ]
    losses, weights = derive(X_train, weights, epochs, lr, factor, target)
    mse = np.mean((forward(X_test, weights)[2] - X_test) ** 2)

    options = f"--seed {seed} --epochs {epochs} --lr {lr} --hidden-dim {hidden_dim} "
    options += f"--sparsity-factor {factor} --sparsity-target {target}"
    run_main(monkeypatch, *options.split())
    lines = capsys.readouterr().out.splitlines()
    tens = range(10, epochs + 1, 10)
    starts = [f"Epoch [{epoch}/{epochs}], Loss: " for epoch in tens] + ["Test MSE: "]
    figures = [*losses[9::10], mse]
    assert len(lines) == len(starts)
    for line, start, figure in zip(lines, starts, figures):
        assert line.startswith(start)
        assert float(line.removeprefix(start)) == pytest.approx(figure, abs=1.5e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--epochs 0", "--epochs must be at least 1, got 0"),
        ("--epochs -3", "--epochs must be at least 1, got -3"),
        ("--lr nan", "lr must be finite and above 0, got nan"),
        ("--lr inf", "lr must be finite and above 0, got inf"),
        ("--lr 0", "lr must be finite and above 0, got 0.0"),
        ("--lr 1e39", "value cannot be converted to type float without overflow"),
        (
            "--hidden-dim 0",
            "input_dim and hidden_dim must be whole and at least 1, got (20, 0)",
        ),
        ("--sparsity-factor -1", f"{PENALTY}, got (-1.0, 0.05)"),
        ("--sparsity-target inf", f"{PENALTY}, got (0.05, inf)"),
        ("--seed -1", scikit_learn_on(-1)),
        (f"--seed {2**32}", scikit_learn_on(2**32)),
    ],
)
def test_options_that_make_no_sense_are_one_line_and_status_2(
    options: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stop:
        run_main(monkeypatch, *options.split())
    assert stop.value.code == 2
    assert capsys.readouterr() == ("", f"train.py: error: {message}\n")


@pytest.mark.parametrize(
    "options", ["stray", "--epochs 2.5", "--lr fast", "--hidden-dim", "--seed 0.5"]
)
def test_options_that_cannot_be_read_are_usage_errors(
    options: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        run_main(monkeypatch, *options.split())
    out, err = capsys.readouterr()
    assert (stop.value.code, out) == (2, "")
    assert err.startswith("usage: train.py ")


def test_training_that_diverged_ends_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        run_main(monkeypatch, "--sparsity-factor", "1e39", "--epochs", "10")
    assert stop.value.code == 2
    assert capsys.readouterr() == (
        "Epoch [10/10], Loss: nan\n",
        "train.py: error: reconstruction must be finite, got NaN\n",
    )


def test_the_options_take_their_defaults_from_the_signatures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert vars(script.make_parser("").parse_args([])) == {
        "epochs": 50,
        "lr": 0.001,
        "hidden_dim": 8,
        "sparsity_factor": 0.05,
        "sparsity_target": 0.05,
        "seed": 42,
    }

    def changed(epochs: int = 3) -> None: ...

    monkeypatch.setattr(script, "train", changed)
    assert script.make_parser("").parse_args([]).epochs == 3
