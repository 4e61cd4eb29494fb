"""Right and wrong pixels and tiles of a map in labelled tiles, and the twenty published scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.scores.agreement import Confusion
from ejmap_geo.scores.tile_agreement import FULL_SCALE_PX, CraterMasks, agreement_in_tiles
from ejmap_geo.tiles.labels import windows_of
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

    def add_crater(
        self,
        tiles: pd.DataFrame,
        *,
        actual: PlacedMask,
        found: PlacedMask,
        basemap: BasemapGrid,
        filter_px: int = FULL_SCALE_PX,
    ) -> None:
        """Add the labelled tiles of a crater.

        Args:
            tiles: ``tile_id``, the rectangle on the basemap, and ``is_test``, a row a tile.
            actual: Its manual mask.
            found: Its mask in the map.
            basemap: Grid of tiles and masks.
            filter_px: Side of the majority filter that both masks of a tile pass first; 1 is none.
        """
        is_test = dict(zip(tiles["tile_id"], tiles["is_test"], strict=True))
        masks = CraterMasks(actual=actual, found=found, connected=PlacedMask.empty())
        for tile in agreement_in_tiles(
            windows_of(tiles), masks, basemap=basemap, scales_px=(filter_px,)
        ):
            self.add(tile.found[filter_px], is_test=bool(is_test[tile.tile_id]))

    @property
    def scores(self) -> Mapping[str, float]:
        """The twenty scores by their columns; NaN where nothing can be judged."""
        return {
            score_column(scope, level, score): float(getattr(counted, score))
            for (scope, level), counted in self.counts.items()
            for score in SCORES
        }
