"""The picture: what it shows, and where it is saved."""

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
    y_pred = reconstruct(model, X_test)
    ax = plt.gca()
    curves = {line.get_label(): line for line in ax.get_lines()}
    for label, values in [("Original", X_test), ("Reconstructed", y_pred)]:
        points = np.column_stack([range(20), values[sample]])
        np.testing.assert_array_equal(curves[label].get_xydata(), points)
        assert all(ax.viewLim.contains(x, y) for x, y in points)
    assert ax.get_title() == "Original vs Reconstructed Data"
    labels = [text.get_text() for text in plt.gcf().legends[0].get_texts()]
    assert labels == ["Range of a sigmoid: 0 to 1", "Original", "Reconstructed"]


@pytest.mark.parametrize("name", ["A.PNG", "a b.v2.PDF"])
def test_a_file_is_written_then_a_window_opens(name, run_main, tmp_path, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: print("shown:", *tmp_path.iterdir()))
    printed = run_main(plot_results.main, "--log-every=0", "-o", name)
    assert printed == f"Saved {name}\nshown: {tmp_path / name}\n"
    assert name[-3:].encode() in (tmp_path / name).read_bytes()[:4]


@pytest.mark.parametrize("name", ["folder.png", "missing/a.png"])
def test_what_cannot_be_opened_is_refused(name, refusal, tmp_path):
    (tmp_path / "folder.png").mkdir()
    sentence = refusal(plot_results.main, "--epochs=0", "-o", name)
    assert "-o/--output must be a file" in sentence and sentence.endswith(f"'{name}'")


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--sample", "-1", " --sample must be 0 to 199, "),
        ("--sample", "200", " --sample must be 0 to 199, "),
        ("-o", "png", "/png/"),
        ("-o", "folder.png/", " -o/--output must end in "),
    ],
)
def test_a_wrong_sample_or_type(option, value, expected, refusal, monkeypatch):
    # A training before the refusal would fail, for want of its function.
    monkeypatch.delattr(plot_results, "train_model")
    sentence = refusal(plot_results.main, option, value)
    assert expected in sentence and sentence.endswith(f", got {value}")
