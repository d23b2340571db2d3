"""Print the tables of tests/README.md, whose legends stand there; draw a picture."""

import argparse

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn import datasets
from sklearn.cluster import KMeans
from sklearn.covariance import ShrunkCovariance
from sklearn.decomposition import NMF, PCA, DictionaryLearning
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import MinMaxScaler

from sparse_autoencoder import SparseAutoencoder
from train import SEED, evaluate, load_data, reconstruct, to_input, train

SEEDS = [44, 43, 42]  # the models of the last seed are drawn
BARS = np.concatenate([np.repeat(np.eye(8), 8, axis=1), np.tile(np.eye(8), 8)])


class NoSigmoid(SparseAutoencoder):
    def decode(self, encoded: torch.Tensor) -> torch.Tensor:
        return self.decoder(encoded)  # type: ignore[no-any-return]


class WeightDecay(SparseAutoencoder):
    def sparsity_penalty(self, encoded: torch.Tensor) -> torch.Tensor:
        # Its gradient is what weight_decay=0.0003 adds in PyTorch's Adam.
        parameters = torch.nn.utils.parameters_to_vector(self.parameters())
        return 0.00015 * torch.sum(parameters**2)


def train_from_seed(
    seed: int, model: SparseAutoencoder, X: np.ndarray, epochs: int, lr: float = 0.01
) -> None:
    # Processors differ in the last bit of float32, so the weights are drawn in float64.
    model.double()
    torch.manual_seed(seed)
    model.encoder.reset_parameters()
    model.decoder.reset_parameters()
    train(model, X, epochs, lr, log_every=0)


def describe(model: SparseAutoencoder, X_test: np.ndarray) -> list[float]:
    code = model.encode(to_input(model, X_test)).detach().numpy()
    active = np.count_nonzero(code, axis=1).mean()
    live = code.any(axis=0)
    mse = evaluate(model, X_test)
    loss = mse + 0.05 * np.abs(code.mean(axis=0) - 0.05).sum()
    return [active, live.sum(), code[:, live].mean(), mse, loss]


def study_settings() -> None:
    X_train, X_test = load_data()
    pca = PCA(8).fit(X_train)
    print(f"{'':34}active   mean  weight    MSE")
    for label, y_pred in [
        ("always 0", np.zeros_like(X_test)),
        ("always 0.5", np.full_like(X_test, 0.5)),
        ("nearest number from 0 to 1", X_test.clip(0, 1)),
        ("PCA, 8 components", pca.inverse_transform(pca.transform(X_test))),
    ]:
        print(f"{label:55}{np.mean((X_test - y_pred) ** 2):7.3f}")
    for label, model_class, hidden_dim, factor, epochs in [
        ("untrained", SparseAutoencoder, 8, 0.05, 0),
        ("50 epochs, as train.py", SparseAutoencoder, 8, 0.05, 50),
        ("5000 epochs", SparseAutoencoder, 8, 0.05, 5000),
        ("20000 epochs", SparseAutoencoder, 8, 0.05, 20000),
        ("5000 epochs, no penalty", SparseAutoencoder, 8, 0, 5000),
        ("20000 epochs, no penalty", SparseAutoencoder, 8, 0, 20000),
        ("5000 epochs, 20 units", SparseAutoencoder, 20, 0.05, 5000),
        ("5000 epochs, 20 units, no penalty", SparseAutoencoder, 20, 0, 5000),
        ("5000 epochs, no sigmoid", NoSigmoid, 8, 0.05, 5000),
        ("5000 epochs, no penalty, no sigmoid", NoSigmoid, 8, 0, 5000),
    ]:
        torch.manual_seed(SEED)
        model = model_class(20, hidden_dim, factor).double()
        for parameter in model.parameters():  # processors differ in the last bits
            parameter.data = parameter.data.round(decimals=4)
        train(model, X_train, epochs, 0.001, log_every=0)
        active, _, mean, mse, _ = describe(model, X_test)
        weight = model.decoder.weight.abs().mean().item()
        print(f"{label:35}{active:5.1f}{mean:#7.2g}{weight:8.1f}{mse:7.3f}")


def likeness(parts: np.ndarray) -> np.ndarray:
    # The size of the correlation of each part (k, 64) with each bar, (k, 16).
    return np.asarray(np.abs(np.corrcoef(parts, BARS)[:-16, -16:]))


