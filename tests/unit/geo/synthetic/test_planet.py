"""The demo planet as a whole."""

from dataclasses import replace

import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.synthetic.directions import directions
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_layers, make_planet
from ejmap_geo.synthetic.relief import Bowls, shade
from ejmap_geo.synthetic.spots import Spots, spot_brightness
from ejmap_geo.synthetic.terrain import make_surface

WIDTH_PX = 512
SPHERE = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)


@pytest.fixture(scope="module")
def planet() -> Planet:
    """Return a small planet in colour."""
    return make_planet(PlanetConfig(width_px=WIDTH_PX), seed=1)


def _counts(planet: Planet) -> np.ndarray:
    counts = np.zeros(planet.basemap.shape, np.uint8)
    for placed in planet.truth.values():
        full = np.zeros(planet.basemap.shape, bool)
        placed.paste_into(full)
        counts += full
    return counts


def _distance_m(planet: Planet, crater_id: int) -> np.ndarray:
    center = planet.craters[crater_id - 1].center
    rows, cols = planet.basemap.shape
    lat = np.repeat(90 - (np.arange(rows) + 0.5) * 180 / rows, cols)
    lon = np.tile((np.arange(cols) + 0.5) * 360 / cols - 180, rows)
    start = np.full(lon.size, center.lon_deg), np.full(lon.size, center.lat_deg)
    return np.asarray(SPHERE.inv(*start, lon, lat)[2]).reshape(rows, cols)


def test_the_same_seed_gives_the_same_planet(planet: Planet) -> None:
    """Pixels, craters and masks alike."""
    again = make_planet(PlanetConfig(width_px=WIDTH_PX), seed=1)

    np.testing.assert_array_equal(planet.raster, again.raster)
    assert planet.craters == again.craters
    for crater_id, placed in planet.truth.items():
        assert placed.window == again.truth[crater_id].window
        np.testing.assert_array_equal(placed.mask, again.truth[crater_id].mask)


def test_another_seed_gives_another_planet(planet: Planet) -> None:
    """Craters move, the picture changes."""
    other = make_planet(PlanetConfig(width_px=WIDTH_PX), seed=2)

    assert planet.craters[0].center != other.craters[0].center
    assert (planet.raster != other.raster).mean() > 0.9


