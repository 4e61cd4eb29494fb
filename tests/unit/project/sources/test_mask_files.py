"""A folder of masks is read by the names of its files."""

from pathlib import Path

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.errors import SourceError
from ejmap_project.sources.mask_files import read_masks, wrong_names

BASEMAP = BasemapGrid(body=MERCURY, width_px=64)
# Not in the order of their ids.
CRATERS = {
    f"{number:04d}": Crater(crater_id=number, name="", center=LonLat(0.0, 0.0), radius_m=4e4)
    for number in (12, 3, 7)
}


def _mask(folder: Path, name: str, window: Window) -> None:
    write_cog(folder / name, np.ones(window.shape, np.bool_), grid=BASEMAP, window=window)


def test_masks_come_in_the_order_of_the_craters(tmp_path: Path) -> None:
    """Data versions of existing projects are digests in that order; who has no mask is left out."""
    windows = {
        3: Window(row=2, col=60, height=3, width=8),
        12: Window(row=9, col=5, height=2, width=2),
    }
    for number, window in windows.items():
        _mask(tmp_path, f"mask_{number:04d}.tif", window)

    masks = list(read_masks(tmp_path, CRATERS, BASEMAP))

    assert [crater.crater_id for crater, _ in masks] == [12, 3]
    # The window of 3 ends 4 pixels beyond the antimeridian.
    assert [(mask.window, mask.area_px) for _, mask in masks] == [
        (windows[12], 4),
        (windows[3], 24),
    ]


def test_a_folder_without_the_mask_of_any_crater_is_refused(tmp_path: Path) -> None:
    """A wrong name would otherwise train and score on nothing."""
    _mask(tmp_path, "mask_3.tif", Window(row=2, col=5, height=3, width=8))

    with pytest.raises(SourceError, match=r"no crater .* has a mask in .*; name the files"):
        list(read_masks(tmp_path, CRATERS, BASEMAP))


def test_masks_of_unknown_craters_are_named_up_to_four(tmp_path: Path) -> None:
    """The rest would not fit a line; files of other names are nobody's mask."""
    for number in (3, 20, 21, 22, 23, 24):
        (tmp_path / f"mask_{number:04d}.tif").touch()
    (tmp_path / "notes.txt").touch()

    (sentence,) = wrong_names(tmp_path, CRATERS.values())

    assert "(mask_0020.tif, mask_0021.tif, mask_0022.tif, mask_0023.tif)" in sentence


def test_masks_of_known_craters_are_well_named(tmp_path: Path) -> None:
    """Not every crater needs one."""
    (tmp_path / "mask_0003.tif").touch()

    assert wrong_names(tmp_path, CRATERS.values()) == []
