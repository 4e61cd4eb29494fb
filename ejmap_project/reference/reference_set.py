"""The reference set: craters with the drawings that they are scored by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ejmap_project.digest import content_version
from ejmap_project.errors import SourceError
from ejmap_project.reference.drawing import Drawing
from ejmap_project.reference.drawing_table import DRAWINGS, read_drawings
from ejmap_project.reference.reference_crater import (
    CRATERS,
    Part,
    ReferenceCrater,
    packaged,
    reference_craters,
)
from ejmap_project.reference.reference_mosaics import FILES

# Raised when a score changes its meaning: scores of different versions are not compared.
SCORES_VERSION = "2"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnCrater:
    """A crater with everything that was drawn around it.

    Attributes:
        crater: The crater.
        drawings: A drawing a drawer, by their names; masks are scored by the first one, and the
            others tell how well two people agree.
    """

    crater: ReferenceCrater
    drawings: tuple[Drawing, ...]

    @property
    def drawing(self) -> Drawing:
        """The drawing that masks are scored by."""
        return self.drawings[0]


def reference_set(
    *,
    part: Part | None = None,
    bodies: Iterable[str] | None = None,
    drawings: Path | None = None,
    craters: Path | None = None,
) -> list[DrawnCrater]:
    """Return the drawn craters, by body and name.

    Args:
        part: Only this part; None takes all three.
        bodies: Only craters of these bodies; None takes all.
        drawings: A table of drawings; None takes the packaged one.
        craters: A table of craters beside the packaged ones.

    Raises:
        SourceError: If a table is not valid, or a drawing is of a crater that nobody placed.
    """
    known = reference_craters()
    if craters is not None:
        known |= reference_craters(craters)
    drawn: dict[tuple[str, str], list[Drawing]] = {}
    for drawing in read_drawings(drawings):
        drawn.setdefault((drawing.body, drawing.crater), []).append(drawing)
    unknown = sorted(set(drawn) - set(known))
    if unknown:
        body, name = unknown[0]
        raise SourceError(
            f"the crater {name} of {body} is drawn, but nobody says where it lies; name a table of "
            "craters with body, name, lat_deg, lon_deg and diameter_km"
        )
    allowed = None if bodies is None else set(bodies)
    return [
        DrawnCrater(crater=known[key], drawings=tuple(drawn[key]))
        for key in sorted(drawn)
        if (part is None or known[key].part == part) and (allowed is None or key[0] in allowed)
    ]


def set_version(craters: Sequence[DrawnCrater]) -> str:
    """Return a digest of what the packaged set scores by: equal digests, comparable scores.

    Args:
        craters: The craters that are scored; which they are is part of the digest.
    """
    names = [f"{one.crater.body.name}/{one.crater.name}" for one in craters]
    files = [packaged(name) for name in (DRAWINGS, CRATERS, *FILES.values())]
    return content_version(SCORES_VERSION, *names, *files)
