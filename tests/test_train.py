"""The data, the input, the loop and the error."""

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
from tests.conftest import DOCUMENT, Run, make_model
from train import evaluate, load_data, reconstruct, to_input, train

TABLE = [[0, 1, 2], [3, -4, 5]]


@pytest.mark.parametrize("seed", [0, 1, 42])
def test_loss_decreases(seed: int, run: Run) -> None:
    out, _, _ = run(script.main, f"--seed {seed} --epochs 100")
    losses = [float(loss) for loss in re.findall(r"\[\d+0/100\], Loss: (\S+)", out)]
    assert len(losses) == 10
    assert all(after < before for before, after in itertools.pairwise(losses))


@pytest.mark.parametrize("seed", [42, 3])
def test_data_are_the_documents(seed: int) -> None:
    X, y = make_classification(
        n_samples=1000, n_features=20, n_classes=2, random_state=seed
    )
    X_train, X_test, _, _ = train_test_split(X, y, test_size=0.2, random_state=seed)
    mean = X_train.mean(axis=0)
    std = X_train.std(axis=0)
    found_train, found_test = load_data(seed)
    np.testing.assert_array_equal(found_train, (X_train - mean) / std)
    np.testing.assert_array_equal(found_test, (X_test - mean) / std)


@pytest.mark.parametrize("X", [TABLE, np.array(TABLE[::-1])[::-1], torch.tensor(TABLE)])
def test_a_table_may_come_as_any_of_these(X: Any) -> None:
    model = make_model(3, 2)
    assert to_input(model, X).tolist() == TABLE
    assert evaluate(model, X) == evaluate(model, np.array(TABLE, dtype=float))


def test_a_table_may_be_a_data_frame() -> None:
    frame = pytest.importorskip("pandas").DataFrame(TABLE)
    frame[0] = frame[0] > 0  # columns may have types of their own
    model = make_model(3, 2)
    assert to_input(model, frame).tolist() == [[0, 1, 2], [1, -4, 5]]
    assert evaluate(model, frame) == evaluate(model, [[0, 1, 2], [1, -4, 5]])


@pytest.mark.parametrize(
    ("function", "X", "words"),
    [
        (train, np.zeros(20), "2D array"),
        (train, np.full((4, 20), np.nan), "NaN"),
        (train, np.zeros((4, 19)), "X must have 20 features, got 19"),
        (reconstruct, np.zeros((4, 21)), "X must have 20 features, got 21"),
        (evaluate, np.zeros((4, 21)), "X must have 20 features, got 21"),
    ],
)
def test_what_is_no_table_of_the_models_features_is_refused(
    function: Callable[..., Any], X: np.ndarray, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        function(make_model(), X)


def test_the_input_is_on_the_models_device() -> None:
    assert to_input(make_model().to("meta"), np.eye(20)).is_meta


def test_the_defaults_are_the_documents_and_each_loss_is_returned(
    capsys: pytest.CaptureFixture[str],
) -> None:
    losses = train(make_model(), load_data()[0])
    lines = [f"Epoch [{e}/50], Loss: {losses[e - 1]:.4f}" for e in range(10, 51, 10)]
    assert lines == DOCUMENT.splitlines()[:5]
    assert capsys.readouterr().out.splitlines() == lines
    assert len(losses) == 50


# A weight of the penalty beyond float32, and a first step that leads beyond it.
@pytest.mark.parametrize(("factor", "lr", "epoch"), [(1e39, 0.001, 1), (1, 1e37, 2)])
def test_a_loss_that_is_not_finite_ends_the_training_before_its_update(
    factor: float, lr: float, epoch: int
) -> None:
    model = make_model(20, 8, factor)
    with pytest.raises(FloatingPointError, match=f"epoch {epoch}: loss is (inf|nan)"):
        train(model, load_data()[0], lr=lr)
    assert all(parameter.isfinite().all() for parameter in model.parameters())


def test_the_error_is_the_mean_over_all_entries() -> None:
    model = SparseAutoencoder(2, 1)
    torch.nn.utils.vector_to_parameters(torch.zeros(7), model.parameters())
    reconstructed = reconstruct(model, [[0, 2], [1, 3]])
    assert reconstructed.dtype == np.float64
    assert reconstructed.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    # The errors are 0.25, 2.25, 0.25 and 6.25.
    assert evaluate(model, [[0, 2], [1, 3]]) == 2.25
