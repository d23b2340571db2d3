"""The tables that are taken, the loop, the error, and the options of train.py."""

import itertools

import numpy as np
import pytest
import torch

import plot_results
import train as script
from sparse_autoencoder import SparseAutoencoder
from train import evaluate, load_data, reconstruct, to_input, train

TABLE = [[0, 1, 2], [3, -4, 5]]


@pytest.mark.parametrize("seed", [0, 1, 42])
def test_loss_decreases(seed):
    X_train, _ = load_data(seed)
    torch.manual_seed(seed)
    losses = train(SparseAutoencoder(20, 8), X_train, epochs=100)
    assert len(losses) == 100
    assert all(after < before for before, after in itertools.pairwise(losses))


@pytest.mark.parametrize("X", [TABLE, np.array(TABLE[::-1])[::-1], torch.tensor(TABLE)])
def test_a_table_may_come_as_any_of_these(X):
    model = SparseAutoencoder(3, 2)
    assert to_input(model, X).tolist() == TABLE
    assert evaluate(model, X) == evaluate(model, np.array(TABLE, dtype=float))


def test_a_table_may_be_a_data_frame():
    frame = pytest.importorskip("pandas").DataFrame(TABLE)
    frame[0] = frame[0] > 0  # columns may have types of their own
    model = SparseAutoencoder(3, 2)
    assert to_input(model, frame).tolist() == [[0, 1, 2], [1, -4, 5]]
    assert evaluate(model, frame) == evaluate(model, [[0, 1, 2], [1, -4, 5]])


@pytest.mark.parametrize("X", [np.zeros(20), np.full((4, 20), np.nan)])
def test_what_is_no_table_of_finite_numbers_is_refused(X, model):
    with pytest.raises(ValueError):
        reconstruct(model, X)


# A penalty too large for float32, and a first step that is too large for it.
@pytest.mark.parametrize(("factor", "lr", "epoch"), [(1e39, 0.001, 1), (1, 1e37, 2)])
def test_a_loss_that_is_not_finite_ends_the_training_before_its_step(factor, lr, epoch):
    model = SparseAutoencoder(20, 8, factor)
    with pytest.raises(FloatingPointError, match=f"epoch {epoch}: loss is (inf|nan)"):
        train(model, load_data()[0], lr=lr)
    assert all(parameter.isfinite().all() for parameter in model.parameters())


def test_the_error_is_the_mean_over_all_entries():
    model = SparseAutoencoder(2, 1)
    torch.nn.utils.vector_to_parameters(torch.zeros(7), model.parameters())
    y_pred = reconstruct(model, [[0, 2], [1, 3]])
    assert y_pred.dtype == np.float64
    assert y_pred.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    # The squared errors are 0.25, 2.25, 0.25 and 6.25.
    assert evaluate(model, [[0, 2], [1, 3]]) == 2.25


def test_the_options_reach_the_data_the_model_and_the_loop(run_main, capsys):
    X_train, X_test = load_data(7)
    torch.manual_seed(7)
    model = SparseAutoencoder(20, 12, 1.5, 1.2)
    train(model, X_train, 30, 0.01)
    expected = f"{capsys.readouterr().out}Test MSE: {evaluate(model, X_test):.4f}\n"
    options = "--seed 7 --epochs 30 --lr 0.01 --hidden-dim 12"
    options += " --sparsity-factor 1.5 --sparsity-target 1.2"
    assert run_main(script.main, options) == expected


def test_the_least_values_are_taken(run_main):
    options = "--seed 0 --epochs 0 --lr 0 --hidden-dim 1"
    options += " --sparsity-factor 0 --sparsity-target 0"
    torch.manual_seed(0)
    mse = evaluate(SparseAutoencoder(20, 1), load_data(0)[1])
    assert run_main(script.main, options) == f"Test MSE: {mse:.4f}\n"


@pytest.mark.parametrize(
    ("module", "option", "value"),
    [
        (script, "--epochs", "-1"),
        (script, "--lr", "-0.1"),
        (script, "--lr", "nan"),
        (script, "--lr", "inf"),
        (script, "--hidden-dim", "0"),
        (script, "--sparsity-factor", "-0.1"),
        (script, "--sparsity-target", "-0.1"),
        (script, "--seed", "-1"),
        (plot_results, "--epochs", "-1"),
    ],
)
def test_a_number_out_of_range_is_named_before_any_work(
    module, option, value, run_main, capsys, monkeypatch
):
    monkeypatch.delattr(module, "load_data")
    with pytest.raises(SystemExit, match="2"):
        run_main(module.main, f"{option} {value}")
    sentence = capsys.readouterr().err.splitlines()[-1]
    assert option in sentence
    assert sentence.endswith(f"got {value}")
