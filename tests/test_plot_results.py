"""The picture: what it shows, and where it is saved."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

import plot_results as script
from sparse_autoencoder import SparseAutoencoder
from train import load_data, reconstruct, train


@pytest.mark.parametrize(("option", "sample"), [([], 0), (["--sample=199"], 199)])
def test_the_picture_shows_the_sample_and_its_reconstruction(option, sample, run_main):
    run_main(script.main, "--seed=5", "--epochs=20", *option)
    X_train, X_test = load_data(5)
    torch.manual_seed(5)
    model = SparseAutoencoder(20, 8)
    train(model, X_train, 20)
    curves = {line.get_label(): line.get_ydata() for line in plt.gca().get_lines()}
    y_pred = reconstruct(model, X_test)
    np.testing.assert_array_equal(curves["Original"], X_test[sample])
    np.testing.assert_array_equal(curves["Reconstructed"], y_pred[sample])


def test_the_picture_says_what_it_shows(run_main):
    run_main(script.main, "--epochs=0")
    ax = plt.gca()
    assert ax.get_title() == "Original vs Reconstructed Data"
    assert ax.get_xlabel() == "Feature index"
    assert ax.get_ylabel() == "Value (standardized)"
    (band,) = ax.patches
    assert (band.get_y(), band.get_height()) == (0, 1)
    (legend,) = plt.gcf().legends
    labels = [text.get_text() for text in legend.get_texts()]
    assert labels == ["Range of a sigmoid: 0 to 1", "Original", "Reconstructed"]


@pytest.mark.parametrize("option", ["-o", "--output"])
@pytest.mark.parametrize("name", ["a b", "A.PNG", "a.pdf"])
def test_the_file_has_the_name_that_was_typed(option, name, run_main, tmp_path):
    assert run_main(script.main, "--epochs=0", option, name) == f"Saved {name}\n"
    (picture,) = tmp_path.iterdir()
    assert picture.name == name
    start = b"%PDF" if name == "a.pdf" else b"\x89PNG"
    assert picture.read_bytes().startswith(start)


def test_the_picture_is_saved_before_it_is_shown(run_main, tmp_path, monkeypatch):
    found = []
    monkeypatch.setattr(plt, "show", lambda: found.extend(tmp_path.iterdir()))
    run_main(script.main, "--epochs=0", "-o", "a.png")
    assert found == [tmp_path / "a.png"]


@pytest.mark.parametrize("name", ["folder.png", "missing/a.png", "", "."])
def test_what_cannot_be_written_is_refused(name, refusal, tmp_path):
    (tmp_path / "folder.png").mkdir()
    sentence = refusal(script.main, "--epochs=0", "-o", name)
    assert "-o/--output" in sentence
    assert sentence.endswith(f"'{name}'")


@pytest.mark.parametrize(
    ("option", "value", "end"),
    [("--sample", "-1", ">= 0"), ("--sample", "200", "0 to 199"), ("-o", "a.xyz", "")],
)
def test_a_wrong_sample_or_type_is_refused(option, value, end, refusal, monkeypatch):
    # A training before the refusal would fail, for want of its function.
    monkeypatch.delattr(script, "train_model")
    sentence = refusal(script.main, option, value)
    assert option in sentence
    assert sentence.endswith(f"{end}, got {value}")
