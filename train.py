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
    """Return a copy of the table X (n, d), with the dtype and device of the model.

    Text that reads as a number is taken as one; a mask is ignored. Raises ValueError if
    X is not 2-D, or not finite in float32 (float64 for a float64 model), TypeError if X
    is sparse. float16 may overflow; sklearn's assume_finite lets nan and infinity pass.
    """
    weight = next(model.parameters())
    dtype = np.float64 if weight.dtype == torch.float64 else np.float32
    with np.errstate(all="ignore"):  # check_array refuses what is infinite in dtype
        table = check_array(X, dtype=dtype, order="C", copy=True, input_name="X")
    return torch.from_numpy(table).to(weight)


def train(
    model: SparseAutoencoder,
    X_train: ArrayLike,
    epochs: int = EPOCHS,
    lr: float = LR,
    log_every: int = LOG_EVERY,
) -> list[float]:
    """Train the model on X_train (n, d), and print every log_every-th loss (0: none).

    An epoch is one step of Adam (Kingma and Ba, 2015) with the learning rate lr, on all
    n samples; each call starts a new Adam. Returns the loss of each epoch before its
    step: the mean squared error plus the penalty. Raises FloatingPointError if a loss
    is not finite; the last step is not checked.
    """
    X = to_input(model, X_train)
    # fused is faster. Its roundings differ, and the difference grows in a long run.
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=True)
    loss_fn = torch.nn.MSELoss()
    losses = []
    for epoch in range(1, epochs + 1):
        model.train()  # in each epoch, because evaluate may be called in between
        optimizer.zero_grad()
        y_pred, encoded = model(X, return_encoded=True)
        loss = loss_fn(y_pred, X) + model.sparsity_penalty(encoded)
        losses.append(loss.item())
        if not np.isfinite(losses[-1]):
            raise FloatingPointError(f"epoch {epoch}: loss is {losses[-1]}, not finite")
        loss.backward()
        optimizer.step()
        if log_every and epoch % log_every == 0:
            print(f"Epoch [{epoch}/{epochs}], Loss: {losses[-1]:.4f}", flush=True)
    return losses


def reconstruct(model: SparseAutoencoder, X: ArrayLike) -> np.ndarray:
    """Return model(X) as float64 (n, d); the model stays in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return np.asarray(model(to_input(model, X)).cpu().double())


def evaluate(model: SparseAutoencoder, X_test: ArrayLike) -> float:
    """Return the mean squared error over all n * d entries of X_test (n, d)."""
    return float(mean_squared_error(X_test, reconstruct(model, X_test)))


def bounded(low: int, kind: type[float]) -> Callable[[str], float]:
    """Return an argparse type: kind(text), refused unless >= low and < 2**32."""

    def convert(text: str) -> float:
        value = kind(text)
        if low <= value < 2**32:
            return value
        raise argparse.ArgumentTypeError(f"must be >= {low} and < 2**32, got {text}")

    convert.__name__ = kind.__name__  # argparse says "invalid int value", as always
    return convert


def make_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser for both scripts. Its defaults are texts, so it checks them."""
    formatter = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser(description=description, formatter_class=formatter)
    for option, kind, low, default, help_text in [
        ("--epochs", int, 0, EPOCHS, "steps of Adam"),
        ("--lr", float, 0, LR, "learning rate of Adam"),
        ("--hidden-dim", int, 1, HIDDEN_DIM, "hidden units"),
        ("--sparsity-factor", float, 0, SPARSITY_FACTOR, "weight of the penalty"),
        ("--sparsity-target", float, 0, SPARSITY_TARGET, "mean activation to reach"),
        ("--seed", int, 0, SEED, "seed of data, split and weights"),  # NumPy's: < 2**32
        ("--log-every", int, 0, LOG_EVERY, "epochs per printed loss; 0: none"),
    ]:
        convert = bounded(low, kind)
        parser.add_argument(option, type=convert, default=str(default), help=help_text)
    return parser


def train_model(args: argparse.Namespace, X_train: np.ndarray) -> SparseAutoencoder:
    """Set one thread and the seed; return a model trained on X_train (n, d)."""
    torch.set_num_threads(1)  # on a busy machine, more are slower
    torch.manual_seed(args.seed)
    model = SparseAutoencoder(
        X_train.shape[1], args.hidden_dim, args.sparsity_factor, args.sparsity_target
    )
    train(model, X_train, args.epochs, args.lr, args.log_every)
    return model


def main() -> None:
    args = make_parser(__doc__).parse_args()
    X_train, X_test = load_data(args.seed)
    model = train_model(args, X_train)
    print(f"Test MSE: {evaluate(model, X_test):.4f}")


if __name__ == "__main__":
    main()
