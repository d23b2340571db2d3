"""The picture: what it shows, where it is saved, when a window opens, refusals."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import plot_results as script
from sparse_autoencoder import SparseAutoencoder
from train import load_data, reconstruct, train

pytestmark = pytest.mark.filterwarnings("error::UserWarning")

Run = Callable[..., tuple[str, str, int]]
NAME = "original_vs_reconstructed.png"


def test_the_two_curves_over_the_feature_index() -> None:
    original, reconstructed = np.linspace(-2, 2, 20), np.linspace(0.25, 0.75, 20)
    (ax,) = script.draw(original, reconstructed).axes
    first, second = ax.get_lines()
    assert (first.get_label(), second.get_label()) == ("Original", "Reconstructed")
    for line, curve in ((first, original), (second, reconstructed)):
        np.testing.assert_array_equal(line.get_xdata(), np.arange(20))
        np.testing.assert_array_equal(line.get_ydata(), curve)
    assert ax.get_title() == "Original vs Reconstructed Data"
    assert ax.get_xlabel() == "Feature index"
    assert ax.get_ylabel() == "Value (standardized)"
    # Told apart without colour too:
    assert first.get_linestyle() != second.get_linestyle()
    assert len({"None", first.get_marker(), second.get_marker()}) == 3


def test_the_legend_explains_the_band_and_hides_no_point() -> None:
    fig = script.draw(np.array([-3.0, 3.0]), np.array([0.25, 0.75]))
    fig.draw_without_rendering()
    (ax,), (legend,) = fig.axes, fig.legends
    (band,) = ax.patches
    low, high = ax.transData.inverted().transform(band.get_window_extent())[:, 1]
    assert (low, high) == (pytest.approx(0), pytest.approx(1))
    assert [text.get_text() for text in legend.get_texts()] == [
        "All a sigmoid can reach: 0 to 1",
        "Original",
        "Reconstructed",
    ]
    label = ax.xaxis.label.get_window_extent()
    assert legend.get_window_extent().y1 < label.y0
    assert fig.bbox.fully_containsy(legend.get_window_extent().y0)


@pytest.mark.parametrize("n_features", [2, 3, 20, 64])
def test_ticks_are_whole_numbers(n_features: int) -> None:
    (ax,) = script.draw(np.zeros(n_features), np.ones(n_features)).axes
    assert all(tick == round(tick) for tick in ax.get_xticks())
    shown = [tick for tick in ax.get_xticks() if 0 <= tick < n_features]
    assert len(shown) >= min(n_features, 10)


@pytest.mark.parametrize(
    ("name", "last_line", "files"),
    [
        ("train.py", "Test MSE: 1.1531", []),
        ("plot_results.py", f"Saved {NAME}", [NAME]),
    ],
)
def test_a_script_as_a_user_runs_it(
    name: str, last_line: str, files: list[str], tmp_path: Path, document: str
) -> None:
    done = subprocess.run(
        [sys.executable, Path(script.__file__).with_name(name)],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg"},  # no window, even with a display
        capture_output=True,
        text=True,
        check=False,
    )
    expected = (f"{document.partition('Test MSE')[0]}{last_line}\n", "", 0)
    assert (done.stdout, done.stderr, done.returncode) == expected
    assert [path.name for path in tmp_path.iterdir()] == files


@pytest.mark.parametrize(
    ("options", "sample", "epochs"), [("", 0, 50), ("--sample 199 --epochs 1", 199, 1)]
)
def test_the_curves_are_the_samples(
    options: str, sample: int, epochs: int, run: Run
) -> None:
    run(script.main, f"--seed 5 --hidden-dim 3 {options}")
    original, reconstructed = plt.gcf().axes[0].get_lines()
    X_train, X_test = load_data(5)
    torch.manual_seed(5)
    model = SparseAutoencoder(20, 3)
    train(model, X_train, epochs)
    y_pred = reconstruct(model, X_test)
    np.testing.assert_array_equal(original.get_ydata(), X_test[sample])
    np.testing.assert_array_equal(reconstructed.get_ydata(), y_pred[sample])


@pytest.mark.parametrize(
    ("output", "signature"),
    [
        ("-o a.b.png", b"\x89PNG"),
        ("--output new.PNG", b"\x89PNG"),
        ("-o old.jpg", b"\xff\xd8\xff"),
        ("-o folder/new.pdf", b"%PDF"),
        ("-o link.svg", b"<?xml"),
    ],
)
def test_the_file_type_follows_the_name(
    output: str, signature: bytes, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "old.jpg").write_bytes(b"the picture before")
    (tmp_path / "link.svg").symlink_to("folder/new.svg")
    name = output.split()[1]
    out, err, status = run(script.main, output)
    assert out.endswith(f"\nSaved {name}\n")
    assert (err, status) == ("", 0)
    assert (tmp_path / name).read_bytes().startswith(signature)
    assert (tmp_path / "link.svg").is_symlink()


@pytest.mark.parametrize("framework", [None, "qt"])
def test_a_window_opens_where_there_is_a_display(
    framework: str | None, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    monkeypatch.setattr(FigureCanvasAgg, "required_interactive_framework", framework)
    monkeypatch.setattr(plt, "show", lambda: shown.append((tmp_path / NAME).exists()))
    run(script.main)
    assert shown == ([True] if framework else [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--sample 200", "need 0 <= --sample < 200, got 200"),
        ("--sample -1", "need 0 <= --sample < 200, got -1"),
        ("-o picture.eps", "--output must be png, jpg, pdf, svg, got picture.eps"),
        ("--epochs 0 -o new.png", "--epochs must be at least 1, got 0"),
        ("--epochs 0 -o old.png", "--epochs must be at least 1, got 0"),
        # The rest of these lines is the system's own.
        ("-o nowhere/picture.png", "nowhere/picture.png'"),
        ("-o folder.png", ""),
        (f"-o {'x' * 300}.png", ""),
    ],
)
def test_what_cannot_be_drawn_or_saved_is_one_line_and_leaves_all_as_it_was(
    options: str, message: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "old.png").write_bytes(b"the picture before")
    out, err, status = run(script.main, options)
    assert (out, err.count("\n"), status) == ("", 1, 2)
    assert err.startswith("plot_results.py: error: ") and err.endswith(f"{message}\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.png", "old.png"]
    assert (tmp_path / "old.png").read_bytes() == b"the picture before"


def test_help_tells_what_the_script_does_and_its_own_options(run: Run) -> None:
    text = " ".join(run(script.main, "--help")[0].split())
    assert str(script.__doc__) in text
    assert "which test sample, from 0 (default: 0)" in text
    assert f"picture to write (default: {NAME})" in text


def test_a_drawing_that_fails_shows_why_and_leaves_the_picture_before_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Figure, file: Any, **options: Any) -> None:
        if isinstance(file, Path):
            file.write_bytes(b"half a picture")
        raise RuntimeError("a bug")

    (tmp_path / NAME).write_bytes(b"the picture before")
    monkeypatch.setattr(Figure, "savefig", fail)
    with pytest.raises(RuntimeError, match="a bug"):
        run(script.main)
    assert (tmp_path / NAME).read_bytes() == b"the picture before"
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
