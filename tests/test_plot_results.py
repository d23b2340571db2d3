"""The picture: what it shows, and where it is saved."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

import plot_results as script
from sparse_autoencoder import SparseAutoencoder
from tests.conftest import Run
from train import load_data, reconstruct, train


def test_two_curves_over_the_feature_index_and_the_band_of_a_sigmoid() -> None:
    original = np.linspace(-2, 2, 20)
    reconstructed = np.linspace(0.25, 0.75, 20)
    fig = script.draw(original, reconstructed)
    (ax,) = fig.axes
    first, second = ax.get_lines()
    for line, curve in ((first, original), (second, reconstructed)):
        np.testing.assert_array_equal(line.get_xdata(), np.arange(20))
        np.testing.assert_array_equal(line.get_ydata(), curve)
    (band,) = ax.patches
    low, high = ax.transData.inverted().transform(band.get_window_extent())[:, 1]
    assert (low, high) == (pytest.approx(0), pytest.approx(1))
    assert ax.get_title() == "Original vs Reconstructed Data"
    assert ax.get_xlabel() == "Feature index"
    assert ax.get_ylabel() == "Value (standardized)"
    assert [text.get_text() for text in fig.legends[0].get_texts()] == [
        "All a sigmoid can reach: 0 to 1",
        "Original",
        "Reconstructed",
    ]


@pytest.mark.parametrize(("option", "sample"), [("", 0), ("--sample 199", 199)])
def test_the_samples_curves_are_saved_as_the_name_says_and_then_shown(
    option: str, sample: int, run: Run, tmp_path: Path
) -> None:
    name = f"{tmp_path}/a.b.pdf"
    options = f"--seed 5 --hidden-dim 3 --epochs 20 --lr 0.01 --output {name}"
    out, err, status = run(script.main, f"{options} {option}")
    assert out.endswith(f"\nSaved {name}\n(shown)\n")
    assert (err, status) == ("", 0)
    assert Path(name).read_bytes().startswith(b"%PDF")

    original, reconstructed = plt.gca().get_lines()
    X_train, X_test = load_data(5)
    torch.manual_seed(5)
    model = SparseAutoencoder(20, 3)
    train(model, X_train, 20, 0.01)
    y_pred = reconstruct(model, X_test)
    np.testing.assert_array_equal(original.get_ydata(), X_test[sample])
    np.testing.assert_array_equal(reconstructed.get_ydata(), y_pred[sample])


def test_what_cannot_be_saved_is_named_as_typed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder.PNG").mkdir()
    _, err, status = run(script.main, "-o ./folder.PNG")
    assert status == 2
    assert "plot_results.py: error: -o/--output cannot save ./folder.PNG: " in err
