"""A sparse autoencoder whose penalty pulls every mean activation towards a target."""

import torch
from torch import Tensor, nn


class SparseAutoencoder(nn.Module):
    """A ReLU code and a sigmoid output. sparsity_factor weighs the penalty on the code;
    sparsity_target is the mean activation wanted, in the code's units (0.05: 5 % of 1).
    Raises ValueError if a dimension is below 1, or factor or target not in [0, inf)."""

    def __init__(
        self,
        input_dim: int,
        hidden_dim: int,
        sparsity_factor: float = 0.05,
        sparsity_target: float = 0.05,
    ) -> None:
        super().__init__()
        if input_dim < 1 or hidden_dim < 1:
            raise ValueError(f"expected at least 1, got {input_dim=}, {hidden_dim=}")
        if not (0 <= sparsity_factor < torch.inf and 0 <= sparsity_target < torch.inf):
            found = f"{sparsity_factor=}, {sparsity_target=}"
            raise ValueError(f"expected finite numbers of at least 0, got {found}")
        # A layer draws its weights when made: the order decides what a seed gives.
        self.encoder = nn.Linear(input_dim, hidden_dim)
        self.decoder = nn.Linear(hidden_dim, input_dim)
        self.sparsity_factor, self.sparsity_target = sparsity_factor, sparsity_target

    def encode(self, x: Tensor) -> Tensor:
        """Return ReLU(W x + b), at least 0: (..., input_dim) to (..., hidden_dim)."""
        return torch.relu(self.encoder(x))

    def decode(self, encoded: Tensor) -> Tensor:
        """Return sigmoid(W z + b), 0 to 1: (..., hidden_dim) to (..., input_dim)."""
        return torch.sigmoid(self.decoder(encoded))

    def forward(self, x: Tensor) -> Tensor:
        """Return the reconstruction alone: (..., input_dim) to (..., input_dim)."""
        return self.decode(self.encode(x))

    def sparsity_penalty(self, encoded: Tensor) -> Tensor:
        """Return factor * sum of |rho - target| over the hidden units, a scalar; rho is
        the mean of encoded (n_samples, hidden_dim) over the samples. Ng (2011), section
        3, has a KL divergence. Raises ValueError if encoded is not 2-D, or is empty."""
        if encoded.dim() != 2 or encoded.numel() == 0:
            raise ValueError(f"encoded must be 2-D and not empty, got {encoded.shape}")
        rho = torch.mean(encoded, dim=0)
        return torch.sum(self.sparsity_factor * torch.abs(rho - self.sparsity_target))
