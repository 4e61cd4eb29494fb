"""Resampling against exact geometry by pyproj, round trips, poles, antimeridian and antipode."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from rasterio.vrt import WarpedVRT

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY, Body
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import disc
from ejmap_geo.resampling.reproject import (
    covering_window,
    polar_to_azimuthal,
    source_window,
    to_azimuthal,
    to_basemap,
    to_polar,
)

BASEMAP = BasemapGrid(body=MERCURY, width_px=360)
WHOLE = Window(row=0, col=0, height=180, width=360)
GEOD = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
# How close to an edge a source may lie for rounding to decide between its two pixels.
EDGE_PX = 0.002


def grid_about(center: LonLat, reach_m: float = 1e9) -> AzimuthalGrid:
    """Return a grid of the basemap's resolution, by default of the whole planet."""
    return AzimuthalGrid.reaching(
        MERCURY, center=center, resolution_m=BASEMAP.resolution_m, reach_m=reach_m
    )


def numbered(shape: tuple[int, int]) -> np.ndarray:
    """Return a raster in which every pixel has a value of its own."""
    return np.arange(shape[0] * shape[1], dtype=np.int32).reshape(shape) + 1


def is_clear_of_edges(*positions: np.ndarray) -> np.ndarray:
    """Return where no position lies within EDGE_PX of a pixel edge."""
    return np.logical_and.reduce([np.abs(p - np.round(p)) > EDGE_PX for p in positions])


def geodesics_from(center: LonLat, pixel_centers: Callable) -> tuple[np.ndarray, np.ndarray]:
    """Return azimuth in radians and distance in metres of all basemap pixels, by pyproj."""
    rows, cols = pixel_centers(BASEMAP.shape)
    origin = np.full_like(rows, center.lon_deg), np.full_like(rows, center.lat_deg)
    azimuth_deg, _, distance_m = GEOD.inv(*origin, cols - 180, 90 - rows)
    return np.radians(azimuth_deg), distance_m


def test_azimuthal_pixels_are_the_nearest_ones_of_exact_geometry(
    center: LonLat, basemap_positions: Callable
) -> None:
    """Every pixel of the planet; only sources on a pixel edge may go either way."""
    azimuthal = grid_about(center)
    row, col = basemap_positions(azimuthal, BASEMAP)
    is_planet = np.isfinite(row)
    expected = np.zeros(azimuthal.shape, np.int32)
    expected[is_planet] = numbered(BASEMAP.shape)[
        row[is_planet].astype(int), col[is_planet].astype(int)
    ]

    found = to_azimuthal(numbered(BASEMAP.shape)[None], basemap=BASEMAP, azimuthal=azimuthal)[0]

    sure = ~is_planet | is_clear_of_edges(row, col)
    np.testing.assert_array_equal(found[sure], expected[sure])
    assert sure.mean() > 0.98


def test_basemap_pixels_are_the_nearest_ones_of_exact_geometry(
    center: LonLat, pixel_centers: Callable
) -> None:
    """Every pixel of the planet, by azimuth and distance; antipode included."""
    azimuthal = grid_about(center)
    azimuth_rad, distance_m = geodesics_from(center, pixel_centers)
    range_px = distance_m / azimuthal.resolution_m
    row = azimuthal.half_size_px - range_px * np.cos(azimuth_rad)
    col = azimuthal.half_size_px + range_px * np.sin(azimuth_rad)
    expected = numbered(azimuthal.shape)[row.astype(int), col.astype(int)]

    found = to_basemap(
        numbered(azimuthal.shape), azimuthal=azimuthal, basemap=BASEMAP, window=WHOLE
    )

    # Next to the antipode the direction of a pixel is lost in rounding.
    sure = is_clear_of_edges(row, col) & (distance_m < MERCURY.half_circumference_m - 1)
    np.testing.assert_array_equal(found[sure], expected[sure])
    assert sure.mean() > 0.98


