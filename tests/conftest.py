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

    def run(main, options):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["script.py", *options.split()])
        main()
        return capsys.readouterr().out

    return run
