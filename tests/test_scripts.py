"""Both scripts as a user runs them: what they print, refuse and let through."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import pytest
import torch

import plot_results
import train
from sparse_autoencoder import SparseAutoencoder
from tests.conftest import DOCUMENT, Run

BOTH = [train, plot_results]


def test_the_scripts_as_a_user_runs_them(tmp_path: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, str(script.__file__)],
            cwd=tmp_path,
            env={**os.environ, "MPLBACKEND": "agg", "DISPLAY": ""},  # no window
            stdout=subprocess.PIPE,
            text=True,
        )
        for script in BOTH
    ]
    printed = [process.communicate()[0] for process in running]
    saved = DOCUMENT.replace("Test MSE: 1.1531", "Saved original_vs_reconstructed.png")
    assert printed == [DOCUMENT, saved]
    assert (tmp_path / "original_vs_reconstructed.png").is_file()
    assert [process.returncode for process in running] == [0, 0]


def test_the_options_reach_the_data_the_model_and_the_loop(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = 2**32 - 1
    X_train, X_test = train.load_data(seed)
    torch.manual_seed(seed)
    model = SparseAutoencoder(20, 12, 1.5, 1.2)
    train.train(model, X_train, 30, 0.01)
    mse = train.evaluate(model, X_test)
    expected = f"{capsys.readouterr().out}Test MSE: {mse:.4f}\n"
    options = f"--seed {seed} --epochs 30 --lr 0.01 --hidden-dim 12"
    options += " --sparsity-factor 1.5 --sparsity-target 1.2"
    assert run(train.main, options) == (expected, "", 0)


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("--epochs", ["0"]),
        ("--hidden-dim", ["0"]),
        ("--lr", ["0.0", "nan", "inf"]),
        ("--sparsity-factor", ["-0.1", "nan", "inf"]),
        ("--sparsity-target", ["-0.1", "nan", "inf"]),
        ("--seed", ["-1", str(2**32)]),
        ("--sample", ["-1", "200"]),
        ("-o", ["./picture", "a.xyz", "/dev/null/a.png", "x" * 300 + "/a.png"]),
    ],
)
def test_an_option_out_of_range_is_named_with_its_value_before_any_work(
    option: str, values: list[str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for script in [plot_results] if option in ("--sample", "-o") else BOTH:
        monkeypatch.delattr(script, "load_data")
        for value in values:
            out, err, status = run(script.main, f"{option} {value}")
            assert (out, status) == ("", 2)
            last_line = err.splitlines()[-1]
            assert last_line.startswith(f"{script.__name__}.py: error: {option}")
            assert last_line.endswith(f", got {value}")


def test_the_least_values_are_taken(run: Run) -> None:
    options = "--epochs 1 --hidden-dim 1 --seed 0 --sparsity-factor 0"
    out, _, _ = run(train.main, f"{options} --sparsity-target 0")
    assert out.startswith("Test MSE: ")


@pytest.mark.parametrize("script", BOTH)
@pytest.mark.parametrize("options", ["--sparsity-factor 1e39", "--lr 1e38 --epochs 1"])
def test_a_training_that_diverges_ends_in_one_line(
    script: ModuleType, options: str, run: Run
) -> None:
    out, err, status = run(script.main, options)
    assert (out, status) == ("", 1)
    assert err.startswith(f"{script.__name__}.py: error: ")
    assert "epoch 1" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("script", BOTH)
@pytest.mark.parametrize("error", [ValueError, ArithmeticError, OSError])
def test_a_bug_shows_its_traceback(
    script: ModuleType, error: type[Exception], run: Run
) -> None:
    names = {"load_data", "make_model", "train", "evaluate", "reconstruct", "draw"}
    for name in names & vars(script).keys():
        with patch.object(script, name, side_effect=error), pytest.raises(error):
            run(script.main, "")
