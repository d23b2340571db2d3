"""What the penalty does to the code: a study on scikit-learn's handwritten digits.

Run `python -m tests.digits_study`. It trains each setting from three seeds, prints a
table with one row for each setting, and writes sparsity_trade.png and
learned_features.png into the current folder. A row is the mean of the three seeds,
measured on the 450 images that were not used in training. Its columns:

units        number of hidden units
target       sparsity_target; with the target 0 the penalty is L1
factor       sparsity_factor; with the factor 0 there is no penalty
active       units that are not 0 for an image, on average
live         units that are not 0 for at least one image
share        active / live, of each seed
MSE          mean squared error of the copies, whose pixels are from 0 to 1
accuracy     of a logistic regression that reads the digit from the code, after each
             unit was scaled to standard deviation 1
upside down  how well the error of the copy tells images with top and bottom exchanged
             from the test images (AUROC: 0.5 is guessing, 1 is perfect)
mirrored     the same for images with left and right exchanged
"""

from contextlib import redirect_stdout
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


# The settings, each with the text that stands beside it in a picture.
NO_PENALTY = {"": Setting(128, 0.05, 0)}
TARGET = {str(factor): Setting(128, 0.05, factor) for factor in (0.001, 0.003, 0.05)}
L1 = {str(factor): Setting(128, 0, factor) for factor in (0.0003, 0.001, 0.003)}
OTHER_TARGETS = {str(target): Setting(128, target, 0.05) for target in (0.1, 0.2, 0.5)}
# Not in a picture: L1 and a small target with about the same MSE.
FEW_ACTIVE = {
    "L1": Setting(128, 0, 0.0015),
    "small target": Setting(128, 0.01, 0.003),
}
NARROW = {
    "no penalty": Setting(32, 0.05, 0),
    "target 0.05, factor 0.05": Setting(32, 0.05, 0.05),
    "target 0 (L1), factor 0.003": Setting(32, 0, 0.003),
}


def train_model(X_train: np.ndarray, setting: Setting, seed: int) -> SparseAutoencoder:
    """Return a model trained on the images X_train (n, 64)."""
    torch.manual_seed(seed)
    model = SparseAutoencoder(64, setting.units, setting.factor, setting.target)
    with redirect_stdout(None):  # train() prints every tenth loss
        train(model, X_train, EPOCHS, LR)
    return model


def encode(model: SparseAutoencoder, X: np.ndarray) -> np.ndarray:
    """Return the code (n, h) of the images X (n, 64)."""
    encoded: torch.Tensor = model.encode(to_input(model, X))
    return encoded.detach().numpy()


def exchange(X: np.ndarray) -> list[np.ndarray]:
    """Return the images X (n, 64) as they are, upside down, and mirrored."""
    images = X.reshape(-1, 8, 8)
    upside_down = images[:, ::-1].reshape(-1, 64)
    mirrored = images[:, :, ::-1].reshape(-1, 64)
    return [X, upside_down, mirrored]


def image_errors(X: np.ndarray, copy: np.ndarray) -> np.ndarray:
    """Return the mean squared error (n,) of each image in X (n, 64)."""
    errors: np.ndarray = np.mean((copy - X) ** 2, axis=1)
    return errors


def auroc(errors: np.ndarray, changed_errors: np.ndarray) -> float:
    """Return how well the error tells the changed images from the others."""
    is_changed = np.repeat([0, 1], [len(errors), len(changed_errors)])
    return float(roc_auc_score(is_changed, np.append(errors, changed_errors)))


def measure(
    train_code: np.ndarray,
    test_code: np.ndarray,
    y_train: np.ndarray,
    y_test: np.ndarray,
    errors: list[np.ndarray],
) -> Row:
    """Return the row of one model.

    The codes are (n, h), the digits y_train and y_test (n,). errors are those of the
    test images as they are, upside down and mirrored, each (n,).
    """
    is_active = test_code != 0
    active = is_active.sum(axis=1).mean()
    live = is_active.any(axis=0).sum()
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(train_code, y_train)
    accuracy = classifier.score(test_code, y_test)
    plain, upside_down, mirrored = errors
    return Row(
        active,
        live,
        active / live,
        plain.mean(),
        accuracy,
        auroc(plain, upside_down),
        auroc(plain, mirrored),
    )


def print_row(label: str, row: Row) -> None:
    """Print a row of the table, below the heading that main prints."""
    print(
        f"{label:22} |{row.active:7.1f}{row.live:7.1f}{row.share:7.2f}{row.mse:8.4f}"
        f"{row.accuracy:10.3f}{row.upside_down:13.3f}{row.mirrored:10.3f}"
    )


