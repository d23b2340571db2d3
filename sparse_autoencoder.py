"""A sparse autoencoder with a penalty on the mean activation of each hidden unit."""

import torch
from torch import Tensor, nn


class SparseAutoencoder(nn.Module):
    """An autoencoder with ReLU hidden units, a sigmoid output and a sparsity penalty.

    n is the number of samples, d is input_dim, h is hidden_dim; W and b are weights and
    biases. sparsity_factor is the weight of the penalty in the loss. sparsity_target is
    the mean activation at which a hidden unit has no penalty. A subclass overrides
    encode, decode or sparsity_penalty, and leaves forward as it is.
    """

    def __init__(
        self,
        input_dim: int,
        hidden_dim: int,
        sparsity_factor: float = 0.05,
        sparsity_target: float = 0.05,
    ) -> None:
        super().__init__()
        # Both layers draw random weights. In another order, a seed gives other weights.
        self.encoder = nn.Linear(input_dim, hidden_dim)
        self.decoder = nn.Linear(hidden_dim, input_dim)
        self.sparsity_factor = sparsity_factor
        self.sparsity_target = sparsity_target

    def encode(self, x: Tensor) -> Tensor:
        """Return the code ReLU(x W1^T + b1), (n, h) and never negative, of x (n, d)."""
        return torch.relu(self.encoder(x))

    def decode(self, encoded: Tensor) -> Tensor:
        """Return sigmoid(encoded W2^T + b2), (n, d) and from 0 to 1, of a code (n, h)."""
        return torch.sigmoid(self.decoder(encoded))

    def forward(self, x: Tensor) -> Tensor:
        """Return the reconstruction (n, d) of x (n, d)."""
        return self.decode(self.encode(x))

    def sparsity_penalty(self, encoded: Tensor) -> Tensor:
        """Return sparsity_factor * sum of |rho - sparsity_target|, a scalar.

        rho (h,) is the mean activation of each hidden unit over the n samples of
        encoded (n, h). Ng (2011, "Sparse autoencoder", section 3) has a KL divergence
        instead of the absolute value. Raises ValueError if encoded is not 2-D.
        """
        # A code of another shape would give a wrong number, not an error.
        if encoded.dim() != 2:
            raise ValueError(f"encoded must be 2-D, got shape {tuple(encoded.shape)}")
        rho = torch.mean(encoded, dim=0)
        return torch.sum(self.sparsity_factor * torch.abs(rho - self.sparsity_target))
