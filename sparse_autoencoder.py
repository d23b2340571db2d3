"""A sparse autoencoder that pulls the mean activation of each unit to a target."""

import torch
from torch import Tensor, nn


class SparseAutoencoder(nn.Module):
    """An autoencoder with a ReLU code, a sigmoid output and a penalty on the code.

    input_dim counts the features, hidden_dim the hidden units. sparsity_factor weighs
    the penalty in the loss. sparsity_target is the mean activation wanted of each
    hidden unit, in the code's own units: 0.05 is 5 % of 1, not a share of active units.
    """

    def __init__(
        self,
        input_dim: int,
        hidden_dim: int,
        sparsity_factor: float = 0.05,
        sparsity_target: float = 0.05,
    ) -> None:
        super().__init__()
        # A layer draws its weights when made: the order decides what a seed gives.
        self.encoder = nn.Linear(input_dim, hidden_dim)
        self.decoder = nn.Linear(hidden_dim, input_dim)
        self.sparsity_factor = sparsity_factor
        self.sparsity_target = sparsity_target

    def encode(self, x: Tensor) -> Tensor:
        """Return ReLU(W x + b), at least 0: (..., input_dim) to (..., hidden_dim)."""
        return torch.relu(self.encoder(x))

    def decode(self, encoded: Tensor) -> Tensor:
        """Return sigmoid(W a + b), 0 to 1: (..., hidden_dim) to (..., input_dim)."""
        return torch.sigmoid(self.decoder(encoded))

    def forward(self, x: Tensor) -> Tensor:
        """Return the reconstruction alone: (..., input_dim) to (..., input_dim)."""
        return self.decode(self.encode(x))

    def sparsity_penalty(self, encoded: Tensor) -> Tensor:
        """Return factor * sum of |rho - target| over the hidden units, a scalar.

        rho is the mean of encoded (n_samples, hidden_dim) over the samples. Ng (2011,
        "Sparse autoencoder", section 3) has a KL divergence in place of |rho - target|.
        Raises ValueError if encoded is not 2-D.
        """
        if encoded.dim() != 2:
            raise ValueError(f"encoded must be 2-D, got shape {tuple(encoded.shape)}")
        rho = torch.mean(encoded, dim=0)
        return torch.sum(self.sparsity_factor * torch.abs(rho - self.sparsity_target))
