"""Labels count what pyproj and a plain loop over pixels count."""

import weakref
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod
from shapely.geometry import MultiPolygon

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.craters.schemas import LabelledTileTable
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.tiles.labels import label_table, outline, windows_of

BASEMAP = BasemapGrid(body=MERCURY, width_px=360)
DEGREE_M = MERCURY.half_circumference_m / 180
# Both reach 15 degrees. The first lies next to the antimeridian.
WEST = Crater(crater_id=4, name="", center=LonLat(178.3, 11.7), radius_m=9e4, reach_m=15 * DEGREE_M)
NORTH = Crater(crater_id=0, name="", center=LonLat(40.2, 80.9), radius_m=9e4, reach_m=15 * DEGREE_M)
# Pixel rows 70..85 are 20 N to 5 N; columns 350..366 go round; one beside the pole; one far away.
LOCATIONS = {
    7: Window(row=70, col=350, height=15, width=16),
    2: Window(row=0, col=180, height=12, width=60),
    9: Window(row=150, col=20, height=20, width=30),
}


def _grid_of(crater: Crater) -> AzimuthalGrid:
    return AzimuthalGrid.reaching(
        MERCURY,
        center=crater.center,
        resolution_m=BASEMAP.resolution_m,
        reach_m=crater.reach(MERCURY),
    )


@pytest.fixture
def truth() -> dict[int, PlacedMask]:
    """Speckled ejecta of both craters over the whole planet, some of them shared."""
    rng = np.random.default_rng(5)
    shares = {WEST.crater_id: 0.4, NORTH.crater_id: 0.1}
    return {
        crater_id: PlacedMask.from_full(rng.random(BASEMAP.shape) < share, BASEMAP)
        for crater_id, share in shares.items()
    }


def _full(placed: PlacedMask) -> np.ndarray:
    full = np.zeros(BASEMAP.shape, np.bool_)
    placed.paste_into(full)
    return full


def _table(truth: Mapping[int, PlacedMask]) -> pd.DataFrame:
    return label_table([WEST, NORTH], truth, basemap=BASEMAP, locations=LOCATIONS, grid_of=_grid_of)


def test_every_crater_has_a_row_for_every_location(truth: dict[int, PlacedMask]) -> None:
    """Craters first, both in the order they are given in, rectangles as they are given."""
    table = _table(truth)

    pairs = [(4, 7), (4, 2), (4, 9), (0, 7), (0, 2), (0, 9)]
    assert list(zip(table["crater_id"], table["tile_id"], strict=True)) == pairs
    rectangle = ["basemap_row", "basemap_col", "basemap_height_px", "basemap_width_px"]
    assert table[rectangle].iloc[0].tolist() == [70, 350, 15, 16]
    LabelledTileTable.validate(pd.DataFrame(table).assign(planet="own", split_class=-1))


def test_ejecta_are_counted_where_pyproj_sees_the_square(
    truth: dict[int, PlacedMask], basemap_positions: Callable[..., tuple[np.ndarray, np.ndarray]]
) -> None:
    """Pixel by pixel of the square: the basemap pixel that holds its centre."""
    table = _table(truth)
    anyone = _full(truth[4]) | _full(truth[0])

    near = table[table["side_px"] > 0]
    assert [tuple(pair) for pair in near[["crater_id", "tile_id"]].to_numpy()] == [(4, 7), (0, 2)]
    for crater, (_, label) in zip((WEST, NORTH), near.iterrows(), strict=True):
        row, col = basemap_positions(_grid_of(crater), BASEMAP)
        square = (
            slice(label["row"], label["row"] + label["side_px"]),
            slice(label["col"], label["col"] + label["side_px"]),
        )
        there = row[square].astype(int), col[square].astype(int)
        assert label["ejecta_px"] == np.count_nonzero(_full(truth[crater.crater_id])[there])
        assert label["any_ejecta_px"] == np.count_nonzero(anyone[there])
        assert 0 < label["ejecta_px"] < label["any_ejecta_px"] < label["side_px"] ** 2


