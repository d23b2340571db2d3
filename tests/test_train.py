"""The data, the loop, the error and the script, against the document's figures."""

import inspect
import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

import train as script
from sparse_autoencoder import SparseAutoencoder
from train import check_data, evaluate, load_data, reconstruct, standardize, train

pytestmark = pytest.mark.filterwarnings("error::UserWarning", "error::RuntimeWarning")

MakeModel = Callable[..., SparseAutoencoder]
Run = Callable[..., tuple[str, str, int]]


@pytest.mark.parametrize("seed", [0, 1, 2, 42])
def test_loss_decreases(seed: int, run: Run) -> None:
    out, _, _ = run(script.main, f"--seed {seed} --epochs 100")
    losses = [float(loss) for loss in re.findall(r"Loss: (\S+)", out)]
    assert len(losses) == 10
    assert all(after < before for before, after in itertools.pairwise(losses))


@pytest.mark.parametrize("seed", [42, 3])
def test_data_are_the_documents(seed: int) -> None:
    X, y = make_classification(
        n_samples=1000, n_features=20, n_classes=2, random_state=seed
    )
    X_train, X_test, _, _ = train_test_split(X, y, test_size=0.2, random_state=seed)
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    found_train, found_test = load_data(seed)
    assert (found_train.shape, found_test.shape) == ((800, 20), (200, 20))
    np.testing.assert_array_equal(found_train, (X_train - mean) / std)
    np.testing.assert_array_equal(found_test, (X_test - mean) / std)


def test_standardize_by_hand() -> None:
    # Means 3 and 10, deviations 1 and 5, of the training rows alone.
    X_train, X_test = standardize([[2, 5], [4, 15]], [[3, 20], [6, 0], [1, 10]])
    assert X_train.tolist() == [[-1, -1], [1, 1]]
    assert X_test.tolist() == [[0, 2], [3, -2], [-2, 0]]


def test_a_constant_feature_becomes_zeros_and_a_nearly_constant_one_does_not() -> None:
    table = np.column_stack([np.full(800, 0.1), 1e-9 * (np.arange(800) == 0)])
    # 0.1 is not exact in binary: the deviation comes out a hair above 0.
    assert table.std(axis=0)[0] > 0
    X_train, X_test = standardize(table, [[0.1, 0], [2.1, 0]])
    assert (X_train[:, 0] == 0).all()
    assert X_train[:, 1].std() == pytest.approx(1)
    assert X_test[:, 0].tolist() == [0, 0]


@pytest.mark.parametrize(
    "X",
    [
        [[0, 1, 2], [3, -4, 5]],
        np.array([[0, 1, 2], [3, -4, 5]], dtype=np.float32),
        np.array([[0, 1, 2], [3, -4, 5]], dtype=object),
        np.array([[5, -4, 3], [2, 1, 0]])[::-1, ::-1],
        np.broadcast_to(np.array([[0.0, 1, 2], [3, -4, 5]]), (2, 3)),  # read-only
        torch.tensor([[0, 1, 2], [3, -4, 5]]),
        torch.tensor([[0, 1, 2], [3, -4, 5]], dtype=torch.bfloat16, requires_grad=True),
    ],
)
def test_a_table_may_come_as_any_of_these(X: Any) -> None:
    data = check_data(X)
    assert (data.dtype, data.tolist()) == (torch.float64, [[0, 1, 2], [3, -4, 5]])


@pytest.mark.parametrize(
    "X",
    [
        np.zeros(20),
        np.zeros((0, 20)),
        None,
        np.full((4, 20), "1"),
        np.full((4, 20), None),
        np.zeros((4, 20), dtype=complex),
        torch.zeros(4, 20, dtype=torch.complex64),
        np.full((4, 20), -np.inf),
    ],
)
def test_what_is_no_table_of_finite_real_numbers_is_refused(X: Any) -> None:
    with pytest.raises(ValueError):
        check_data(X)


def test_dates_are_refused() -> None:
    with pytest.raises(TypeError):
        check_data(np.zeros((4, 20), dtype="M8[s]"))


def test_another_number_of_features_is_refused(make_model: MakeModel) -> None:
    model, X = make_model(), np.zeros((4, 1))
    for function in (train, reconstruct, evaluate, lambda _, X: standardize(X.T, X)):
        with pytest.raises(ValueError, match=r"^X must have \d+ features, got 1$"):
            function(model, X)


def test_two_runs_are_equal_and_training_can_go_on(make_model: MakeModel) -> None:
    X_train, _ = load_data()
    model = make_model()
    losses = train(model, X_train)
    assert train(make_model(), X_train) == losses
    assert train(model, X_train)[0] < losses[-1]


@pytest.mark.parametrize("epochs", [0, 9, 10, 25])
def test_one_loss_an_epoch_and_every_tenth_is_printed(
    epochs: int, make_model: MakeModel, capsys: pytest.CaptureFixture[str]
) -> None:
    losses = train(make_model(3, 2), np.eye(3), epochs)
    assert len(losses) == epochs
    assert capsys.readouterr().out.splitlines() == [
        f"Epoch [{epoch}/{epochs}], Loss: {losses[epoch - 1]:.4f}"
        for epoch in range(10, epochs + 1, 10)
    ]