def plot_points(
    ax: Axes, x: list[float], y: list[float], texts: list[str], color: str, angle: int
) -> None:
    """Plot points with a text at each, at an angle so that texts do not overlap."""
    ax.plot(x, y, "o", color=color)
    for i, text in enumerate(texts):
        ax.text(
            x[i],
            y[i],
            f"  {text}",
            color=color,
            rotation=angle,
            rotation_mode="anchor",
            va="center",
        )


def draw_trade(rows: dict[Setting, Row]) -> None:
    """Draw live against active units, and the upside-down AUROC against the share."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
    for settings, color, angle in [
        (NO_PENALTY, "black", 0),
        (TARGET, "#0072B2", 45),
        (L1, "#D55E00", -45),
        (OTHER_TARGETS, "#009E73", 45),
    ]:
        texts = list(settings)
        found = [rows[setting] for setting in settings.values()]
        # The left picture compares growing factors, so it leaves out other targets.
        if settings != OTHER_TARGETS:
            active = [row.active for row in found]
            live = [row.live for row in found]
            plot_points(left, active, live, texts, color, angle)
        share = [row.share for row in found]
        upside_down = [row.upside_down for row in found]
        plot_points(right, share, upside_down, texts, color, angle)
    left.axline((0, 0), slope=1, color="0.7", zorder=0)
    left.text(60, 45, "active\nfor every image", color="0.4")
    left.axline((0, 0), slope=5, color="0.7", zorder=0)
    left.text(1, 100, "active\nfor every\nfifth\nimage", color="0.4")
    left.set_title("The target keeps units live, L1 removes them")
    left.set_xlabel("Active units per image")
    left.set_ylabel("Live units, of 128")
    left.set_xlim(0, 110)
    left.set_ylim(-8, 128)
    right.set_title("Images upside down are found best at a low share")
    right.set_xlabel("Share of the images for which a live unit is active")
    right.set_ylabel("AUROC, upside down")
    right.margins(0.12)
    labels = [
        "no penalty",
        "target 0.05, factor as written",
        "target 0 (L1), factor as written",
        "factor 0.05, target as written",
    ]
    fig.legend(right.get_lines(), labels, loc="outside lower center", ncols=4)
    fig.savefig("sparsity_trade.png")


def draw_features(models: dict[Setting, SparseAutoencoder], X_test: np.ndarray) -> None:
    """Draw the decoder weights of the live units of the narrow models, as images."""
    fig, axes = plt.subplots(3, figsize=(11, 3), layout="constrained")
    for ax, (text, setting) in zip(axes, NARROW.items(), strict=True):
        model = models[setting]
        is_live = (encode(model, X_test) != 0).any(axis=0)
        weights = model.decoder.weight.detach().numpy()[:, is_live].T
        strip = np.full((8, 9 * setting.units), np.nan)  # nan is drawn as nothing
        for i, unit in enumerate(weights):
            strip[:, 9 * i : 9 * i + 8] = unit.reshape(8, 8) / abs(unit).max()
        ax.imshow(strip, cmap="gray", vmin=-1, vmax=1)
        ax.set_title(f"32 units, {text}: {len(weights)} live", loc="left")
        ax.set_axis_off()
    fig.suptitle(
        "What a live unit adds to the image of a digit: white brighter, black darker"
    )
    fig.savefig("learned_features.png")


def main() -> None:
    torch.set_num_threads(1)  # the models are small
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X / 16, y, random_state=SPLIT)
    images = exchange(X_test)
    print(
        "units  target  factor  | active   live  share     MSE  accuracy"
        "  upside down  mirrored"
    )
    rows = {}
    models: dict[Setting, SparseAutoencoder] = {}
    for settings in (NO_PENALTY, TARGET, L1, FEW_ACTIVE, OTHER_TARGETS, NARROW):
        for setting in settings.values():
            found = []
            for seed in SEEDS:
                model = train_model(X_train, setting, seed)
                train_code = encode(model, X_train)
                test_code = encode(model, X_test)
                errors = [image_errors(X, reconstruct(model, X)) for X in images]
                row = measure(train_code, test_code, y_train, y_test, errors)
                found.append(row)
                # The picture of the features shows the first seed.
                models.setdefault(setting, model)
            rows[setting] = Row(*np.mean(found, axis=0))
            units, target, factor = setting
            print_row(f"{units:5}{target:8}{factor:8}", rows[setting])

    pca = PCA(19).fit(X_train)  # 19: about the MSE of the factor 0.003
    train_code = pca.transform(X_train)
    test_code = pca.transform(X_test)
    copies = [pca.inverse_transform(pca.transform(X)) for X in images]
    errors = [image_errors(X, copy) for X, copy in zip(images, copies, strict=True)]
    row = measure(train_code, test_code, y_train, y_test, errors)
    print_row("PCA with 19 components", row)
    draw_trade(rows)
    draw_features(models, X_test)


if __name__ == "__main__":
    main()
