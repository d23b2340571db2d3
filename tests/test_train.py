"""The tables that are taken, the loop, the error, and the options of train.py."""

import re

import numpy as np
import pytest
import torch
from torch import nn

import plot_results
import train as script
from sparse_autoencoder import SparseAutoencoder
from train import evaluate, load_data, reconstruct, to_input, train

TABLE = [[0, 1, 2], [3, -4, 5]]


@pytest.mark.parametrize(
    "X",
    [
        TABLE,
        torch.tensor(TABLE),
        np.array(TABLE[::-1], dtype=float)[::-1],
        np.array(TABLE, dtype=">f4"),
        np.array(TABLE, dtype=np.longdouble),
    ],
)
def test_a_table_may_come_as_any_of_these(X):
    model = SparseAutoencoder(3, 2)
    assert to_input(model, X).tolist() == TABLE
    assert evaluate(model, X) == evaluate(model, np.array(TABLE, dtype=float))


def test_a_table_may_be_a_data_frame():
    frame = pytest.importorskip("pandas").DataFrame(TABLE)
    frame[0] = frame[0] > 0  # columns may have types of their own
    model = SparseAutoencoder(3, 2)
    assert evaluate(model, frame) == evaluate(model, [[0, 1, 2], [1, -4, 5]])


@pytest.mark.parametrize("X", [[[np.nan] * 20], [[np.inf] * 20], [0] * 20])
def test_nan_infinity_and_1d_are_refused(X, model):
    with pytest.raises(ValueError):
        reconstruct(model, X)


def test_a_subclass_may_have_other_layers():
    model = SparseAutoencoder(20, 4)
    model.encoder = nn.Sequential(nn.Linear(20, 12), nn.ReLU(), nn.Linear(12, 4))
    model.decoder = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 20))
    losses = train(model.double(), load_data()[0])
    assert losses[-1] < losses[0]
    assert to_input(model.to("meta"), TABLE).is_meta


def test_only_the_training_is_in_training_mode():
    modes = []

    class Recorder(SparseAutoencoder):
        def encode(self, x):
            modes.append(self.training)
            return super().encode(x)

    model = Recorder(3, 2)
    reconstruct(model, TABLE)
    train(model, TABLE, epochs=1)
    reconstruct(model, TABLE)
    assert modes == [False, True, False]


# A penalty too large for float32, and a first step that is too large for it.
@pytest.mark.parametrize(("factor", "lr", "epoch"), [(1e39, 0.001, 1), (1, 1e37, 2)])
def test_a_loss_that_is_not_finite_ends_the_training_before_its_step(factor, lr, epoch):
    model = SparseAutoencoder(20, 8, factor)
    with pytest.raises(FloatingPointError, match=f"epoch {epoch}: loss is (inf|nan)"):
        train(model, load_data()[0], lr=lr)
    assert all(parameter.isfinite().all() for parameter in model.parameters())


@pytest.mark.parametrize(("log_every", "logged"), [(2, [2, 4]), (0, [])])
def test_every_so_many_epochs_are_logged(log_every, logged, model, capsys):
    losses = train(model, load_data()[0], epochs=5, log_every=log_every)
    expected = [f"Epoch [{epoch}/5], Loss: {losses[epoch - 1]:.4f}" for epoch in logged]
    assert capsys.readouterr().out.splitlines() == expected


def test_the_error_is_the_mean_over_all_entries():
    model = SparseAutoencoder(2, 1)
    torch.nn.utils.vector_to_parameters(torch.zeros(7), model.parameters())
    y_pred = reconstruct(model, [[0, 2], [1, 3]])
    np.testing.assert_array_equal(y_pred, np.full((2, 2), 0.5), strict=True)
    # The squared errors are 0.25, 2.25, 0.25 and 6.25.
    assert evaluate(model, [[0, 2], [1, 3]]) == 2.25


def test_one_thread_in_the_scripts_and_none_set_by_train(model, run_main):
    torch.set_num_threads(2)
    train(model, load_data()[0], epochs=1)
    assert torch.get_num_threads() == 2
    run_main(script.main, "--epochs", "0")
    assert torch.get_num_threads() == 1


def test_the_help_has_every_default(run_main, capsys):
    with pytest.raises(SystemExit):
        run_main(script.main, "--help")
    text = " ".join(capsys.readouterr().out.split())
    assert script.__doc__ in text
    defaults = re.findall(r"\(default: ([\d.]+)\)", text)
    assert defaults == ["50", "0.001", "8", "0.05", "0.05", "42"]


@pytest.mark.parametrize("module", [script, plot_results])
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--epochs", "-1"),
        ("--lr", "nan"),
        ("--hidden-dim", "0"),
        ("--sparsity-factor", "inf"),
        ("--sparsity-target", "-0.1"),
        ("--seed", "-1"),
    ],
)
def test_a_number_out_of_range_is_refused(module, option, value, refusal, monkeypatch):
    # Work before the refusal would fail, for want of its function.
    monkeypatch.delattr(module, "load_data")
    sentence = refusal(module.main, option, value)
    assert option in sentence
    assert sentence.endswith(f"got {value}")
