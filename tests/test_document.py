"""The scripts against the document's procedure, written out from its description."""

import runpy
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from torch import nn

import plot_results
import train

LOSSES = """\
Epoch [10/50], Loss: 1.2802
Epoch [20/50], Loss: 1.2665
Epoch [30/50], Loss: 1.2539
Epoch [40/50], Loss: 1.2424
Epoch [50/50], Loss: 1.2319
"""
TEST_MSE = "Test MSE: 1.1531\n"
SAVED = "Saved original_vs_reconstructed.png\n"
REAL = ["--lr", "--sparsity-factor", "--sparsity-target"]
OPTIONS = ["--seed", "--epochs", "--hidden-dim", "--log-every", *REAL]
DOCUMENT = (42, 50, 8, 10, 0.001, 0.05, 0.05)
OTHERS = (7, 40, 12, 15, 0.01, 1.5, 1.2)


def printed_by_the_document(seed, epochs, hidden_dim, log_every, lr, factor, target):
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
    for script, last_line in [(train, TEST_MSE), (plot_results, SAVED)]:
        as_a_script = partial(runpy.run_path, script.__file__, run_name="__main__")
        torch.set_num_threads(2)
        assert run_main(as_a_script) == LOSSES + last_line
        assert torch.get_num_threads() == 1


@pytest.mark.parametrize("values", [DOCUMENT, OTHERS, (0, 0, 1, 0, 0.1, 0.0, 0.0)])
def test_an_option_acts_as_in_the_document(values, run_main):
    options = [f"{name}={value}" for name, value in zip(OPTIONS, values, strict=True)]
    assert run_main(train.main, *options) == printed_by_the_document(*values)


def test_an_import_has_the_defaults_of_the_document(run_main, monkeypatch):
    monkeypatch.delattr(torch, "set_num_threads")  # an import sets no number
    torch.manual_seed(42)
    model = train.SparseAutoencoder(20, 8)
    assert run_main(lambda: train.train(model, train.load_data()[0])) == LOSSES


def test_an_edited_setting_acts_as_its_option(monkeypatch, refusal):
    names = [option[2:].replace("-", "_") for option in OPTIONS]
    for name, value in zip(names, OTHERS, strict=True):
        monkeypatch.setattr(train, name.upper(), value)
    options = train.make_parser(None).parse_args([])
    assert vars(options) == dict(zip(names, OTHERS, strict=True))
    monkeypatch.setattr(train, "EPOCHS", -3)
    assert " --epochs: must be >= 0 and < 2**32, got -3" in refusal(train.main)


@pytest.mark.parametrize("option", OPTIONS)
def test_a_wrong_number_is_refused(option, refusal, monkeypatch):
    monkeypatch.delattr(train, "load_data")  # so that work before it would fail
    low = 1 if option == "--hidden-dim" else 0
    for value in (low - 1, 2**32):
        expected = f" {option}: must be >= {low} and < 2**32, got {value}"
        assert refusal(train.main, f"{option}={value}").endswith(expected)
    wrong, reason = ("nan", "got nan") if option in REAL else ("1.5", "value: '1.5'")
    assert refusal(train.main, f"{option}={wrong}").endswith(reason)
    train.make_parser(None).parse_args([f"{option}={2**32 - 1}"])  # is taken


def test_the_help_says_what_the_script_does_and_each_default(run_main, capsys):
    for script in (train, plot_results):
        with pytest.raises(SystemExit, match="0"):
            run_main(script.main, "--help")
        words = " ".join(capsys.readouterr().out.split())
        assert script.__doc__ in words
        assert all(f"(default: {value})" in words for value in DOCUMENT)
