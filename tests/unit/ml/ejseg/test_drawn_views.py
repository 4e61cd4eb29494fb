"""Drawn views: labels lie where light was added and can be seen, and nowhere else."""

import math

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.synthetic.planet import PlanetConfig, make_layers
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg import drawn_appearance
from ejmap_ml.ejseg.drawn_samples import DrawnSamples, Ground
from ejmap_ml.ejseg.drawn_scene import Background, draw_scene
from ejmap_ml.ejseg.drawn_views import draw_view
from ejmap_ml.ejseg.polar_view import VALID_CHANNEL

CONFIG = PolarViewConfig(rows=64, cols=192, scaling="ring")
PLANET = PlanetConfig(width_px=512, craters=4, old_craters=200, bright_spots=50, bands=1)


@pytest.fixture(scope="module")
def planet() -> Ground:
    """A small planet with the craters whose ejecta are in its layers."""
    layers, rayed = make_layers(PLANET, seed=5)
    places = tuple((one.center, one.radius_m / MERCURY.radius_m) for one in rayed)
    return Ground(layers=layers, rayed=places)


def _background(grey: np.ndarray | float = 90.0) -> Background:
    polar = PolarGrid(
        body=MERCURY,
        center=LonLat(10, 20),
        radius_m=60_000.0,
        rows=CONFIG.rows,
        cols=CONFIG.cols,
        inner_radii=CONFIG.inner_radii,
        outer_radii=CONFIG.outer_radii,
        offset_radii=CONFIG.offset_radii,
    )
    layers = np.broadcast_to(np.float32(grey), (1, *polar.shape)).astype(np.float32)
    basemap = BasemapGrid(body=MERCURY, width_px=2048)
    return Background(layers=layers, polar=polar, basemap=basemap)


def test_a_position_always_gives_the_same_sample(planet) -> None:
    """Whatever else is in the batch, and in whatever order."""
    samples = DrawnSamples([planet], [], count=20, config=CONFIG, seed=3)

    together, alone = samples.batch([4, 11]), samples.batch([11])

    assert together.inputs[0].shape == (2, 6, 64, 192)
    assert together.inputs[0][1].equal(alone.inputs[0][0])
    assert together.target[1].equal(alone.target[0])
    other = DrawnSamples([planet], [], count=20, config=CONFIG, seed=4).batch([11])
    assert not other.inputs[0][0].equal(alone.inputs[0][0])


def test_samples_are_finite_and_targets_are_shares(planet) -> None:
    """Of planets and of real mosaics; most hold ejecta, few hold more than half of the view."""
    mosaic = Ground(layers=np.random.default_rng(0).integers(1, 255, (1, 128, 256), np.uint8))
    samples = DrawnSamples([planet], [mosaic], count=40, config=CONFIG, seed=0)

    batch = samples.batch(range(40))

    (view,) = batch.inputs
    assert view.isfinite().all()
    assert 0 <= float(batch.target.min()) <= float(batch.target.max()) <= 1
    shares = batch.target.mean(dim=(1, 2, 3))
    assert (shares > 0.005).float().mean() > 0.6
    assert shares.median() < 0.5
    assert batch.weight is not None
    assert not batch.weight[:, 0][view[:, VALID_CHANNEL] == 0].any()
    assert len(samples.shards) == 1


def test_what_is_labelled_was_brightened() -> None:
    """On an even ground, labelled cells are brighter than the rest of their ring."""
    told = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        view, target = draw_view(draw_scene(_background(), rng), rng, config=CONFIG)
        ring = view[1]
        rows = (target > 0.5).mean(axis=1)
        mixed = (rows > 0.1) & (rows < 0.6)
        for bright, is_ejecta in zip(ring[mixed], target[mixed] > 0.5, strict=True):
            told += int(bright[is_ejecta].mean() > bright[~is_ejecta].mean()) - 0.5
    assert told > 100


def test_nobody_is_told_to_find_what_cannot_be_seen(monkeypatch) -> None:
    """Light far below the spread of the surroundings is not labelled; strong light is."""
    rough = np.random.default_rng(1).normal(90, 40, (64, 192))
    shares = []
    for spreads in ((0.01, 0.02), (8.0, 9.0)):
        monkeypatch.setattr(drawn_appearance, "GLOW_SPREADS", spreads)
        found = []
        for seed in range(12):
            rng = np.random.default_rng(seed)
            _, target = draw_view(draw_scene(_background(rough), rng), rng, config=CONFIG)
            found.append(target.mean())
        shares.append(np.mean(found))
    assert shares[0] == 0
    assert shares[1] > 0.05


def test_the_cavity_is_never_ejecta() -> None:
    """A row inside the rim has no label."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        scene = draw_scene(_background(), rng)
        _, target = draw_view(scene, rng, config=CONFIG)
        inside = scene.background.polar.range_radii < 1
        assert not target[inside].any()


def test_bands_of_colour_are_the_same_or_alike_or_differ_and_some_are_inverted() -> None:
    """On an even ground: a labelled cell stands out in a band at least, and is dark in some."""
    same = inverted = told = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        view, target = draw_view(draw_scene(_background(), rng), rng, config=CONFIG, bands=3)
        assert view.shape[0] == 2 * 3 + 4
        ring, is_ejecta = view[3:6], target > 0.5
        same += int(np.array_equal(ring[0], ring[1]) and np.array_equal(ring[0], ring[2]))
        rows = is_ejecta.mean(axis=1)
        mixed = (rows > 0.1) & (rows < 0.6)
        if not mixed.any():
            continue
        excess = [
            band[mixed][is_ejecta[mixed]].mean() - band[mixed][~is_ejecta[mixed]].mean()
            for band in ring
        ]
        told += int(max(excess) > 0.2)
        inverted += int(min(excess) < -0.2)
    assert 3 <= same <= 20
    assert told >= 30
    assert 3 <= inverted < told / 2


def test_a_share_of_places_lies_beside_craters_with_ejecta(planet) -> None:
    """Great-circle distances by the law of cosines: none is nearer than said."""
    samples = DrawnSamples([planet], [], count=1, config=CONFIG, seed=0)
    near = 0
    for seed in range(200):
        place = samples._background(np.random.default_rng(seed)).polar.center
        away = [_angle(place, center) / radius for center, radius in planet.rayed]
        near += min(away) < 20
    assert near / 200 > 0.35


def _angle(one: LonLat, other: LonLat) -> float:
    lat, at = math.radians(one.lat_deg), math.radians(other.lat_deg)
    turn = math.radians(one.lon_deg - other.lon_deg)
    cosine = math.sin(lat) * math.sin(at) + math.cos(lat) * math.cos(at) * math.cos(turn)
    return math.acos(max(-1.0, min(1.0, cosine)))
