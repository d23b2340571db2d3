"""The tables that are taken, a subclass, and the loop."""

import runpy

import numpy as np
import pytest
import sklearn
import torch

import sparse_autoencoder
import train
from sparse_autoencoder import SparseAutoencoder

TABLE = [[0, 1, 2], [3, -4, 5]]
ARRAY = np.array(TABLE, dtype=float)
TABLES = [TABLE, torch.tensor(TABLE), ARRAY.astype(">f4"), ARRAY[::-1], ARRAY[:1][::-1]]


@pytest.mark.parametrize("X", TABLES)
def test_a_table_may_come_as_any_of_these(X):
    model = SparseAutoencoder(3, 2)
    numbers = np.asarray(X).tolist()
    assert train.to_input(model, X).tolist() == numbers
    assert train.evaluate(model, X) == pytest.approx(train.evaluate(model, numbers))


@pytest.mark.parametrize("assume_finite", [False, True])
@pytest.mark.parametrize("X", [[[np.nan]], [[0, -np.inf]], [[0, 1e300]], [0], [[[0]]]])
def test_a_table_that_is_not_finite_or_not_2_d_is_refused(X, assume_finite):
    ours = "in torch.float16, got numbers from (nan to nan|-inf to 0.0|0.0 to inf)"
    refused = pytest.raises(ValueError, match=f"{ours}|X contains|Expected 2D|dim 3")
    with sklearn.config_context(assume_finite=assume_finite), refused:
        train.reconstruct(SparseAutoencoder(2, 1).half(), X)


def test_a_table_takes_the_dtype_and_the_device_of_the_model():
    model = SparseAutoencoder(3, 2)
    assert train.to_input(model.double(), TABLE).dtype == torch.float64
    assert train.to_input(model.to("meta"), TABLE).is_meta


# The base is not train's own class, as after a reload in a notebook.
class Subclass(runpy.run_path(sparse_autoencoder.__file__)["SparseAutoencoder"]):
    def encode(self, x):
        return torch.sigmoid(self.encoder(x))

    def decode(self, encoded):
        return self.decoder(encoded)

    def forward(self, x, **options):
        return super().forward(2 * x, **options)

    def sparsity_penalty(self, encoded):
        return 0 * encoded.sum()


def test_a_subclass_is_evaluated_as_it_is_trained():
    X_train, _ = train.load_data()
    torch.manual_seed(42)
    model = Subclass(20, 8).double()
    losses = train.train(model, X_train, epochs=5)
    mse = train.evaluate(model, X_train)
    x = train.to_input(model, X_train)
    assert torch.equal(model(x), model.decode(model.encode(2 * x)))
    assert mse < losses[-1] < losses[0]
    # Without a penalty, the next loss is the error after the last step.
    assert train.train(model, X_train, epochs=1) == [pytest.approx(mse, rel=1e-12)]


def test_an_epoch_encodes_once_and_calls_the_model_in_training_mode(model):
    modes = []
    for module in (model, model.encoder):
        module.register_forward_hook(lambda *args: modes.append(model.training))
    train.reconstruct(model, np.zeros((2, 20)))
    train.train(model, np.zeros((2, 20)), epochs=2)
    assert modes == [False] * 2 + [True] * 4


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
