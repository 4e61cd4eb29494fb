"""Zones of avoidance: drawn wedges, wings, even blankets, and oblique impacts of the generator."""

import math

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.patterns.asymmetry import Asymmetry, ImpactClass, asymmetry
from ejmap_geo.patterns.polar_mask import PolarMask, polar_mask
from ejmap_geo.synthetic.deposit import draw_deposit
from ejmap_geo.synthetic.ejecta import polar_intensity
from tests.unit.geo.patterns.conftest import RADIUS_PX, Scene

COLS, RADIUS_M = 360, 30_000.0


def _measure(scene: Scene, mask: np.ndarray) -> Asymmetry:
    return asymmetry(scene.polar(mask), radius_m=scene.radius_m)


def test_a_wedge_without_ejecta_tells_the_direction(scene: Scene) -> None:
    """Nothing between 60 and 120 degrees: the impactor came from the east."""
    found = _measure(scene, (scene.d < 100) & (np.abs(scene.a - 90) > 30))

    assert found.impact_class is ImpactClass.AVOIDANCE
    assert found.downrange_deg == pytest.approx(270, abs=1)
    # A pixel at the near end of the wedge is 2.4 degrees wide.
    assert found.empty_deg == pytest.approx(60, abs=3)
    assert found.gap is not None
    assert found.gap.width_deg == pytest.approx(60, abs=3)
    assert found.gap.explained > 0.9
    # The mean of exp(i a) over 300 degrees has the length sin(150 deg) / 150 deg in radians.
    assert found.dipole == pytest.approx(0.5 / math.radians(150), abs=2e-3)
    assert found.dipole_deg == pytest.approx(270, abs=0.5)


def test_an_even_blanket_tells_nothing(scene: Scene) -> None:
    """A disc has no direction."""
    found = _measure(scene, scene.d < 100)

    assert found.impact_class is ImpactClass.SYMMETRIC
    assert math.isnan(found.downrange_deg)
    assert found.dipole < 1e-3


def test_two_wings_are_told_from_one_gap(scene: Scene) -> None:
    """Ejecta to the north and the south only: the axis is 0 degrees, the direction stays open."""
    found = _measure(scene, (scene.d < 160) & (np.abs(scene.x) < np.abs(scene.y)))

    assert found.impact_class is ImpactClass.BUTTERFLY
    assert min(found.quadrupole_deg, 180 - found.quadrupole_deg) == pytest.approx(0, abs=0.5)
    assert math.isnan(found.downrange_deg)


def test_a_mask_without_ejecta_or_imagery_is_not_judged(scene: Scene) -> None:
    """Abstention: nothing to see, or most of the surroundings never imaged."""
    nothing = _measure(scene, np.zeros(scene.grid.shape, np.bool_))
    unseen = scene.polar(
        (scene.d < 100) & (scene.y > 0), np.where(scene.y > 0, 9, 0).astype(np.uint8)[None]
    )

    assert nothing.impact_class is ImpactClass.NOT_TOLD
    assert nothing.empty_deg == 360
    assert asymmetry(unseen, radius_m=scene.radius_m).impact_class is ImpactClass.NOT_TOLD


@pytest.fixture(scope="module")
def drawn() -> list[tuple[float, float, Asymmetry]]:
    """Give 40 impacts of the generator: middle and half width of their shadow, and what we find."""
    step = 2 * math.pi / COLS
    edges = RADIUS_M * np.exp(step * np.arange(math.ceil(math.log(8.2) / step) + 1))
    range_radii = np.sqrt(edges[1:] * edges[:-1]) / RADIUS_M
    shape = (range_radii.size, COLS)
    azimuth = np.broadcast_to((np.arange(COLS) + 0.5) * step, shape).copy()
    ranges = np.broadcast_to(range_radii[:, None], shape).copy()
    rng, found = np.random.default_rng(77), []
    for _ in range(40):
        deposit = draw_deposit(rng, radius_rad=RADIUS_M / MERCURY.radius_m)
        fresh = polar_intensity(ranges, azimuth, np.full(shape[0], 0.02), deposit)
        polar = PolarMask(
            body_radius_m=MERCURY.radius_m,
            edges_m=edges,
            cols=COLS,
            is_ejecta=fresh > 0.15,
            probability=(fresh > 0.15).astype(np.float32),
            is_imaged=np.ones(shape, np.bool_),
            bands=np.ones((1, *shape), np.uint8),
            brightness=fresh,
        )
        measured = asymmetry(polar, radius_m=RADIUS_M)
        found.append((deposit.shadow_rad, deposit.shadow_half_rad, measured))
    return found


