"""What the runs show: three tables, and the picture digits_as_sums.png.

All trainings are in float64. All numbers are of test rows, which no model has seen.
1. The data of train.py, with its seed and its learning rate:
  active       hidden units that are active (not 0) for a row
  mean         mean activation of the hidden units
  MSE          mean squared error
2. Digits, 64 pixels from 0 to 1, 300 epochs, learning rate 0.01, means of three seeds:
  live         hidden units that are active for at least one image
  frequency    activation frequency: fraction of images for which a live unit is active
  when active  mean activation of the live units where they are active
3. Odd rows: each feature is shuffled among the test rows, so its values fit no others.
Features (number in brackets) from 0 to 1, four hidden units each, learning rate 0.01,
means of three seeds. AUROC (0.5 is guessing, 1 tells all odd rows from usual ones) of:
  150 epochs   MSE of a row after 150 epochs without a penalty
  1000 epochs  MSE of a row after 1000 epochs without a penalty
  penalty      MSE of a row after 1000 epochs with the factor 0.001 and the target 0.05
  PCA          MSE of a row, from the components that hold 95 % of the variance
  5 nearest    mean distance to the five nearest training rows
  Mahalanobis  distance to the training mean, by the training covariance
"""

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn import datasets
from sklearn.covariance import EmpiricalCovariance
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import MinMaxScaler

from sparse_autoencoder import SparseAutoencoder
from train import SEED, evaluate, load_data, reconstruct, to_input, train

SEEDS = [44, 43, 42]  # the last models are drawn


class NoSigmoid(SparseAutoencoder):
    def decode(self, encoded: torch.Tensor) -> torch.Tensor:
        return self.decoder(encoded)  # type: ignore[no-any-return]


def draw_weights(model: SparseAutoencoder, seed: int) -> None:
    # Processors differ in the last bit of float32, so the weights are drawn in float64.
    torch.manual_seed(seed)
    model.encoder.reset_parameters()
    model.decoder.reset_parameters()


def study_train_py() -> None:
    X_train, X_test = load_data()
    print(f"{'':37}active   mean    MSE")
    answers = {"always 0": 0, "always 0.5": 0.5, "best from 0 to 1": X_test.clip(0, 1)}
    for label, y_pred in answers.items():
        print(f"{label:50}{np.mean((X_test - y_pred) ** 2):7.3f}")
    for label, model_class, hidden_dim, factor, epochs in [
        ("untrained", SparseAutoencoder, 8, 0.05, 0),
        ("50 epochs, as train.py", SparseAutoencoder, 8, 0.05, 50),
        ("5000 epochs", SparseAutoencoder, 8, 0.05, 5000),
        ("5000, factor 0.5", SparseAutoencoder, 8, 0.5, 5000),
        ("5000, no penalty", SparseAutoencoder, 8, 0, 5000),
        ("5000, no penalty, 20 units", SparseAutoencoder, 20, 0, 5000),
        ("5000, no penalty, 20 units, no sigmoid", NoSigmoid, 20, 0, 5000),
    ]:
        torch.manual_seed(SEED)
        model = model_class(20, hidden_dim, factor).double()  # drawn as in train.py
        train(model, X_train, epochs, log_every=0)
        code = model.encode(to_input(model, X_test)).detach().numpy()
        mse = evaluate(model, X_test)
        active = np.count_nonzero(code, axis=1).mean()
        print(f"{label:38}{active:5.1f}{code.mean():7.3f}{mse:7.3f}")


def study_digits() -> None:
    X, y = datasets.load_digits(return_X_y=True)
    X_train, X_test, _, y_test = train_test_split(X / 16, y, random_state=42)
    print(f"\n{'':30}  active   live  frequency  when active     MSE")
    models = []
    for label, hidden_dim, factor, target in [
        ("128 units, no penalty", 128, 0, 0.05),
        ("128, factor 0.001, target 0.05", 128, 0.001, 0.05),
        ("128, factor 0.05, target 0.05", 128, 0.05, 0.05),
        ("128, factor 0.05, target 0.5", 128, 0.05, 0.5),
        ("32 units, no penalty", 32, 0, 0.05),
        ("32, factor 0.05, target 0.05", 32, 0.05, 0.05),
    ]:
        rows = []
        for seed in SEEDS:
            model = SparseAutoencoder(64, hidden_dim, factor, target).double()
            draw_weights(model, seed)
            train(model, X_train, 300, 0.01, log_every=0)
            code = model.encode(to_input(model, X_test)).detach().numpy()
            mse = evaluate(model, X_test)
            active = np.count_nonzero(code, axis=1).mean()
            live = np.count_nonzero(code.any(axis=0))
            rows.append([active, live, active / live, code[code != 0].mean(), mse])
        row = np.mean(rows, axis=0)
        print("{:30}{:8.1f}{:7.1f}{:11.2f}{:13.2f}{:8.4f}".format(label, *row))
        models.append(model)
    draw_sums(models[-2:], [X_test[y_test == digit][:1] for digit in (0, 2, 3, 5)])


