"""Train the sparse autoencoder on synthetic data; print its losses and test error."""

import argparse
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.datasets import make_classification
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.utils import check_array

from sparse_autoencoder import SPARSITY_FACTOR, SPARSITY_TARGET, SparseAutoencoder

HIDDEN_DIM = 8
EPOCHS = 50
LR = 0.001
LOG_EVERY = 10
SEED = 42


def load_data(seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
    """Return X_train (800, 20), X_test (200, 20), scaled by X_train's mean and std."""
    X, _ = make_classification(n_samples=1000, n_features=20, random_state=seed)
    X_train, X_test = train_test_split(X, test_size=0.2, random_state=seed)
    mean = np.mean(X_train, axis=0)
    std = np.std(X_train, axis=0)
    return (X_train - mean) / std, (X_test - mean) / std


def to_input(model: SparseAutoencoder, X: ArrayLike) -> torch.Tensor:
    """Return the table X (n, d) as a tensor with the dtype and device of the model.

    X is what NumPy can read: an array, a list, a data frame, a tensor whose numpy()
    works. Raises ValueError if X is not 2-D, or a number is not finite in that dtype.
    """
    # PyTorch reads neither big-endian numbers nor a view that runs backwards.
    table = check_array(X, dtype=[np.float64, np.float32], order="C")
    weight = next(model.parameters())
    x = torch.tensor(table, dtype=weight.dtype)
    if not x.isfinite().all():
        raise ValueError(f"Input X contains a value too large for {weight.dtype}.")
    return x.to(weight.device)


def train(
    model: SparseAutoencoder,
    X_train: ArrayLike,
    epochs: int = EPOCHS,
    lr: float = LR,
    log_every: int = LOG_EVERY,
) -> list[float]:
    """Train the model on X_train (n, d), and print every log_every-th loss (0: none).

    An epoch is one step of Adam (Kingma and Ba, 2015) on all n samples; each call
    starts a new Adam. Returns the loss of each epoch before its step: the mean squared
    error plus the penalty. Raises FloatingPointError if a loss is not finite, and
    TypeError if forward is overridden: like hooks of the model, it would not be called.
    """
    if getattr(model.forward, "__func__", None) is not SparseAutoencoder.forward:
        hint = "override encode or decode instead, and wrap a model after training"
        raise TypeError(f"{type(model).__name__} has a forward of its own: {hint}")
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
        loss = loss_fn(y_pred, X) + model.sparsity_penalty(encoded)
        loss_value = loss.item()
        if not np.isfinite(loss_value):
            raise FloatingPointError(f"epoch {epoch}: loss is {loss_value}, not finite")
        losses.append(loss_value)
        loss.backward()
        optimizer.step()
        if log_every and epoch % log_every == 0:
            print(f"Epoch [{epoch}/{epochs}], Loss: {loss_value:.4f}", flush=True)
    return losses


def reconstruct(model: SparseAutoencoder, X: ArrayLike) -> np.ndarray:
    """Return model(X), in evaluation mode, for the table X (n, d): float64 (n, d)."""
    model.eval()
    with torch.no_grad():
        return np.asarray(model(to_input(model, X)).cpu().double())


def evaluate(model: SparseAutoencoder, X_test: ArrayLike) -> float:
    """Return the mean squared error over all n * d entries of X_test (n, d)."""
    return float(mean_squared_error(X_test, reconstruct(model, X_test)))


def number(kind: type[float], low: int, high: float) -> Callable[[str], float]:
    """Return an argparse type: kind(text), refused unless >= low and < high."""

    def convert(text: str) -> float:
        value = kind(text)
        if low <= value < high:
            return value
        raise argparse.ArgumentTypeError(f"must be >= {low} and < {high}, got {text}")

    convert.__name__ = kind.__name__  # argparse says "invalid int value", as always
    return convert


def make_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of the options that both scripts have."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    count = number(int, 0, 2**32)  # scikit-learn takes no larger seed
    size = number(float, 0, np.inf)
    add = parser.add_argument
    add("--epochs", type=count, default=EPOCHS, help="Adam steps; 0 for none")
    add("--lr", type=size, default=LR, help="Adam's learning rate")
    add("--hidden-dim", type=number(int, 1, 2**32), default=HIDDEN_DIM, help="units")
    add("--sparsity-factor", type=size, default=SPARSITY_FACTOR, help="penalty weight")
    add("--sparsity-target", type=size, default=SPARSITY_TARGET, help="mean activation")
    add("--seed", type=count, default=SEED, help="for data, split, weights")
    add("--log-every", type=count, default=LOG_EVERY, help="in epochs; 0: never")
    return parser


def train_model(args: argparse.Namespace, X_train: np.ndarray) -> SparseAutoencoder:
    """Set one thread for the process; return a model trained on X_train (n, d)."""
    torch.set_num_threads(1)  # on a busy machine, more are slower
    torch.manual_seed(args.seed)
    settings = args.hidden_dim, args.sparsity_factor, args.sparsity_target
    model = SparseAutoencoder(X_train.shape[1], *settings)
    train(model, X_train, args.epochs, args.lr, args.log_every)
    return model


def main() -> None:
    args = make_parser(__doc__).parse_args()
    X_train, X_test = load_data(args.seed)
    model = train_model(args, X_train)
    print(f"Test MSE: {evaluate(model, X_test):.4f}")


if __name__ == "__main__":
    main()
