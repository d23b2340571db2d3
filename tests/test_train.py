"""The tables that are taken, a subclass, and the loop."""

import numpy as np
import pytest
import torch
from sklearn.preprocessing import OneHotEncoder

import train
from sparse_autoencoder import SparseAutoencoder

ARRAY = np.array([[0.0, 1, 2], [3, -4, 5]])


def test_a_table_may_come_as_any_of_these():
    model = SparseAutoencoder(3, 2)
    numbers = ARRAY.tolist()
    assert train.to_input(model, np.asfortranarray(ARRAY)).is_contiguous()
    assert train.to_input(model, ARRAY[::-1]).tolist() == numbers[::-1]
    for X in (numbers, torch.tensor(numbers), ARRAY.astype(str), ARRAY.astype(">f4")):
        assert train.to_input(model, X).tolist() == numbers


def test_a_table_is_copied_to_the_dtype_and_the_device_of_the_model(model):
    assert train.to_input(model.half(), ARRAY).dtype == torch.float16
    assert train.to_input(model.double(), [[1e300]]).item() == 1e300
    assert not np.shares_memory(train.to_input(model, ARRAY), ARRAY)
    assert train.to_input(model.to("meta"), ARRAY).is_meta


def test_a_table_that_is_not_finite_or_not_2_d_is_refused(model):
    for X in ([[0], [np.nan]], [[np.inf], [-np.inf]], [[1e300]], [0], [[[0]]], [[]]):
        with np.errstate(all="raise"), pytest.raises(ValueError):
            train.to_input(model.half(), X)
    with pytest.raises(TypeError):
        train.to_input(model, OneHotEncoder().fit_transform([[0], [1]]))


class Subclass(SparseAutoencoder):
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


def test_each_epoch_encodes_once_in_training_mode(model):
    modes = []
    model.encoder.register_forward_hook(lambda *args: modes.append(model.training))
    train.reconstruct(model, [[0] * 20])
    assert not model.training

    @model.register_forward_hook
    def stop_training_mode(*args):  # as evaluate does, called in the loop
        modes.append(model.training)
        model.eval()

    train.train(model, [[0] * 20], epochs=2)
    assert modes == [False] + [True] * 4


def test_a_loss_that_is_not_finite_ends_the_training(model):
    for factor, lr, epoch in [(np.inf, 0.1, 1), (np.nan, 0.1, 1), (0.05, np.inf, 2)]:
        model.sparsity_factor = factor
        expected = f"^epoch {epoch}: loss is (inf|nan), not finite$"
        with pytest.raises(FloatingPointError, match=expected):
            train.train(model, [[0] * 20], lr=lr)
