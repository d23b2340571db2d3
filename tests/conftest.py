"""What the test modules share: one model, no window, and the scripts run in a folder."""

import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import torch

from sparse_autoencoder import SparseAutoencoder

Run = Callable[..., tuple[str, str, int]]

# What the document's own procedure prints with every seed at 42.
DOCUMENT = """\
Epoch [10/50], Loss: 1.2802
Epoch [20/50], Loss: 1.2665
Epoch [30/50], Loss: 1.2539
Epoch [40/50], Loss: 1.2424
Epoch [50/50], Loss: 1.2319
Test MSE: 1.1531
"""

plt.switch_backend("agg")
# On tables this small, more threads only wait for each other.
torch.set_num_threads(1)


def make_model(d: int = 20, h: int = 8, *penalty: float) -> SparseAutoencoder:
    """Return a model of d features and h hidden units, with the weights of seed 42."""
    torch.manual_seed(42)
    return SparseAutoencoder(d, h, *penalty)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Return a function that runs main() in tmp_path: its stdout, stderr and status."""

    def run_main(main: Callable[[], None], options: str) -> tuple[str, str, int]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(plt, "show", lambda: print("(shown)"))
        monkeypatch.setattr(sys, "argv", [f"{main.__module__}.py", *options.split()])
        status = 0
        try:
            main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        out, err = capsys.readouterr()
        return out, err, status

    return run_main
