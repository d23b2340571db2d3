"""The scripts against the document's procedure, written out from its description."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from torch import nn

import train


def follow_the_document(
    seed=42, epochs=50, lr=0.001, hidden_dim=8, factor=0.05, target=0.05, log_every=10
):
    """Return the text that is printed."""
    X, _ = make_classification(
        n_samples=1000, n_features=20, n_classes=2, random_state=seed
    )
    X_train, X_test = train_test_split(X, test_size=0.2, random_state=seed)
    train_mean = np.mean(X_train, axis=0)
    train_std = np.std(X_train, axis=0)
    x_train = torch.tensor((X_train - train_mean) / train_std, dtype=torch.float32)
    X_test = (X_test - train_mean) / train_std

    torch.manual_seed(seed)
    encoder = nn.Linear(20, hidden_dim)
    decoder = nn.Linear(hidden_dim, 20)
    weights = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(weights, lr=lr)
    printed = ""
    for epoch in range(1, epochs + 1):
        optimizer.zero_grad()
        y_pred = torch.sigmoid(decoder(torch.relu(encoder(x_train))))
        reconstruction_loss = nn.functional.mse_loss(y_pred, x_train)
        rho = torch.mean(torch.relu(encoder(x_train)), dim=0)
        sparsity_loss = torch.sum(factor * torch.abs(rho - target))
        loss = reconstruction_loss + sparsity_loss
        loss.backward()
        optimizer.step()
        if log_every and epoch % log_every == 0:
            printed += f"Epoch [{epoch}/{epochs}], Loss: {loss.item():.4f}\n"

    x_test = torch.tensor(X_test, dtype=torch.float32)
    y_pred = torch.sigmoid(decoder(torch.relu(encoder(x_test))))
    mse = mean_squared_error(X_test, y_pred.detach().numpy())
    return f"{printed}Test MSE: {mse:.4f}\n"


@pytest.mark.parametrize("name", ["train.py", "plot_results.py"])
def test_a_script_as_a_user_runs_it(name, tmp_path):
    command = [sys.executable, Path(__file__).parent.parent / name]
    environment = {**os.environ, "MPLBACKEND": "agg"}
    found = subprocess.check_output(command, cwd=tmp_path, env=environment, text=True)
    expected = follow_the_document()
    if name == "plot_results.py":
        assert (tmp_path / "original_vs_reconstructed.png").is_file()
        expected = re.sub("Test.*", "Saved original_vs_reconstructed.png", expected)
    assert found == expected


def test_an_import_has_the_defaults_of_the_document(model, capsys):
    X_train, X_test = train.load_data()
    train.train(model, X_train)
    print(f"Test MSE: {train.evaluate(model, X_test):.4f}")
    assert capsys.readouterr().out == follow_the_document()


@pytest.mark.parametrize(
    "values", [(7, 30, 0.01, 12, 1.5, 1.2, 15), (0, 0, 0.0, 1, 0.0, 0.0, 0)]
)
def test_every_option_and_the_least_values(values, run_main):
    names = "seed epochs lr hidden-dim sparsity-factor sparsity-target log-every"
    options = [f"--{n}={v}" for n, v in zip(names.split(), values, strict=True)]
    assert run_main(train.main, *options) == follow_the_document(*values)
