"""A catalogue that would fit the mosaic only when turned is told; faint rims say nothing."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY, MOON, Body
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.rasters.rim_agreement import rim_agreement
from ejmap_project.reference.reference_crater import reference_craters
from ejmap_project.reference.reference_mosaics import reference_mosaic

Mosaic = NDArray[np.uint8]


def _craters(body: Body) -> list[Crater]:
    known = reference_craters()
    return [one.as_crater() for (name, _), one in known.items() if name == body.name]


@pytest.mark.parametrize("body", [MERCURY, MOON])
def test_real_craters_lie_on_rims(body: Body) -> None:
    """On the real mosaics, edges at the rims are far stronger than anywhere else."""
    raster, grid = reference_mosaic(body)

    found = rim_agreement(raster, grid, _craters(body))

    assert found is not None
    assert not found.fits_better_elsewhere
    assert found.here > 8


@pytest.mark.parametrize("body", [MERCURY, MOON])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(
            lambda image: np.roll(image, 1024, axis=2),
            r"(180.0|179.[5-9]) degrees were added",
            id="half-a-turn",
        ),
        pytest.param(lambda image: np.roll(image, 114, axis=2), r"\+20..*added", id="20-degrees"),
        pytest.param(lambda image: image[:, :, ::-1], "^longitudes had the other", id="mirrored"),
        pytest.param(lambda image: image[:, ::-1], "^latitudes had the other", id="upside-down"),
        pytest.param(
            lambda image: np.roll(image[:, :, ::-1], 284, axis=2),
            r"longitudes had the other .* and \+(49.[5-9]|50.[0-5]) degrees",
            id="mirrored-and-turned",
        ),
    ],
)
def test_a_turned_mosaic_is_told_with_what_would_make_it_fit(
    body: Body, change: Callable[[Mosaic], Mosaic], words: str
) -> None:
    """Of a real planet, turned, mirrored or upside down under its catalogue."""
    raster, grid = reference_mosaic(body)

    found = rim_agreement(change(raster), grid, _craters(body))

    assert found is not None
    assert found.fits_better_elsewhere
    assert re.search(words, found.words)


@pytest.mark.parametrize("seed", range(6))
def test_places_without_rims_say_nothing(seed: int) -> None:
    """Neither do 40 random places on Mercury, nor real craters on a mosaic of noise."""
    raster, grid = reference_mosaic(MERCURY)
    rng = np.random.default_rng(seed)
    places = [
        Crater(
            crater_id=number,
            name="",
            center=LonLat(float(rng.uniform(-180, 180)), float(rng.uniform(-60, 60))),
            radius_m=float(rng.uniform(15_000, 60_000)),
        )
        for number in range(40)
    ]
    noise = rng.integers(1, 255, raster.shape, np.uint8)

    for image, craters in ((raster, places), (noise, _craters(MERCURY))):
        found = rim_agreement(image, grid, craters)
        assert found is not None
        assert not found.fits_better_elsewhere


def test_few_craters_say_nothing() -> None:
    """Four craters could fit anywhere by chance."""
    raster, grid = reference_mosaic(MERCURY)

    assert rim_agreement(raster, grid, _craters(MERCURY)[:4]) is None
