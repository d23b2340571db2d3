"""A sparse autoencoder whose penalty pulls every mean activation towards a target."""

import math
from numbers import Integral, Real

import torch
from torch import Tensor, nn


def require(satisfied: object, expected: str, found: object) -> None:
    """Raise a ValueError that says what was expected and found, unless satisfied."""
    if not satisfied:
        raise ValueError(f"{expected}, got {found}")


class SparseAutoencoder(nn.Module):
    """One hidden ReLU layer, a sigmoid output layer, and a penalty on the code between.

    sparsity_factor weighs the penalty in the loss; sparsity_target is the mean
    activation it wants of each hidden unit, in the code's units (0.05 is 5 % of 1).
    Raises ValueError unless both dimensions are whole numbers of at least 1, and factor
    and target finite numbers of at least 0.
    """

    def __init__(
        self,
        input_dim: int,
        hidden_dim: int,
        sparsity_factor: float = 0.05,
        sparsity_target: float = 0.05,
    ) -> None:
        super().__init__()
        dims = input_dim, hidden_dim
        whole = all(isinstance(dim, Integral) and dim >= 1 for dim in dims)
        require(whole, "input_dim and hidden_dim must be whole and at least 1", dims)
        pair = sparsity_factor, sparsity_target
        finite = all(isinstance(x, Real) and 0 <= x < math.inf for x in pair)
        expected = "sparsity_factor and sparsity_target must be finite and at least 0"
        require(finite, expected, pair)
        # A layer draws its weights when made: the order decides what a seed gives.
        self.encoder = nn.Linear(input_dim, hidden_dim)
        self.decoder = nn.Linear(hidden_dim, input_dim)
        self.sparsity_factor = sparsity_factor
        self.sparsity_target = sparsity_target

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
        """Return the sum over hidden units of factor * |rho - target|, a scalar.

        rho is a unit's mean activation over the samples, as in Ng (2011), CS294A notes
        "Sparse autoencoder", whose KL divergence the absolute difference replaces.
        Raises ValueError unless encoded is (n_samples, hidden_dim) and not empty.
        """
        table = encoded.dim() == 2 and len(encoded) > 0
        expected = "encoded must be of shape (n_samples, hidden_dim) and not empty"
        require(table, expected, tuple(encoded.shape))
        rho = torch.mean(encoded, dim=0)
        return torch.sum(self.sparsity_factor * torch.abs(rho - self.sparsity_target))
