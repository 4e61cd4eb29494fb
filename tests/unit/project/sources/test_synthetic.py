"""A synthetic planet as a source: mosaic, craters and masks are of the one planet of its seed."""

import numpy as np

from ejmap_geo.craters.catalogue import craters_of
from ejmap_geo.grids.body import MOON
from ejmap_geo.synthetic.planet import PlanetConfig, make_planet
from ejmap_project.sources.kinds import source_of

STATED = {"kind": "synthetic", "seed": 5, "width_px": 128, "craters": 2}


def test_mosaic_craters_and_masks_are_of_the_planet_of_the_seed(open_project) -> None:
    """Pixel for pixel, on the body that the settings name; the steps are told."""
    source = source_of(open_project(STATED, body="Moon"))
    planet = make_planet(PlanetConfig(body=MOON, width_px=128, craters=2, bands=3), seed=5)
    told: list[str] = []

    raster, grid = source.basemap(told.append)
    craters = {crater.key: crater for crater in craters_of(source.catalogue())}
    masks = {crater.crater_id: mask for crater, mask in source.masks(craters, grid)}

    np.testing.assert_array_equal(raster, planet.raster)
    assert grid == planet.basemap
    assert "taking pictures" in told
    assert [one.crater_id for one in craters.values()] == [one.crater_id for one in planet.craters]
    assert masks.keys() == planet.truth.keys()
    for crater_id, mask in masks.items():
        full, truth = (np.zeros(grid.shape, np.bool_) for _ in range(2))
        mask.paste_into(full)
        planet.truth[crater_id].paste_into(truth)
        np.testing.assert_array_equal(full, truth)


def test_a_grey_planet_has_one_band(open_project) -> None:
    """As models that learn from grey planets need it."""
    training = {"kind": "synthetic", "seeds": [1], "grey": True}
    source = source_of(open_project(STATED | {"grey": True}, training=training))

    raster, _ = source.basemap(lambda _: None)

    assert raster.shape == (1, 64, 128)