def azimuthal_positions(
    azimuthal: AzimuthalGrid, basemap: BasemapGrid, window: Window
) -> tuple[np.ndarray, np.ndarray]:
    """Carry basemap pixel centres of a window to an azimuthal raster, rows and cols by pyproj."""
    rows = np.arange(window.row, window.row + window.height) + 0.5
    cols = np.arange(window.col, window.col + window.width) + 0.5
    cell_deg = 360 / basemap.width_px
    lat_deg, lon_deg = np.meshgrid(90 - rows * cell_deg, cols * cell_deg - 180, indexing="ij")
    radius_m = basemap.body.radius_m
    origin = azimuthal.center
    azimuth_deg, _, distance_m = Geod(a=radius_m, b=radius_m).inv(
        np.full_like(lat_deg, origin.lon_deg),
        np.full_like(lat_deg, origin.lat_deg),
        lon_deg,
        lat_deg,
    )
    range_px, azimuth_rad = distance_m / azimuthal.resolution_m, np.radians(azimuth_deg)
    return (
        azimuthal.half_size_px - range_px * np.cos(azimuth_rad),
        azimuthal.half_size_px + range_px * np.sin(azimuth_rad),
    )


FULL = BasemapGrid(body=MERCURY, width_px=23040)
# Upper left corners on a whole-planet raster of 23040 pixels about 20 E, 60 N: the north pole lies
# 1920 rows above the middle, the planet ends at 11520 pixels from it.
HARD_PLACES = {
    "centre": (11400, 11400),
    "pole": (9500, 11350),
    "beside-the-pole": (9300, 11800),
    "antimeridian": (7000, 13000),
    "other-pole": (19050, 11420),
    "antipode": (22760, 11400),
    "edge-of-the-planet": (3400, 3200),
}


@pytest.mark.parametrize("corner", HARD_PLACES.values(), ids=HARD_PLACES.keys())
def test_full_resolution_is_exact_at_the_hard_places(
    corner: tuple[int, int], basemap_positions: Callable
) -> None:
    """At 23040 columns, where polynomials stand for geometry, and from a part of the basemap."""
    azimuthal = AzimuthalGrid.reaching(
        MERCURY, center=LonLat(20.0123, 60.0321), resolution_m=FULL.resolution_m, reach_m=1e9
    )
    part = Window(row=corner[0], col=corner[1], height=250, width=240)
    row, col = basemap_positions(azimuthal, FULL, part)
    is_planet = np.isfinite(row)
    # Half of the rows that are needed, and columns from the middle of the map on, going round.
    top, bottom = int(np.nanmin(row)), int(np.nanmedian(row)) + 1
    source = Window(row=top, col=12000, height=bottom - top, width=20000)
    values = np.arange(source.height * source.width, dtype=np.int32).reshape(1, *source.shape)
    place = np.floor(np.where(is_planet, row, -1)), np.floor(np.where(is_planet, col, 0))
    down, right = (place[0] - top).astype(int), ((place[1] - 12000) % 23040).astype(int)
    is_held = is_planet & (down >= 0) & (down < source.height) & (right < source.width)
    expected = np.full(part.shape, -1, np.int32)
    expected[is_held] = values[0, down[is_held], right[is_held]]

    found = to_azimuthal(
        values, basemap=FULL, azimuthal=azimuthal, window=part, source=source, nodata=-1
    )[0]

    sure = is_clear_of_edges(np.where(is_planet, row, 0.5), np.where(is_planet, col, 0.5))
    np.testing.assert_array_equal(found[sure], expected[sure])
    assert is_held.any()
    assert sure.mean() > 0.98


