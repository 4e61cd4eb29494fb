"""Tile locations cover a planet, or are what a person drew, or are refused in one sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from ejmap_geo.errors import CrsError, GeoError, GridError, TileLocationError
from ejmap_geo.grids.body import MERCURY, MOON
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import azimuthal_crs, equidistant_cylindrical_crs, geographic_crs
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.tiles.tile_locations import read_tile_locations, tile_locations

# Two pixels a degree.
BASEMAP = BasemapGrid(body=MERCURY, width_px=720)
GEOGRAPHIC = geographic_crs(MERCURY)


def _columns(**changes: Any) -> pd.DataFrame:
    columns = {
        "tile_id": [12, 3],
        "row": [10, 100],
        "col": [700, 0],
        "height_px": [40, 64],
        "width_px": [60, 64],
    } | changes
    return pd.DataFrame({name: values for name, values in columns.items() if values is not None})


def _csv(folder: Path, table: pd.DataFrame) -> Path:
    table.to_csv(folder / "tiles.csv", index=False)
    return folder / "tiles.csv"


def _drawn(
    folder: Path, shapes: list[Any], *, crs: CRS | None = GEOGRAPHIC, name: str = "tiles.gpkg"
) -> Path:
    table = gpd.GeoDataFrame({"tile_id": range(len(shapes))}, geometry=shapes, crs=crs)
    path = folder / name
    if name.endswith(".parquet"):
        table.to_parquet(path)
    else:
        table.to_file(path)
    return path


@given(half_px=st.integers(1, 200), side_px=st.integers(1, 200))
def test_every_pixel_lies_in_one_tile(half_px: int, side_px: int) -> None:
    """Whole planets are covered once, and no tile crosses the antimeridian."""
    basemap = BasemapGrid(body=MERCURY, width_px=2 * half_px)
    times = np.zeros(basemap.shape, np.int64)

    tiles = tile_locations(basemap, side_px=min(side_px, half_px))

    for tile in tiles.values():
        assert times[tile.slices].shape == tile.shape
        times[tile.slices] += 1
    assert (times == 1).all()
    assert list(tiles) == list(range(len(tiles)))


def test_tiles_are_about_square_on_the_ground() -> None:
    """At 2048 px and 64 px: width times cos(latitude) is within a tenth of the height below 75."""
    basemap = BasemapGrid(body=MERCURY, width_px=2048)

    tiles = tile_locations(basemap, side_px=64)

    for tile in tiles.values():
        lat_deg = 90 - (tile.row + tile.height / 2) / 1024 * 180
        if abs(lat_deg) < 75:
            on_ground_px = tile.width * np.cos(np.radians(lat_deg))
            assert on_ground_px == pytest.approx(tile.height, rel=0.1)
    # As many as squares of 64 px go into the surface: 2048 * 2048 / pi pixels of the equator.
    assert len(tiles) == pytest.approx(2048**2 / np.pi / 64**2, rel=0.02)


def test_tiles_at_the_equator_are_as_high_as_asked_for() -> None:
    """180 rows in tiles of 30 px; next to the equator 360 cos(15) / 30 = 11.6, so 12 of 30 px."""
    tiles = tile_locations(BasemapGrid(body=MERCURY, width_px=360), side_px=30)

    beside_equator = [tile for tile in tiles.values() if tile.row == 60]
    assert [tile.col for tile in beside_equator] == list(range(0, 360, 30))
    assert {tile.shape for tile in beside_equator} == {(30, 30)}


@pytest.mark.parametrize("side_px", [0, 361])
def test_tiles_without_rows_or_with_too_many_are_refused(side_px: int) -> None:
    """A mosaic of 360 rows has tiles of 1 to 360."""
    with pytest.raises(GridError, match="1 to 360 px high on this mosaic"):
        tile_locations(BASEMAP, side_px=side_px)


def test_rectangles_in_pixels_are_read_by_number(tmp_path: Path) -> None:
    """In rising order; columns 700 to 760 of 720 go round the antimeridian."""
    path = _csv(tmp_path, _columns(note=["a", "b"]))

    assert list(read_tile_locations(path, basemap=BASEMAP).items()) == [
        (3, Window(row=100, col=0, height=64, width=64)),
        (12, Window(row=10, col=700, height=40, width=60)),
    ]


@pytest.mark.parametrize("name", ["tiles.gpkg", "tiles.shp", "tiles.parquet"])
def test_polygons_become_their_boxes(tmp_path: Path, name: str) -> None:
    """Longitude 10..40, latitude -5..20 at two pixels a degree: rows 140..190, columns 380..440."""
    path = _drawn(tmp_path, [box(10, -5, 40, 20)], name=name)

    assert read_tile_locations(path, basemap=BASEMAP) == {
        0: Window(row=140, col=380, height=50, width=60)
    }


def test_polygons_in_the_crs_of_the_mosaic_are_the_same(tmp_path: Path) -> None:
    """One degree is pi R / 180 metres of the simple cylindrical projection."""
    degree_m = MERCURY.half_circumference_m / 180
    shape = box(10 * degree_m, -5 * degree_m, 40 * degree_m, 20 * degree_m)

    path = _drawn(tmp_path, [shape], crs=equidistant_cylindrical_crs(MERCURY))

    assert read_tile_locations(path, basemap=BASEMAP)[0] == Window(
        row=140, col=380, height=50, width=60
    )


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(box(170, 0, 190, 10), id="counted-on"),
        pytest.param(MultiPolygon([box(170, 0, 180, 10), box(-180, 0, -170, 10)]), id="split"),
        pytest.param(MultiPolygon([box(-180, 0, -170, 10), box(170, 0, 180, 10)]), id="split-east"),
    ],
)
def test_polygons_go_round_the_antimeridian(tmp_path: Path, shape: Any) -> None:
    """Longitude 170 to 190 begins at column 700 and is 40 px wide, however it is written."""
    path = _drawn(tmp_path, [shape])

    assert read_tile_locations(path, basemap=BASEMAP)[0] == Window(
        row=160, col=700, height=20, width=40
    )


def test_a_square_around_a_crater_keeps_its_bulging_sides(tmp_path: Path) -> None:
    """In azimuthal projection at 60 N the upper side bulges; pyproj says how far."""
    crs = azimuthal_crs(MERCURY, center=LonLat(175, 60))
    half_m = 600_000.0
    edge = np.linspace(-half_m, half_m, 2001)
    full = np.full_like(edge, half_m)
    x = np.concatenate([edge, edge, full, -full])
    y = np.concatenate([full, -full, edge, edge])
    lon, lat = Transformer.from_crs(crs, GEOGRAPHIC, always_xy=True).transform(x, y)
    west, east = (lon % 360).min(), (lon % 360).max()

    path = _drawn(tmp_path, [box(-half_m, -half_m, half_m, half_m)], crs=crs)

    tile = read_tile_locations(path, basemap=BASEMAP)[0]
    assert tile.row == round((90 - lat.max()) * 2)
    assert tile.row + tile.height == round((90 - lat.min()) * 2)
    assert tile.col == round((west + 180) * 2) % 720
    assert tile.width == round((east + 180) * 2) - round((west + 180) * 2)


def test_a_rectangle_may_span_the_planet(tmp_path: Path) -> None:
    """From -180 to 180 and up to the pole."""
    path = _drawn(tmp_path, [box(-180, 60, 180, 90)])

    assert read_tile_locations(path, basemap=BASEMAP)[0] == Window(
        row=0, col=0, height=60, width=720
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param(
            _columns().rename(columns={"tile_id": "pos_index", "col": "x"}),
            r"has no column tile_id, col; found .*; rename pos_index to tile_id; rename x to col",
            id="published-names",
        ),
        pytest.param(_columns(width_px=None), "no column width_px.*add what is missing", id="lost"),
        pytest.param(_columns().iloc[:0], "is empty; give at least one rectangle", id="empty"),
        pytest.param(_columns(tile_id=[3, 3]), "must be unique, but 3 occur", id="doubles"),
        pytest.param(_columns(tile_id=[-1, 3]), "must not be negative, found -1", id="negative"),
        pytest.param(_columns(row=[10, 1.5]), "row must be a whole number.*1.5", id="fraction"),
        pytest.param(_columns(row=["a", 1]), "row must be a whole number.*found a", id="text"),
        pytest.param(_columns(col=[1e300, 1]), "col must be a whole number", id="huge"),
        pytest.param(_columns(height_px=[0, 4]), "one pixel high and wide, but 12", id="thin"),
        pytest.param(
            _columns(row=[10, 300]),
            r"tile 3 at row 300, col 0 with 64x64 px does not lie on the mosaic of 360x720 px",
            id="south-of-the-pole",
        ),
        pytest.param(_columns(col=[720, 0]), "tile 12 at row 10, col 720", id="east-of-180"),
        pytest.param(_columns(width_px=[721, 9]), "with 40x721 px", id="more-than-round"),
    ],
)
def test_mistakes_in_columns_are_told(tmp_path: Path, table: pd.DataFrame, message: str) -> None:
    """One sentence: what was wrong, what was found, what to do."""
    path = _csv(tmp_path, table)

    with pytest.raises(TileLocationError, match=message):
        read_tile_locations(path, basemap=BASEMAP)


def _round_a_pole(folder: Path) -> Path:
    crs = azimuthal_crs(MERCURY, center=LonLat(0, 90))
    return _drawn(folder, [box(-1e6, -1e6, 1e6, 1e6)], crs=crs)


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        pytest.param(_round_a_pole, TileLocationError, "tile 0 goes round a pole", id="pole"),
        pytest.param(
            lambda folder: _drawn(folder, [LineString([(0, 0), (1, 1)])]),
            TileLocationError,
            "tile 0 is drawn as LineString; draw a rectangle",
            id="line",
        ),
        pytest.param(
            lambda folder: _drawn(folder, [box(0, 0, 9, 9), None], name="t.parquet"),
            TileLocationError,
            "tile 1 is drawn as nothing",
            id="nothing",
        ),
        pytest.param(
            lambda folder: _drawn(folder, [Polygon()], name="t.parquet"),
            TileLocationError,
            "tile 0 is drawn as nothing",
            id="empty",
        ),
        pytest.param(
            lambda folder: _drawn(folder, [box(0, 80, 9, 95)]),
            TileLocationError,
            "tile 0 has corners that are not on the planet",
            id="beyond-the-pole",
        ),
        pytest.param(
            lambda folder: _drawn(folder, [box(0, 0, 0.1, 0.1)]),
            TileLocationError,
            "at least one pixel high and wide, but 0",
            id="small",
        ),
        pytest.param(
            lambda folder: _drawn(folder, [box(0, 0, 9, 9)], crs=None, name="t.parquet"),
            CrsError,
            "has no CRS; assign the one",
            id="no-crs",
        ),
        pytest.param(
            lambda folder: _drawn(folder, [box(0, 0, 9, 9)], crs=geographic_crs(MOON)),
            CrsError,
            "but Mercury here is a sphere",
            id="moon",
        ),
        pytest.param(
            lambda folder: folder / "lost.csv",
            TileLocationError,
            "lost.csv does not exist; correct its path",
            id="missing",
        ),
    ],
)
def test_mistakes_in_drawings_are_told(
    tmp_path: Path, draw: Callable[[Path], Path], error: type[GeoError], message: str
) -> None:
    """One sentence: what was wrong, what was found, what to do."""
    path = draw(tmp_path)

    with pytest.raises(error, match=message):
        read_tile_locations(path, basemap=BASEMAP)


def test_drawings_without_numbers_are_refused(tmp_path: Path) -> None:
    """Splits are kept by tile_id, so ids must not follow from the order of rows."""
    table = gpd.GeoDataFrame({"name": ["a"]}, geometry=[box(0, 0, 9, 9)], crs=GEOGRAPHIC)
    table.to_file(tmp_path / "tiles.gpkg")

    with pytest.raises(TileLocationError, match="has no column tile_id; found name; add what"):
        read_tile_locations(tmp_path / "tiles.gpkg", basemap=BASEMAP)
