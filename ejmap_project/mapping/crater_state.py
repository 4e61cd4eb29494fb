"""Where a crater may stand: whether its mask is there, and is what would be made now."""

from enum import Enum


class CraterState(Enum):
    """Whether a crater has a mask, and whether the mask is up to date.

    The values are the words of tables and metadata.
    """

    CURRENT = "current"
    STALE = "stale"
    FAILED = "failed"
    MISSING = "missing"
    HELD_BACK = "held back"