@pytest.mark.parametrize(
    ("center", "window"),
    [
        pytest.param(
            LonLat(0.0123, 5.0321), Window(row=4438, col=11400, height=2000, width=300), id="plain"
        ),
        pytest.param(
            LonLat(179.9877, 5.0321),
            Window(row=4438, col=22890, height=2000, width=300),
            id="antimeridian",
        ),
        pytest.param(
            LonLat(77.0123, 86.0321), Window(row=0, col=4000, height=600, width=2000), id="pole"
        ),
        pytest.param(
            LonLat(77.0123, -90),
            Window(row=11300, col=4000, height=220, width=2000),
            id="on-the-pole",
        ),
    ],
)
def test_the_way_back_is_exact_at_full_resolution(center: LonLat, window: Window) -> None:
    """At 23040 columns, for a raster that reaches part of the window only."""
    azimuthal = AzimuthalGrid.reaching(
        MERCURY, center=center, resolution_m=FULL.resolution_m, reach_m=600_000
    )
    row, col = azimuthal_positions(azimuthal, FULL, window)
    size = azimuthal.shape[0]
    is_held = (row >= 0) & (row < size) & (col >= 0) & (col < size)
    expected = np.zeros(window.shape, np.int32)
    expected[is_held] = numbered(azimuthal.shape)[
        row[is_held].astype(int), col[is_held].astype(int)
    ]

    found = to_basemap(numbered(azimuthal.shape), azimuthal=azimuthal, basemap=FULL, window=window)

    sure = is_clear_of_edges(row, col)
    np.testing.assert_array_equal(found[sure], expected[sure])
    assert is_held.any()
    assert sure.mean() > 0.98


@pytest.mark.parametrize(
    "body", [MERCURY, Body(name="small", radius_m=250_000)], ids=["mercury", "small-body"]
)
@pytest.mark.parametrize("width_px", [2880, 23040])
def test_the_way_back_is_exact_around_the_antipode(width_px: int, body: Body) -> None:
    """Where the raster's whole rim meets in one point, whatever the resolution."""
    basemap = BasemapGrid(body=body, width_px=width_px)
    center = LonLat(20.0123, 60.0321)
    azimuthal = AzimuthalGrid.reaching(
        body, center=center, resolution_m=basemap.resolution_m, reach_m=1e9
    )
    down, right = basemap.position(LonLat(-159.9877, -60.0321))
    window = Window(row=int(down) - 60, col=int(right) - 75, height=120, width=150)
    row, col = azimuthal_positions(azimuthal, basemap, window)
    # Only pixels that are to be read are there; all of them would take 1 GB.
    raster = np.zeros(azimuthal.shape, np.uint16)
    raster[row.astype(int), col.astype(int)] = numbered(window.shape)

    found = to_basemap(raster, azimuthal=azimuthal, basemap=basemap, window=window)

    sure = is_clear_of_edges(row, col)
    np.testing.assert_array_equal(found[sure], raster[row.astype(int), col.astype(int)][sure])
    assert sure.mean() > 0.98


def warped_by_gdal(
    raster: np.ndarray, source: BasemapGrid, target: AzimuthalGrid, tmp_path: Path
) -> np.ndarray:
    """Return a raster as GDAL warps it, nearest pixel."""
    path = tmp_path / "basemap.tif"
    rows, cols = raster.shape
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=rows, width=cols, dtype=raster.dtype,
        crs=source.crs.to_wkt(), transform=source.transform,
    ) as file:  # fmt: skip
        file.write(raster, 1)
    height, width = target.shape
    with (
        rasterio.open(path) as file,
        WarpedVRT(
            file, crs=target.crs.to_wkt(), transform=target.transform, height=height, width=width,
            # Its usual eighth of a pixel is what makes plain GDAL inexact everywhere.
            tolerance=1e-4,
        ) as warped,
    ):  # fmt: skip
        return warped.read(1)