def study_bars() -> None:
    rng = np.random.default_rng(42)
    present = rng.random((1000, 16)) < 1 / 8
    brightness = rng.uniform(0.5, 1, (1000, 16))
    X_train, X_test = np.split((present * brightness @ BARS).clip(0, 1), [800])
    trained = {}
    print(f"{'':29}found  active   live   mean     MSE    loss")
    for label, model, epochs in [
        ("no penalty", SparseAutoencoder(64, 32, 0), 1200),
        ("target 0.05, 300 epochs", SparseAutoencoder(64, 32, 0.05, 0.05), 300),
        ("target 0.05", SparseAutoencoder(64, 32, 0.05, 0.05), 1200),
        ("target 0.5", SparseAutoencoder(64, 32, 0.05, 0.5), 1200),
        ("target 0.5, rescaled to 0.05", SparseAutoencoder(64, 32, 0.05, 0.5), 1200),
        ("weight decay", WeightDecay(64, 32), 1200),
    ]:
        rows = []
        for seed in SEEDS:
            train_from_seed(seed, model, X_train, epochs)
            if "rescaled" in label:  # no reconstruction changes; each unit is live
                rho = model.encode(to_input(model, X_train)).detach().mean(dim=0)
                model.encoder.weight.data *= 0.05 / rho[:, None]
                model.encoder.bias.data *= 0.05 / rho
                model.decoder.weight.data *= rho / 0.05
            like = likeness(model.decoder.weight.detach().numpy().T)
            found = np.sum(like.max(axis=0) > 0.9)
            rows.append([found, *describe(model, X_test)])
        row = np.mean(rows, axis=0)
        print("{:29}{:5.1f}{:8.1f}{:7.1f}{:7.3f}{:8.4f}{:8.4f}".format(label, *row))
        trained[label] = model
    k_means = KMeans(32, n_init=10, random_state=42)
    atoms = DictionaryLearning(32, max_iter=20, random_state=42)
    for label, method, parts in [
        ("32 principal components", PCA(32), "components_"),
        ("32 k-means centers", k_means, "cluster_centers_"),
        ("16 parts of NMF", NMF(16, max_iter=1000, random_state=42), "components_"),
        ("32 atoms", atoms, "components_"),
    ]:
        like = likeness(getattr(method.fit(X_train), parts))
        print(f"{label:29}{np.sum(like.max(axis=0) > 0.9):5.1f}")
    draw_bars(X_test, [trained["no penalty"], trained["target 0.05"]])


def draw_bars(X_test: np.ndarray, models: list[SparseAutoencoder]) -> None:
    fig, axes = plt.subplots(5, figsize=(10, 4.6), layout="constrained")
    axes[0].set_title("Test images, made of bars", loc="left")
    rows = [plt.get_cmap("gray")(X_test[:16])]
    for ax, label, model in zip(axes[1::2], ("Without", "With"), models, strict=True):
        title = f"{label} the penalty (MSE {evaluate(model, X_test):.3f})"
        title += ": what each of 32 hidden units adds (red) or removes (blue)"
        ax.set_title(title, loc="left")
        weights = model.decoder.weight.detach().numpy().T
        weights = weights[np.argsort(-likeness(weights).max(axis=1))]
        scaled = weights / np.abs(weights).max(axis=1, keepdims=True)
        rows += np.split(plt.get_cmap("RdBu_r")(scaled / 2 + 0.5), 2)
    for ax, row in zip(axes, rows, strict=True):
        tiles = np.pad(row.reshape(16, 8, 8, 4), [(0, 0), (0, 0), (0, 1), (0, 0)])
        ax.imshow(np.hstack(list(tiles)))
        ax.set_axis_off()
    fig.supxlabel("decoder weights, each tile scaled by itself, most like a bar first")
    fig.savefig("bars.png")
    print("Saved bars.png")


def study_digits() -> None:
    X = datasets.load_digits().data / 16
    X_train, X_test = train_test_split(X, random_state=42)
    print(f"{'':34}active   live   mean    MSE")
    for label, factor, epochs, lr in [
        ("no penalty", 0, 1200, 0.01),
        ("penalty, 10 epochs", 0.05, 10, 0.01),
        ("penalty", 0.05, 1200, 0.01),
        ("penalty, 3000 epochs, rate 0.001", 0.05, 3000, 0.001),
    ]:
        rows = []
        for seed in SEEDS:
            model = SparseAutoencoder(64, 32, factor, 0.05)
            train_from_seed(seed, model, X_train, epochs, lr)
            rows.append(describe(model, X_test))
        print("{:34}{:6.1f}{:7.1f}{:7.3f}{:7.3f}".format(label, *np.mean(rows, axis=0)))
    atoms = DictionaryLearning(32, max_iter=20, random_state=42).fit(X_train)
    for size in (4, 9):
        atoms.set_params(transform_n_nonzero_coefs=size)
        pca = PCA(size).fit(X_train)
        for label, method in [("principal components", pca), ("of 32 atoms", atoms)]:
            y_pred = method.inverse_transform(method.transform(X_test))
            mse = np.mean((X_test - y_pred) ** 2)
            print(f"{size} {label:32}{size:6.1f}{mse:21.3f}")


def study_odd() -> None:
    X, y = datasets.load_breast_cancer(return_X_y=True)
    ours, _ = datasets.make_classification(1000, random_state=42)
    iris, species = datasets.load_iris(return_X_y=True)
    print(f"{'':30}no penalty  penalty   PCA  5 nearest  Mahalanobis")
    for label, table, odd in [
        ("data of train.py, shuffled", ours, None),
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
        model = SparseAutoencoder(X.shape[1], 4 * X.shape[1], factor, 0.05)
        train_from_seed(seed, model, X_train, 1000)
        y_preds.append(reconstruct(model, rows))
    pca = PCA(0.95).fit(X_train)
    y_preds.append(pca.inverse_transform(pca.transform(rows)))
    scores = [((rows - y_pred) ** 2).mean(axis=1) for y_pred in y_preds]
    nearest, _ = NearestNeighbors(n_neighbors=5).fit(X_train).kneighbors(rows)
    covariance = ShrunkCovariance(shrinkage=1e-6).fit(X_train)
    scores += [nearest.mean(axis=1), covariance.mahalanobis(rows)]
    return [float(roc_auc_score(is_odd, score)) for score in scores]


if __name__ == "__main__":
    all_four = [study_settings, study_bars, study_digits, study_odd]
    studies = {study.__name__.removeprefix("study_"): study for study in all_four}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", nargs="?", choices=studies, help="default: all four")
    name = parser.parse_args().study
    torch.set_num_threads(1)  # the models are small
    for study in [studies[name]] if name else all_four:
        study()
