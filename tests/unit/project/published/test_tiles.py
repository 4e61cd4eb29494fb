"""Published tiles keep their places, their counts and their splits."""

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.craters.schemas import SplitTable
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.grid import published_half_px
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.squares import read_mapping_squares, tiles_on
from ejmap_project.published.tiles import read_labelled_tiles, read_splits
from tests.published_fixture import TILE_PX, PublishedFixture, local_crs


def _grids(made: PublishedFixture, half_px: int) -> dict[int, AzimuthalGrid]:
    return {
        crater.crater_id: AzimuthalGrid(
            body=MERCURY,
            center=crater.center,
            resolution_m=made.planet.basemap.resolution_m,
            half_size_px=half_px,
        )
        for crater in made.planet.craters
    }


def _lonlat(crater: Crater, x_m: float, y_m: float) -> tuple[float, float]:
    local = local_crs(crater)
    to_lonlat = Transformer.from_crs(local, local.geodetic_crs, always_xy=True)
    return to_lonlat.transform(x_m, y_m)


def test_the_published_corner_is_one_pixel_short_of_the_antipode() -> None:
    """Pi R / 665.24315271 m is 11519.99999992, and the published code cuts the fraction off."""
    assert published_half_px(BasemapGrid(body=MERCURY, width_px=23_040)) == 11_519


def test_tiles_lie_on_the_ground_where_they_were_published(
    published: PublishedFolder, made: PublishedFixture
) -> None:
    """Both corners of each tile, from pixels of either raster to degrees through PROJ."""
    basemap, grids = made.planet.basemap, _grids(made, 90)

    for crater in made.planet.craters:
        grid = grids[crater.crater_id]
        tiles = tiles_on(
            read_mapping_squares(published, crater.crater_id, basemap=basemap),
            azimuthal=grid,
            basemap=basemap,
        )
        table = made.mapping[crater.crater_id]
        assert [tile.tile_id for tile in tiles] == table.index.tolist()
        for tile, (x, y) in zip(tiles, table[["x", "y"]].to_numpy(), strict=True):
            ours = grid.transform @ (tile.col, tile.row)
            theirs = (x - made.half_px) * made.resolution_m, (made.half_px - y) * made.resolution_m
            assert _lonlat(crater, *ours) == pytest.approx(_lonlat(crater, *theirs), abs=1e-9)
            assert tile.side_px == TILE_PX


def test_tiles_beyond_the_raster_are_left_out(
    published: PublishedFolder, made: PublishedFixture
) -> None:
    """The raster of a crater may reach less far than the published one."""
    basemap, grid = made.planet.basemap, _grids(made, 30)[12]
    squares = read_mapping_squares(published, 12, basemap=basemap)

    tiles = tiles_on(squares, azimuthal=grid, basemap=basemap)

    low, high = made.half_px - 30, made.half_px + 30 - TILE_PX
    inside = squares[squares["x"].between(low, high) & squares["y"].between(low, high)]
    assert [tile.tile_id for tile in tiles] == inside["tile_id"].tolist()
    assert 0 < len(tiles) < len(squares)


def test_labelled_tiles_hold_what_was_published(
    published: PublishedFolder, made: PublishedFixture
) -> None:
    """Rectangles, squares, distances, counts and classes of every crater and tile."""
    basemap = made.planet.basemap

    tiles = read_labelled_tiles(published, basemap=basemap, grids=_grids(made, made.half_px))

    stated = pd.read_csv(published.required(layout.LABELLED_TILES), float_precision="round_trip")
    stated = stated.sort_values(["crat_FID", "pos_index"]).reset_index(drop=True)
    assert (tiles["planet"] == "own").all()
    for ours, theirs in {
        "crater_id": "crat_FID",
        "tile_id": "pos_index",
        "distance_m": "distance",
        "ejecta_px": "num_1",
        "any_ejecta_px": "h_num_1",
        "split_class": "split_class",
    }.items():
        np.testing.assert_array_equal(tiles[ours], stated[theirs], err_msg=ours)
    for row in tiles.itertuples():
        square = next(one for one in made.squares[row.crater_id] if one.tile_id == row.tile_id)
        rectangle = made.rectangles[row.tile_id]
        assert (row.row, row.col, row.side_px) == (square.row, square.col, square.side_px)
        assert (row.basemap_row, row.basemap_col) == (rectangle.row, rectangle.col)


