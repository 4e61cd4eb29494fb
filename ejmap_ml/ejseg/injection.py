"""Injection of the metadata vector into the features between encoder and decoder."""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional


class MetadataInjector(nn.Module):
    """Add a projection of the metadata to the features of every encoder stage but the input.

    The projection is ``relu(linear(metadata))``, one value a channel, the same for all pixels. Its
    layers are the attribute ``linears``, as in published checkpoints.
    """

    def __init__(self, metadata_size: int, *, stage_channels: Sequence[int]) -> None:
        """Make one layer a stage.

        Args:
            metadata_size: Length of the metadata vector.
            stage_channels: Channels of the encoder's features, without the input.
        """
        super().__init__()
        self.linears = nn.ModuleList(
            nn.Linear(metadata_size, channels) for channels in stage_channels
        )

    def forward(self, features: Sequence[Tensor], metadata: Tensor) -> list[Tensor]:
        """Return the features of the encoder with the metadata added.

        Args:
            features: The input and then ``(B, channels, H, W)`` a stage.
            metadata: ``(B, metadata_size)``.
        """
        image, *stages = features
        injected = [
            stage + functional.relu(linear(metadata))[:, :, None, None]
            for stage, linear in zip(stages, self.linears, strict=True)
        ]
        return [image, *injected]
