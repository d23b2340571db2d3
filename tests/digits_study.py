"""What the penalty does to the code: a study on scikit-learn's handwritten digits.

Run `python -m tests.digits_study`. It trains each setting from three seeds, prints a
table with one row a setting, and writes sparsity_trade.png and learned_features.png
into the current folder. A row is the mean of the three seeds, measured on the 450
images that no model was trained on. Its columns:

units        number of hidden units
target       sparsity_target; with the target 0 the penalty is L1
factor       sparsity_factor; with the factor 0 there is no penalty
active       units above 0 for an image, on average
live         units above 0 for at least one image
share        active / live: the share of the images for which a live unit is active
MSE          mean squared error of the copies, whose pixels are from 0 to 1
accuracy     of a logistic regression that reads the digit from the code, after each
             unit was scaled to standard deviation 1
upside down  AUROC of telling images turned upside down from images as they were, by
             the error of the copy; 0.5 is guessing, 1 is never wrong
mirrored     the same with left and right exchanged
"""

from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sparse_autoencoder import SparseAutoencoder
from train import reconstruct, to_input, train

SPLIT = 42
SEEDS = [42, 43, 44]
EPOCHS = 300
LR = 0.01


class Setting(NamedTuple):
    units: int
    target: float
    factor: float


class Row(NamedTuple):
    active: float
    live: float
    share: float
    mse: float
    accuracy: float
    upside_down: float
    mirrored: float


class Group(NamedTuple):
    """Settings that the picture shows in one colour, with one label."""

    label: str
    settings: list[Setting]
    color: str
    angle: int


NO_PENALTY = Group("no penalty", [Setting(128, 0.05, 0)], "black", 0)
TARGET = Group(
    "target 0.05, factor as written",
    [Setting(128, 0.05, 0.001), Setting(128, 0.05, 0.003), Setting(128, 0.05, 0.05)],
    "#0072B2",
    45,
)
L1 = Group(
    "target 0 (L1), factor as written",
    [Setting(128, 0, 0.0003), Setting(128, 0, 0.001), Setting(128, 0, 0.003)],
    "#D55E00",
    -45,
)
OTHER_TARGETS = Group(
    "factor 0.05, target as written",
    [Setting(128, 0.1, 0.05), Setting(128, 0.2, 0.05), Setting(128, 0.5, 0.05)],
    "#009E73",
    45,
)
GROUPS = [NO_PENALTY, TARGET, L1, OTHER_TARGETS]
NARROW = [Setting(32, 0.05, 0), Setting(32, 0.05, 0.05), Setting(32, 0, 0.003)]

Function = Callable[[np.ndarray], np.ndarray]


def train_model(X: np.ndarray, setting: Setting, seed: int) -> SparseAutoencoder:
    """Return a model trained on the images X (n, 64)."""
    torch.manual_seed(seed)
    model = SparseAutoencoder(64, setting.units, setting.factor, setting.target)
    with redirect_stdout(None):  # train() prints every tenth loss
        train(model, X, EPOCHS, LR)
    return model


def encode(model: SparseAutoencoder, X: np.ndarray) -> np.ndarray:
    """Return the code (n, h) of the images X (n, 64)."""
    encoded: torch.Tensor = model.encode(to_input(model, X))
    return encoded.detach().numpy()


def image_errors(reconstruct: Function, X: np.ndarray) -> np.ndarray:
    """Return the mean squared error of the copy of each image in X (n, 64)."""
    errors: np.ndarray = np.mean((reconstruct(X) - X) ** 2, axis=1)
    return errors


def auroc(errors: np.ndarray, turned_errors: np.ndarray) -> float:
    """Return how well the error tells the turned images from the others."""
    is_turned = np.repeat([0, 1], [len(errors), len(turned_errors)])
    return float(roc_auc_score(is_turned, np.append(errors, turned_errors)))


def measure(encode: Function, reconstruct: Function, split: list[np.ndarray]) -> Row:
    """Return the row of a model, which is given by its code and its copy of images."""
    X_train, X_test, y_train, y_test = split
    encoded = encode(X_test)
    is_active = encoded != 0
    active = is_active.sum(axis=1).mean()
    live = is_active.any(axis=0).sum()

    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(encode(X_train), y_train)
    accuracy = classifier.score(encoded, y_test)

    images = X_test.reshape(-1, 8, 8)
    upside_down = images[:, ::-1].reshape(-1, 64)
    mirrored = images[:, :, ::-1].reshape(-1, 64)
    errors = image_errors(reconstruct, X_test)
    return Row(
        active,
        live,
        active / live,
        errors.mean(),
        accuracy,
        auroc(errors, image_errors(reconstruct, upside_down)),
        auroc(errors, image_errors(reconstruct, mirrored)),
    )