def test_oblique_impacts_of_the_generator_are_found(
    drawn: list[tuple[float, float, Asymmetry]],
) -> None:
    """The direction is within 20 degrees for four of five; few others are called oblique."""
    turned = [
        abs((one.downrange_deg - math.degrees(shadow)) % 360 - 180)
        for shadow, half, one in drawn
        if half > 0
    ]
    steep = [one.impact_class is ImpactClass.AVOIDANCE for _, half, one in drawn if half == 0]

    assert len(turned) >= 8
    assert np.mean(np.array(turned) < 20) >= 0.8
    assert np.mean(steep) <= 0.1


def _disc_with_dark_sector(scene: Scene, *, middle_deg: float, half_deg: float) -> np.ndarray:
    """Return noisy ground, brighter within 4 radii of the crater but for a sector."""
    noise = np.random.default_rng(4).normal(100, 3, scene.d.shape)
    is_dark = np.abs((scene.a - middle_deg + 180) % 360 - 180) < half_deg
    return (noise + 30 * ((scene.d < 4 * RADIUS_PX) & ~is_dark))[None].astype(np.uint8)


def _likely(scene: Scene, mask: np.ndarray, probability: np.ndarray, *, light: bool) -> Asymmetry:
    mosaic = _disc_with_dark_sector(scene, middle_deg=60, half_deg=70)
    polar = polar_mask(
        mask,
        mosaic if light else np.full_like(mosaic, 100),
        azimuthal=scene.grid,
        radius_m=scene.radius_m,
        probability=probability.astype(np.float32),
    )
    return asymmetry(polar, radius_m=scene.radius_m)


def test_probability_and_light_tell_a_zone_that_the_mask_fills(scene: Scene) -> None:
    """Ejecta all around, but of probability .55 instead of .9 over 140 degrees, which are dark."""
    disc, is_zone = scene.d < 100, np.abs((scene.a - 60 + 180) % 360 - 180) < 70
    probability = np.where(disc, np.where(is_zone, 0.55, 0.9), 0)

    found = _likely(scene, disc, probability, light=True)

    assert found.impact_class is ImpactClass.AVOIDANCE
    assert found.downrange_deg == pytest.approx(240, abs=5)
    assert found.zone is not None
    assert found.zone.width_deg == pytest.approx(140, abs=10)
    assert found.zone.left == pytest.approx(0.55 / 0.9, abs=0.02)


def test_a_dark_sector_full_of_ejecta_is_no_zone(scene: Scene) -> None:
    """Dark ground is not enough: ejecta are equally probable all around."""
    disc = scene.d < 100

    found = _likely(scene, disc, np.where(disc, 0.9, 0), light=True)

    assert found.joint_gap is not None
    assert found.joint_gap.azimuth_deg == pytest.approx(60, abs=5)
    assert found.zone is None


def test_a_sector_of_lower_probability_without_less_light_counts_by_its_size(scene: Scene) -> None:
    """Without light the probability speaks alone: .3 of .9 is a zone, .8 of .9 is none."""
    disc, is_zone = scene.d < 100, np.abs((scene.a - 60 + 180) % 360 - 180) < 70

    low, high = (
        _likely(scene, disc, np.where(disc, np.where(is_zone, one, 0.9), 0), light=False)
        for one in (0.3, 0.8)
    )

    assert low.downrange_deg == pytest.approx(240, abs=5)
    assert high.zone is None
