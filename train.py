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
    """Return synthetic data X_train (800, 20) and X_test (200, 20), standardized.

    Both are measured from the mean of X_train in units of its standard deviation.
    Raises ValueError unless the seed is from 0 to 2**32 - 1.
    """
    X, _ = make_classification(
        n_samples=1000, n_features=20, n_classes=2, random_state=seed
    )
    X_train, X_test = train_test_split(X, test_size=0.2, random_state=seed)
    mean = np.mean(X_train, axis=0)
    std = np.std(X_train, axis=0)
    X_train = (X_train - mean) / std
    X_test = (X_test - mean) / std
    return X_train, X_test


def to_input(model: SparseAutoencoder, X: ArrayLike) -> torch.Tensor:
    """Return the table X (n_samples, input_dim) as a tensor like the model's weights.

    X is an array, a list, a data frame, or a tensor on the CPU without a gradient.
    Raises ValueError unless it holds finite numbers in input_dim columns; types that
    check_array or torch.tensor does not take, such as dates, are refused in its words.
    """
    table = check_array(X, order="C")  # torch.tensor takes no array that runs backwards
    n_features = model.encoder.in_features
    if table.shape[1] != n_features:
        raise ValueError(f"X must have {n_features} features, got {table.shape[1]}")
    return torch.tensor(table).to(model.encoder.weight)


def train(
    model: SparseAutoencoder, X_train: ArrayLike, epochs: int = 50, lr: float = 0.001
) -> list[float]:
    """Fit the model in place to X_train (n_samples, input_dim); print every tenth loss.

    Returns one loss an epoch, from before its update by Adam (Kingma and Ba, 2015):
    the mean squared error plus the penalty. Raises as to_input and Adam do, and
    FloatingPointError if a loss, or the output at the end, is not finite.
    """
    X = to_input(model, X_train)
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
            raise FloatingPointError(f"epoch {epoch + 1}: loss is {loss}, not finite")
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if (epoch + 1) % 10 == 0:
            print(f"Epoch [{epoch + 1}/{epochs}], Loss: {loss.item():.4f}")
    if not model(X).isfinite().all():  # no loss tells of the last update
        raise FloatingPointError(f"the output after epoch {epochs} is not finite")
    return losses


def reconstruct(model: SparseAutoencoder, X: ArrayLike) -> np.ndarray:
    """Return the model's output for X (n_samples, input_dim), same shape, in float64.

    Raises as to_input does.
    """
    with torch.no_grad():
        y_pred: torch.Tensor = model(to_input(model, X))
    return y_pred.cpu().double().numpy()


def evaluate(model: SparseAutoencoder, X_test: ArrayLike) -> float:
    """Return the mean squared error over all entries of X_test, computed in float64.

    X_test has shape (n_samples, input_dim). Raises as to_input does.
    """
    y_pred = reconstruct(model, X_test)
    return float(mean_squared_error(X_test, y_pred))


def make_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of the options that both scripts have."""
    parser = argparse.ArgumentParser(description=description)
    parser.formatter_class = argparse.ArgumentDefaultsHelpFormatter
    parser.add_argument("--epochs", type=int, default=50, help="passes over the data")
    parser.add_argument("--lr", type=float, default=0.001, help="Adam's learning rate")
    parser.add_argument("--hidden-dim", type=int, default=8, help="hidden units")
    parser.add_argument(
        "--sparsity-factor", type=float, default=0.05, help="weight of the penalty"
    )
    parser.add_argument(
        "--sparsity-target", type=float, default=0.05, help="mean activation wanted"
    )
    parser.add_argument("--seed", type=int, default=42, help="seeds all that is random")
    return parser


def check_options(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """End the program with a sentence about the first option that is out of range."""
    if args.epochs < 1:
        parser.error(f"--epochs must be >= 1, got {args.epochs}")
    if not 0 < args.lr < np.inf:
        parser.error(f"--lr must be finite and > 0, got {args.lr}")
    if args.hidden_dim < 1:
        parser.error(f"--hidden-dim must be >= 1, got {args.hidden_dim}")
    if not 0 <= args.sparsity_factor < np.inf:
        parser.error(
            f"--sparsity-factor must be finite and >= 0, got {args.sparsity_factor}"
        )
    if not 0 <= args.sparsity_target < np.inf:
        parser.error(
            f"--sparsity-target must be finite and >= 0, got {args.sparsity_target}"
        )
    if not 0 <= args.seed < 2**32:
        parser.error(f"--seed must be from 0 to {2**32 - 1}, got {args.seed}")


def make_model(args: argparse.Namespace, input_dim: int) -> SparseAutoencoder:
    """Return the untrained model of the options, its weights drawn with their seed."""
    torch.manual_seed(args.seed)
    return SparseAutoencoder(
        input_dim, args.hidden_dim, args.sparsity_factor, args.sparsity_target
    )


def main() -> None:
    parser = make_parser(__doc__)
    args = parser.parse_args()
    check_options(parser, args)
    X_train, X_test = load_data(args.seed)
    model = make_model(args, X_train.shape[1])
    try:
        train(model, X_train, args.epochs, args.lr)
    except FloatingPointError as error:
        parser.exit(1, f"{parser.prog}: error: {error}\n")
    mse = evaluate(model, X_test)
    print(f"Test MSE: {mse:.4f}")


if __name__ == "__main__":
    main()
