"""Train the sparse autoencoder on synthetic data; print its losses and test error."""

import argparse
import inspect
import math
from numbers import Integral, Real

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.datasets import make_classification
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from torch import Tensor, nn, optim

from sparse_autoencoder import SparseAutoencoder, require

Array = NDArray[np.float64]
Data = ArrayLike | Tensor


def load_data(seed: int = 42) -> tuple[Array, Array]:
    """Return standardized synthetic data, X_train (800, 20) and X_test (200, 20).

    Raises ValueError (scikit-learn's) unless seed is a whole number in 0 to 2**32 - 1.
    """
    X, _ = make_classification(
        n_samples=1000, n_features=20, n_classes=2, random_state=seed
    )
    X_train, X_test = train_test_split(X, test_size=0.2, random_state=seed)
    return standardize(X_train, X_test)


def standardize(X_train: Data, X_test: Data) -> tuple[Array, Array]:
    """Return both tables less X_train's mean, in units of X_train's standard deviation.

    Both are (n_samples, n_features). A feature that is constant in X_train becomes
    zeros in both. Raises ValueError as check_data does.
    """
    X_train = check_data(X_train)
    X_test = check_data(X_test, X_train.shape[1])
    mean = np.mean(X_train, axis=0)
    std = np.std(X_train, axis=0)
    # By the range, since rounding can leave a constant a deviation just above 0.
    std[np.ptp(X_train, axis=0) == 0] = np.inf
    return (X_train - mean) / std, (X_test - mean) / std


def check_data(X: Data, n_features: int | None = None) -> Array:
    """Return a float64 copy of X, an array or a tensor (n_samples, n_features).

    Raises ValueError unless X holds real numbers, at least one, in that shape.
    """
    if isinstance(X, Tensor):
        X = X.detach().cpu()
        X = X.double() if X.is_floating_point() else X  # NumPy has no bfloat16
    rows = np.asarray(X)
    table = rows.ndim == 2 and rows.size > 0 and n_features in (None, rows.shape[1])
    shape = f"(n_samples, {n_features or 'n_features'})"
    expected = f"data must be real numbers of shape {shape} and not empty"
    found = f"{rows.dtype} of shape {rows.shape}"
    require(table and rows.dtype.kind in "biuf", expected, found)
    return rows.astype(np.float64)


def to_tensor(model: SparseAutoencoder, X: Data) -> Tensor:
    """Return X as a tensor (n_samples, input_dim) of model's dtype and device.

    Raises ValueError as check_data does, and if X is not finite in that dtype.
    """
    weight = model.encoder.weight
    X = torch.from_numpy(check_data(X, weight.shape[1])).to(weight.dtype)
    require(X.isfinite().all(), f"data must be finite in {X.dtype}", "NaN or infinity")
    return X.to(weight.device)


def train(
    model: SparseAutoencoder, X_train: Data, epochs: int = 50, lr: float = 0.001
) -> list[float]:
    """Fit model in place to X_train (n_samples, input_dim); return one loss an epoch.

    The loss is the mean squared error over all entries plus the penalty, before the
    epoch's update by Adam (Kingma and Ba, 2015); every tenth is printed. Raises
    ValueError, with model untouched, unless epochs is a whole number of at least 0, lr
    finite and above 0, and X_train a table of finite real numbers.
    """
    whole = isinstance(epochs, Integral) and epochs >= 0
    require(whole, "epochs must be whole and at least 0", epochs)
    positive = isinstance(lr, Real) and 0 < lr < math.inf
    require(positive, "lr must be finite and above 0", lr)
    X = to_tensor(model, X_train)
    optimizer = optim.Adam(model.parameters(), lr=lr)
    loss_fn = nn.MSELoss()
    losses = []
    for epoch in range(epochs):
        optimizer.zero_grad()
        encoded = model.encode(X)
        loss = loss_fn(model.decode(encoded), X) + model.sparsity_penalty(encoded)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if (epoch + 1) % 10 == 0:
            print(f"Epoch [{epoch + 1}/{epochs}], Loss: {losses[-1]:.4f}")
    return losses


def reconstruct(model: SparseAutoencoder, X: Data) -> Array:
    """Return model's output for X, both (n_samples, input_dim), without gradients.

    Raises ValueError unless X is a table of finite real numbers, and the output finite.
    """
    with torch.no_grad():
        y_pred: Array = model(to_tensor(model, X)).cpu().double().numpy()
    require(not np.isnan(y_pred).any(), "reconstruction must be finite", "NaN")
    return y_pred


def evaluate(model: SparseAutoencoder, X_test: Data) -> float:
    """Return the MSE of all X_test (n_samples, input_dim); raise as reconstruct."""
    X_test = check_data(X_test, model.encoder.in_features)
    mse: float = mean_squared_error(X_test, reconstruct(model, X_test))
    return mse


def make_parser(description: str) -> argparse.ArgumentParser:
    """Return a parser of the options that train.py and plot_results.py share."""
    parser = argparse.ArgumentParser(description=description)
    parser.formatter_class = argparse.ArgumentDefaultsHelpFormatter
    add = parser.add_argument
    add("--epochs", type=int, help="passes over the training data, at least 1")
    add("--lr", type=float, help="learning rate of Adam, above 0")
    add("--hidden-dim", type=int, default=8, help="hidden units, at least 1")
    add("--sparsity-factor", type=float, help="weight of the penalty, at least 0")
    add("--sparsity-target", type=float, help="mean activation wanted, at least 0")
    add("--seed", type=int, help="seeds data, split and weights: 0 to 2**32 - 1")
    # Read from the signatures, so that a number changed there is changed here too.
    for function in (train, SparseAutoencoder, load_data):
        own = inspect.signature(function).parameters.values()
        parser.set_defaults(**{p.name: p.default for p in own if p.default != p.empty})
    return parser


def fit(args: argparse.Namespace, X_train: Array) -> SparseAutoencoder:
    """Return a model of the options' seed and shape, trained on X_train as they say."""
    require(args.epochs >= 1, "--epochs must be at least 1", args.epochs)
    torch.manual_seed(args.seed)
    shape = X_train.shape[1], args.hidden_dim
    model = SparseAutoencoder(*shape, args.sparsity_factor, args.sparsity_target)
    train(model, X_train, args.epochs, args.lr)
    return model


def main() -> None:
    """Run the script: train, print every tenth loss, then the test error."""
    parser = make_parser("Train the sparse autoencoder on synthetic data.")
    args = parser.parse_args()
    try:
        X_train, X_test = load_data(args.seed)
        model = fit(args, X_train)
        print(f"Test MSE: {evaluate(model, X_test):.4f}")
    except (ValueError, RuntimeError) as error:  # RuntimeError: too large for torch
        parser.exit(2, f"{parser.prog}: error: {error}\n")


if __name__ == "__main__":
    main()
