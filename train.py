"""Train the sparse autoencoder on synthetic data; print its losses and test error."""

import argparse
import math

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.datasets import make_classification
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.utils import check_array

from sparse_autoencoder import SparseAutoencoder


def load_data(seed: int = 42) -> tuple[np.ndarray, np.ndarray]:
    """Return X_train (800, 20), X_test (200, 20), scaled by X_train's mean and std."""
    X, _ = make_classification(
        n_samples=1000, n_features=20, n_classes=2, random_state=seed
    )
    X_train, X_test = train_test_split(X, test_size=0.2, random_state=seed)
    mean = np.mean(X_train, axis=0)
    std = np.std(X_train, axis=0)
    return (X_train - mean) / std, (X_test - mean) / std


def to_input(model: SparseAutoencoder, X: ArrayLike) -> torch.Tensor:
    """Return the table X (n, d) as a tensor with the dtype and device of the model.

    X is an array, a list, a data frame, or a tensor on the CPU without a gradient.
    Raises ValueError if X is not a 2-D table of finite numbers.
    """
    # PyTorch reads neither big-endian numbers nor a view that runs backwards.
    table = check_array(X, dtype=[np.float64, np.float32], order="C")
    weight = next(model.parameters())
    return torch.tensor(table, dtype=weight.dtype, device=weight.device)


def train(
    model: SparseAutoencoder,
    X_train: ArrayLike,
    epochs: int = 50,
    lr: float = 0.001,
    log_every: int = 10,
) -> list[float]:
    """Train the model on X_train (n, d), and print every log_every-th loss (0: none).

    An epoch is one step of Adam (Kingma and Ba, 2015) on all n samples; each call
    starts a new Adam. Calls encode, decode and sparsity_penalty, which a subclass may
    override. Returns the loss of each epoch before its step: the mean squared error
    plus the penalty. Raises FloatingPointError if a loss is not finite.
    """
    X = to_input(model, X_train)
    model.train()
    # fused is faster. Its roundings differ, and the difference grows in a long run.
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=True)
    loss_fn = torch.nn.MSELoss()
    losses = []
    for epoch in range(1, epochs + 1):
        optimizer.zero_grad()
        encoded = model.encode(X)
        y_pred = model.decode(encoded)
        reconstruction_loss = loss_fn(y_pred, X)
        sparsity_loss = model.sparsity_penalty(encoded)
        loss = reconstruction_loss + sparsity_loss
        loss_value = loss.item()
        if not math.isfinite(loss_value):
            raise FloatingPointError(f"epoch {epoch}: loss is {loss_value}, not finite")
        losses.append(loss_value)
        loss.backward()
        optimizer.step()
        if log_every and epoch % log_every == 0:
            print(f"Epoch [{epoch}/{epochs}], Loss: {loss_value:.4f}")
    return losses


def reconstruct(model: SparseAutoencoder, X: ArrayLike) -> np.ndarray:
    """Return decode(encode(X)), the reconstruction (n, d) of X (n, d), as float64."""
    model.eval()
    with torch.no_grad():
        y_pred = model.decode(model.encode(to_input(model, X)))
    return y_pred.cpu().double().numpy()


def evaluate(model: SparseAutoencoder, X_test: ArrayLike) -> float:
    """Return the mean squared error over all n * d entries of X_test (n, d)."""
    return float(mean_squared_error(X_test, reconstruct(model, X_test)))


def make_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of the options that both scripts have."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=50, help="Adam steps; 0 for none")
    parser.add_argument("--lr", type=float, default=0.001, help="Adam's learning rate")
    parser.add_argument("--hidden-dim", type=int, default=8, help="hidden units")
    parser.add_argument(
        "--sparsity-factor", type=float, default=0.05, help="weight of the penalty"
    )
    parser.add_argument(
        "--sparsity-target", type=float, default=0.05, help="wanted mean activation"
    )
    parser.add_argument("--seed", type=int, default=42, help="for data, split, weights")
    parser.add_argument("--log-every", type=int, default=10, help="in epochs; 0: never")
    return parser


def parse_options(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Return the options; end the program if a number is not finite or too small."""
    args = parser.parse_args()
    for name, value in vars(args).items():
        minimum = 1 if name == "hidden_dim" else 0
        if isinstance(value, int | float) and not minimum <= value < math.inf:
            option = "--" + name.replace("_", "-")
            parser.error(f"{option} must be finite and >= {minimum}, got {value}")
    return args


def train_model(args: argparse.Namespace, X_train: np.ndarray) -> SparseAutoencoder:
    """Set one thread for the process; return a model trained on X_train (n, d)."""
    # On a busy machine, more threads would make this small training slower.
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    model = SparseAutoencoder(
        X_train.shape[1], args.hidden_dim, args.sparsity_factor, args.sparsity_target
    )
    train(model, X_train, args.epochs, args.lr, args.log_every)
    return model


def main() -> None:
    args = parse_options(make_parser(__doc__))
    X_train, X_test = load_data(args.seed)
    model = train_model(args, X_train)
    print(f"Test MSE: {evaluate(model, X_test):.4f}")


if __name__ == "__main__":
    main()
