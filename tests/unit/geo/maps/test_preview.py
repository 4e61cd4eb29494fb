"""Previews: block means by hand, legends by looking at pixels."""

import numpy as np

from ejmap_geo.maps.color import Rgb
from ejmap_geo.maps.preview import LegendEntry, shrink, with_legend


def test_shrinking_averages_whole_blocks() -> None:
    """Seven columns to at most three take blocks of 3: the last column is left out."""
    bands = np.arange(21, dtype=np.uint8).reshape(1, 3, 7)

    small = shrink(bands, max_width_px=3)

    # Means of columns 0..2 and 3..5 over rows that are 7 apart: 8 and 11.
    np.testing.assert_array_equal(small, [[[8, 11]]])


def test_a_raster_that_is_small_enough_stays_as_it_is() -> None:
    """No resampling without need."""
    bands = np.arange(12, dtype=np.uint8).reshape(1, 3, 4)

    np.testing.assert_array_equal(shrink(bands, max_width_px=4), bands)


def test_every_entry_of_a_legend_is_drawn_below_the_picture() -> None:
    """The picture is unchanged; each colour appears in the strip and nowhere off it."""
    bands = np.full((3, 40, 300), 7, np.uint8)
    entries = [LegendEntry(f"crater {red}", Rgb(red, 10, 250)) for red in range(100, 160, 5)]

    picture = np.asarray(with_legend(bands, entries))

    assert (picture[:40] == 7).all()
    strip = {tuple(color) for color in picture[40:].reshape(-1, 3)}
    assert all(tuple(entry.color) in strip for entry in entries)


def test_a_picture_without_legend_keeps_its_size() -> None:
    """No entries, no strip."""
    assert with_legend(np.zeros((3, 5, 9), np.uint8), []).size == (9, 5)
