"""The picture: what it shows, and where it is saved."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

import plot_results
from sparse_autoencoder import SparseAutoencoder
from train import load_data, reconstruct, train


@pytest.mark.parametrize(("option", "sample"), [([], 0), (["--sample=199"], 199)])
def test_the_picture_shows_the_sample_and_its_reconstruction(option, sample, run_main):
    run_main(plot_results.main, "--seed=5", "--epochs=20", *option)
    X_train, X_test = load_data(5)
    torch.manual_seed(5)
    model = SparseAutoencoder(20, 8)
    train(model, X_train, 20)
    ax = plt.gca()
    curves = {line.get_label(): line for line in ax.get_lines()}
    expected = {"Original": X_test, "Reconstructed": reconstruct(model, X_test)}
    for label, values in expected.items():
        points = np.column_stack([range(20), values[sample]])
        np.testing.assert_array_equal(curves[label].get_xydata(), points)
        assert all(ax.viewLim.contains(x, y) for x, y in points)
    for look in ("color", "linestyle", "marker"):
        assert len({plt.getp(line, look) for line in curves.values()}) == 2
    band = ax.patches[0]
    edges = band.get_window_extent().transformed(ax.transData.inverted()).intervaly
    assert edges == pytest.approx([0, 1])
    assert 0.7 < band.get_facecolor()[0] < 0.95  # a light gray, behind the curves
    assert ax.get_title() == "Original vs Reconstructed Data"
    assert ax.get_xlabel() == "Feature index"
    assert ax.get_ylabel() == "Value (standardized)"
    labels = [text.get_text() for text in plt.gcf().legends[0].get_texts()]
    assert labels == ["Range of a sigmoid: 0 to 1", "Original", "Reconstructed"]


def test_a_file_is_written_anew_before_the_window(run_main, tmp_path, monkeypatch):
    for name, start in [("A.PNG", b"\x89PNG"), ("a b.v2.PDF", b"%PDF")]:
        file = tmp_path / name
        file.write_text("an earlier file")
        monkeypatch.setattr(plt, "show", lambda f=file: print(f.read_bytes()[:4]))
        printed = run_main(plot_results.main, "--log-every=0", "-o", name)
        assert printed == f"Saved {name}\n{start}\n"


def test_what_cannot_be_drawn_or_written_is_refused(refusal, tmp_path, monkeypatch):
    (tmp_path / "folder.png").mkdir()
    monkeypatch.setenv("PATH", "")  # so that no TeX is found, which pgf needs
    for name, reason in [("folder.png", "folder.png"), ("a.pgf", "xelatex")]:
        sentence = refusal(plot_results.main, "--epochs=0", "-o", name)
        expected = f" -o/--output must be possible to draw and write: .*{reason}"
        assert re.search(expected, sentence)


def test_a_wrong_sample_or_file_is_refused_before_training(refusal, monkeypatch):
    monkeypatch.delattr(plot_results, "train_model")  # so that training would fail
    assert "invalid int value: '1.5'" in refusal(plot_results.main, "--sample=1.5")
    for name, value, expected in [
        ("--sample", "-1", "be 0 to 199"),
        ("--sample", "200", "be 0 to 199"),
        ("--output", "png", "end in .*/png/.*"),
        ("--output", "folder.png/", "end in .*/png/.*"),
        ("--output", "a.txt", "end in .*/png/.*"),
        ("--output", f"{__file__}/{300 * 'a'}/a.png", "be in a folder that exists"),
    ]:
        sentence = refusal(plot_results.main, f"{name}={value}")
        assert re.search(f"{name} must {expected}, got {re.escape(value)}$", sentence)
