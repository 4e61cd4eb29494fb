"""Tile scores: tiny masks counted by hand, craters that lack something, and memory."""

import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.files.connection_table import write_connections
from ejmap_project.files.mask_file import write_mask
from ejmap_project.paths import ProjectPaths
from ejmap_project.progress import Silence
from ejmap_project.scoring.tile_scoring import count_columns, score_craters, score_tiles

BASEMAP = BasemapGrid(body=MERCURY, width_px=64)
# On the equator, 16.75 pixels from the left and 16 from the top.
CRATER = Crater(crater_id=0, name="Hokusai", center=LonLat(-85.78125, 0.0), radius_m=30_000.0)
TILES = pd.DataFrame(
    {
        "tile_id": [3, 8],
        "basemap_row": [14, 0],
        # The second tile goes round the antimeridian.
        "basemap_col": [14, 62],
        "basemap_height_px": [4, 2],
        "basemap_width_px": [6, 4],
    }
)


@pytest.fixture
def paths(tmp_path: Path) -> ProjectPaths:
    """Give the paths of an empty project."""
    return ProjectPaths(tmp_path)


def _write(path: Path, *pixels: tuple[slice | int, slice | int], crater: Crater = CRATER) -> None:
    full = np.zeros(BASEMAP.shape, np.bool_)
    for pixel in pixels:
        full[pixel] = True
    write_mask(path, PlacedMask.from_full(full, BASEMAP), basemap=BASEMAP, center=crater.center)


def _connect(path: Path, *, crater: Crater = CRATER) -> None:
    """Connect the middle four pixels of the crater's raster, and lay a tile that is not."""
    middle = azimuthal_grid(crater, BASEMAP).half_size_px
    write_connections(
        pd.DataFrame(
            {
                "crater_id": crater.crater_id,
                "tile_id": [0, 1],
                "row": [middle - 2, 0],
                "col": [middle - 2, 0],
                "side_px": [4, 3],
                "distance_m": 0.0,
                "kind": "mapping",
                "probability": [0.9, 0.2],
                "vote_fraction": [1.0, 0.0],
                "is_connected": [True, False],
            }
        ),
        path,
    )


def test_counts_of_two_tiles_are_those_of_hand_arithmetic(paths: ProjectPaths) -> None:
    """Four true pixels of which three were found, one invented; and a tile across the seam."""
    _write(paths.manual_mask("0000"), (15, slice(14, 18)), (0, slice(63, 64)), (1, 0))
    _write(paths.basemap_mask("0000"), (15, slice(15, 19)), (1, 0))
    _connect(paths.connections("0000"))

    table = score_tiles(TILES, CRATER, paths=paths, basemap=BASEMAP).set_index("tile_id")

    counts = table[count_columns("map", 1)]
    assert counts.loc[3].tolist() == [3, 1, 1, 19]
    assert counts.loc[8].tolist() == [1, 0, 1, 6]
    # The connected square covers columns 14.75 to 18.75 of the basemap, rows 14 to 18: all but the
    # first true pixel.
    assert table.loc[3, count_columns("ceiling", 1)].tolist() == [3, 0, 1, 20]
    assert table.loc[8, count_columns("ceiling", 1)].tolist() == [0, 0, 2, 6]
    assert table["is_connected_found"].tolist() == [True, False]
    assert table["is_ejecta_true"].all()
    assert table.loc[3, "precision"] == pytest.approx(3 / 4)
    assert table.loc[8, "f1"] == pytest.approx(2 / 3)


def test_a_line_of_one_pixel_vanishes_at_a_coarser_scale(paths: ProjectPaths) -> None:
    """A majority of 3 by 3 pixels has at least five set; a line gives three."""
    _write(paths.manual_mask("0000"), (15, slice(14, 18)))
    _write(paths.basemap_mask("0000"), (slice(14, 17), slice(14, 18)))

    table = score_tiles(TILES.iloc[:1], CRATER, paths=paths, basemap=BASEMAP)

    assert table[count_columns("map", 3)].iloc[0, [0, 2]].tolist() == [0, 0]
    assert table[count_columns("map", 3)].iloc[0, 1] > 0


def test_a_crater_without_a_mask_misses_all_its_ejecta(paths: ProjectPaths) -> None:
    """What could not be mapped is a prediction of nothing, not a tile less."""
    _write(paths.manual_mask("0000"), (15, slice(14, 18)))
    _connect(paths.connections("0000"))

    table = score_tiles(TILES, CRATER, paths=paths, basemap=BASEMAP)

    assert table[count_columns("map", 1)].sum().tolist() == [0, 0, 4, 28]
    assert not table["is_ejecta_found"].any()


def test_a_crater_without_connections_is_connected_to_nothing(paths: ProjectPaths) -> None:
    """Its ceiling misses everything, and the table says why."""
    _write(paths.manual_mask("0000"), (15, slice(14, 18)))
    _write(paths.basemap_mask("0000"), (15, slice(14, 18)))

    table = score_tiles(TILES, CRATER, paths=paths, basemap=BASEMAP)

    assert table[count_columns("ceiling", 1)].sum().tolist() == [0, 0, 4, 28]
    assert not table["has_connections"].any()
    assert table["true_positive"].sum() == 4


def test_a_tile_in_which_nobody_is_right_or_wrong_has_no_f1(paths: ProjectPaths) -> None:
    """Nothing true and nothing found is perfect accuracy and nothing to judge."""
    table = score_tiles(TILES, CRATER, paths=paths, basemap=BASEMAP)

    assert table["f1"].isna().all()
    assert (table["accuracy"] == 1.0).all()


def test_no_labelled_tiles_give_a_table_without_rows(paths: ProjectPaths) -> None:
    """Its columns are those of any other."""
    nothing = TILES.assign(crater_id=5)

    table = score_craters(
        nothing, {CRATER.key: CRATER}, paths=paths, basemap=BASEMAP, progress=Silence()
    )

    assert table.empty
    assert set(count_columns("ceiling", 9)) < set(table.columns)


def test_memory_does_not_grow_with_the_number_of_craters(paths: ProjectPaths) -> None:
    """Forty craters with masks of the whole planet take hardly more than four."""
    basemap = BasemapGrid(body=MERCURY, width_px=1024)
    craters = {}
    for number in range(40):
        crater = Crater(crater_id=number, name="", center=LonLat(3.0 * number, 0.0), radius_m=1e5)
        craters[crater.key] = crater
        everywhere = PlacedMask.from_full(np.ones(basemap.shape, np.bool_), basemap)
        for path in (paths.manual_mask(crater.key), paths.basemap_mask(crater.key)):
            path.parent.mkdir(parents=True, exist_ok=True)
            if number == 0:
                write_mask(path, everywhere, basemap=basemap, center=crater.center)
                first = path
            else:
                path.symlink_to(first)
    tiles = pd.concat([TILES.assign(crater_id=number) for number in range(40)])

    def peak(count: int) -> int:
        chosen = dict(list(craters.items())[:count])
        tracemalloc.start()
        try:
            score_craters(tiles, chosen, paths=paths, basemap=basemap, progress=Silence())
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)
    few, many = peak(4), peak(40)

    # A mask is half a megabyte: those of 36 more craters would be 36 of them.
    assert few > 2**20
    assert many < few + 2**20
