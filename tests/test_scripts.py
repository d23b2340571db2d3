"""Both scripts as a user runs them: what they print, refuse and let through."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

import plot_results
import train
from sparse_autoencoder import SparseAutoencoder
from tests.conftest import DOCUMENT, LOSSES, Run

both_scripts = pytest.mark.parametrize("script", [train, plot_results])


@both_scripts
def test_a_script_as_a_user_runs_it(script: ModuleType, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(script.__file__)],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg"},  # no window, even with a display
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    if script is train:
        assert done.stdout == DOCUMENT
    else:
        picture = "original_vs_reconstructed.png"
        assert done.stdout == f"{LOSSES}Saved {picture}\n"
        assert (tmp_path / picture).is_file()


def test_the_options_reach_the_data_the_model_and_the_loop(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = 2**32 - 1
    X_train, X_test = train.load_data(seed)
    torch.manual_seed(seed)
    model = SparseAutoencoder(20, 12, 0.5, 0.3)
    train.train(model, X_train, 30, 0.01)
    mse = train.evaluate(model, X_test)
    expected = f"{capsys.readouterr().out}Test MSE: {mse:.4f}\n"
    options = f"--seed {seed} --epochs 30 --lr 0.01 --hidden-dim 12"
    options += " --sparsity-factor 0.5 --sparsity-target 0.3"
    assert run(train.main, options) == (expected, "", 0)


SHARED = (
    f"--epochs 0, --hidden-dim 0, --seed -1, --seed {2**32}, --lr 0.0, --lr nan, "
    "--lr inf, --sparsity-factor -0.1, --sparsity-factor nan, --sparsity-factor inf, "
    "--sparsity-target -0.1, --sparsity-target nan, --sparsity-target inf"
)
OF_THE_PICTURE = (
    f"--sample 200, --sample -1, -o none/picture.png, -o {'x' * 300}/picture.png, "
    "-o picture, -o picture."
)


@pytest.mark.parametrize(
    ("script", "options"),
    [(train, SHARED), (plot_results, SHARED), (plot_results, OF_THE_PICTURE)],
)
def test_an_option_out_of_range_is_named_with_its_value_before_any_work(
    script: ModuleType, options: str, run: Run
) -> None:
    for typed in options.split(", "):
        option, value = typed.split()
        out, err, status = run(script.main, typed)
        assert (out, status) == ("", 2)
        last_line = err.splitlines()[-1]
        assert last_line.startswith(f"{script.__name__}.py: error: {option}")
        assert last_line.endswith(f", got {value}")


def test_the_least_values_are_taken(run: Run) -> None:
    options = "--epochs 1 --hidden-dim 1 --seed 0 --sparsity-factor 0"
    out, _, _ = run(train.main, f"{options} --sparsity-target 0")
    assert out.startswith("Test MSE: ")


@both_scripts
def test_a_training_that_diverges_is_one_line(script: ModuleType, run: Run) -> None:
    out, err, status = run(script.main, "--lr 1e38")
    assert (out, status) == ("", 1)
    assert err.startswith(f"{script.__name__}.py: error: epoch 2: loss is ")
    assert err.count("\n") == 1


@both_scripts
@pytest.mark.parametrize("name", ["load_data", "make_model", "train"])
def test_a_bug_that_is_a_value_error_shows_its_traceback(
    script: ModuleType, name: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, name, lambda *args: int("a bug"))
    with pytest.raises(ValueError, match="a bug"):
        run(script.main)
