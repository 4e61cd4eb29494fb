"""The picture of the map: colours of labels, and names that do not hide each other."""

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.label_map import NODATA, SEVERAL, LabelMap
from ejmap_geo.maps.neighbour_colors import neighbour_colors
from ejmap_project.basemap import Basemap
from ejmap_project.global_map.map_picture import OPACITY, OVERLAP, map_picture
from ejmap_project.pictures.sheet import TITLE_PX

GREY = 100
TIMES = 4


def _drawn(craters: list[Crater], labels: np.ndarray) -> np.ndarray:
    rows, cols = labels.shape
    grid = BasemapGrid(body=MERCURY, width_px=cols)
    ground = Basemap(np.full((1, rows, cols), GREY, np.uint8), grid)
    label_map = LabelMap(labels, np.zeros_like(labels))
    shown = {crater.key: crater for crater in craters}
    return map_picture(label_map, ground, shown, body="Mercury").image


def _crater(number: int, place: LonLat) -> Crater:
    return Crater(crater_id=number, name=f"Name {number}", center=place, radius_m=10_000)


def test_ejecta_have_the_colour_of_their_crater_and_overlaps_one_of_their_own() -> None:
    """Over the grey of the mosaic; a map of 256 columns is drawn in pixels of 4."""
    craters = [_crater(0, LonLat(-90, 40)), _crater(1, LonLat(90, -40))]
    labels = np.full((128, 256), NODATA, np.uint16)
    labels[50:60, 20:30], labels[50:60, 150:160], labels[90:100, 100:110] = 0, 1, SEVERAL

    picture = _drawn(craters, labels)[TITLE_PX:]

    colors = {**neighbour_colors(craters), SEVERAL: OVERLAP}
    assert picture.shape[1] == 256 * TIMES
    for label, (row, col) in {0: (55, 25), 1: (55, 155), SEVERAL: (95, 105)}.items():
        expected = OPACITY * np.array(colors[label]) + (1 - OPACITY) * GREY
        assert np.abs(picture[row * TIMES, col * TIMES] - expected).max() <= 1
    assert picture[70 * TIMES + 2, 200 * TIMES + 2].tolist() == [GREY] * 3


@pytest.mark.parametrize("count", [4, 9])
def test_names_that_find_no_place_are_counted_instead_of_drawn_over_others(count: int) -> None:
    """Right, left, above and below the crater there are four places."""
    craters = [_crater(number, LonLat(100, 20)) for number in range(count)]
    labels = np.full((128, 256), NODATA, np.uint16)

    crowded, alone = _drawn(craters, labels), _drawn(craters[:4], labels)

    # The title counts the craters; the map below it is the same.
    below = slice(TITLE_PX, TITLE_PX + 128 * TIMES)
    np.testing.assert_array_equal(crowded[below], alone[below])
    assert (crowded.shape == alone.shape) is True
    assert np.array_equal(crowded[below.stop :], alone[below.stop :]) is (count == 4)
