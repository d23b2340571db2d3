"""What the penalty does: two tables, and the picture digits_as_sums.png.

A model is trained on three quarters of the rows, at a learning rate of 0.01, in float64.
A number is the mean of three seeds. Roundings in float64 change no digit of it.

Digits, 64 pixels from 0 to 1, 300 epochs:
  active       hidden units that are active (not 0) for a training image
  live         hidden units that are active for at least one training image
  frequency    activation frequency: fraction of images for which a live unit is active
  when active  mean activation of the live units where they are active
  MSE          mean squared error of the other images

Odd rows, columns from 0 to 1, four hidden units a column, 1000 epochs. Each value of an
odd row is usual, as it comes from another row, but the values do not go together. A score
separates the other rows from as many odd rows (AUROC: 0.5 is guessing, 1 is perfect):
  no penalty    mean squared error of the reconstruction
  factor 0.001  the same, with the penalty (target 0.05)
  PCA           the same, with the components that hold 95 % of the variance
  mean          distance to the mean of the training rows
  5 nearest     mean distance to the five nearest training rows
"""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from sklearn import datasets
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import MinMaxScaler

from sparse_autoencoder import SparseAutoencoder
from train import evaluate, reconstruct, to_input, train

SEEDS = [42, 43, 44]
Setting = tuple[int, float, float]  # hidden_dim, sparsity_factor, sparsity_target
SETTINGS: dict[str, Setting] = {
    "128 units, no penalty": (128, 0, 0.05),
    "128, factor 0.001, target 0.05": (128, 0.001, 0.05),
    "128, factor 0.05, target 0.05": (128, 0.05, 0.05),
    "128, factor 0.05, target 0.5": (128, 0.05, 0.5),
    "32 units, no penalty": (32, 0, 0.05),
    "32, factor 0.05, target 0.05": (32, 0.05, 0.05),
}


def fit(X: np.ndarray, setting: Setting, epochs: int, seed: int) -> SparseAutoencoder:
    """Return a model trained on the rows X (n, d)."""
    torch.manual_seed(seed)
    model = SparseAutoencoder(X.shape[1], *setting)
    train(model, X, epochs, lr=0.01, log_every=0)
    return model


def encode(model: SparseAutoencoder, X: np.ndarray) -> np.ndarray:
    """Return the code (n, h) of the rows X (n, d)."""
    encoded: torch.Tensor = model.encode(to_input(model, X))
    return encoded.detach().numpy()


def activity(code: np.ndarray) -> list[float]:
    """Return the first four figures of the first table for a code (n, h)."""
    live_code = code[:, (code != 0).any(axis=0)]
    is_active = live_code != 0
    active = is_active.sum(axis=1).mean()
    return [active, live_code.shape[1], is_active.mean(), live_code[is_active].mean()]


def find_odd_rows(X: np.ndarray, seed: int) -> list[float]:
    """Return the figures of the second table for the rows X (n, d)."""
    X_train, X_test = train_test_split(X, random_state=seed)
    scaler = MinMaxScaler()
    X_train, X_test = scaler.fit_transform(X_train), scaler.transform(X_test)
    odd_rows = np.random.default_rng(seed).permuted(X_test, axis=0)
    rows = np.concatenate([X_test, odd_rows])
    reconstructions = []
    for factor in (0, 0.001):
        model = fit(X_train, (4 * X.shape[1], factor, 0.05), 1000, seed)
        reconstructions.append(reconstruct(model, rows))
    pca = PCA(0.95).fit(X_train)
    reconstructions.append(pca.inverse_transform(pca.transform(rows)))
    reconstructions.append(X_train.mean(axis=0))
    scores = [((y_pred - rows) ** 2).mean(axis=1) for y_pred in reconstructions]
    nearest, _ = NearestNeighbors(n_neighbors=5).fit(X_train).kneighbors(rows)
    scores.append(nearest.mean(axis=1))
    is_odd = np.repeat([0, 1], len(X_test))
    return [float(roc_auc_score(is_odd, score)) for score in scores]


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
        left = 9 * (i + (i == len(tiles) - 1))  # room for an arrow before the last
        ax.imshow(tile.reshape(8, 8, 4), extent=(left, left + 8, 0, 8))
    ax.text(9 * len(tiles) - 5, 4, "→", ha="center", va="center", size=16)
    ax.set(xlim=(0, 9 * width), ylim=(0, 8))  # room for so many tiles
    ax.set_axis_off()


def main() -> None:
    torch.set_num_threads(1)  # the models are small
    torch.set_default_dtype(torch.float64)
    print(__doc__)
    X, y = datasets.load_digits(return_X_y=True)
    X_train, X_test, _, y_test = train_test_split(X / 16, y, random_state=42)
    print(f"{'':30}  active   live  frequency  when active     MSE")
    first_models = []
    for label, setting in SETTINGS.items():
        models = [fit(X_train, setting, 300, seed) for seed in SEEDS]
        rows = [activity(encode(m, X_train)) + [evaluate(m, X_test)] for m in models]
        row = np.mean(rows, axis=0)
        print("{:30}{:8.1f}{:7.1f}{:11.2f}{:13.2f}{:8.4f}".format(label, *row))
        first_models.append(models[0])
    *_, dense, sparse = first_models
    fig = plt.figure(figsize=(11, 4.7), layout="constrained")
    above, below = np.array(fig.subfigures(2, height_ratios=[5, 4]))
    title = "image, what each active unit adds (red) or removes (blue), reconstruction"
    above.suptitle(f"No penalty: {title}")
    below.suptitle(f"With the penalty: {title}")
    dense_axes, sparse_axes = above.subplots(4), below.subplots(2, 2).flat
    for i, digit in enumerate([0, 2, 3, 5]):
        image = X_test[y_test == digit][0]
        draw_sum(dense_axes[i], dense, image, width=22)
        draw_sum(sparse_axes[i], sparse, image, width=8)
    fig.savefig("digits_as_sums.png")

    print(f"\n{'':30}no penalty  factor 0.001   PCA  mean  5 nearest")
    X, y = datasets.load_breast_cancer(return_X_y=True)
    for label, table in [
        ("benign breast tumors (30)", X[y == 1]),
        ("wine (13)", datasets.load_wine().data),
        ("diabetes (10)", datasets.load_diabetes().data),
        ("iris (4)", datasets.load_iris().data),
    ]:
        row = np.mean([find_odd_rows(table, seed) for seed in SEEDS], axis=0)
        print("{:30}{:10.2f}{:14.2f}{:6.2f}{:6.2f}{:11.2f}".format(label, *row))


if __name__ == "__main__":
    main()
