"""The README: its code runs as printed, and every figure it states is computed anew."""

import contextlib
import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.testing.compare import compare_images
from sklearn.datasets import load_digits

import plot_results
import train as script
from sparse_autoencoder import SparseAutoencoder
from tests.test_plot_results import NAME, TRAINING
from tests.test_train import DOCUMENT
from train import evaluate, load_data, to_tensor, train

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
TEXTS = [body for language, body in BLOCKS if language == "text"]
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"


@pytest.fixture(autouse=True)
def no_window_and_no_figure_left() -> Iterator[None]:
    mpl.use("agg")
    yield
    plt.close("all")


def is_stated(text: str, value: float) -> bool:
    """Say whether text is value to its last digit, give or take one for the platform."""
    decimals = len(text.partition(".")[2])
    return bool(abs(float(text.replace(",", "")) - value) < 0.1**decimals)


# What the code gives, for the claims below


def make_model(seed: int = 42, factor: float = 0.05) -> SparseAutoencoder:
    torch.manual_seed(seed)
    return SparseAutoencoder(20, 8, factor)


@cache
def trained(
    epochs: int = 50, seed: int = 42, factor: float = 0.05
) -> tuple[float, float, float]:
    """Return the test MSE, and the test code's mean activation and per cent of zeros."""
    X_train, X_test = load_data(seed)
    model = make_model(seed, factor)
    with contextlib.redirect_stdout(None):
        train(model, X_train, epochs)
    encoded = model.encode(to_tensor(model, X_test)).detach().numpy()
    zeros = 100 * float(np.mean(encoded == 0))
    return evaluate(model, X_test), float(encoded.mean()), zeros


def trained_mse(epochs: int = 50, seed: int = 42) -> float:
    return trained(epochs, seed)[0]


def mse_of(reconstruction: Any) -> float:
    return float(np.mean((load_data()[1] - reconstruction) ** 2))


def mse_of_the_mean() -> float:
    return mse_of(load_data()[0].mean(axis=0))


def mse_of_clipping() -> float:
    return mse_of(np.clip(load_data()[1], 0, 1))


def seeds() -> list[float]:
    return [trained_mse(seed=seed) for seed in range(20)]


def default(option: str) -> float:
    return float(vars(script.make_parser("").parse_args([]))[option])


def sizes() -> tuple[int, ...]:
    X_train, X_test = load_data()
    n_train, n_features = X_train.shape
    return n_train + len(X_test), n_features, n_train, len(X_test)


def gap_to_the_documents_loop() -> float:
    """Return the largest difference of a loss from the document's loop, as it stands."""
    X_train, _ = load_data()
    model, losses = make_model(), []
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    loss_fn = torch.nn.MSELoss()
    for _ in range(50):
        optimizer.zero_grad()
        y_pred = model(torch.tensor(X_train, dtype=torch.float32))
        error = loss_fn(y_pred, torch.tensor(X_train, dtype=torch.float32))
        encoded = torch.relu(model.encoder(torch.tensor(X_train, dtype=torch.float32)))
        loss = error + model.sparsity_penalty(encoded)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with contextlib.redirect_stdout(None):
        return float(np.abs(np.subtract(train(make_model(), X_train), losses)).max())


