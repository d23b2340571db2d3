"""Print the tables of tests/README.md, whose legends stand there; draw a picture."""

import argparse

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn import datasets
from sklearn.cluster import KMeans
from sklearn.covariance import EmpiricalCovariance
from sklearn.decomposition import PCA, DictionaryLearning
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import MinMaxScaler

from sparse_autoencoder import SparseAutoencoder
from train import SEED, evaluate, load_data, reconstruct, to_input, train

SEEDS = [44, 43, 42]  # the models of the last seed are drawn


class NoSigmoid(SparseAutoencoder):
    def decode(self, encoded: torch.Tensor) -> torch.Tensor:
        return self.decoder(encoded)  # type: ignore[no-any-return]


def study_settings() -> None:
    X_train, X_test = load_data()
    pca = PCA(8).fit(X_train)
    print(f"{'':34}active   mean  weight    MSE")
    for label, y_pred in [
        ("always 0", np.zeros_like(X_test)),
        ("always 0.5", np.full_like(X_test, 0.5)),
        ("nearest number from 0 to 1", X_test.clip(0, 1)),
        ("nearest number from 0 upwards", X_test.clip(0)),
        ("PCA, 8 components", pca.inverse_transform(pca.transform(X_test))),
    ]:
        print(f"{label:55}{np.mean((X_test - y_pred) ** 2):7.3f}")
    for label, model_class, factor, epochs in [
        ("untrained", SparseAutoencoder, 0.05, 0),
        ("50 epochs, as train.py", SparseAutoencoder, 0.05, 50),
        ("5000 epochs", SparseAutoencoder, 0.05, 5000),
        ("20000 epochs", SparseAutoencoder, 0.05, 20000),
        ("5000 epochs, factor 0.5", SparseAutoencoder, 0.5, 5000),
        ("20000 epochs, factor 0.5", SparseAutoencoder, 0.5, 20000),
        ("5000 epochs, no penalty", SparseAutoencoder, 0, 5000),
        ("20000 epochs, no penalty", SparseAutoencoder, 0, 20000),
        ("5000 epochs, no penalty, no sigmoid", NoSigmoid, 0, 5000),
    ]:
        torch.manual_seed(SEED)
        model = model_class(20, 8, factor).double()
        for parameter in model.parameters():  # processors differ in the last bits
            parameter.data = parameter.data.round(decimals=4)
        train(model, X_train, epochs, 0.001, log_every=0)
        code = model.encode(to_input(model, X_test)).detach().numpy()
        active = np.count_nonzero(code, axis=1).mean()
        weight = model.decoder.weight.abs().mean().item()
        row = active, code.mean(), weight, evaluate(model, X_test)
        print("{:35}{:5.1f}{:#7.2g}{:8.1f}{:7.3f}".format(label, *row))


def draw_weights(model: SparseAutoencoder, seed: int) -> None:
    # Processors differ in the last bit of float32, so the weights are drawn in float64.
    torch.manual_seed(seed)
    model.encoder.reset_parameters()
    model.decoder.reset_parameters()