@pytest.mark.parametrize("width_px", [360, 2880])
def test_ordinary_places_are_those_of_gdal(
    width_px: int, basemap_positions: Callable, tmp_path: Path
) -> None:
    """Away from poles and antimeridian GDAL is exact when told to be, and says the same."""
    basemap = BasemapGrid(body=MERCURY, width_px=width_px)
    azimuthal = AzimuthalGrid.reaching(
        MERCURY,
        center=LonLat(31.4159, 7.1828),
        resolution_m=basemap.resolution_m,
        reach_m=0.25 * MERCURY.half_circumference_m,
    )
    raster = numbered(basemap.shape)

    found = to_azimuthal(raster[None], basemap=basemap, azimuthal=azimuthal)[0]

    expected = warped_by_gdal(raster, basemap, azimuthal, tmp_path)
    sure = is_clear_of_edges(*basemap_positions(azimuthal, basemap))
    np.testing.assert_array_equal(found[sure], expected[sure])
    assert sure.mean() > 0.98


def test_a_disc_survives_the_way_there_and_back(center: LonLat, pixel_centers: Callable) -> None:
    """Basemap, azimuthal, basemap: all pixels that change lie within one pixel of the rim."""
    radius_m = 900_000.0
    azimuthal = grid_about(center, reach_m=1_200_000)
    window = covering_window(azimuthal, BASEMAP, reach_m=1_200_000)
    before = np.zeros(BASEMAP.shape, np.bool_)
    disc(BASEMAP, center=center, radius_m=radius_m).paste_into(before)

    there = to_azimuthal(before[None], basemap=BASEMAP, azimuthal=azimuthal)[0]
    back = to_basemap(there, azimuthal=azimuthal, basemap=BASEMAP, window=window)

    after = np.zeros_like(before)
    after[window.slices[0], window.columns(360)] = back
    _, distance_m = geodesics_from(center, pixel_centers)
    off_px = np.abs(distance_m - radius_m)[after != before] / BASEMAP.resolution_m
    assert after.any()
    assert (off_px <= 1).all()


def test_a_disc_survives_the_way_back_and_there(center: LonLat) -> None:
    """Azimuthal, basemap, azimuthal: all pixels that change lie within one pixel of the rim."""
    radius_m = 900_000.0
    azimuthal = grid_about(center, reach_m=1_200_000)
    half = azimuthal.half_size_px
    down, right = np.mgrid[: 2 * half, : 2 * half] + 0.5 - half
    distance_m = np.hypot(down, right) * azimuthal.resolution_m
    before = distance_m <= radius_m

    there = to_basemap(before, azimuthal=azimuthal, basemap=BASEMAP, window=WHOLE)
    after = to_azimuthal(there[None], basemap=BASEMAP, azimuthal=azimuthal)[0]

    off_px = np.abs(distance_m - radius_m)[after != before] / azimuthal.resolution_m
    assert (off_px <= 1).all()


def test_the_centre_is_where_the_crater_is(center: LonLat) -> None:
    """The four middle pixels show the basemap pixel of the centre or one beside it."""
    raster = numbered(BASEMAP.shape)[None]
    azimuthal = grid_about(center, reach_m=100_000)
    half = azimuthal.half_size_px

    found = to_azimuthal(raster, basemap=BASEMAP, azimuthal=azimuthal)[0]

    rows, cols = np.divmod(found[half - 1 : half + 1, half - 1 : half + 1] - 1, 360)
    lon_deg, lat_deg = cols + 0.5 - 180, 90 - (rows + 0.5)
    origin = np.full_like(lon_deg, center.lon_deg), np.full_like(lat_deg, center.lat_deg)
    _, _, off_m = GEOD.inv(*origin, lon_deg, lat_deg)
    # Half a diagonal from the pixel centre to the centre, and half a diagonal of nearest pixel.
    assert off_m.max() <= np.sqrt(2) * BASEMAP.resolution_m


@pytest.mark.parametrize(
    "exact",
    [LonLat(0.5, 0.5), LonLat(-179.5, 30.5), LonLat(0, 0), LonLat(0, 90), LonLat(-180, -90)],
    ids=str,
)
def test_a_whole_planet_raster_fills_the_whole_basemap(exact: LonLat) -> None:
    """The antipode too, which may fall on a pixel centre and on the very edge of the raster."""
    azimuthal = grid_about(exact)

    found = to_basemap(
        np.ones(azimuthal.shape, np.uint8), azimuthal=azimuthal, basemap=BASEMAP, window=WHOLE
    )

    assert found.all()


