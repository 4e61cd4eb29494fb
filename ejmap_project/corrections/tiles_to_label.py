"""Which tiles of the map to label next: those where the map is expected most wrong."""

import pandas as pd
import pandera.pandas as pa

from ejmap_geo.cores import two_at_a_time
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.craters.crater_table import LARGEST_CRATER_ID
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.probability_levels import LEVELS
from ejmap_geo.resampling.reproject import covering_window
from ejmap_project.artefact import Artefact, Checked
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.corrections.tile_gain import TileGain, side_px_of, tile_gains
from ejmap_project.digest import content_version
from ejmap_project.files.raster_tags import crater_words
from ejmap_project.files.table_file import read_table, write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.progress import Progress

MOST_TILES = 200


class TilesToLabelTable(pa.DataFrameModel):
    """Tiles in which a person would change most of the map, the first one first."""

    class Config(pa.DataFrameModel.Config):
        """A map of labelled craters alone has no rows."""

        coerce = True
        unique = ["rank"]  # noqa: RUF012, pandera reads a plain list

    rank: int = pa.Field(ge=1, description="Place in the order of the expected gain.")
    crater_id: int = pa.Field(ge=0, le=LARGEST_CRATER_ID, description="Number of the crater.")
    crater: str = pa.Field(description="Name of the crater, and its key.")
    row: int = pa.Field(ge=0, description="Upper row of the tile on the mosaic.")
    col: int = pa.Field(description="Left column; it may run on past the antimeridian.")
    height_px: int = pa.Field(ge=1, description="Rows of the tile.")
    width_px: int = pa.Field(ge=1, description="Columns of the tile.")
    expected_wrong_km2: float = pa.Field(
        gt=0, description="Area that its mask has wrong on average, if probabilities come true."
    )
    uncertain_share: float = pa.Field(
        ge=0, le=1, description="Share of the tile with a probability between 0.25 and 0.75."
    )


def rank_tiles(project: OpenProject, progress: Progress) -> Artefact:
    """Write the tiles with the largest expected gain, of craters without a label of a person."""
    mapped, paths = MappedCraters.of(project), project.paths
    has_labels = project.settings.source.traits.holds_masks
    craters = [
        one
        for one in mapped.craters.values()
        if not (has_labels and paths.manual_mask(one.key).is_file())
    ]

    def gains_of(crater: Crater) -> list[TileGain]:
        reach_m = crater.reach(mapped.grid.body)
        window = covering_window(azimuthal_grid(crater, mapped.grid), mapped.grid, reach_m=reach_m)
        mask = mapped.masks[crater.crater_id]
        return crater_gains(mapped, crater, mask, window)[:MOST_TILES]

    found: list[tuple[Crater, TileGain]] = []
    for done, (crater, gains) in enumerate(
        zip(craters, two_at_a_time(gains_of, craters), strict=True), start=1
    ):
        progress.update(f"crater {crater.key}", done=done, total=len(craters))
        found += [(crater, one) for one in gains]
    progress.update("ranking", done=len(craters), total=len(craters))
    found.sort(key=lambda one: (-one[1].expected_wrong_m2, one[0].crater_id))
    rows = [
        (rank, crater.crater_id, crater_words(crater), *_place(gain))
        for rank, (crater, gain) in enumerate(found[:MOST_TILES], start=1)
    ]
    columns = pd.Index(list(TilesToLabelTable.to_schema().columns))
    table = TilesToLabelTable.validate(pd.DataFrame(rows, columns=columns))
    write_table(table, paths.tiles_to_label)
    return Artefact(
        content=content_version(table.to_csv(index=False)),
        metadata={
            "tiles": len(table),
            "craters": table["crater_id"].nunique(),
            "first": table[["rank", "crater", "expected_wrong_km2"]].head(20),
            "path": str(paths.tiles_to_label),
        },
        table=table,
    )


def check_tiles(project: OpenProject) -> Checked:
    """Check that tiles are ranked by their gain and are of craters of the catalogue.

    Raises:
        SchemaError: If the table does not fit its schema.
    """
    table = TilesToLabelTable.validate(read_table(project.paths.tiles_to_label))
    strangers = {*table["crater_id"]} - {one.crater_id for one in project.craters().values()}
    fault = ""
    if strangers:
        fault = f"crater {min(strangers)} is not in the catalogue; materialise tiles_to_label again"
    elif not table["expected_wrong_km2"].is_monotonic_decreasing:
        fault = "tiles are not in the order of their gain; materialise tiles_to_label again"
    return Checked(fault, {"tiles": len(table)})


def crater_gains(
    mapped: MappedCraters, crater: Crater, mask: PlacedMask, window: Window
) -> list[TileGain]:
    """Return the tiles about a crater, the largest gain first; none of a published mask.

    Args:
        mapped: The craters of the map.
        crater: One of them.
        mask: Its mask, which may be another than that of the map.
        window: Where tiles lie.
    """
    if not mapped.has_probability(crater.crater_id):
        return []
    side_px = side_px_of(window)
    parts = mapped.levels_by_rows(
        crater.crater_id, LEVELS, beyond=0, window=window, most_rows=side_px
    )
    found = [
        gain
        for part, levels in parts
        for gain in tile_gains(
            levels,
            mask.within(part, mapped.grid),
            window=part,
            basemap=mapped.grid,
            side_px=side_px,
        )
    ]
    return sorted(found, key=lambda one: -one.expected_wrong_m2)


def _place(gain: TileGain) -> tuple[int, int, int, int, float, float]:
    at = gain.window
    area_km2 = gain.expected_wrong_m2 / 1e6
    return at.row, at.col, at.height, at.width, area_km2, gain.uncertain_share
