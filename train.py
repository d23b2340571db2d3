"""Train the sparse autoencoder on synthetic data; print its losses and test error."""

import argparse

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.datasets import make_classification
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.utils import check_array

from sparse_autoencoder import SparseAutoencoder


def load_data(seed: int = 42) -> tuple[np.ndarray, np.ndarray]:
    """Return standardized synthetic data, X_train (800, 20) and X_test (200, 20).
    Raises ValueError for a seed below 0 or above 2**32 - 1."""
    X, _ = make_classification(1000, 20, n_classes=2, random_state=seed)
    return standardize(*train_test_split(X, test_size=0.2, random_state=seed))


def standardize(X_train: ArrayLike, X_test: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return both tables less X_train's mean, in units of X_train's standard deviation;
    a feature that is constant in X_train becomes zeros. Raises as check_data does."""
    X_train = check_data(X_train).numpy()
    X_test = check_data(X_test, X_train.shape[1]).numpy()
    mean, std = np.mean(X_train, axis=0), np.std(X_train, axis=0)
    std[np.ptp(X_train, axis=0) == 0] = np.inf  # std may round to just above 0
    return (X_train - mean) / std, (X_test - mean) / std


def check_data(X: ArrayLike, n_features: int | None = None) -> torch.Tensor:
    """Return X (n_samples, n_features), an array, list, frame or tensor, in float64.
    Raises ValueError, or for dates TypeError, unless it is finite and not empty."""
    if isinstance(X, torch.Tensor):  # NumPy has no bfloat16; complex is refused below
        X = X.detach().cpu().to(torch.complex128 if X.is_complex() else torch.float64)
    data = torch.from_numpy(check_array(X).astype(np.float64, casting="same_kind"))
    if n_features not in (None, data.shape[1]):
        raise ValueError(f"X must have {n_features} features, got {data.shape[1]}")
    return data


def train(
    model: SparseAutoencoder, X_train: ArrayLike, epochs: int = 50, lr: float = 0.001
) -> list[float]:
    """Fit model in place to X_train (n_samples, input_dim); return one loss an epoch:
    mean squared error plus penalty, before its update by Adam (Kingma and Ba, 2015).
    Raises as check_data does, and ValueError for epochs, lr or a loss out of range."""
    if epochs < 0 or not 0 < lr < np.inf:
        raise ValueError(f"expected epochs >= 0 and 0 < lr < inf, got {epochs=}, {lr=}")
    X = check_data(X_train, model.encoder.in_features).to(model.encoder.weight)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=True)  # fewer calls
    loss_fn = torch.nn.MSELoss()
    losses = []
    for epoch in range(epochs):
        optimizer.zero_grad()
        encoded = model.encode(X)
        reconstruction_loss = loss_fn(model.decode(encoded), X)
        sparsity_loss = model.sparsity_penalty(encoded)
        loss = reconstruction_loss + sparsity_loss
        if not np.isfinite(loss.item()):
            raise ValueError(f"epoch {epoch + 1}: loss must be finite, got {loss}")
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if (epoch + 1) % 10 == 0:
            print(f"Epoch [{epoch + 1}/{epochs}], Loss: {loss.item():.4f}")
    return losses


def reconstruct(model: SparseAutoencoder, X: ArrayLike) -> np.ndarray:
    """Return model(X), X being (n_samples, input_dim); ValueError if not finite."""
    X = check_data(X, model.encoder.in_features).to(model.encoder.weight)
    with torch.no_grad():
        y_pred: torch.Tensor = model(X)
    if not (X.isfinite().all() and y_pred.isfinite().all()):
        raise ValueError(f"X and its reconstruction must be finite in {X.dtype}")
    return y_pred.cpu().double().numpy()


def evaluate(model: SparseAutoencoder, X_test: ArrayLike) -> float:
    """Return the MSE over all X_test (n_samples, input_dim); raise as reconstruct."""
    return float(mean_squared_error(check_data(X_test), reconstruct(model, X_test)))


def make_parser(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.formatter_class = argparse.ArgumentDefaultsHelpFormatter
    add = parser.add_argument
    add("--epochs", type=int, default=50, help="passes over the data, at least 1")
    add("--lr", type=float, default=0.001, help="learning rate of Adam, above 0")
    add("--hidden-dim", type=int, default=8, help="hidden units, at least 1")
    add("--sparsity-factor", type=float, default=0.05, help="weight of the penalty")
    add("--sparsity-target", type=float, default=0.05, help="mean activation wanted")
    add("--seed", type=int, default=42, help="seeds data, split and weights")
    return parser


def fit(args: argparse.Namespace, X_train: np.ndarray) -> SparseAutoencoder:
    """Return a model of the options' seed and shape, trained on X_train as they say."""
    if args.epochs < 1:
        raise ValueError(f"--epochs must be at least 1, got {args.epochs}")
    torch.manual_seed(args.seed)
    shape = X_train.shape[1], args.hidden_dim
    model = SparseAutoencoder(*shape, args.sparsity_factor, args.sparsity_target)
    train(model, X_train, args.epochs, args.lr)
    return model


def main() -> None:
    parser = make_parser(__doc__)
    args = parser.parse_args()
    try:
        X_train, X_test = load_data(args.seed)
        print(f"Test MSE: {evaluate(fit(args, X_train), X_test):.4f}")
    except ValueError as error:
        parser.exit(2, f"{parser.prog}: error: {error}\n")


if __name__ == "__main__":
    main()
