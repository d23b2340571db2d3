"""Fixtures that the tests share."""

import sys

import matplotlib.pyplot as plt
import pytest
import torch

from sparse_autoencoder import SparseAutoencoder

# No test opens a window, and data this small take one thread.
plt.switch_backend("agg")
torch.set_num_threads(1)


@pytest.fixture
def model():
    """Return an untrained model of 20 features and 8 hidden units."""
    torch.manual_seed(42)
    return SparseAutoencoder(20, 8)


@pytest.fixture
def run_main(monkeypatch, tmp_path, capsys):
    """Return a function that runs a script's main in tmp_path; it returns the print."""

    def run(main, *options):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["script.py", *options])
        monkeypatch.setenv("PYTHON_COLORS", "0")  # for argparse, since 3.14
        main()
        return capsys.readouterr().out

    return run


@pytest.fixture
def refusal(run_main, capsys, tmp_path):
    """Return a function that runs a main that must refuse; it returns the sentence."""

    def run(main, *options):
        before = list(tmp_path.iterdir())
        with pytest.raises(SystemExit, match="^2$"):
            run_main(main, *options)
        assert list(tmp_path.iterdir()) == before
        return capsys.readouterr().err.splitlines()[-1]

    return run
