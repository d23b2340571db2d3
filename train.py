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

# The options of both scripts: the default, the least value, the meaning.
OPTIONS = {
    "--epochs": (50, 0, "training steps; 0 leaves the model untrained"),
    "--lr": (0.001, 0, "Adam's learning rate"),
    "--hidden-dim": (8, 1, "number of hidden units"),
    "--sparsity-factor": (0.05, 0, "weight of the penalty in the loss"),
    "--sparsity-target": (0.05, 0, "mean activation that the penalty asks for"),
    "--seed": (42, 0, "seed of the data, the split and the weights"),
}


def load_data(seed: int = 42) -> tuple[np.ndarray, np.ndarray]:
    """Return synthetic data X_train (800, 20) and X_test (200, 20), standardized.

    Both are scaled with the mean and the standard deviation of each feature in X_train.
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
    """Return the table X (n, d) as a tensor of the model's dtype, on its device.

    X is an array, a list, a data frame, or a tensor on the CPU without a gradient.
    """
    # torch.tensor refuses a view such as X[::-1]; order="C" copies it first.
    table = check_array(X, order="C")
    return torch.tensor(table).to(model.encoder.weight)


def train(
    model: SparseAutoencoder, X_train: ArrayLike, epochs: int = 50, lr: float = 0.001
) -> list[float]:
    """Fit the model in place to X_train (n, d), and print every tenth loss.

    An epoch is one step of Adam (Kingma and Ba, 2015) on all n samples. Returns the
    loss of each epoch before its step: the mean squared error plus the penalty.
    Raises FloatingPointError if a loss is not finite.
    """
    X = to_input(model, X_train)
    # fused=True takes the same step in one call, which is faster.
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=True)
    loss_fn = torch.nn.MSELoss()
    losses = []
    for epoch in range(epochs):
        optimizer.zero_grad()
        encoded = model.encode(X)
        y_pred = model.decode(encoded)
        reconstruction_loss = loss_fn(y_pred, X)
        sparsity_loss = model.sparsity_penalty(encoded)
        loss = reconstruction_loss + sparsity_loss
        if not np.isfinite(loss.item()):
            raise FloatingPointError(f"epoch {epoch + 1}: loss is {loss}, not finite")
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if (epoch + 1) % 10 == 0:
            print(f"Epoch [{epoch + 1}/{epochs}], Loss: {loss.item():.4f}")
    return losses


def reconstruct(model: SparseAutoencoder, X: ArrayLike) -> np.ndarray:
    """Return the model's copy of the table X (n, d), an array (n, d) in float64."""
    with torch.no_grad():
        y_pred: torch.Tensor = model(to_input(model, X))
    # In float64, so that an error computed from it is not rounded to float32.
    return y_pred.cpu().double().numpy()


def evaluate(model: SparseAutoencoder, X_test: ArrayLike) -> float:
    """Return the mean squared error over all n * d entries of X_test (n, d)."""
    y_pred = reconstruct(model, X_test)
    return float(mean_squared_error(X_test, y_pred))


def make_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of the options that both scripts have."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    for option, (default, _, meaning) in OPTIONS.items():
        parser.add_argument(option, type=type(default), default=default, help=meaning)
    return parser


def parse_options(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Return the options; end the program if a number is too small or not finite."""
    args = parser.parse_args()
    for option, (_, least, _) in OPTIONS.items():
        value = getattr(args, option[2:].replace("-", "_"))
        if not least <= value < np.inf:
            parser.error(f"{option} must be finite and >= {least}, got {value}")
    return args


def run(args: argparse.Namespace) -> tuple[SparseAutoencoder, np.ndarray]:
    """Make the data, make and train the model; return the model and X_test."""
    # On data this small, several threads only wait for each other.
    torch.set_num_threads(1)
    X_train, X_test = load_data(args.seed)
    torch.manual_seed(args.seed)
    model = SparseAutoencoder(
        X_train.shape[1], args.hidden_dim, args.sparsity_factor, args.sparsity_target
    )
    train(model, X_train, args.epochs, args.lr)
    return model, X_test


def main() -> None:
    args = parse_options(make_parser(__doc__))
    model, X_test = run(args)
    mse = evaluate(model, X_test)
    print(f"Test MSE: {mse:.4f}")


if __name__ == "__main__":
    main()