# A sentence or table row with {} for each figure it states, and what gives the figures.
FIGURES: list[tuple[str, Callable[[], Sequence[float]]]] = [
    (
        "ranging from about -{} to {}, and",
        lambda: (-load_data()[1][0].min(), load_data()[1][0].max()),
    ),
    (
        "You need Python {} or newer",
        lambda: (float(metadata("numpy")["Requires-Python"].removeprefix(">=")),),
    ),
    ("its target (`sparsity_target`, {})", lambda: (default("sparsity_target"),)),
    ("penalty (`sparsity_factor`, {})", lambda: (default("sparsity_factor"),)),
    ("{} synthetic samples of {} features, {} to train and {} to test", sizes),
    ("the code has {} units", lambda: (default("hidden_dim"),)),
    (
        "Adam takes {} full-batch steps at a learning rate of {};",
        lambda: (default("epochs"), default("lr")),
    ),
    ("Is a test MSE of {} on standardized data broken?", lambda: (trained_mse(),)),
    ("| always {} | {} |", lambda: (0.5, mse_of(0.5))),
    ("| the untrained model | {} |", lambda: (trained_mse(0),)),
    ("the document's {} epochs | {} |", lambda: (default("epochs"), trained_mse())),
    ("| always the training mean | {} |", lambda: (mse_of_the_mean(),)),
    ("same model after {} epochs | {} |", lambda: (5000, trained_mse(5000))),
    ("each entry clipped | {} |", lambda: (mse_of_clipping(),)),
    ("| 50 epochs, default factor | {} | {} % |", lambda: trained()[1:]),
    ("| 5,000 epochs, default factor | {} | {} % |", lambda: trained(5000)[1:]),
    (
        "| 5,000 epochs, `--sparsity-factor 0.5` | {} | {} % |",
        lambda: trained(5000, factor=0.5)[1:],
    ),
    (
        "the test MSE at 50 epochs lies between {} and {},",
        lambda: (min(seeds()), max(seeds())),
    ),
    (
        "with a mean of {} and a standard deviation of {}.",
        lambda: (float(np.mean(seeds())), float(np.std(seeds()))),
    ),
    (
        "scaled to 0 to 1, their {} pixels",
        lambda: (load_digits().data.shape[1],),
    ),
    ("cut off, twice | {}, in both calls", lambda: (default("seed"),)),
    (
        "| {} %: a target of {} for the mean activation",
        lambda: (100 * default("sparsity_target"), default("sparsity_target")),
    ),
    ("the target fixed at {} |", lambda: (default("sparsity_target"),)),
    ("argument, {} unless given", lambda: (default("sparsity_target"),)),
]

# A conclusion, word for word, and what must hold for it.
CONCLUSIONS: list[tuple[str, Callable[[], bool]]] = [
    (
        "At 50 epochs the model has left its start but is not yet as good as",
        lambda: mse_of_the_mean() < trained_mse() < trained_mse(0),
    ),
    (
        "the training mean, which it has passed by 5,000;",
        lambda: trained_mse(5000) < mse_of_the_mean(),
    ),
    (
        "no training gets it below the last line.",
        lambda: mse_of_clipping() < trained_mse(5000),
    ),
    (
        "stays above three times its target of 0.05 in both runs;",
        lambda: min(trained()[1], trained(5000)[1]) > 3 * 0.05,
    ),
    (
        "ten times the factor brings it to just under the target,",
        lambda: 0.04 < trained(5000, factor=0.5)[1] < 0.05,
    ),
    (
        "and more of the code to zero.",
        lambda: trained(5000, factor=0.5)[2] > trained(5000)[2],
    ),
    ("Over seeds 0 to 19,", lambda: len(seeds()) == 20),
    (
        "Seed 42 lies below all 20 of them:",
        lambda: trained_mse(seed=42) < min(seeds()),
    ),
    (
        "its losses within 0.000001 of the document's loop",
        lambda: gap_to_the_documents_loop() < 0.000001,
    ),
]


def pattern_of(template: str) -> str:
    return re.escape(template).replace(r"\{\}", f"({NUMBER})")


@pytest.mark.parametrize(("template", "compute"), FIGURES)
def test_figures(template: str, compute: Callable[[], Sequence[float]]) -> None:
    (found,) = re.finditer(pattern_of(template), README)
    for text, value in zip(found.groups(), compute(), strict=True):
        assert is_stated(text, value), f"{text} is stated, {value} computed"


@pytest.mark.parametrize(("sentence", "holds"), CONCLUSIONS)
def test_conclusions(sentence: str, holds: Callable[[], bool]) -> None:
    assert README.count(sentence) == 1
    assert holds()


