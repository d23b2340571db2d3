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


@pytest.mark.parametrize("row", [[np.nan] * 20, [np.inf] * 20, [0] * 19 + [1e300], 0])
def test_a_table_of_other_numbers_or_1d_is_refused(row, model):
    with pytest.raises(ValueError):
        train.reconstruct(model, [row])


def test_a_table_takes_the_dtype_and_the_device_of_the_model():
    model = SparseAutoencoder(3, 2)
    assert train.to_input(model.double(), TABLE).dtype == torch.float64
    assert train.to_input(model.to("meta"), TABLE).is_meta


class Subclass(SparseAutoencoder):
    def encode(self, x):
        return torch.sigmoid(self.encoder(x))

    def decode(self, encoded):
        return self.decoder(encoded)

    def sparsity_penalty(self, encoded):
        return 0 * encoded.sum()


def test_a_subclass_is_evaluated_as_it_is_trained():
    X_train, _ = train.load_data()
    torch.manual_seed(42)
    model = Subclass(20, 8).double()
    losses = train.train(model, X_train, epochs=5)
    mse = train.evaluate(model, X_train)
    assert mse < losses[-1] < losses[0]
    # Without a penalty, the next loss is the error after the last step.
    assert train.train(model, X_train, epochs=1) == [pytest.approx(mse, rel=1e-12)]


class OwnForward(SparseAutoencoder):
    def forward(self, x):
        return 2 * x


def test_a_forward_of_its_own_is_evaluated_but_not_trained(model):
    own = OwnForward(3, 2)
    assert train.reconstruct(own, TABLE).tolist() == (2 * ARRAY).tolist()
    model.forward = len  # an object's own, as after a wrapper
    for other in (own, model, torch.nn.DataParallel(own)):
        with pytest.raises(TypeError, match=f"{type(other).__name__} .* own: override"):
            train.train(other, TABLE)


def test_an_epoch_encodes_once_and_in_training_mode(model):
    modes = []
    model.encoder.register_forward_hook(lambda *args: modes.append(model.training))
    train.reconstruct(model, np.zeros((2, 20)))
    train.train(model, np.zeros((2, 20)), epochs=2)
    assert modes == [False, True, True]


@pytest.mark.parametrize("value", ["inf", "nan"])
def test_a_loss_that_is_not_finite_ends_the_training(value, model):
    model.sparsity_factor = float(value)
    with pytest.raises(FloatingPointError, match=f"epoch 1: loss is {value}, not fin"):
        train.train(model, train.load_data()[0])
    assert all(parameter.isfinite().all() for parameter in model.parameters())


def test_one_thread_in_the_scripts_and_none_set_by_train(model, run_main):
    torch.set_num_threads(2)
    train.train(model, train.load_data()[0], epochs=1)
    assert torch.get_num_threads() == 2
    run_main(train.main, "--epochs", "0")
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--epochs=-1", "must be >= 0 and < 4294967296, got -1"),
        ("--lr=nan", "must be >= 0 and < inf, got nan"),
        ("--hidden-dim=0", "must be >= 1 and < 4294967296, got 0"),
        ("--sparsity-factor=inf", "must be >= 0 and < inf, got inf"),
        ("--sparsity-target=-0.1", "must be >= 0 and < inf, got -0.1"),
        ("--seed=4294967296", "must be >= 0 and < 4294967296, got 4294967296"),
        ("--log-every=-1", "must be >= 0 and < 4294967296, got -1"),
        ("--log-every=1.5", "invalid int value: '1.5'"),
    ],
)
def test_a_wrong_number_is_refused(option, expected, refusal, monkeypatch):
    # Work before the refusal would fail, for want of its function.
    monkeypatch.delattr(train, "load_data")
    name = option.partition("=")[0]
    assert refusal(train.main, option).endswith(f" argument {name}: {expected}")
