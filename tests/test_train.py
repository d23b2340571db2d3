"""The data, the loop, the error and the script, against the document's figures."""

import inspect
import itertools
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

import train as script
from sparse_autoencoder import SparseAutoencoder
from tests.numpy_derivation import Array, derive, forward
from train import check_data, evaluate, load_data, reconstruct, standardize, train

pytestmark = pytest.mark.filterwarnings("error")

MakeModel = Callable[..., SparseAutoencoder]
Run = Callable[..., tuple[str, str, int]]


@pytest.mark.parametrize("seed", [0, 1, 2, 42])
def test_loss_decreases(seed: int, run: Run) -> None:
    out, _, _ = run(script.main, f"--seed {seed} --epochs 100")
    losses = [float(loss) for loss in re.findall(r"Loss: (\S+)", out)]
    assert len(losses) == 10
    assert all(after < before for before, after in itertools.pairwise(losses))


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


def test_the_seed_decides_the_data() -> None:
    for first, again, other in zip(load_data(3), load_data(3), load_data(4)):
        np.testing.assert_array_equal(first, again)
        assert not np.allclose(first, other)


def test_standardize_by_hand() -> None:
    # Means 3 and 10, deviations 1 and 5, of the training rows alone.
    X_train, X_test = standardize([[2, 5], [4, 15]], [[3, 20], [6, 0], [1, 10]])
    assert X_train.tolist() == [[-1, -1], [1, 1]]
    assert X_test.tolist() == [[0, 2], [3, -2], [-2, 0]]


def test_a_constant_feature_becomes_zeros_and_a_nearly_constant_one_does_not() -> None:
    table = np.column_stack([np.full(800, 0.1), np.arange(800) == 0])
    # 0.1 is not exact in binary: the deviation comes out a hair above 0.
    assert table.std(axis=0)[0] > 0
    X_train, X_test = standardize(table, [[0.1, 0], [2.1, 0]])
    assert (X_train[:, 0] == 0).all()
    assert X_train[:, 1].std() == pytest.approx(1)
    assert X_test[:, 0].tolist() == [0, 0]


@pytest.mark.parametrize(
    "convert",
    [
        np.ndarray.tolist,
        lambda X: X.astype(np.float32),
        lambda X: X.astype(int),
        lambda X: X.astype(object),
        lambda X: X[::-1, ::-1].copy()[::-1, ::-1],
        torch.tensor,
        lambda X: torch.tensor(X, dtype=torch.bfloat16),
        lambda X: torch.tensor(X, dtype=torch.int32),
        lambda X: torch.tensor(X, requires_grad=True),
    ],
)
def test_a_table_may_come_as_any_of_these(convert: Callable[[Array], Any]) -> None:
    X = np.array([[0.0, 1, 2], [3, -4, 5]])
    data = check_data(convert(X))
    assert (data.dtype, data.tolist()) == (torch.float64, X.tolist())


def test_an_array_is_copied_and_may_be_read_only() -> None:
    X = np.array([[0.0, 1.0], [1.0, 0.5]])
    X.flags.writeable = False
    check_data(X)[0, 0] = 7
    assert X[0, 0] == 0


@pytest.mark.parametrize(
    "X",
    [
        np.zeros(20),
        np.zeros((2, 4, 20)),
        np.zeros((0, 20)),
        torch.zeros(20),
        5.0,
        None,
        [],
        np.full((4, 20), "1"),
        np.full((4, 20), None),
        np.zeros((4, 20), dtype=complex),
        torch.zeros(4, 20, dtype=torch.complex64),
        np.full((4, 20), np.nan),
        np.full((4, 20), -np.inf),
    ],
)
def test_what_is_no_table_of_finite_real_numbers_is_refused(X: Any) -> None:
    with pytest.raises(ValueError):
        check_data(X)


def test_dates_are_refused() -> None:
    with pytest.raises(TypeError):
        check_data(np.zeros((4, 20), dtype="M8[s]"))


@pytest.mark.parametrize(
    "function",
    [
        train,
        reconstruct,
        evaluate,
        lambda model, X: standardize(np.eye(20), X),
    ],
)
@pytest.mark.parametrize("n_features", [1, 19, 21])
def test_another_number_of_features_is_refused(
    function: Callable[[SparseAutoencoder, Array], Any],
    n_features: int,
    make_model: MakeModel,
) -> None:
    with pytest.raises(ValueError, match=f"^X must have 20 features, got {n_features}"):
        function(make_model(), np.zeros((4, n_features)))


