"""What the test modules share: one thread, no window, and a script run in a folder."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import torch

from sparse_autoencoder import SparseAutoencoder

# On tables this small, more threads only wait for each other, and on a busy machine
# for long. The figures are the same with any number of them.
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def no_window_and_no_figure_left() -> Iterator[None]:
    mpl.use("agg")
    yield
    plt.close("all")


@pytest.fixture
def document() -> str:
    """Return what the document's own procedure prints with every seed at 42."""
    return """\
Epoch [10/50], Loss: 1.2802
Epoch [20/50], Loss: 1.2665
Epoch [30/50], Loss: 1.2539
Epoch [40/50], Loss: 1.2424
Epoch [50/50], Loss: 1.2319
Test MSE: 1.1531
"""


@pytest.fixture
def make_model() -> Callable[..., SparseAutoencoder]:
    """Return a function that makes a seeded model, by default of size 20 and 8."""

    def make(
        input_dim: int = 20, hidden_dim: int = 8, *penalty: float
    ) -> SparseAutoencoder:
        torch.manual_seed(42)
        return SparseAutoencoder(input_dim, hidden_dim, *penalty)

    return make


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[str, str, int]]:
    """Return a function that runs main() in tmp_path: its stdout, stderr and status."""

    def run_main(main: Callable[[], None], options: str = "") -> tuple[str, str, int]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "100")  # argparse breaks long words to fit
        monkeypatch.setattr(tempfile, "tempdir", "none")  # it may be another disk
        monkeypatch.setattr(sys, "argv", [f"{main.__module__}.py", *options.split()])
        status = 0
        try:
            main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        return *capsys.readouterr(), status

    return run_main
