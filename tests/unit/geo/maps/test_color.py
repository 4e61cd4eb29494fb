"""Crater colours: stable, distinguishable and known by name."""

import numpy as np
import pytest

from ejmap_geo.maps.color import NAMED_CRATERS, Rgb, crater_color

# sRGB (IEC 61966-2-1) to CIE XYZ with white point D65.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def cie_lab(colors: list[Rgb]) -> np.ndarray:
    """Convert to CIELAB, a colour space that the code under test does not use."""
    srgb = np.array(colors) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = np.cbrt(linear @ TO_XYZ.T / TO_XYZ.sum(1))
    x, y, z = xyz.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def closest_pair(colors: list[Rgb]) -> float:
    """Return the smallest CIE76 difference; 2.3 is just noticeable side by side."""
    lab = cie_lab(colors)
    difference = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    return difference[~np.eye(len(lab), dtype=bool)].min()


def test_the_colors_of_a_demo_planet_are_plainly_different() -> None:
    """Twenty-four consecutive ids differ by more than five just noticeable steps."""
    assert closest_pair([crater_color(crater_id) for crater_id in range(24)]) > 5 * 2.3


def test_the_colors_of_the_published_map_can_all_be_told_apart() -> None:
    """So do 119 ids, by one step."""
    assert closest_pair([crater_color(crater_id) for crater_id in range(119)]) > 2.3


def test_named_craters_differ_from_each_other_and_from_every_number() -> None:
    """A catalogue that mixes named and unnamed craters has no two alike."""
    named = [crater_color(0, name) for name in NAMED_CRATERS]

    assert len(NAMED_CRATERS) == 22
    assert closest_pair(named + [crater_color(crater_id) for crater_id in range(40)]) > 2.3


def test_a_name_decides_whatever_the_id() -> None:
    """Hokusai looks the same in every catalogue."""
    assert crater_color(0, "Hokusai") == crater_color(812, "hokusai ")
    assert crater_color(0, "Hokusai") != crater_color(0)


def test_accents_do_not_change_a_name() -> None:
    """The IAU writes Bartók and Bashō, many tables do not."""
    assert crater_color(3, "Bash\N{LATIN SMALL LETTER O WITH MACRON}") == crater_color(3, "Basho")


@pytest.mark.parametrize("crater_id", [0, 7, 65533])
def test_colors_are_bright_enough_for_a_grey_basemap(crater_id: int) -> None:
    """Every colour has a lightness well above black and a hue of its own."""
    lightness, a, b = cie_lab([crater_color(crater_id)])[0]

    assert lightness > 40
    assert np.hypot(a, b) > 20
