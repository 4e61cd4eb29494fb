"""Doubts about mosaic and catalogue as a whole are sentences with what was found."""

from dataclasses import replace

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_project.errors import SourceError
from ejmap_project.reference.reference_crater import reference_craters
from ejmap_project.reference.reference_mosaics import reference_mosaic
from ejmap_project.sources.doubts import colour_doubts, mosaic_doubts, place_finding


def test_a_mosaic_without_an_image_is_refused_with_all_that_is_wrong() -> None:
    """One band of one grey, and one of nodata."""
    raster = np.stack([np.full((32, 64), 9, np.uint8), np.zeros((32, 64), np.uint8)])

    with pytest.raises(SourceError, match=r"band 1 are 9.*; and nothing of band 2 was imaged"):
        mosaic_doubts(raster)


def _mercury() -> list[Crater]:
    known = reference_craters()
    return [one.as_crater() for (body, _), one in known.items() if body == "Mercury"]


def test_a_mosaic_under_a_mirrored_catalogue_is_doubted() -> None:
    """The sentence says what would fit, and where to look."""
    raster, grid = reference_mosaic(MERCURY)

    fitting = place_finding(raster, grid, _mercury(), "grey")
    mirrored = place_finding(raster[:, :, ::-1], grid, _mercury(), "grey")

    assert (fitting.doubts, fitting.undecided, fitting.is_in_place) == ([], "", True)
    (sentence,) = mirrored.doubts
    assert not mirrored.is_in_place
    assert "it would if longitudes had the other sign (east and west exchanged)" in sentence
    assert "check CRS and central meridian of the mosaic" in sentence


def test_what_cannot_be_decided_is_one_sentence_that_says_where_to_look() -> None:
    """Of faint craters, of craters of a pixel, and of a mosaic without any."""
    raster, grid = reference_mosaic(MERCURY)
    noise = np.random.default_rng(1).integers(1, 255, raster.shape, np.uint8)
    small = [replace(one, radius_m=5_000.0) for one in _mercury()]
    everything = "whether the places of the craters, their radii and light and dark are right"

    for image, craters, found in (
        (raster, small, "(no crater is large enough, or imaged)"),
        (noise, _mercury()[:3], "(measured at 3 crater(s))"),
    ):
        finding = place_finding(image, grid, craters, "grey")
        assert (finding.doubts, finding.is_in_place) == ([], False)
        assert (
            f"{everything} {found}; look at the pictures of azimuthal_mosaic" in finding.undecided
        )


def test_the_sign_is_that_of_the_band_that_is_brightness() -> None:
    """Of enhanced colour PC1; the other bands may run as they like."""
    (grey,), grid = reference_mosaic(MERCURY)
    negative = np.where(grey > 0, 256 - grey.astype(int), 0).astype(np.uint8)

    right = place_finding(
        np.stack([negative, grey, negative]), grid, _mercury(), "mercury-enhanced"
    )
    wrong = place_finding(np.stack([grey, negative, grey]), grid, _mercury(), "mercury-enhanced")

    assert right.doubts == []
    assert ["as a negative is" in one for one in wrong.doubts] == [True]


@pytest.mark.parametrize(("inverted", "pairs"), [(None, 0), (0, 2), (1, 2), (2, 2)])
def test_a_colour_whose_sign_was_changed_is_doubted(inverted: int | None, pairs: int) -> None:
    """Red, green and blue of a planet are brighter and darker together."""
    (grey,), _ = reference_mosaic(MERCURY)
    noise = np.random.default_rng(3).normal(0, 20, (3, *grey.shape))
    raster = np.where(grey > 0, np.clip(grey + noise, 1, 255), 0).astype(np.uint8)
    if inverted is not None:
        raster[inverted] = np.where(grey > 0, 256 - raster[inverted].astype(int), 0)

    doubts = colour_doubts(raster, "rgb")

    assert len(doubts) == pairs
    names = {None: "", 0: "red", 1: "green", 2: "blue"}
    assert all(names[inverted] in one for one in doubts)
    assert colour_doubts(raster, "mercury-enhanced") == []


def test_a_named_band_that_is_another_inverted_is_doubted() -> None:
    """The mean of both would be one grey everywhere."""
    (grey,), _ = reference_mosaic(MERCURY)
    inverted = np.where(grey > 0, 256 - grey.astype(int), 0).astype(np.uint8)

    (doubt,) = colour_doubts(np.stack([grey, inverted]), ("750", "950"))

    assert "750 and 950" in doubt
    assert colour_doubts(np.stack([grey, grey]), ("750", "950")) == []
