"""Right and wrong pixels and tiles of a map in labelled tiles, and the twenty published scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ejmap_geo.scores.agreement import Confusion
from ejmap_project.scoring.tile_scoring import PIXEL, SCORES, TEST, TILE, TVT

Place = tuple[str, str]
PLACES: tuple[Place, ...] = tuple(
    (scope, level) for scope in (TVT, TEST) for level in (PIXEL, TILE)
)


def score_column(scope: str, level: str, score: str) -> str:
    """Return the column that holds a score of a map."""
    return f"map_{scope}_{level}_{score}"


@dataclass(slots=True)
class TileCounts:
    """Counts over labelled tiles by scope and level; a tile is set if any pixel in it is.

    Attributes:
        counts: Right and wrong pixels and tiles.
        tiles: Tiles that were added.
    """

    counts: dict[Place, Confusion] = field(
        default_factory=lambda: dict.fromkeys(PLACES, Confusion())
    )
    tiles: int = 0

    def add(self, pixels: Confusion, *, is_test: bool) -> None:
        """Add the pixels of a labelled tile."""
        is_true = pixels.true_positive + pixels.false_negative > 0
        is_found = pixels.true_positive + pixels.false_positive > 0
        tile = Confusion(
            true_positive=int(is_found and is_true),
            false_positive=int(is_found and not is_true),
            false_negative=int(is_true and not is_found),
            true_negative=int(not is_true and not is_found),
        )
        for scope in (TVT, TEST) if is_test else (TVT,):
            self.counts[scope, PIXEL] += pixels
            self.counts[scope, TILE] += tile
        self.tiles += 1

    @property
    def scores(self) -> Mapping[str, float]:
        """The twenty scores by their columns; NaN where nothing can be judged."""
        return {
            score_column(scope, level, score): float(getattr(counted, score))
            for (scope, level), counted in self.counts.items()
            for score in SCORES
        }