def test_geometries_are_the_rectangles(published: PublishedFolder, made: PublishedFixture) -> None:
    """In metres of the mosaic, so that they can be laid over it."""
    basemap = made.planet.basemap

    tiles = read_labelled_tiles(published, basemap=basemap, grids=_grids(made, 100))

    first = tiles.iloc[0]
    px_m, half_m = basemap.resolution_m, MERCURY.half_circumference_m
    west, north = first["basemap_col"] * px_m - half_m, half_m / 2 - first["basemap_row"] * px_m
    expected = (west, north - TILE_PX * px_m, west + TILE_PX * px_m, north)
    assert first.geometry.bounds == pytest.approx(expected)
    assert tiles.crs == basemap.crs


def test_a_tile_off_its_raster_has_no_square(
    published: PublishedFolder, made: PublishedFixture
) -> None:
    """It keeps its rectangle, for which the map is scored."""
    basemap = made.planet.basemap

    tiles = read_labelled_tiles(published, basemap=basemap, grids=_grids(made, 60))

    assert (tiles["side_px"] == 0).any()
    assert (tiles["side_px"] > 0).any()
    assert tiles.loc[tiles["side_px"] == 0, ["row", "col"]].to_numpy().sum() == 0


def test_splits_are_kept_to_the_tile(published: PublishedFolder) -> None:
    """0 trains, 1 tests, less is unused."""
    splits = read_splits(published)

    stated = pd.read_csv(published.required(layout.LABELLED_TILES))
    stated = stated.sort_values(["crat_FID", "pos_index"]).reset_index(drop=True)
    SplitTable.validate(splits)
    assert list(splits) == ["planet", "crater_id", "tile_id", "test_61", "test_62"]
    for name in ("test_61", "test_62"):
        np.testing.assert_array_equal(splits[name], stated[name])
        assert set(splits[name]) == {-1, 0, 1}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        pytest.param("num_1", -1, "num_1 must not be below 0", id="count"),
        pytest.param("distance", -0.5, "distance must not be below 0", id="distance"),
        pytest.param("split_class", 10, "split_class must lie below 10", id="class"),
    ],
)
def test_impossible_tiles_are_refused(
    column: str, value: float, message: str, mine: PublishedFolder, made: PublishedFixture
) -> None:
    """Counts, distances and classes have bounds."""
    path = mine.required(layout.LABELLED_TILES)
    pd.read_csv(path).assign(**{column: value}).to_csv(path, index=False)

    with pytest.raises(SourceError, match=message):
        read_labelled_tiles(mine, basemap=made.planet.basemap, grids=_grids(made, 60))


def test_a_hundred_splits_are_read_without_a_warning(mine: PublishedFolder) -> None:
    """As many were published."""
    path = mine.required(layout.LABELLED_TILES)
    table = pd.read_csv(path)
    more = pd.DataFrame({f"test_{100 + k}": table["test_61"] for k in range(120)})
    pd.concat([table, more], axis=1).to_csv(path, index=False)

    splits = read_splits(mine)

    assert splits.shape[1] == 3 + 2 + 120
    np.testing.assert_array_equal(splits["test_219"], splits["test_61"])


def test_splits_of_other_values_are_refused(mine: PublishedFolder) -> None:
    """A test tile that trains would flatter every score."""
    path = mine.required(layout.LABELLED_TILES)
    pd.read_csv(path).assign(test_62=2).to_csv(path, index=False)

    with pytest.raises(SourceError, match="column test_62 must hold 0"):
        read_splits(mine)


def test_rectangles_of_all_craters_stand_in_for_those_of_one(
    mine: PublishedFolder, made: PublishedFixture
) -> None:
    """Tile locations are the same for every crater."""
    grids = _grids(made, 100)
    basemap = made.planet.basemap
    whole = read_labelled_tiles(mine, basemap=basemap, grids=grids)
    layout.RECTANGLES.path(mine.folder, crater=3).unlink()

    again = read_labelled_tiles(mine, basemap=basemap, grids=grids)

    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(whole))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        pytest.param("width", 33, "is 32x33 px, but tiles are square", id="not square"),
        pytest.param("x", 11_000, "outside of the 358 px of an azimuthal raster", id="beyond"),
        pytest.param("y", -1, "outside of the 358 px", id="negative"),
    ],
)
def test_tiles_that_do_not_fit_the_mosaic_are_refused(
    column: str, value: int, message: str, mine: PublishedFolder, made: PublishedFixture
) -> None:
    """As happens with a mosaic of another size."""
    path = mine.required(layout.MAPPING_SQUARES, crater=3)
    table = pd.read_csv(path)
    table.loc[1, column] = value
    table.to_csv(path, index=False)

    with pytest.raises(SourceError, match=message):
        read_mapping_squares(mine, 3, basemap=made.planet.basemap)