def test_no_figure_is_left_unchecked() -> None:
    prose = README.partition("## References")[0]
    for template in [*dict(FIGURES), *dict(CONCLUSIONS)]:
        prose = re.sub(pattern_of(template), " ", prose)
    elsewhere = [
        r"```\w+\n.*?```",  # the blocks, checked below
        r"\$\$.*?\$\$|\$.*?\$",  # formulas
        r"\]\(.*?\)",  # where links lead
        r"Ng \(2011\)",
        r"lecture notes, section 3",
        r"exit status 2",  # checked with every refusal of the scripts
        r"`torch~=[\d.]+`",  # checked against requirements.txt below
        r"\b0 (?:to|or above) 1\b",  # what a sigmoid reaches, and pixels are scaled to
    ]
    for pattern in elsewhere:
        prose = re.sub(pattern, " ", prose, flags=re.DOTALL)
    assert re.findall(rf".*{NUMBER}.*", prose) == []


def blocks_with_output() -> list[tuple[str, str]]:
    return [
        (code, BLOCKS[i + 1][1])
        for i, (language, code) in enumerate(BLOCKS)
        if language == "python"
    ]


def test_the_python_blocks_run_in_order_and_print_what_follows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for code, stated in blocks_with_output():
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(code, names)  # noqa: S102
        found = printed.getvalue()
        assert re.sub(NUMBER, "#", found) == re.sub(NUMBER, "#", stated)
        figures = zip(re.findall(NUMBER, stated), re.findall(NUMBER, found))
        for text, value in figures:
            assert is_stated(text, float(value)), f"{text} is stated, {value} printed"
    assert len(blocks_with_output()) == 5

    assert "The error is less than a third of the mean image's, from a code" in README
    first, X_test = names["again"], names["X_test"]
    mean_image_error = np.mean((X_test - names["mean_image"]) ** 2)
    assert 3 * evaluate(first, X_test) < mean_image_error
    assert "that is mostly zeros." in README
    assert np.mean(names["codes"][1] == 0) > 0.5


def test_the_outputs_of_the_scripts_are_those_that_their_tests_expect() -> None:
    assert TEXTS[:2] == [DOCUMENT, f"{TRAINING}Saved {NAME}\n"]


def help_of(
    module: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """Return the words of a script's --help, as Python 3.11 and 3.12 lay them out."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "argv", [Path(module.__file__).name, "--help"])
    with pytest.raises(SystemExit) as stop:
        module.main()
    assert stop.value.code == 0
    return capsys.readouterr().out.replace("-o, --output", "-o FILE, --output").split()


def test_the_options_are_those_of_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = help_of(plot_results, monkeypatch, capsys)
    assert picture == TEXTS[2].split()
    training = help_of(script, monkeypatch, capsys)
    options = training[training.index("options:") :]
    start = picture.index("options:")
    assert options == picture[start : start + len(options)]
    assert picture[start + len(options)] == "--sample"
    description = (
        "[--seed SEED] Train the sparse autoencoder on synthetic data. options:"
    )
    assert description in " ".join(training)


def test_the_picture_is_the_one_that_the_script_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / NAME
    monkeypatch.setattr(sys, "argv", ["plot_results.py", "-o", str(picture)])
    plot_results.main()
    shown = ROOT / ".github" / NAME
    assert f"](.github/{NAME})" in README
    difference = compare_images(str(shown), str(picture), tol=0.5)
    assert difference is None, difference


def test_every_file_named_is_there_and_every_package_asked_for_is_named() -> None:
    named = re.findall(r"`((?:tests/)?\w*(?:\.py|\.txt|/))`", README)
    assert len(set(named)) >= 5
    for name in named:
        assert (ROOT / name).exists(), name
    for version in re.findall(r"`(torch~=[\d.]+)`", README):
        assert version in (ROOT / "requirements.txt").read_text().split()
    for name in ("load_data", "standardize", "train", "reconstruct", "evaluate"):
        assert f"`{name}`" in README
        assert callable(getattr(script, name))
