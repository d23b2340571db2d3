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

import train as script
from sparse_autoencoder import SparseAutoencoder
from train import evaluate, load_data, train

ROOT = Path(__file__).parent.parent


def follow_the_document(
    seed=42, epochs=50, lr=0.001, hidden_dim=8, factor=0.05, target=0.05, double=False
):
    """Return the text that is printed, the loss of each epoch and the test MSE.

    Nothing here comes from the three files. What the document does twice is done twice.
    """
    dtype = torch.float64 if double else torch.float32
    X, y = make_classification(
        n_samples=1000, n_features=20, n_classes=2, random_state=seed
    )
    X_train, X_test, _, _ = train_test_split(X, y, test_size=0.2, random_state=seed)
    train_mean = np.mean(X_train, axis=0)
    train_std = np.std(X_train, axis=0)
    X_train = (X_train - train_mean) / train_std
    X_test = (X_test - train_mean) / train_std

    torch.manual_seed(seed)
    encoder = nn.Linear(20, hidden_dim).to(dtype)
    decoder = nn.Linear(hidden_dim, 20).to(dtype)
    weights = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(weights, lr=lr)
    printed = ""
    losses = []
    for epoch in range(1, epochs + 1):
        optimizer.zero_grad()
        encoded = torch.relu(encoder(torch.tensor(X_train, dtype=dtype)))
        y_pred = torch.sigmoid(decoder(encoded))
        reconstruction_loss = nn.functional.mse_loss(
            y_pred, torch.tensor(X_train, dtype=dtype)
        )
        encoded = torch.relu(encoder(torch.tensor(X_train, dtype=dtype)))
        rho = torch.mean(encoded, dim=0)
        sparsity_loss = torch.sum(factor * torch.abs(rho - target))
        loss = reconstruction_loss + sparsity_loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if epoch % 10 == 0:
            printed += f"Epoch [{epoch}/{epochs}], Loss: {loss.item():.4f}\n"

    encoded = torch.relu(encoder(torch.tensor(X_test, dtype=dtype)))
    y_pred = torch.sigmoid(decoder(encoded))
    mse = mean_squared_error(X_test, y_pred.detach().numpy())
    printed += f"Test MSE: {mse:.4f}\n"
    return printed, losses, mse


@pytest.mark.parametrize("seed", [0, 1])
def test_every_printed_line_is_the_documents(seed, run_main):
    printed, _, _ = follow_the_document(seed)
    assert run_main(script.main, f"--seed {seed}") == printed


def test_both_scripts_as_a_user_runs_them(tmp_path):
    processes = [
        subprocess.Popen(
            [sys.executable, ROOT / name],
            cwd=tmp_path,
            env={**os.environ, "MPLBACKEND": "agg"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("train.py", "plot_results.py")
    ]
    found = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    printed, _, _ = follow_the_document()
    picture = "original_vs_reconstructed.png"
    assert found == [printed, re.sub("Test MSE: .*", f"Saved {picture}", printed)]
    assert (tmp_path / picture).is_file()


def test_the_defaults_are_the_documents(model):
    _, losses, mse = follow_the_document()
    X_train, X_test = load_data()
    assert train(model, X_train) == pytest.approx(losses, rel=0, abs=1e-6)
    assert evaluate(model, X_test) == pytest.approx(mse, rel=0, abs=1e-6)


# In float64: in float32 the roundings of two correct programs grow apart.
@pytest.mark.parametrize(
    ("seed", "lr", "hidden_dim", "factor", "target"),
    [(42, 0.001, 8, 0.05, 0.05), (0, 0.01, 20, 0.5, 0.3), (1, 0.003, 5, 1.0, 0.0)],
)
def test_1000_losses_are_the_documents(seed, lr, hidden_dim, factor, target):
    _, losses, mse = follow_the_document(
        seed, 1000, lr, hidden_dim, factor, target, double=True
    )
    X_train, X_test = load_data(seed)
    torch.manual_seed(seed)
    model = SparseAutoencoder(20, hidden_dim, factor, target).double()
    assert train(model, X_train, 1000, lr) == pytest.approx(losses, rel=0, abs=1e-9)
    assert evaluate(model, X_test) == pytest.approx(mse, rel=0, abs=1e-9)