# The loop


def test_two_runs_are_equal_and_training_goes_on_from_where_the_model_is(
    make_model: MakeModel,
) -> None:
    X_train, _ = load_data()
    model = make_model()
    losses = train(model, X_train)
    assert train(make_model(), X_train) == losses
    assert train(model, X_train)[0] < losses[-1]


@pytest.mark.parametrize(
    ("epochs", "lines"),
    [(0, []), (9, []), (10, ["[10/10]"]), (25, ["[10/25]", "[20/25]"])],
)
def test_one_loss_an_epoch_and_every_tenth_is_printed(
    epochs: int,
    lines: list[str],
    make_model: MakeModel,
    capsys: pytest.CaptureFixture[str],
) -> None:
    losses = train(make_model(3, 2), np.eye(3), epochs)
    assert len(losses) == epochs
    printed = [
        f"Epoch {line}, Loss: {loss:.4f}" for line, loss in zip(lines, losses[9::10])
    ]
    assert capsys.readouterr().out.splitlines() == printed


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 0.05)]
)
def test_training_follows_the_models_dtype(
    dtype: torch.dtype, tolerance: float, make_model: MakeModel
) -> None:
    X_train, X_test = load_data()
    model = make_model().to(dtype)
    exact = make_model().to(dtype).double()
    losses = train(model, X_train, 10)
    assert losses == pytest.approx(train(exact, X_train, 10), rel=tolerance)
    assert {parameter.dtype for parameter in model.parameters()} == {dtype}
    found = evaluate(model, X_test)
    assert found == pytest.approx(evaluate(exact, X_test), rel=tolerance)
    assert reconstruct(model, X_test).dtype == np.float64


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_training_follows_the_models_device(make_model: MakeModel) -> None:
    X_train, X_test = load_data()
    model, other = make_model(), make_model().cuda()
    losses = train(model, X_train)
    assert train(other, torch.tensor(X_train).cuda()) == pytest.approx(losses, rel=1e-5)
    assert evaluate(other, X_test) == pytest.approx(evaluate(model, X_test), rel=1e-5)


@pytest.mark.parametrize(
    ("epochs", "lr"), [(-1, 0.001), (10, 0.0), (10, np.nan), (10, np.inf)]
)
def test_epochs_below_0_and_rates_not_above_0_are_refused(
    epochs: int, lr: float, make_model: MakeModel
) -> None:
    expected = rf"^expected epochs >= 0 and 0 < lr < inf, got {epochs=}, {lr=}$"
    with pytest.raises(ValueError, match=expected):
        train(make_model(), np.zeros((4, 20)), epochs, lr)


