"""What the penalty does to the code: a study on scikit-learn's handwritten digits.

Run `python -m tests.digits_study`. It prints a table, a row for each setting, and
writes digits_as_sums.png and upside_down.png into the current folder. A row is the mean
of three seeds, the first four columns on 1347 training images, the others on 450 more:

active       hidden units that are active (not 0) for an image, on average
live         hidden units that are active for at least one image
frequency    activation frequency: fraction of images for which a live unit is active
when active  mean activation of the live units where they are active
MSE          mean squared error of the reconstructions; a pixel is from 0 to 1
accuracy     of a logistic regression that reads the digit from the standardized code
upside down  how well the error finds images with top and bottom exchanged (AUROC)

Weights are drawn and trained in float64. Its roundings, which are not the same on every
processor, are too small to reach a digit that is printed.
"""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sparse_autoencoder import SparseAutoencoder
from train import reconstruct, to_input, train

SPLIT = 42
SEEDS = [42, 43, 44]
EPOCHS = 300
LR = 0.01

WIDE = "128 units, no penalty"
WIDE_SPARSE = "128, target 0.05, factor 0.05"
NARROW = "32 units, no penalty"
NARROW_SPARSE = "32, target 0.05, factor 0.05"
# hidden_dim, sparsity_target, sparsity_factor, epochs
Setting = tuple[int, float, float, int]
SETTINGS: dict[str, Setting] = {
    WIDE: (128, 0.05, 0, EPOCHS),
    "128, target 0.05, factor 0.001": (128, 0.05, 0.001, EPOCHS),
    WIDE_SPARSE: (128, 0.05, 0.05, EPOCHS),
    "128, target 0.5, factor 0.05": (128, 0.5, 0.05, EPOCHS),
    "128, L1 (target 0), factor 0.001": (128, 0, 0.001, EPOCHS),
    "128, not trained": (128, 0.05, 0, 0),
    NARROW: (32, 0.05, 0, EPOCHS),
    NARROW_SPARSE: (32, 0.05, 0.05, EPOCHS),
}

# From images (n, 64) to their codes (n, h), or to an error of each image (n,).
Measure = Callable[[np.ndarray], np.ndarray]


def train_model(X_train: np.ndarray, setting: Setting, seed: int) -> SparseAutoencoder:
    """Return a model trained on the images X_train (n, 64)."""
    units, target, factor, epochs = setting
    torch.manual_seed(seed)
    model = SparseAutoencoder(64, units, factor, target)
    train(model, X_train, epochs, LR, log_every=0)
    return model


def encode(model: SparseAutoencoder, X: np.ndarray) -> np.ndarray:
    """Return the code (n, h) of the images X (n, 64)."""
    encoded: torch.Tensor = model.encode(to_input(model, X))
    return encoded.detach().numpy()


def turn(X: np.ndarray) -> np.ndarray:
    """Return the images X (n, 64) with top and bottom exchanged."""
    return X.reshape(-1, 8, 8)[:, ::-1].reshape(-1, 64)


def image_errors(X: np.ndarray, reconstruction: np.ndarray) -> np.ndarray:
    """Return the mean squared error (n,) of each image in X (n, 64)."""
    return np.asarray(np.mean((reconstruction - X) ** 2, axis=1))


def activity(code: np.ndarray) -> list[float]:
    """Return the table's first four figures for a code (n, h)."""
    live_code = code[:, (code != 0).any(axis=0)]
    is_active = live_code != 0
    active = is_active.sum(axis=1).mean()
    return [active, live_code.shape[1], is_active.mean(), live_code[is_active].mean()]


def quality(images: list[np.ndarray], encode: Measure, error: Measure) -> list[float]:
    """Return the table's last three figures for a way to encode and to find errors."""
    X_train, X_test, y_train, y_test = images
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(encode(X_train), y_train)
    accuracy = classifier.score(encode(X_test), y_test)
    errors = np.append(error(X_test), error(turn(X_test)))
    is_turned = np.repeat([False, True], len(X_test))
    return [errors[~is_turned].mean(), accuracy, roc_auc_score(is_turned, errors)]


def model_row(images: list[np.ndarray], model: SparseAutoencoder) -> list[float]:
    """Return all figures of the table for a model."""
    return activity(encode(model, images[0])) + quality(
        images,
        lambda X: encode(model, X),
        lambda X: image_errors(X, reconstruct(model, X)),
    )


def print_row(label: str, row: list[float]) -> None:
    """Print a row of the table; a figure that is nan stays empty."""
    active, live, frequency, when_active, mse, accuracy, upside_down = row
    line = f"{label:33}{active:6.1f}{live:7.1f}{frequency:11.2f}{when_active:13.2f}"
    line += f"{mse:8.4f}{accuracy:10.2f}{upside_down:13.2f}"
    print(line.replace("nan", "   ").rstrip())


