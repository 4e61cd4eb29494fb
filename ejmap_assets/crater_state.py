"""Where each crater stands: mapped and up to date, mapped from older data, or not mapped."""

from enum import Enum

from ejmap_assets.lineage import Division, names_divided_by
from ejmap_assets.provenance import last_record
from ejmap_assets.recipes import RecipeBook

FINAL_ASSET = "basemap_mask"


class CraterState(Enum):
    """Whether a crater's mask is there, and whether it is what would be made now."""

    CURRENT = "current"
    STALE = "stale"
    MISSING = "missing"


def crater_states(book: RecipeBook) -> dict[str, CraterState]:
    """Return the state of every crater of the catalogue by partition key.

    A crater is stale when any step from the mosaic to its mask would be made by another recipe now,
    such as after the promotion of another model.
    """
    return {key: _state(book, key) for key in sorted(book.craters)}


def _state(book: RecipeBook, key: str) -> CraterState:
    if last_record(book.instance, FINAL_ASSET, key) is None:
        return CraterState.MISSING
    steps = names_divided_by(Division.CRATERS)
    is_current = all(book.is_current(name, key) for name in steps)
    return CraterState.CURRENT if is_current else CraterState.STALE