def test_the_mosaic_is_three_bands_of_bytes_without_nodata(planet: Planet) -> None:
    """0 would mean no data; every pixel of the demo has some."""
    assert planet.raster.dtype == np.uint8
    assert planet.raster.shape == (3, WIDTH_PX // 2, WIDTH_PX)
    assert planet.raster.min() >= 1


def test_a_grey_planet_has_one_band_and_the_same_truth(planet: Planet) -> None:
    """The camera changes, the planet does not."""
    grey = make_planet(PlanetConfig(width_px=WIDTH_PX, bands=1), seed=1)

    assert grey.raster.shape == (1, WIDTH_PX // 2, WIDTH_PX)
    assert grey.craters == planet.craters
    assert all(grey.truth[k].area_px == planet.truth[k].area_px for k in planet.truth)


def test_every_catalogued_crater_has_truth(planet: Planet) -> None:
    """And says that it is labelled."""
    assert [crater.crater_id for crater in planet.craters] == sorted(planet.truth)
    assert all(crater.labelled for crater in planet.craters)
    assert all(placed.area_px > 0 for placed in planet.truth.values())


def test_truth_lies_outside_the_cavity_and_within_reach(planet: Planet) -> None:
    """Distances are those of pyproj's geodesics."""
    for crater in planet.craters:
        full = np.zeros(planet.basemap.shape, bool)
        planet.truth[crater.crater_id].paste_into(full)

        distance_m = _distance_m(planet, crater.crater_id)[full]

        assert distance_m.min() >= crater.radius_m
        assert distance_m.max() <= crater.reach(MERCURY)


def test_impacts_are_ordered_by_the_freshness_that_is_left() -> None:
    """From the first impact to the last the ejecta are ever brighter, and no crater is left out."""
    config = PlanetConfig(width_px=128, craters=9, old_craters=5, bright_spots=5)

    order = make_planet(config, seed=3).impact_order
    _, impacts = make_layers(config, seed=3)

    left = [impacts[crater_id - 1].brightness for crater_id in order]
    assert left == sorted(left)
    assert sorted(order) == [*range(1, 10)]


def test_younger_ejecta_bury_older_ones_where_that_is_asked_for() -> None:
    """No ejecta lie on the rim of a younger crater; the youngest lose nothing, others only lose."""
    config = PlanetConfig(width_px=512, craters=20, old_craters=5, bright_spots=5)
    beside = make_planet(config, seed=3)

    above = make_planet(replace(config, superposed=True), seed=3)

    place = {crater_id: at for at, crater_id in enumerate(above.impact_order)}
    full = {one: np.zeros(above.basemap.shape, bool) for one in above.truth}
    for one, mask in full.items():
        above.truth[one].paste_into(mask)
        # What is left was there before.
        was = np.zeros(above.basemap.shape, bool)
        beside.truth[one].paste_into(was)
        assert not (mask & ~was).any()
    assert full[above.impact_order[-1]].sum() == beside.truth[above.impact_order[-1]].area_px
    lost = sum(beside.truth[one].area_px - mask.sum() for one, mask in full.items())
    assert lost > 100
    for crater in above.craters:
        on_rim = _distance_m(above, crater.crater_id) < 1.05 * crater.radius_m
        older = [one for one in full if place[one] < place[crater.crater_id]]
        assert not any((full[one] & on_rim).any() for one in older)


def test_the_bench_knows_its_planets_by_the_same_words() -> None:
    """The option that its planets do not use is not part of what names them."""
    assert "superposed" not in repr(PlanetConfig())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ejecta_cover_a_realistic_share_of_the_planet(seed: int) -> None:
    """By area on the sphere, 6 to 15 %, of which some are claimed by several craters."""
    counts = _counts(make_planet(PlanetConfig(width_px=1024, bands=1), seed=seed))
    latitude = (np.arange(512) + 0.5) / 512 * np.pi - np.pi / 2
    area = np.cos(latitude)[:, None] / np.cos(latitude).sum() / 1024

    assert 0.06 <= (area * (counts > 0)).sum() <= 0.15
    assert 0.04 <= (area * (counts > 1)).sum() / (area * (counts > 0)).sum() <= 0.14


def test_rays_of_a_giant_cross_half_the_planet() -> None:
    """Ejecta of 45 to 60 km craters end more than 45 radii out; others stay within 45."""
    planet = make_planet(PlanetConfig(width_px=WIDTH_PX, craters=4, giants=2), seed=3)

    ends = []
    for crater in planet.craters:
        full = np.zeros(planet.basemap.shape, bool)
        planet.truth[crater.crater_id].paste_into(full)
        ends.append(_distance_m(planet, crater.crater_id)[full].max() / crater.radius_m)

    assert min(ends[:2]) > 45
    assert max(ends[2:]) < 45


def test_craters_without_giants_and_without_distractors_can_be_made() -> None:
    """The emptiest planet has no crater at all."""
    config = PlanetConfig(width_px=64, craters=0, giants=0, distractors=0)

    planet = make_planet(config, seed=0)

    assert planet.craters == ()
    assert planet.truth == {}


def test_more_giants_than_craters_are_refused() -> None:
    """The message says what was found."""
    with pytest.raises(GridError, match="24 craters, got 25"):
        PlanetConfig(giants=25)


def test_progress_is_told() -> None:
    """One sentence before each step, in order."""
    told: list[str] = []

    make_planet(PlanetConfig(width_px=64, craters=1), seed=0, progress=told.append)

    assert told[0] == "drawing albedo and units"
    assert told[-1] == "taking pictures"


def _fields() -> list[np.ndarray]:
    basemap = BasemapGrid(body=MERCURY, width_px=WIDTH_PX)
    at = directions(basemap, Window.whole(basemap.shape))
    # One crater on the antimeridian, one on the north pole.
    centers = np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    bowls = Bowls(centers, np.array([0.2, 0.2]), np.ones(2))
    spots = Spots(centers, np.array([0.3, 0.3]), np.ones(2))
    flat = np.ones(basemap.shape, np.float32)
    return [
        *make_surface(at, rng=np.random.default_rng(0)),
        shade(at, bowls, flat, 1.0, 3),
        spot_brightness(at, spots, 3),
    ]


@pytest.mark.parametrize("field", range(5), ids=["albedo", "plains", "hue", "shade", "spots"])
def test_no_field_has_a_seam_at_the_antimeridian(field: int) -> None:
    """The first and the last column differ no more than the columns next to them."""
    values = _fields()[field]

    seam = np.abs(values[:, 0] - values[:, -1]).mean()

    beside = np.abs(np.diff(values[:, [0, 1, 2, -3, -2, -1]], axis=1))[:, [0, 1, 3, 4]].mean()
    assert seam < 1.5 * beside


@pytest.mark.parametrize("field", range(5), ids=["albedo", "plains", "hue", "shade", "spots"])
def test_no_field_has_a_seam_at_a_pole(field: int) -> None:
    """Across the pole lies the opposite meridian, one pixel further on."""
    values = _fields()[field]

    across = np.abs(values[0] - np.roll(values[0], WIDTH_PX // 2)).mean()

    down = np.abs(values[0] - values[1]).mean()
    assert across < 2.5 * down + 1e-6
