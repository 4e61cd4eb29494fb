"""A catalogue that would fit the mosaic only when turned is told; faint rims say nothing."""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY, MOON, Body
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.scores.rim_agreement import rim_agreement
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
    assert found.turned is not None
    assert found.turned.here > 8
    assert found.is_in_place
    assert found.is_right_size
    assert found.is_bright
    assert (found.wrong_size, found.is_inverted) == ("", False)


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
    assert re.search(words, found.better_way)


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
        assert not found.better_way
        assert (found.wrong_size, found.is_inverted) == ("", False)


@pytest.mark.parametrize("body", [MERCURY, MOON])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lon, lat: (lon, lat), ""),
        (lambda lon, lat: (-lon, lat), "longitudes had the other sign"),
        (lambda lon, lat: (lon, -lat), "latitudes had the other sign"),
    ],
)
def test_three_craters_tell_a_table_that_is_read_wrongly_or_say_that_they_cannot(
    body: Body, change: Callable[[float, float], tuple[float, float]], words: str
) -> None:
    """Of five draws of three rayed craters some are told, and none of another mistake."""
    raster, grid = reference_mosaic(body)
    rng = np.random.default_rng(8)
    craters = _craters(body)
    ways: list[str] = []
    in_place = 0
    for _ in range(5):
        drawn = [craters[one] for one in rng.choice(len(craters), 3, replace=False)]
        placed = [replace(one, center=LonLat(*change(*one.center))) for one in drawn]
        found = rim_agreement(raster, grid, placed)
        if found is not None:
            ways.append(found.better_way)
            in_place += found.is_in_place

    assert all(way == "" or way.startswith(words) for way in ways)
    if words:
        assert sum(way != "" for way in ways) >= 2
        assert in_place == 0
    else:
        assert in_place >= 3


@pytest.mark.parametrize("body", [MERCURY, MOON])
def test_a_negative_and_doubled_radii_are_told_without_well_known_places(body: Body) -> None:
    """By the brightness about the craters, and by where their rims are."""
    raster, grid = reference_mosaic(body)
    negative = np.where(raster > 0, 256 - raster.astype(int), 0).astype(np.uint8)
    doubled = [replace(one, radius_m=2 * one.radius_m) for one in _craters(body)]

    inverted = rim_agreement(negative, grid, _craters(body))
    twice = rim_agreement(raster, grid, doubled)

    assert inverted is not None
    assert (inverted.is_inverted, inverted.better_way, inverted.wrong_size) == (True, "", "")
    assert twice is not None
    assert (twice.wrong_size, twice.better_way, twice.is_inverted) == ("twice", "", False)


def test_craters_of_a_pixel_cannot_be_measured() -> None:
    """Nor can those next to a pole."""
    raster, grid = reference_mosaic(MERCURY)
    small = [replace(one, radius_m=5_000.0) for one in _craters(MERCURY)]
    polar = [replace(one, center=LonLat(10, 80)) for one in _craters(MERCURY)]

    assert rim_agreement(raster, grid, small) is None
    assert rim_agreement(raster, grid, polar) is None
