"""The scripts against the document's procedure, written out from its description."""

import importlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from torch import nn

import plot_results
import train

PRINTED = """\
Epoch [10/50], Loss: 1.2802
Epoch [20/50], Loss: 1.2665
Epoch [30/50], Loss: 1.2539
Epoch [40/50], Loss: 1.2424
Epoch [50/50], Loss: 1.2319
Test MSE: 1.1531
"""
SAVED = "Saved original_vs_reconstructed.png"
PENALTY = ["--sparsity-factor", "--sparsity-target"]
OPTIONS = ["--seed", "--epochs", "--lr", "--hidden-dim", *PENALTY, "--log-every"]
DOCUMENT = (42, 50, 0.001, 8, 0.05, 0.05, 10)
OTHERS = (7, 40, 0.01, 12, 1.5, 1.2, 15)


def follow_the_document(seed, epochs, lr, hidden_dim, factor, target, log_every):
    """Return the text that is printed."""
    X, _ = make_classification(1000, 20, n_classes=2, random_state=seed)
    X_train, X_test = train_test_split(X, test_size=0.2, random_state=seed)
    mean, std = np.mean(X_train, axis=0), np.std(X_train, axis=0)
    X_test = (X_test - mean) / std
    x_train = torch.tensor((X_train - mean) / std, dtype=torch.float32)
    x_test = torch.tensor(X_test, dtype=torch.float32)

    torch.manual_seed(seed)
    encoder, decoder = nn.Linear(20, hidden_dim), nn.Linear(hidden_dim, 20)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=lr)
    printed = ""
    for epoch in range(1, epochs + 1):
        optimizer.zero_grad()
        y_pred = torch.sigmoid(decoder(torch.relu(encoder(x_train))))
        reconstruction_loss = nn.functional.mse_loss(y_pred, x_train)
        rho = torch.mean(torch.relu(encoder(x_train)), dim=0)
        loss = reconstruction_loss + torch.sum(factor * torch.abs(rho - target))
        loss.backward()
        optimizer.step()
        if log_every and epoch % log_every == 0:
            printed += f"Epoch [{epoch}/{epochs}], Loss: {loss.item():.4f}\n"

    y_pred = torch.sigmoid(decoder(torch.relu(encoder(x_test))))
    mse = mean_squared_error(X_test, y_pred.detach().numpy())
    return f"{printed}Test MSE: {mse:.4f}\n"


def test_both_scripts_print_the_lines(run_main):
    assert run_main(train.main) == PRINTED
    assert run_main(plot_results.main) == re.sub("Test.*", SAVED, PRINTED)


@pytest.mark.parametrize("values", [DOCUMENT, OTHERS, (0, 0, 0.0, 1, 0.0, 0.0, 0)])
def test_an_option_acts_as_in_the_document(values, run_main):
    options = [f"{name}={value}" for name, value in zip(OPTIONS, values, strict=True)]
    assert run_main(train.main, *options) == follow_the_document(*values)


@pytest.mark.parametrize("value", ["-1", "nan", "4294967296"])
@pytest.mark.parametrize("option", OPTIONS)
def test_a_wrong_number_is_refused(option, value, refusal, monkeypatch):
    monkeypatch.delattr(train, "load_data")  # so that work before it would fail
    sentence = refusal(train.main, f"{option}={value}")
    low = 1 if option == "--hidden-dim" else 0
    bounds = rf"must be >= {low} and < 2\*\*32, got {value}"
    assert re.search(f" {option}: ({bounds}|invalid int value: 'nan')$", sentence)


@pytest.mark.parametrize("script", [train, plot_results])
def test_the_help_says_what_the_script_does_and_each_default(script, run_main, capsys):
    with pytest.raises(SystemExit, match="0"):
        run_main(script.main, "--help")
    words = " ".join(capsys.readouterr().out.split())
    assert script.__doc__ in words
    assert all(f"(default: {value})" in words for value in DOCUMENT)


def test_an_edited_setting_acts_as_its_option(tmp_path, monkeypatch, run_main):
    for script in Path(train.__file__).parent.glob("*.py"):
        text = script.read_text(encoding="utf-8")
        for option, value in zip(OPTIONS, OTHERS, strict=True):
            name = option[2:].replace("-", "_").upper()
            text = re.sub(rf"(?m)^{name} = .*", f"{name} = {value}", text)
        (tmp_path / script.name).write_text(text, encoding="utf-8")
        monkeypatch.delitem(sys.modules, script.stem, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    edited, plot = map(importlib.import_module, ["train", "plot_results"])
    expected = follow_the_document(*OTHERS)
    assert run_main(edited.main) == expected
    assert run_main(plot.main) == re.sub("Test.*", SAVED, expected)
    torch.manual_seed(7)
    model = edited.SparseAutoencoder(20, 12)
    imported = run_main(lambda: edited.train(model, edited.load_data()[0]))
    assert imported == re.sub("Test.*\n", "", expected)