def test_training_follows_the_models_dtype(make_model: MakeModel) -> None:
    X_train, X_test = load_data()
    model, exact = make_model().bfloat16(), make_model().bfloat16().double()
    losses = train(model, X_train, 10)
    assert losses == pytest.approx(train(exact, X_train, 10), rel=0.05)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.bfloat16}
    assert evaluate(model, X_test) == pytest.approx(evaluate(exact, X_test), rel=0.05)
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


# Data beyond float32, and a first step that leads to a penalty beyond it.
@pytest.mark.parametrize(("x", "lr", "epoch"), [(1e39, 0.001, 1), (1.0, 1e22, 2)])
def test_a_loss_that_is_not_finite_stops_before_the_next_step(
    x: float, lr: float, epoch: int, make_model: MakeModel
) -> None:
    model, expected = make_model(3, 1, 1e18, 2.0), make_model(3, 1, 1e18, 2.0)
    X = np.full((4, 3), x)
    with pytest.raises(ValueError, match=f"^epoch {epoch}: loss must be finite, got "):
        train(model, X, 50, lr)
    train(expected, X, epoch - 1, lr)
    for found, wanted in zip(model.parameters(), expected.parameters(), strict=True):
        assert torch.equal(found, wanted)


def test_evaluation_is_the_mean_over_all_entries(make_model: MakeModel) -> None:
    model = make_model(2, 1)
    torch.nn.utils.vector_to_parameters(torch.zeros(7), model.parameters())
    # Every reconstruction is 0.5: errors 0.25, 2.25, 0.25, 6.25.
    assert evaluate(model, [[0, 2], [1, 3]]) == 2.25
    assert evaluate(model, torch.tensor([[0, 2], [1, 3]]).bfloat16()) == 2.25
    assert reconstruct(model, [[0, 2]]).tolist() == [[0.5, 0.5]]


def test_what_is_not_finite_in_the_dtype_is_refused(make_model: MakeModel) -> None:
    model, X = make_model(3, 1), np.full((2, 3), 1e39)
    torch.nn.init.constant_(model.encoder.weight, -1)  # off: the output stays finite
    expected = "^X and its reconstruction must be finite in torch.float32$"
    with pytest.raises(ValueError, match=expected):
        reconstruct(model, X)
    assert evaluate(model.double(), X) == pytest.approx(1e78)
    torch.nn.init.constant_(model.decoder.bias, np.nan)
    with pytest.raises(ValueError, match=expected.replace("32", "64")):
        evaluate(model, np.zeros((4, 3)))


def test_the_options_have_the_defaults_of_the_signatures() -> None:
    options = vars(script.make_parser("").parse_args([]))
    assert options.pop("hidden_dim") == 8
    for function in (train, SparseAutoencoder, load_data):
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.default is not parameter.empty:
                assert options.pop(name) == parameter.default
    assert options == {}


def test_the_options_reach_the_data_the_model_and_the_loop(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    X_train, X_test = load_data(2**32 - 1)
    torch.manual_seed(2**32 - 1)
    model = SparseAutoencoder(20, 12, 0.5, 0.3)
    train(model, X_train, 30, 0.01)
    expected = f"{capsys.readouterr().out}Test MSE: {evaluate(model, X_test):.4f}\n"
    options = f"--seed {2**32 - 1} --epochs 30 --lr 0.01 --hidden-dim 12"
    options += " --sparsity-factor 0.5 --sparsity-target 0.3"
    assert run(script.main, options) == (expected, "", 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--epochs 0", "--epochs must be at least 1, got 0"),
        ("--lr nan", "expected epochs >= 0 and 0 < lr < inf, got epochs=50, lr=nan"),
        ("--hidden-dim 0", "expected at least 1, got input_dim=20, hidden_dim=0"),
        ("--sparsity-factor 1e39", "epoch 1: loss must be finite, got inf"),
        ("--seed -1", ".*"),  # scikit-learn's own words
        (f"--seed {2**32}", ".*"),
    ],
)
def test_options_that_make_no_sense_are_one_line_and_status_2(
    options: str, message: str, run: Run
) -> None:
    out, err, status = run(script.main, options)
    assert (out, status) == ("", 2)
    assert re.fullmatch(f"train.py: error: {message}\n", err)


@pytest.mark.parametrize(
    "options", ["stray", "--epochs 2.5", "--lr fast", "--hidden-dim", "--seed 0.5"]
)
def test_options_that_cannot_be_read_are_usage_errors(options: str, run: Run) -> None:
    out, err, status = run(script.main, options)
    assert (out, status) == ("", 2)
    assert "train.py: error: " in err


def test_help_tells_what_the_script_does_and_each_option(run: Run) -> None:
    out, err, status = run(script.main, "--help")
    assert (err, status) == ("", 0)
    for text in (
        script.__doc__,
        "passes over the data, at least 1 (default: 50)",
        "learning rate of Adam, above 0 (default: 0.001)",
        "hidden units, at least 1 (default: 8)",
        "weight of the penalty (default: 0.05)",
        "mean activation wanted (default: 0.05)",
        "seeds data, split and weights (default: 42)",
    ):
        assert str(text) in " ".join(out.split())


def test_a_bug_shows_its_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def swapped(self: SparseAutoencoder, encoded: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(encoded @ self.decoder.weight)

    monkeypatch.setattr(SparseAutoencoder, "decode", swapped)
    with pytest.raises(RuntimeError):
        run(script.main)
