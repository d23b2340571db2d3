"""The picture: what it shows, where it is saved, when a window opens, refusals."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import plot_results as script
from sparse_autoencoder import SparseAutoencoder
from tests.test_train import DOCUMENT
from train import Array, load_data, make_parser, reconstruct, train

pytestmark = pytest.mark.filterwarnings("error")

NAME = "original_vs_reconstructed.png"
TRAINING = DOCUMENT.partition("Test MSE")[0]
SIGNATURES = {"png": b"\x89PNG", "PNG": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}


@pytest.fixture(autouse=True)
def no_window_and_no_figure_left() -> Iterator[None]:
    mpl.use("agg")
    yield
    plt.close("all")


def run_main(monkeypatch: pytest.MonkeyPatch, folder: Path, *options: str) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["plot_results.py", *options])
    script.main()


def axes_of(fig: Figure) -> Axes:
    (ax,) = fig.axes
    return ax


def test_the_two_curves_over_the_feature_index() -> None:
    original, reconstructed = np.linspace(-2, 2, 20), np.linspace(0.25, 0.75, 20)
    fig = script.draw(original, reconstructed)
    assert isinstance(fig, Figure)
    ax = axes_of(fig)
    first, second = ax.get_lines()
    assert (first.get_label(), second.get_label()) == ("Original", "Reconstructed")
    for line, curve in ((first, original), (second, reconstructed)):
        np.testing.assert_array_equal(line.get_xdata(), np.arange(20))
        np.testing.assert_array_equal(line.get_ydata(), curve)
    assert ax.get_title() == "Original vs Reconstructed Data"
    assert ax.get_xlabel() == "Feature index"
    assert ax.get_ylabel() == "Value (standardized)"


def test_the_legend_explains_the_band_that_a_sigmoid_reaches() -> None:
    ax = axes_of(script.draw(np.array([-3.0, 3.0]), np.array([0.25, 0.75])))
    (band,) = ax.patches
    low, high = band.get_window_extent().get_points()[:, 1]
    assert ax.transData.inverted().transform((0, low))[1] == pytest.approx(0)
    assert ax.transData.inverted().transform((0, high))[1] == pytest.approx(1)
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "All a sigmoid can reach: 0 to 1",
        "Original",
        "Reconstructed",
    ]


def test_the_legend_hides_no_point() -> None:
    fig = script.draw(np.linspace(-3, 3, 20), np.full(20, 0.5))
    fig.draw_without_rendering()
    ax = axes_of(fig)
    legend = ax.get_legend()
    assert legend is not None
    assert not legend.get_window_extent().overlaps(ax.get_window_extent())
    assert fig.bbox.fully_containsy(legend.get_window_extent().y0)


@pytest.mark.parametrize("n_features", [2, 3, 20, 64])
def test_ticks_are_whole_numbers(n_features: int) -> None:
    ax = axes_of(script.draw(np.zeros(n_features), np.ones(n_features)))
    ticks = ax.get_xticks()
    assert len(ticks) > 1
    assert all(tick == round(tick) for tick in ticks)
    shown = [tick for tick in ticks if 0 <= tick < n_features]
    assert len(shown) >= min(n_features, 10)


def test_the_curves_differ_without_colour_too() -> None:
    first, second = axes_of(script.draw(np.zeros(3), np.ones(3))).get_lines()
    assert first.get_linestyle() != second.get_linestyle()
    assert first.get_marker() != second.get_marker()
    assert "None" not in (first.get_marker(), second.get_marker())


def test_curves_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError) as error:
        script.draw(np.zeros(3), np.zeros(4))
    assert str(error.value) == "curves must be of one length, got (3, 4)"
    assert plt.get_fignums() == []


def test_the_script_saves_and_says_where(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(script.__file__)]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={
            **os.environ,
            "MPLBACKEND": "agg",
        },  # else a window, where there is a display
        capture_output=True,
        text=True,
        check=False,
    )
    expected = (f"{TRAINING}Saved {NAME}\n", "", 0)
    assert (done.stdout, done.stderr, done.returncode) == expected
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert plt.imread(tmp_path / NAME).shape == (500, 900, 4)


@pytest.mark.parametrize(("options", "sample"), [("", 0), ("--sample 199", 199)])
def test_the_curves_are_the_samples(
    options: str,
    sample: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    drawn: list[tuple[Array, Array]] = []

    def spy(original: Array, reconstructed: Array, real: Any = script.draw) -> Any:
        drawn.append((original, reconstructed))
        return real(original, reconstructed)

    monkeypatch.setattr(script, "draw", spy)
    run_main(
        monkeypatch, tmp_path, "--seed", "5", "--hidden-dim", "3", *options.split()
    )
    X_train, X_test = load_data(5)
    torch.manual_seed(5)
    model = SparseAutoencoder(20, 3)
    capsys.readouterr()
    train(model, X_train)
    ((original, reconstructed),) = drawn
    np.testing.assert_array_equal(original, X_test[sample])
    np.testing.assert_array_equal(reconstructed, reconstruct(model, X_test)[sample])


@pytest.mark.parametrize("file_type", SIGNATURES)
@pytest.mark.parametrize("option", ["-o", "--output"])
def test_the_file_type_follows_the_name(
    option: str,
    file_type: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "folder").mkdir()
    output = Path("folder", f"a.b.{file_type}")
    run_main(monkeypatch, tmp_path, option, str(output))
    assert capsys.readouterr() == (f"{TRAINING}Saved {output}\n", "")
    assert output.read_bytes().startswith(SIGNATURES[file_type])
    assert len(list(tmp_path.rglob("*.*"))) == 1


@pytest.mark.parametrize("framework", [None, "qt"])
def test_a_window_opens_where_there_is_a_display(
    framework: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved_when_shown = []
    monkeypatch.setattr(FigureCanvasAgg, "required_interactive_framework", framework)
    monkeypatch.setattr(
        plt, "show", lambda: saved_when_shown.append((tmp_path / NAME).exists())
    )
    run_main(monkeypatch, tmp_path)
    assert saved_when_shown == ([True] if framework else [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--sample", "200"], "--sample must be 0 to 199, got 200"),
        (["--sample", "-1"], "--sample must be 0 to 199, got -1"),
        (["--epochs", "0"], "--epochs must be at least 1, got 0"),
        (["-o", "nowhere/picture.png"], "OUTPUT, got 'nowhere/picture.png'"),
        (["-o", "folder"], "OUTPUT, got 'folder'"),
        (["-o", "folder.png"], "OUTPUT, got 'folder.png'"),
        (["-o", ""], "OUTPUT, got ''"),
        (["-o", "picture"], "OUTPUT, got 'picture'"),
        (["-o", "picture.txt"], "OUTPUT, got 'picture.txt'"),
        (["-o", ".png"], "OUTPUT, got '.png'"),
    ],
)
def test_what_cannot_be_drawn_or_saved_is_one_line_and_status_2(
    options: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folders = [tmp_path / "folder", tmp_path / "folder.png"]
    for folder in folders:
        folder.mkdir()
    with pytest.raises(SystemExit) as stop:
        run_main(monkeypatch, tmp_path, *options)
    assert stop.value.code == 2
    types = ", ".join(FigureCanvasAgg.get_supported_filetypes())
    assert "png" in types
    output = f"--output must be a file in an existing folder, of type {types}"
    message = message.replace("OUTPUT", output)
    assert capsys.readouterr() == ("", f"plot_results.py: error: {message}\n")
    assert sorted(tmp_path.rglob("*")) == folders


def test_a_name_that_the_system_refuses_is_one_line_and_status_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stop:
        run_main(monkeypatch, tmp_path, "-o", "x" * 300 + ".png")
    assert stop.value.code == 2
    assert re.fullmatch(
        r"plot_results\.py: error: .*File name too long.*\n", capsys.readouterr().err
    )
    assert list(tmp_path.iterdir()) == []


def test_a_drawing_that_fails_leaves_the_picture_before_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(self: Figure, file: Any, **options: Any) -> None:
        if isinstance(file, str | Path):
            Path(file).write_bytes(b"half a picture")
        raise RuntimeError("no LaTeX here")

    (tmp_path / NAME).write_bytes(b"the picture before")
    monkeypatch.setattr(Figure, "savefig", fail)
    with pytest.raises(SystemExit) as stop:
        run_main(monkeypatch, tmp_path)
    assert stop.value.code == 2
    assert capsys.readouterr().err == "plot_results.py: error: no LaTeX here\n"
    assert (tmp_path / NAME).read_bytes() == b"the picture before"


def test_the_options_are_those_of_train_and_two_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = []

    class Stop(Exception): ...

    def spy(args: Any, _: Any) -> None:
        asked.append(vars(args))
        raise Stop

    monkeypatch.setattr(script, "fit", spy)
    with pytest.raises(Stop):
        run_main(monkeypatch, tmp_path)
    shared = vars(make_parser("").parse_args([]))
    assert asked == [{**shared, "sample": 0, "output": NAME}]