def study_digits() -> None:
    X, y = datasets.load_digits(return_X_y=True)
    X_train, X_test, _, y_test = train_test_split(X / 16, y, random_state=42)
    models = []
    print(f"{'':36}active   live   mean     MSE   loss")
    for label, hidden_dim, factor, target, epochs in [
        ("128 units, target 0.05", 128, 0.05, 0.05, 300),
        ("128 units, target 0.5", 128, 0.05, 0.5, 300),
        ("the same, rescaled to 0.05", 128, 0.05, 0.5, 300),
        ("32 units, target 0.05, 1200 epochs", 32, 0.05, 0.05, 1200),
        ("32 units, no penalty", 32, 0, 0.05, 300),
        ("32 units, target 0.05", 32, 0.05, 0.05, 300),
    ]:
        rows = []
        for seed in SEEDS:
            model = SparseAutoencoder(64, hidden_dim, factor, target).double()
            draw_weights(model, seed)
            train(model, X_train, epochs, 0.01, log_every=0)
            if "rescaled" in label:
                rho = model.encode(to_input(model, X_train)).detach().mean(dim=0)
                scale = torch.where(rho > 0, 0.05 / rho, 1)
                model.encoder.weight.data *= scale[:, None]
                model.encoder.bias.data *= scale
                model.decoder.weight.data /= scale
            code = model.encode(to_input(model, X_test)).detach().numpy()
            live = code.any(axis=0)
            active = np.count_nonzero(code, axis=1).mean()
            mse = evaluate(model, X_test)
            loss = mse + 0.05 * np.abs(code.mean(axis=0) - 0.05).sum()
            rows.append([active, live.sum(), code[:, live].mean(), mse, loss])
        row = np.mean(rows, axis=0)
        print("{:36}{:6.1f}{:7.1f}{:7.3f}{:8.4f}{:7.3f}".format(label, *row))
        models.append(model)
    k_means = KMeans(32, n_init=10, random_state=42).fit(X_train)
    nearest = k_means.cluster_centers_[k_means.predict(X_test)]
    print(f"{'one of 32 k-means centers':56}{np.mean((X_test - nearest) ** 2):7.3f}")
    pca = PCA(4).fit(X_train)
    atoms = DictionaryLearning(
        32, max_iter=20, transform_n_nonzero_coefs=4, random_state=42
    ).fit(X_train)
    for label, method in [("PCA, 4 components", pca), ("4 of 32 atoms", atoms)]:
        y_pred = method.inverse_transform(method.transform(X_test))
        print(f"{label:56}{np.mean((X_test - y_pred) ** 2):7.3f}")
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


def study_odd() -> None:
    X, y = datasets.load_breast_cancer(return_X_y=True)
    iris, species = datasets.load_iris(return_X_y=True)
    print(f"{'':30}no penalty  penalty   PCA  5 nearest  Mahalanobis")
    for label, table, odd in [
        ("benign breast tumors, shuffled", X[y == 1], None),
        ("wine, shuffled", datasets.load_wine().data, None),
        ("diabetes, shuffled", datasets.load_diabetes().data, None),
        ("iris, shuffled", iris, None),
        ("iris, versicolor", iris[species != 1], iris[species == 1]),
    ]:
        row = np.mean([score_odd_rows(table, odd, seed) for seed in SEEDS], axis=0)
        print("{:30}{:10.2f}{:9.2f}{:6.2f}{:11.2f}{:13.2f}".format(label, *row))


def score_odd_rows(X: np.ndarray, odd: np.ndarray | None, seed: int) -> list[float]:
    X_train, X_test = train_test_split(X, random_state=seed)
    scaler = MinMaxScaler().fit(X_train)
    if odd is None:
        odd = np.random.default_rng(seed).permuted(X_test, axis=0)
    is_odd = np.repeat([0, 1], [len(X_test), len(odd)])
    X_train, rows = scaler.transform(X_train), scaler.transform([*X_test, *odd])
    y_preds = []
    for factor in (0, 0.001):
        model = SparseAutoencoder(X.shape[1], 4 * X.shape[1], factor).double()
        draw_weights(model, seed)
        train(model, X_train, 1000, 0.01, log_every=0)
        y_preds.append(reconstruct(model, rows))
    pca = PCA(0.95).fit(X_train)
    y_preds.append(pca.inverse_transform(pca.transform(rows)))
    scores = [((rows - y_pred) ** 2).mean(axis=1) for y_pred in y_preds]
    nearest, _ = NearestNeighbors(n_neighbors=5).fit(X_train).kneighbors(rows)
    covariance = EmpiricalCovariance().fit(X_train)
    scores += [nearest.mean(axis=1), covariance.mahalanobis(rows)]
    return [float(roc_auc_score(is_odd, score)) for score in scores]


if __name__ == "__main__":
    studies = {"settings": study_settings, "digits": study_digits, "odd": study_odd}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", nargs="?", choices=studies, help="default: all three")
    name = parser.parse_args().study
    torch.set_num_threads(1)  # the models are small
    for study in [studies[name]] if name else studies.values():
        study()
