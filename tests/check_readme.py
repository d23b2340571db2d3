"""The page against its programs. Run it with `pytest tests/check_readme.py`.

It takes minutes, so `pytest` alone leaves it out.
"""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

from sparse_autoencoder import SparseAutoencoder
from train import evaluate, load_data, to_input, train

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
TEXTS = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
PROGRAM, PENALTY = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"^\| `python train\.py(.*)` \| (.*) \|$", PAGE, re.MULTILINE)
PICTURES = re.findall(r"`python plot_results\.py([^`]*)`\):", PAGE)
TABLES = re.findall(
    r"^\| ([\d.]+) \| ([\d.]+) \| ([\d.]+, [\d.]+) \| ([\d.]+, [\d.]+) \|$",
    PAGE,
    re.MULTILINE,
)
# A row that its pattern does not find would go unchecked.
assert (len(COMMANDS), len(PICTURES), len(TABLES)) == (6, 2, 4)
FIGURE = r" *\d+(?:\.\d+)?"


def run(folder, *arguments):
    """Return what Python prints when it runs with these arguments in the folder."""
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment = {**os.environ, **one_thread, "MPLBACKEND": "agg"}
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, *arguments]
    return subprocess.check_output(command, cwd=folder, env=environment, text=True)


def assert_close(stated, printed):
    """Compare words and columns exactly, figures with a point nearly.

    Other processors round otherwise, and a long training carries that up to the digits
    that are shown. Where it was tried, no figure moved by more than is allowed here.
    """
    assert re.sub(FIGURE, "#", printed) == re.sub(FIGURE, "#", stated)
    figures = re.findall(FIGURE, stated)
    for figure, found in zip(figures, re.findall(FIGURE, printed), strict=True):
        assert len(figure) == len(found)
        allowed = 0
        if "." in figure:
            last_digit = 10 ** -len(figure.partition(".")[2])
            allowed = 2.001 * last_digit + 0.01 * float(figure)
        assert abs(float(found) - float(figure)) <= allowed, (stated, printed)


def new_model(kind=SparseAutoencoder, seed=42, sizes=(20, 8)):
    torch.manual_seed(seed)
    return kind(*sizes)


def test_the_lines_of_the_first_command(tmp_path):
    assert run(tmp_path, ROOT / "train.py") in TEXTS


@pytest.mark.parametrize(("options", "mse"), COMMANDS)
def test_the_commands_and_their_errors(options, mse, tmp_path):
    printed = run(tmp_path, ROOT / "train.py", *options.split())
    assert_close(f"Test MSE: {mse}", printed.splitlines()[-1])


def test_the_figures_that_explain_the_error():
    X_train, X_test = load_data()
    model = new_model()
    start = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
    train(model, X_train, epochs=49)
    train_mse = evaluate(model, X_train)
    penalty = model.sparsity_penalty(model.encode(to_input(model, X_train)))
    model = new_model()
    train(model, X_train)
    end = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
    seeds = []
    for seed in range(20):
        X_train_seed, X_test_seed = load_data(seed)
        model = new_model(seed=seed)
        train(model, X_train_seed)
        seeds.append(evaluate(model, X_test_seed))
    explanation, _, _ = PAGE.partition("## The model and the loss")
    for figure in [
        f"{(end - start).abs().max():.3f}",
        f"{np.mean((X_test - 0.5) ** 2):.3f}",
        f"{np.mean(X_test**2):.3f}",
        f"{np.mean((X_test.clip(0, 1) - X_test) ** 2):.4f}",
        f"{min(seeds):.3f} to {max(seeds):.3f}",
        f"{train_mse:.4f}",
        f"{penalty:.4f}",
    ]:
        assert f" {figure}" in explanation


@pytest.mark.parametrize("options", PICTURES)
def test_the_pictures_of_a_sample(options, tmp_path):
    run(tmp_path, ROOT / "plot_results.py", *options.split())
    (picture,) = tmp_path.iterdir()
    assert f"(.github/{picture.name})" in PAGE


def test_the_study(tmp_path):
    (table,) = [text for text in TEXTS if text.startswith("units")]
    printed = run(tmp_path, "-m", "tests.digits_study")
    for row, found in zip(table.splitlines(), printed.splitlines(), strict=True):
        assert_close(row, found)
    pictures = [picture.name for picture in tmp_path.iterdir()]
    assert len(pictures) == 2
    assert all(f"(.github/{name})" in PAGE for name in pictures)


def test_the_program_for_a_table_of_ones_own(tmp_path):
    (tmp_path / "own_table.py").write_text(PROGRAM, encoding="utf-8")
    printed = run(tmp_path, "own_table.py")
    (text,) = [text for text in TEXTS if text.startswith("training mean")]
    assert_close(text.strip(), printed.splitlines()[-1])


@pytest.mark.parametrize(("factor", "target", "wine", "cancer"), TABLES)
def test_the_shares_and_errors_of_two_tables(factor, target, wine, cancer):
    for load, stated in ((load_wine, wine), (load_breast_cancer, cancer)):
        X_train, X_test = train_test_split(load().data, random_state=42)
        scaler = MinMaxScaler().fit(X_train)
        X_train = scaler.transform(X_train)
        X_test = scaler.transform(X_test)
        d = X_train.shape[1]
        shares = []
        errors = []
        for seed in (42, 43, 44):
            sizes = (d, 4 * d, float(factor), float(target))
            model = new_model(seed=seed, sizes=sizes)
            train(model, X_train, epochs=1000, lr=0.01)
            is_active = model.encode(to_input(model, X_test)) > 0
            is_live = is_active.any(dim=0)
            shares.append(is_active[:, is_live].double().mean())
            errors.append(evaluate(model, X_test))
        assert_close(stated, f"{np.mean(shares):.2f}, {np.mean(errors):.4f}")


def test_the_other_penalty(tmp_path):
    (tmp_path / "kl.py").write_text(PENALTY, encoding="utf-8")
    names = runpy.run_path(str(tmp_path / "kl.py"))
    X, _ = load_digits(return_X_y=True)
    X_train, X_test = train_test_split(X / 16, random_state=42)
    compared = re.findall(r"[\d.]+ against [\d.]+ after (\d+) epochs", PAGE)
    assert len(compared) == 2
    for epochs in compared:
        errors = []
        for kind in (names["KLSparseAutoencoder"], SparseAutoencoder):
            model = new_model(kind, sizes=(64, 32))
            train(model, X_train, int(epochs), lr=0.01)
            errors.append(evaluate(model, X_test))
        (stated,) = re.findall(rf"[\d.]+ against [\d.]+ after {epochs} epochs", PAGE)
        assert_close(
            stated, f"{errors[0]:.4f} against {errors[1]:.4f} after {epochs} epochs"
        )
