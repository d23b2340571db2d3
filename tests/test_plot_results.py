"""The picture: what it shows, and where it is saved."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

import plot_results as script
import train as train_script
from sparse_autoencoder import SparseAutoencoder
from train import load_data, reconstruct, train


@pytest.mark.parametrize(("option", "sample"), [("", 0), ("--sample 199", 199)])
def test_the_picture_shows_the_sample_and_its_copy(option, sample, run_main, tmp_path):
    picture = tmp_path / "a.png"
    options = f"--seed 5 --hidden-dim 3 --epochs 20 --lr 0.01 --output {picture}"
    printed = run_main(script.main, f"{options} {option}")
    assert printed.endswith(f"\nSaved {picture}\n")
    assert picture.is_file()

    X_train, X_test = load_data(5)
    torch.manual_seed(5)
    model = SparseAutoencoder(20, 3)
    train(model, X_train, 20, 0.01)
    curves = {line.get_label(): line.get_ydata() for line in plt.gca().get_lines()}
    expected = {"Original": X_test, "Reconstructed": reconstruct(model, X_test)}
    assert list(curves) == list(expected)
    for label, table in expected.items():
        np.testing.assert_array_equal(curves[label], table[sample])
    (band,) = plt.gca().patches
    assert (band.get_y(), band.get_height()) == (0, 1)


def test_the_picture_is_saved_before_it_is_shown(run_main, tmp_path, monkeypatch):
    found = []
    monkeypatch.setattr(plt, "show", lambda: found.extend(tmp_path.iterdir()))
    run_main(script.main, "--epochs 0 -o a.png")
    assert found == [tmp_path / "a.png"]


@pytest.mark.parametrize("sample", [-1, 200])
def test_a_sample_out_of_range_is_named_before_the_training(
    sample, run_main, capsys, monkeypatch
):
    monkeypatch.delattr(train_script, "train")
    with pytest.raises(SystemExit, match="2"):
        run_main(script.main, f"--sample {sample}")
    assert capsys.readouterr().err.endswith(f"0 to 199, got {sample}\n")


def test_what_cannot_be_saved_is_named_as_typed(run_main, capsys, tmp_path):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(SystemExit, match="2"):
        run_main(script.main, "--epochs 0 -o ./folder.png")
    assert "./folder.png" in capsys.readouterr().err.splitlines()[-1]