def draw_sum(ax: Axes, model: SparseAutoencoder, image: np.ndarray, width: int) -> None:
    """Draw an image (64,), what each active unit adds, and the reconstruction."""
    code = encode(model, image[np.newaxis])[0]
    added = model.decoder.weight.detach().numpy() * code
    size = np.abs(added).max(axis=0)
    strongest_first = np.argsort(-size)[: np.count_nonzero(code)]
    gray, red_and_blue = plt.get_cmap("gray"), plt.get_cmap("RdBu_r")
    tiles = [gray(image)]
    tiles += [red_and_blue(added[:, k] / size.max() / 2 + 0.5) for k in strongest_first]
    tiles += [gray(reconstruct(model, image[np.newaxis])[0])]
    for i, tile in enumerate(tiles):
        # Before the reconstruction there is room for an arrow.
        left = 9 * (i + (i == len(tiles) - 1))
        ax.imshow(tile.reshape(8, 8, 4), extent=(left, left + 8, 0, 8))
    ax.text(9 * len(tiles) - 5, 4, "→", ha="center", va="center", size=16)
    ax.set(xlim=(0, 9 * width), ylim=(0, 8))  # room for so many tiles
    ax.set_axis_off()


def draw_digits_as_sums(models: list[SparseAutoencoder], X: np.ndarray) -> None:
    """Draw four images X (4, 64) as sums of the active units of two models."""
    dense, sparse = models
    fig = plt.figure(figsize=(11, 4.7), layout="constrained")
    above, below = np.array(fig.subfigures(2, height_ratios=[5, 4]))
    title = (
        "image, what each active unit adds (red) or takes away (blue), reconstruction"
    )
    above.suptitle(f"No penalty: {title}")
    below.suptitle(f"With the penalty: {title}")
    for ax, image in zip(above.subplots(4), X, strict=True):
        draw_sum(ax, dense, image, width=22)
    for ax, image in zip(below.subplots(2, 2).flat, X, strict=True):
        draw_sum(ax, sparse, image, width=8)
    fig.savefig("digits_as_sums.png")


def draw_upside_down(models: list[SparseAutoencoder], X: np.ndarray) -> None:
    """Draw three images X (3, 64), each beside itself upside down, reconstructed."""
    X = np.stack([X, turn(X)], axis=1).reshape(6, 64)
    dense, sparse = [reconstruct(model, X) for model in models]
    rows = {"image": X, "no penalty": dense, "with penalty": sparse}
    fig, axes = plt.subplots(3, 6, figsize=(9, 5), layout="constrained")
    for row_axes, (label, row) in zip(axes, rows.items(), strict=True):
        row_axes[0].set_ylabel(label, size=12)
        for ax, image, error in zip(row_axes, row, image_errors(X, row), strict=True):
            ax.imshow(image.reshape(8, 8), cmap="gray", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[], xlabel=f"error {error:.3f}")
    for ax, text in zip(axes[0], ["as it is", "upside down"] * 3, strict=True):
        ax.set(title=text, xlabel="")
    fig.savefig("upside_down.png")


def main() -> None:
    torch.set_num_threads(1)  # the models are small
    torch.set_default_dtype(torch.float64)
    X, y = load_digits(return_X_y=True)
    images = train_test_split(X / 16, y, random_state=SPLIT)
    X_train, X_test, _, y_test = images
    print(
        f"{'':33}active   live  frequency  when active     MSE  accuracy  upside down"
    )
    models: dict[str, SparseAutoencoder] = {}
    for label, setting in SETTINGS.items():
        trained = [train_model(X_train, setting, seed) for seed in SEEDS]
        rows = [model_row(images, model) for model in trained]
        print_row(label, list(np.mean(rows, axis=0)))
        models[label] = trained[0]

    pca = PCA(21).fit(X_train)  # 21: the MSE of the target 0.5
    row = quality(
        images,
        pca.transform,
        lambda X: image_errors(X, pca.inverse_transform(pca.transform(X))),
    )
    print_row("PCA with 21 components", [np.nan] * 4 + row)
    neighbors = NearestNeighbors(n_neighbors=5).fit(X_train)
    row = quality(images, np.asarray, lambda X: neighbors.kneighbors(X)[0].mean(axis=1))
    row[0] = np.nan  # a distance is no MSE
    print_row("the pixels, 5 nearest neighbors", [np.nan] * 4 + row)

    digits = np.array([X_test[y_test == digit][0] for digit in range(10)])
    draw_digits_as_sums([models[NARROW], models[NARROW_SPARSE]], digits[[0, 2, 3, 5]])
    draw_upside_down([models[WIDE], models[WIDE_SPARSE]], digits[[3, 5, 9]])


if __name__ == "__main__":
    main()
