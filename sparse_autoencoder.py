"""A sparse autoencoder with a penalty on the mean activation of each hidden unit."""

import torch
from torch import Tensor, nn

SPARSITY_FACTOR = 0.05
SPARSITY_TARGET = 0.05


class SparseAutoencoder(nn.Module):
    """An autoencoder with ReLU hidden units, a sigmoid output and a sparsity penalty.

    d is input_dim, h is hidden_dim, n the number of samples. encoder has the weight W1
    (h, d) and the bias b1 (h,), decoder W2 (d, h) and b2 (d,). sparsity_factor weighs
    the penalty; a unit whose mean activation is sparsity_target has none.
    """

    def __init__(
        self,
        input_dim: int,
        hidden_dim: int,
        sparsity_factor: float = SPARSITY_FACTOR,
        sparsity_target: float = SPARSITY_TARGET,
    ) -> None:
        super().__init__()
        # The order of the layers fixes which random weights each gets from a seed.
        self.encoder = nn.Linear(input_dim, hidden_dim)
        self.decoder = nn.Linear(hidden_dim, input_dim)
        self.sparsity_factor = sparsity_factor
        self.sparsity_target = sparsity_target

    def encode(self, x: Tensor) -> Tensor:
        """Encode x (n, d) as ReLU(x W1^T + b1), the code (n, h)."""
        return torch.relu(self.encoder(x))

    def decode(self, encoded: Tensor) -> Tensor:
        """Decode encoded (n, h) as sigmoid(encoded W2^T + b2), of the shape (n, d)."""
        return torch.sigmoid(self.decoder(encoded))

    def forward(
        self, x: Tensor, return_encoded: bool = False
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Return x's reconstruction (n, d) and, if return_encoded, its code (n, h).

        An override must do both: train.py calls model(X) when it reconstructs, and
        model(X, return_encoded=True) when it trains.
        """
        encoded = self.encode(x)
        if return_encoded:
            return self.decode(encoded), encoded
        return self.decode(encoded)

    def sparsity_penalty(self, encoded: Tensor) -> Tensor:
        """Sum sparsity_factor * |rho - sparsity_target| over the units, to a scalar.

        rho (h,) is each unit's mean activation over the n samples of encoded (n, h).
        Ng (2011, "Sparse autoencoder", section 3) has a KL divergence instead of the
        absolute value. Raises ValueError if encoded is not 2-D: rho would be wrong.
        """
        if encoded.dim() != 2:
            raise ValueError(f"encoded must be 2-D, got shape {tuple(encoded.shape)}")
        rho = torch.mean(encoded, dim=0)
        return torch.sum(self.sparsity_factor * torch.abs(rho - self.sparsity_target))