def test_corners_beyond_the_antipode_hold_nodata() -> None:
    """A whole-planet raster is a disc in a square."""
    azimuthal = grid_about(LonLat(5, 5))

    found = to_azimuthal(
        np.ones((2, *BASEMAP.shape), np.int32), basemap=BASEMAP, azimuthal=azimuthal, nodata=-7
    )

    row, col = np.mgrid[:360, :360] - 179.5
    is_planet = np.hypot(row, col) * BASEMAP.resolution_m <= MERCURY.half_circumference_m
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, np.broadcast_to(np.where(is_planet, 1, -7), found.shape))


def test_a_window_is_cut_from_the_whole(center: LonLat) -> None:
    """Computing part of a raster, in either direction, gives that part."""
    raster = numbered(BASEMAP.shape)[None]
    azimuthal = grid_about(center, reach_m=2_000_000)
    part = Window(row=7, col=11, height=20, width=30)
    around = Window(row=30, col=340, height=60, width=50)

    whole = to_azimuthal(raster, basemap=BASEMAP, azimuthal=azimuthal)
    back = to_basemap(whole[0], azimuthal=azimuthal, basemap=BASEMAP, window=WHOLE)

    np.testing.assert_array_equal(
        to_azimuthal(raster, basemap=BASEMAP, azimuthal=azimuthal, window=part),
        whole[(slice(None), *part.slices)],
    )
    np.testing.assert_array_equal(
        to_basemap(whole[0], azimuthal=azimuthal, basemap=BASEMAP, window=around),
        back[30:90][:, around.columns(360)],
    )


@given(
    lon_deg=st.floats(-180, 180),
    lat_deg=st.floats(-90, 90),
    reach_m=st.floats(1_000, 9_000_000),
)
def test_the_covering_window_holds_everything_within_reach(
    lon_deg: float, lat_deg: float, reach_m: float
) -> None:
    """Points on circles up to the reach, by pyproj, all lie in the window."""
    azimuthal = grid_about(LonLat(lon_deg, lat_deg))
    window = covering_window(azimuthal, BASEMAP, reach_m=reach_m)
    reach_m = min(reach_m, MERCURY.half_circumference_m)
    azimuth_deg, range_m = np.meshgrid(np.arange(0, 360, 5.0), np.linspace(0, reach_m, 8))
    origin = (
        np.full_like(azimuth_deg, azimuthal.center.lon_deg),
        np.full_like(azimuth_deg, azimuthal.center.lat_deg),
    )
    lons_deg, lats_deg, _ = GEOD.fwd(*origin, azimuth_deg, range_m)

    rows, cols = 90 - lats_deg, (lons_deg + 180 - window.col) % 360

    # A micropixel for points that lie on the very edge, as on the antimeridian or a pole.
    assert rows.min() >= window.row - 1e-6
    assert rows.max() <= window.row + window.height + 1e-6
    assert window.row >= 0
    assert window.row + window.height <= 180
    assert (np.minimum(cols, 360 - cols)[cols > window.width] < 1e-6).all()
    assert window.width <= 360


def test_the_covering_window_is_no_larger_than_needed() -> None:
    """300 km are 7.05 degrees: at 60 N that is 52.95 to 67.05 N, and 14.21 degrees of longitude."""
    azimuthal = grid_about(LonLat(-179.75, 60), reach_m=300_000)

    window = covering_window(azimuthal, BASEMAP, reach_m=300_000)

    # asin(sin 7.0463 / cos 60) = 14.200: columns from 0.25 - 14.2 to 0.25 + 14.2.
    assert window == Window(row=22, col=346, height=16, width=29)