@pytest.mark.parametrize(
    ("X", "lr", "last_epoch"),
    [
        (np.full((4, 3), 1e39), 0.001, 0),  # beyond float32
        (np.ones((4, 3)), 1e22, 1),  # the first step leads there
    ],
)
def test_a_loss_that_is_not_finite_stops_before_the_next_step(
    X: Array,
    lr: float,
    last_epoch: int,
    make_model: MakeModel,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model, expected = make_model(3, 1, 1e18, 2.0), make_model(3, 1, 1e18, 2.0)
    epoch = last_epoch + 1
    with pytest.raises(ValueError, match=f"^epoch {epoch}: loss must be finite, got"):
        train(model, X, 50, lr)
    train(expected, X, last_epoch, lr)
    for found, wanted in zip(model.parameters(), expected.parameters(), strict=True):
        assert torch.equal(found, wanted)
    assert capsys.readouterr().out == ""


# The error


def test_evaluation_is_the_mean_over_all_entries_and_changes_nothing(
    make_model: MakeModel,
) -> None:
    model = make_model(2, 1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    # Every reconstruction is 0.5: errors 0.25, 2.25, 0.25, 6.25.
    assert evaluate(model, [[0, 2], [1, 3]]) == 2.25
    assert evaluate(model, torch.tensor([[0, 2], [1, 3]]).bfloat16()) == 2.25
    assert reconstruct(model, [[0, 2]]).tolist() == [[0.5, 0.5]]
    assert all(parameter.grad is None for parameter in model.parameters())


def test_what_is_not_finite_in_the_models_dtype_is_refused(
    make_model: MakeModel,
) -> None:
    model, X = make_model(3, 1), np.full((2, 3), 1e39)
    with torch.no_grad():
        model.encoder.weight.fill_(-1)  # the unit is off: the output alone is finite
    expected = "^X and its reconstruction must be finite in torch.float32$"
    with pytest.raises(ValueError, match=expected):
        reconstruct(model, X)
    assert evaluate(model.double(), X) == pytest.approx(1e78)
    with torch.no_grad():
        model.decoder.bias[1] = np.nan
    with pytest.raises(ValueError, match=expected.replace("32", "64")):
        evaluate(model, np.zeros((4, 3)))


# The script


def test_the_script_prints_six_lines_and_writes_no_file(
    tmp_path: Path, document: str
) -> None:
    command = [sys.executable, "-W", "error", str(script.__file__)]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == (document, "", 0)
    assert list(tmp_path.iterdir()) == []


def test_the_options_have_the_defaults_of_the_signatures() -> None:
    defaults = {
        name: parameter.default
        for function in (train, SparseAutoencoder, load_data)
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is not parameter.empty
    }
    options = vars(script.make_parser("").parse_args([]))
    assert options == defaults | {"hidden_dim": 8}


@pytest.mark.parametrize(
    ("seed", "epochs", "lr", "hidden_dim", "factor", "target"),
    [
        (0, 50, 0.001, 8, 0.05, 0.05),
        (2**32 - 1, 50, 0.001, 8, 0.05, 0.05),
        (42, 1, 0.02, 8, 0.05, 0.05),
        (42, 30, 0.001, 1, 0.0, 0.0),
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
    run: Run,
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
    lines = run(script.main, options)[0].splitlines()
    tens = range(10, epochs + 1, 10)
    starts = [f"Epoch [{epoch}/{epochs}], Loss: " for epoch in tens] + ["Test MSE: "]
    for line, start, figure in zip(lines, starts, [*losses[9::10], mse], strict=True):
        assert line.startswith(start)
        assert float(line.removeprefix(start)) == pytest.approx(figure, abs=1.5e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--epochs 0", "--epochs must be at least 1, got 0"),
        ("--lr nan", "expected epochs >= 0 and 0 < lr < inf, got epochs=50, lr=nan"),
        ("--hidden-dim 0", "expected at least 1, got input_dim=20, hidden_dim=0"),
        ("--sparsity-factor 1e39", "epoch 1: loss must be finite, got inf"),
    ],
)
def test_options_that_make_no_sense_are_one_line_and_status_2(
    options: str, message: str, run: Run
) -> None:
    expected = ("", f"{script.__name__}.py: error: {message}\n", 2)
    assert run(script.main, options) == expected


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds_that_scikit_learn_cannot_take_are_one_line_and_status_2(
    seed: int, run: Run
) -> None:
    out, err, status = run(script.main, f"--seed {seed}")
    assert (out, err.count("\n"), status) == ("", 1, 2)
    assert err.startswith("train.py: error: ") and str(seed) in err


@pytest.mark.parametrize(
    "options", ["stray", "--epochs 2.5", "--lr fast", "--hidden-dim", "--seed 0.5"]
)
def test_options_that_cannot_be_read_are_usage_errors(options: str, run: Run) -> None:
    out, err, status = run(script.main, options)
    assert (out, status) == ("", 2)
    assert "train.py: error: " in err


def test_help_tells_what_the_script_does_and_each_default(run: Run) -> None:
    out, err, status = run(script.main, "--help")
    assert (err, status) == ("", 0)
    text = " ".join(out.split())
    assert str(script.__doc__) in text
    for default in ("50", "0.001", "8", "0.05", "42"):
        assert f"(default: {default})" in text


def test_a_bug_shows_its_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def swapped(self: SparseAutoencoder, encoded: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(encoded @ self.decoder.weight)

    monkeypatch.setattr(SparseAutoencoder, "decode", swapped)
    with pytest.raises(RuntimeError):
        run(script.main)