def test_beyond_the_reach_the_rectangle_is_counted(truth: dict[int, PlacedMask]) -> None:
    """No square there; distance from the middle of the rectangle, by pyproj's geodesic."""
    table = _table(truth)
    anyone = _full(truth[4]) | _full(truth[0])

    far = table[(table["crater_id"] == 0) & (table["tile_id"] == 7)].iloc[0]
    # Columns 350 to 366 are 350..359 and 0..5; the middle, column 358 of row 77.5, is 178 E 12.5 N.
    cols = [*range(350, 360), *range(6)]
    _, _, distance_m = Geod(a=MERCURY.radius_m, f=0).inv(40.2, 80.9, 178, 12.5)
    assert far[["row", "col", "side_px"]].tolist() == [0, 0, 0]
    assert far["distance_m"] == pytest.approx(distance_m, rel=1e-12)
    assert far["ejecta_px"] == np.count_nonzero(_full(truth[0])[70:85][:, cols])
    assert far["any_ejecta_px"] == np.count_nonzero(anyone[70:85][:, cols])


def test_a_location_is_near_when_its_middle_is(truth: dict[int, PlacedMask]) -> None:
    """The reach is counted to the middle of the rectangle, just under and just over."""
    middle = LonLat(0, 0)
    rectangle = {0: Window(row=85, col=175, height=10, width=10)}
    sides = []
    for reach_deg in (19.99, 20.01):
        crater = Crater(
            crater_id=4, name="", center=LonLat(20, 0), radius_m=9e4, reach_m=reach_deg * DEGREE_M
        )
        table = label_table([crater], truth, basemap=BASEMAP, locations=rectangle, grid_of=_grid_of)
        sides.append(table["side_px"].iloc[0] > 0)

    assert BASEMAP.position(middle) == (90, 180)
    assert sides == [False, True]


def test_one_mask_is_in_memory_at_a_time() -> None:
    """Masks of hundreds of craters do not fit: each is read, used and let go."""
    alive: list[weakref.ref[np.ndarray]] = []
    most = 0

    class Folder(Mapping[int, PlacedMask]):
        def __getitem__(self, crater_id: int) -> PlacedMask:
            nonlocal most
            mask = np.ones((4, 4), np.bool_)
            alive.append(weakref.ref(mask))
            most = max(most, sum(ref() is not None for ref in alive))
            return PlacedMask(mask=mask, window=Window(row=crater_id, col=0, height=4, width=4))

        def __iter__(self) -> Iterator[int]:
            return iter(range(8))

        def __len__(self) -> int:
            return 8

    craters = [
        Crater(crater_id=number, name="", center=LonLat(number, 0), radius_m=9e4, reach_m=1e5)
        for number in range(8)
    ]
    done: list[int] = []

    label_table(
        craters,
        Folder(),
        basemap=BASEMAP,
        locations=LOCATIONS,
        grid_of=_grid_of,
        progress=done.append,
    )

    # The loop's own variable still holds the mask before while the next is read.
    assert most <= 2
    assert done == [1, 2, 3, 4, 5, 6, 7, 8]


def test_without_craters_there_are_no_labels() -> None:
    """A planet on which nothing is known has an empty table with all columns."""
    table = label_table([], {}, basemap=BASEMAP, locations=LOCATIONS, grid_of=_grid_of)

    assert len(table) == 0
    assert {"crater_id", "tile_id", "side_px", "geometry"} <= set(table.columns)


def test_rectangles_are_read_back_from_the_table(truth: dict[int, PlacedMask]) -> None:
    """Once each, though every crater has a row for them."""
    assert list(windows_of(_table(truth)).items()) == list(LOCATIONS.items())


def test_outlines_are_split_at_the_antimeridian() -> None:
    """Columns 350 to 366 of 360: ten degrees in the east, six in the west, both 20 N to 5 N."""
    shape = outline(LOCATIONS[7], BASEMAP)

    assert isinstance(shape, MultiPolygon)
    parts = sorted(part.bounds for part in shape.geoms)
    degrees = [[edge / DEGREE_M for edge in part] for part in parts]
    np.testing.assert_allclose(degrees, [[-180, 5, -174, 20], [170, 5, 180, 20]], atol=1e-9)
