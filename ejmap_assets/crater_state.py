"""Where each crater stands: mapped and up to date, mapped from older data, or not mapped."""

from enum import Enum

from ejmap_assets.lineage import crater_steps_of
from ejmap_assets.recipes import RecipeBook


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
    snapshot = book.snapshot()
    steps = crater_steps_of(book.project)
    return {key: _state(snapshot, steps, key) for key in sorted(book.craters)}


def _state(book: RecipeBook, steps: tuple[str, ...], key: str) -> CraterState:
    if book.last(steps[-1], key) is None:
        return CraterState.MISSING
    is_current = all(book.is_current(name, key) for name in steps)
    return CraterState.CURRENT if is_current else CraterState.STALE