@given(
    lon_deg=st.floats(-180, 180),
    lat_deg=st.floats(-90, 90),
    reach_m=st.floats(20_000, 9_000_000),
    corner=st.tuples(st.integers(0, 719), st.integers(0, 1439)),
    size=st.tuples(st.integers(1, 400), st.integers(1, 1440)),
)
def test_a_window_of_the_basemap_needs_no_more_of_an_azimuthal_raster_than_is_told(
    lon_deg: float,
    lat_deg: float,
    reach_m: float,
    corner: tuple[int, int],
    size: tuple[int, int],
) -> None:
    """What is resampled from that part alone is what the whole raster gives, to the last pixel."""
    basemap = BasemapGrid(body=MERCURY, width_px=1440)
    azimuthal = AzimuthalGrid.reaching(
        MERCURY,
        center=LonLat(lon_deg, lat_deg),
        resolution_m=basemap.resolution_m,
        reach_m=reach_m,
    )
    height, width = min(size[0], 720 - corner[0]), size[1]
    window = Window(row=corner[0], col=corner[1], height=height, width=width)
    raster = numbered(azimuthal.shape)
    grids = {"azimuthal": azimuthal, "basemap": basemap, "window": window}
    whole = to_basemap(raster, **grids)

    part = source_window(azimuthal, basemap, window)

    if part is None:
        assert not whole.any()
    else:
        from_part = to_basemap(raster[part.slices], source=part, **grids)
        np.testing.assert_array_equal(from_part, whole)


def test_a_small_window_needs_a_small_part_of_an_azimuthal_raster() -> None:
    """Of 4000 km about a crater, 50 pixels near it need no more than those and some beside."""
    basemap = BasemapGrid(body=MERCURY, width_px=3600)
    azimuthal = AzimuthalGrid.reaching(
        MERCURY, center=LonLat(0, 0), resolution_m=basemap.resolution_m, reach_m=4_000_000
    )

    part = source_window(azimuthal, basemap, Window(row=900, col=1800, height=50, width=50))

    half = azimuthal.half_size_px
    assert part is not None
    assert part.row < half < part.row + 50 < part.row + part.height
    assert max(part.shape) < 50 + 2 * 40


def polar_about(center: LonLat, **changes: float) -> PolarGrid:
    """Return a view of a crater of 100 km."""
    values = {"rows": 24, "cols": 48, "inner_radii": 1.0, "outer_radii": 12.0} | changes
    return PolarGrid(body=MERCURY, center=center, radius_m=100_000.0, **values)


def test_polar_cells_hold_the_pixels_at_their_azimuth_and_range(center: LonLat) -> None:
    """One sample a cell is the nearest pixel of the point that pyproj finds there."""
    polar = polar_about(center)
    range_m, azimuth_deg = np.meshgrid(
        polar.range_radii * 100_000, np.degrees(polar.azimuth_rad), indexing="ij"
    )
    origin = np.full_like(range_m, center.lon_deg), np.full_like(range_m, center.lat_deg)
    lon_deg, lat_deg, _ = GEOD.fwd(*origin, azimuth_deg, range_m)
    row, col = 90 - lat_deg, (lon_deg + 180) % 360
    raster = numbered(BASEMAP.shape)
    expected = raster[row.astype(int), col.astype(int)]

    found = to_polar(raster[None], basemap=BASEMAP, polar=polar)[0]

    sure = is_clear_of_edges(row, col)
    np.testing.assert_array_equal(found[sure], expected[sure])
    assert sure.mean() > 0.95


def test_pixels_without_data_are_left_out_of_the_mean() -> None:
    """A cell is the mean of its valid samples, and NaN without any."""
    raster = np.full((2, *BASEMAP.shape), 8.0, np.float32)
    raster[:, :90] = 0
    raster[1, 90:] = 0

    found = to_polar(raster, basemap=BASEMAP, polar=polar_about(LonLat(0, 0)), samples=(3, 3))

    north = found[:, :, [0, 1, -1, -2]]
    south = found[:, :, 20:28]
    assert np.isnan(north).all()
    assert (south[0] == 8).all()
    # One band of nodata is a value: all bands must agree that there is nothing.
    assert (south[1] == 0).all()


