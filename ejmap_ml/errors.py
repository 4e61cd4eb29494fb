"""Errors of the model layer: what was wrong, what was found, what to do."""


class MlError(Exception):
    """Base of every error that ``ejmap_ml`` raises on purpose."""


class ConfigError(MlError, ValueError):
    """A configuration or preset that does not exist or contradicts itself."""


class TileStoreError(MlError, ValueError):
    """A tile store that is missing, incomplete or not laid out as its reader expects."""


class SampleError(MlError, ValueError):
    """Samples that cannot be learnt from or do not fit the model they are given to."""


class BundleError(MlError, ValueError):
    """A model bundle that is incomplete, altered or does not fit its own configuration."""


class CheckpointError(MlError, ValueError):
    """A published checkpoint or norm that cannot be read, is not safe or does not fit its model."""


class WeightsUnavailableError(MlError, OSError):
    """Pretrained weights that can neither be fetched nor be read from the file that was named."""