def draw_sums(models: list[SparseAutoencoder], images: list[np.ndarray]) -> None:
    fig, axes = plt.subplots(8, figsize=(11, 5), layout="constrained")
    title = "image, what each active unit adds (red) or removes (blue), reconstruction"
    axes[0].set_title(f"No penalty: {title}", loc="left")
    axes[4].set_title(f"With the penalty: {title}", loc="left")
    gray, red_and_blue = plt.get_cmap("gray"), plt.get_cmap("RdBu_r")
    pairs = [(model, image) for model in models for image in images]
    for ax, (model, image) in zip(axes, pairs, strict=True):
        code = model.encode(to_input(model, image)).detach().numpy()
        added = model.decoder.weight.detach().numpy() * code
        strongest_first = np.argsort(-np.abs(added).max(axis=0))[: np.sum(code != 0)]
        scaled = added[:, strongest_first].T / np.abs(added).max() / 2 + 0.5
        colors = [*gray(image), *red_and_blue(scaled), *gray(reconstruct(model, image))]
        tiles = [np.hstack([c.reshape(8, 8, 4), np.ones((8, 1, 4))]) for c in colors]
        ax.imshow(np.hstack(tiles))
        ax.set_anchor("W")
        ax.set_axis_off()
    fig.savefig("digits_as_sums.png")


def study_odd_rows() -> None:
    print(f"\n{'':27}150 epochs  1000 epochs  penalty   PCA  5 nearest  Mahalanobis")
    X, y = datasets.load_breast_cancer(return_X_y=True)
    for label, table in [
        ("benign breast tumors (30)", X[y == 1]),
        ("wine (13)", datasets.load_wine().data),
        ("diabetes (10)", datasets.load_diabetes().data),
        ("iris (4)", datasets.load_iris().data),
    ]:
        row = np.mean([score_odd_rows(table, seed) for seed in SEEDS], axis=0)
        print("{:26}{:11.2f}{:13.2f}{:9.2f}{:6.2f}{:11.2f}{:13.2f}".format(label, *row))


def score_odd_rows(X: np.ndarray, seed: int) -> list[float]:
    X_train, X_test = train_test_split(X, random_state=seed)
    scaler = MinMaxScaler()
    X_train, X_test = scaler.fit_transform(X_train), scaler.transform(X_test)
    X_odd = np.random.default_rng(seed).permuted(X_test, axis=0)
    rows = np.concatenate([X_test, X_odd])
    scores = []
    for epochs, factor in [(150, 0), (1000, 0), (1000, 0.001)]:
        model = SparseAutoencoder(X.shape[1], 4 * X.shape[1], factor).double()
        draw_weights(model, seed)
        train(model, X_train, epochs, 0.01, log_every=0)
        scores.append(((reconstruct(model, rows) - rows) ** 2).mean(axis=1))
    pca = PCA(0.95).fit(X_train)
    y_pred = pca.inverse_transform(pca.transform(rows))
    scores.append(((y_pred - rows) ** 2).mean(axis=1))
    nearest, _ = NearestNeighbors(n_neighbors=5).fit(X_train).kneighbors(rows)
    covariance = EmpiricalCovariance().fit(X_train)
    scores += [nearest.mean(axis=1), covariance.mahalanobis(rows)]
    is_odd = np.repeat([0, 1], len(X_test))
    return [float(roc_auc_score(is_odd, score)) for score in scores]


if __name__ == "__main__":
    torch.set_num_threads(1)  # the models are small
    print(__doc__)
    study_train_py()
    study_digits()
    study_odd_rows()
