"""The tables that are taken, subclasses, the loop, and the options of train.py."""

import numpy as np
import pytest
import torch

import train
from sparse_autoencoder import SparseAutoencoder

TABLE = [[0, 1, 2], [3, -4, 5]]
ARRAY = np.array(TABLE, dtype=float)
TABLES = [TABLE, torch.tensor(TABLE), ARRAY[::-1].copy()[::-1], ARRAY.astype(">f4")]


@pytest.mark.parametrize("X", TABLES)
def test_a_table_may_come_as_any_of_these(X):
    model = SparseAutoencoder(3, 2)
    assert train.to_input(model, X).tolist() == TABLE
    assert train.evaluate(model, X) == pytest.approx(train.evaluate(model, ARRAY))


def test_a_table_may_be_a_data_frame():
    frame = pytest.importorskip("pandas").DataFrame(TABLE)
    frame[0] = frame[0] > 0  # columns may have types of their own
    X = train.to_input(SparseAutoencoder(3, 2), frame)
    assert X.tolist() == [[0, 1, 2], [1, -4, 5]]


@pytest.mark.parametrize("X", [[[np.nan] * 20], [[np.inf] * 20], [0] * 20])
def test_nan_infinity_and_1d_are_refused(X, model):
    with pytest.raises(ValueError):
        train.reconstruct(model, X)


def test_a_table_takes_the_dtype_and_the_device_of_the_model():
    model = SparseAutoencoder(3, 2)
    assert train.to_input(model.double(), TABLE).dtype == torch.float64
    assert train.to_input(model.to("meta"), TABLE).is_meta


class LinearOutput(SparseAutoencoder):
    def decode(self, encoded):
        return self.decoder(encoded)

    def forward(self, x):
        raise AssertionError("a model is trained and evaluated without forward")


def test_a_subclass_is_evaluated_as_it_is_trained():
    X_train, _ = train.load_data()
    torch.manual_seed(42)
    model = LinearOutput(20, 8, sparsity_factor=0).double()
    losses = train.train(model, X_train, epochs=5)
    mse = train.evaluate(model, X_train)
    assert mse < losses[-1] < losses[0]
    # Without a penalty, the next loss is the error after the last step.
    assert train.train(model, X_train, epochs=1) == [pytest.approx(mse, rel=1e-12)]


def test_only_the_training_is_in_training_mode():
    modes = []
    model = SparseAutoencoder(3, 2)
    model.encoder.register_forward_hook(lambda *_: modes.append(model.training))
    train.reconstruct(model, TABLE)
    train.train(model, TABLE, epochs=1)
    train.reconstruct(model, TABLE)
    assert modes == [False, True, False]


# A penalty too large for float32, and a first step that is too large for it.
@pytest.mark.parametrize(("factor", "lr", "loss"), [(1e39, 1, "inf"), (1, 3e37, "nan")])
def test_a_loss_that_is_not_finite_ends_the_training(factor, lr, loss, model):
    model.sparsity_factor = factor
    with pytest.raises(FloatingPointError, match=f"loss is {loss}, not finite"):
        train.train(model, train.load_data()[0], lr=lr)
    assert all(parameter.isfinite().all() for parameter in model.parameters())


def test_one_thread_in_the_scripts_and_none_set_by_train(model, run_main):
    torch.set_num_threads(2)
    train.train(model, train.load_data()[0], epochs=1)
    assert torch.get_num_threads() == 2
    run_main(train.main, "--epochs", "0")
    assert torch.get_num_threads() == 1


def test_the_help_has_a_description_and_defaults(run_main, capsys):
    with pytest.raises(SystemExit):
        run_main(train.main, "--help")
    text = " ".join(capsys.readouterr().out.split())
    assert train.__doc__ in text
    assert "(default: 0.001)" in text


@pytest.mark.parametrize(
    ("option", "value", "minimum"),
    [
        ("--epochs", "-1", 0),
        ("--lr", "nan", 0),
        ("--hidden-dim", "0", 1),
        ("--sparsity-factor", "inf", 0),
        ("--sparsity-target", "-0.1", 0),
        ("--seed", "-1", 0),
        ("--log-every", "-1", 0),
    ],
)
def test_a_number_out_of_range_is_refused(option, value, minimum, refusal, monkeypatch):
    # Work before the refusal would fail, for want of its function.
    monkeypatch.delattr(train, "load_data")
    sentence = refusal(train.main, option, value)
    assert sentence.endswith(f"{option} must be finite and >= {minimum}, got {value}")