def test_without_a_nodata_value_every_pixel_counts() -> None:
    """Zeros are brightness when the mosaic has no gaps."""
    raster = np.zeros((1, *BASEMAP.shape), np.uint8)

    found = to_polar(raster, basemap=BASEMAP, polar=polar_about(LonLat(0, 0)), nodata=None)

    assert (found == 0).all()


def test_cells_beyond_the_antipode_are_empty() -> None:
    """A view that looks too far ends in NaN rows."""
    polar = polar_about(LonLat(0, 0), outer_radii=120.0)

    found = to_polar(np.ones((1, *BASEMAP.shape), np.uint8), basemap=BASEMAP, polar=polar)

    assert not polar.is_on_planet.all()
    np.testing.assert_array_equal(np.isfinite(found[0]).all(axis=1), polar.is_on_planet)
    np.testing.assert_array_equal(np.isfinite(found[0]).any(axis=1), polar.is_on_planet)


@given(offset=st.floats(0, 5), inner=st.floats(0.5, 2))
def test_a_polar_function_of_log_range_and_azimuth_returns_to_the_map(
    offset: float, inner: float
) -> None:
    """Bilinear interpolation is exact for log(range + offset), and close for cos(azimuth)."""
    polar = polar_about(LonLat(40, -20), inner_radii=inner, offset_radii=offset)
    azimuthal = grid_about(LonLat(40, -20), reach_m=1_400_000)
    log_range = np.log(polar.range_radii + offset)[:, None]
    values = (log_range + np.cos(polar.azimuth_rad)).astype(np.float32)

    found = polar_to_azimuthal(values, polar=polar, azimuthal=azimuthal)

    half = azimuthal.half_size_px
    down, right = np.mgrid[: found.shape[0], : found.shape[1]] + 0.5 - half
    range_radii = np.hypot(down, right) * azimuthal.resolution_m / 100_000
    expected = np.log(range_radii + offset) - down / np.hypot(down, right)
    # Beyond the middles of the first and last row the edge value goes on.
    inside = (range_radii >= polar.range_radii[0]) & (range_radii <= polar.range_radii[-1])
    # A chord of a cosine over 7.5 degrees sags by (7.5 deg)^2 / 8 = 0.0021.
    np.testing.assert_allclose(found[inside], expected[inside], atol=0.0025)
    outside = (range_radii < inner) | (range_radii > 12)
    assert (found[outside] == 0).all()


def test_rasters_of_another_shape_are_refused() -> None:
    """Each function says what it was given and what it needs."""
    azimuthal = grid_about(LonLat(0, 0), reach_m=500_000)
    polar = polar_about(LonLat(0, 0))
    other = np.zeros((1, 90, 180), np.uint8)

    with pytest.raises(RasterError, match=r"\(band, 180, 360\), got \(1, 90, 180\)"):
        to_azimuthal(other, basemap=BASEMAP, azimuthal=azimuthal)
    with pytest.raises(RasterError, match=r"\(band, 180, 360\)"):
        to_polar(other, basemap=BASEMAP, polar=polar)
    with pytest.raises(RasterError, match=r"raster is \(90, 180\)"):
        to_basemap(other[0], azimuthal=azimuthal, basemap=BASEMAP, window=WHOLE)
    with pytest.raises(RasterError, match=r"values are \(90, 180\)"):
        polar_to_azimuthal(other[0].astype(np.float32), polar=polar, azimuthal=azimuthal)


def test_a_polar_view_of_another_crater_is_refused() -> None:
    """Its azimuths would point elsewhere; the same centre in another convention is the same."""
    values = np.zeros((24, 48), np.float32)

    with pytest.raises(RasterError, match="polar view is about"):
        polar_to_azimuthal(
            values, polar=polar_about(LonLat(1, 2)), azimuthal=grid_about(LonLat(1, 3), 500_000)
        )
    polar_to_azimuthal(
        values, polar=polar_about(LonLat(350, 2)), azimuthal=grid_about(LonLat(-10, 2), 500_000)
    )
