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
    for look in ("color", "linestyle"):
        assert len({plt.getp(line, look) for line in curves.values()}) == 2
    assert (ax.patches[0].get_y(), ax.patches[0].get_height()) == (0, 1)
    assert ax.get_title() == "Original vs Reconstructed Data"
    assert ax.get_xlabel() == "Feature index"
    assert ax.get_ylabel() == "Value (standardized)"
    assert {*range(0, 20, 2)} <= {*ax.get_xticks()} <= {*range(-2, 22)}
    labels = [text.get_text() for text in plt.gcf().legends[0].get_texts()]
    assert labels == ["Range of a sigmoid: 0 to 1", "Original", "Reconstructed"]


@pytest.mark.parametrize("name", ["A.PNG", "a b.v2.PDF"])
def test_a_file_is_written_then_a_window_opens(name, run_main, tmp_path, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: print("shown:", *tmp_path.iterdir()))
    printed = run_main(plot_results.main, "--log-every=0", "-o", name)
    assert printed == f"Saved {name}\nshown: {tmp_path / name}\n"
    assert name[-3:].encode() in (tmp_path / name).read_bytes()[:4]


@pytest.mark.parametrize("name", ["folder.png", "missing/a.png", "a.pgf"])
def test_what_cannot_be_written_is_refused(name, refusal, tmp_path, monkeypatch):
    (tmp_path / "folder.png").mkdir()
    monkeypatch.setenv("PATH", "")  # so that no TeX is found, which pgf needs
    sentence = refusal(plot_results.main, "--epochs=0", "-o", name)
    expected = f"-o/--output must be a file that can be written: .*({name}|xelatex)"
    assert re.search(expected, sentence)


@pytest.mark.parametrize(
    "option", ["--sample=-1", "--sample=200", "--output=png", "--output=folder.png/"]
)
def test_a_wrong_sample_or_type_is_refused(option, refusal, monkeypatch):
    monkeypatch.delattr(plot_results, "train_model")  # so that training would fail
    sentence = refusal(plot_results.main, option)
    name, _, value = option.partition("=")
    expected = f"{name} must (be 0 to 199|end in .*/png/.*), got {value}$"
    assert re.search(expected, sentence)
