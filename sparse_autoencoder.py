"""A sparse autoencoder with a penalty on the mean activation of each hidden unit."""

import torch
from torch import Tensor, nn


class SparseAutoencoder(nn.Module):
    """An autoencoder with a ReLU code, a sigmoid output and a penalty on the code.

    input_dim: number of features, d.
    hidden_dim: number of hidden units, h.
    sparsity_factor: weight of the penalty in the loss.
    sparsity_target: the mean activation that the penalty asks of every hidden unit.
        0.05 is 5 % of an activation of 1. It is not the share of active units.
    """

    def __init__(
        self,
        input_dim: int,
        hidden_dim: int,
        sparsity_factor: float = 0.05,
        sparsity_target: float = 0.05,
    ) -> None:
        super().__init__()
        # Each layer draws random weights here, so a seed needs this order.
        self.encoder = nn.Linear(input_dim, hidden_dim)
        self.decoder = nn.Linear(hidden_dim, input_dim)
        self.sparsity_factor = sparsity_factor
        self.sparsity_target = sparsity_target

    def encode(self, x: Tensor) -> Tensor:
        """Return the code ReLU(x W1^T + b1), at least 0: (n, d) to (n, h)."""
        return torch.relu(self.encoder(x))

    def decode(self, encoded: Tensor) -> Tensor:
        """Return the copy sigmoid(encoded W2^T + b2), 0 to 1: (n, h) to (n, d)."""
        return torch.sigmoid(self.decoder(encoded))

    def forward(self, x: Tensor) -> Tensor:
        """Encode and decode n samples, and return the copy: (n, d) to (n, d)."""
        return self.decode(self.encode(x))

    def sparsity_penalty(self, encoded: Tensor) -> Tensor:
        """Return sparsity_factor * sum of |rho - sparsity_target|, a scalar tensor.

        rho is the mean of encoded (n, h) over the n samples; the sum is over the h
        hidden units. Ng (2011, "Sparse autoencoder", section 3) takes a KL divergence
        in place of the absolute difference.
        Raises ValueError if encoded is not 2-D.
        """
        # A code of another shape would give a wrong number, not an error.
        if encoded.dim() != 2:
            raise ValueError(f"encoded must be 2-D, got shape {tuple(encoded.shape)}")
        rho = torch.mean(encoded, dim=0)
        return torch.sum(self.sparsity_factor * torch.abs(rho - self.sparsity_target))