def print_row(label: str, row: Row) -> None:
    """Print a row of the table, below the heading that main prints."""
    print(
        f"{label:22} |{row.active:7.1f}{row.live:7.1f}{row.share:7.2f}{row.mse:8.4f}"
        f"{row.accuracy:10.3f}{row.upside_down:13.3f}{row.mirrored:10.3f}"
    )


def plot_group(ax: Axes, group: Group, x: list[float], y: list[float]) -> None:
    """Plot a point for each setting, and beside it the number that makes it differ."""
    ax.plot(x, y, "o", color=group.color, label=group.label)
    for i, setting in enumerate(group.settings):
        number = setting.target if group == OTHER_TARGETS else setting.factor
        ax.text(
            x[i],
            y[i],
            "" if group == NO_PENALTY else f"  {number}",
            color=group.color,
            rotation=group.angle,
            rotation_mode="anchor",
            va="center",
        )


def draw_trade(rows: dict[Setting, Row]) -> None:
    """Draw live against active units, and the upside-down AUROC against the share."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
    for group in GROUPS:
        found = [rows[setting] for setting in group.settings]
        if group != OTHER_TARGETS:
            active = [row.active for row in found]
            plot_group(left, group, active, [row.live for row in found])
        share = [row.share for row in found]
        plot_group(right, group, share, [row.upside_down for row in found])
    left.axline((0, 0), slope=1, color="0.7", zorder=0)
    left.text(60, 45, "active\nfor every image", color="0.4")
    left.axline((0, 0), slope=5, color="0.7", zorder=0)
    left.text(1, 100, "for every\nfifth image", color="0.4")
    left.set_title("The target keeps units live, L1 removes them")
    left.set_xlabel("Active units per image")
    left.set_ylabel("Live units, of 128")
    left.set_xlim(0, 110)
    left.set_ylim(-8, 128)
    right.set_title("Images upside down are found best at a low share")
    right.set_xlabel("Share of the images for which a live unit is active")
    right.set_ylabel("AUROC, upside down")
    right.margins(0.12)
    fig.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    fig.savefig("sparsity_trade.png")


def draw_features(models: dict[Setting, SparseAutoencoder], X_test: np.ndarray) -> None:
    """Draw the decoder weights of the live units of the narrow models, as images."""
    fig, axes = plt.subplots(3, figsize=(11, 3), layout="constrained")
    titles = ["no penalty", "target 0.05, factor 0.05", "target 0 (L1), factor 0.003"]
    for ax, setting, title in zip(axes, NARROW, titles, strict=True):
        model = models[setting]
        is_live = (encode(model, X_test) > 0).any(axis=0)
        weights = model.decoder.weight.detach().numpy()[:, is_live].T
        strip = np.full((8, 9 * setting.units), np.nan)  # nan is drawn as nothing
        for i, unit in enumerate(weights):
            strip[:, 9 * i : 9 * i + 8] = unit.reshape(8, 8) / abs(unit).max()
        ax.imshow(strip, cmap="gray", vmin=-1, vmax=1)
        ax.set_title(f"32 units, {title}: {len(weights)} live", loc="left")
        ax.set_axis_off()
    fig.suptitle(
        "What a live unit adds to an image: white is brighter, black is darker"
    )
    fig.savefig("learned_features.png")


def main() -> None:
    torch.set_num_threads(1)  # the models are small
    X, y = load_digits(return_X_y=True)
    split = train_test_split(X / 16, y, random_state=SPLIT)
    X_train, X_test, _, _ = split
    print(
        "units  target  factor  | active   live  share     MSE  accuracy"
        "  upside down  mirrored"
    )
    settings = [setting for group in GROUPS for setting in group.settings] + NARROW
    rows = {}
    models = {}
    for setting in settings:
        found = []
        for seed in SEEDS:
            model = train_model(X_train, setting, seed)
            found.append(
                measure(partial(encode, model), partial(reconstruct, model), split)
            )
            if seed == SEEDS[0]:
                models[setting] = model
        rows[setting] = Row(*np.mean(found, axis=0))
        label = f"{setting.units:5}{setting.target:8}{setting.factor:8}"
        print_row(label, rows[setting])

    pca = PCA(19).fit(X_train)
    row = measure(
        pca.transform, lambda X: pca.inverse_transform(pca.transform(X)), split
    )
    print_row("PCA with 19 components", row)
    draw_trade(rows)
    draw_features(models, X_test)


if __name__ == "__main__":
    main()
