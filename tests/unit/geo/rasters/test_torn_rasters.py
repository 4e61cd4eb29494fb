"""Every writer of GeoTIFF, on a disk that does not take the last bytes of the file."""

import re
import resource
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import rasterio

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.rasters.polar_file import write_polar_view
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.rasters.raster_file import GDAL_ERRORS, require_whole
from ejmap_geo.rasters.strip_file import cog_in_strips
from ejmap_project.files.crater_raster import write_crater_raster

GRID = BasemapGrid(body=MERCURY, width_px=2400)
ABOUT = AzimuthalGrid(body=MERCURY, center=LonLat(0, 0), resolution_m=2000, half_size_px=500)
POLAR = PolarGrid(
    body=MERCURY,
    center=LonLat(0, 0),
    radius_m=50_000.0,
    rows=96,
    cols=192,
    inner_radii=1.0,
    outer_radii=12.0,
)
Write = Callable[[Path], None]


def noise(*shape: int) -> np.ndarray:
    """Return what no codec makes smaller."""
    return np.random.default_rng(7).integers(1, 255, shape, dtype=np.uint8)


def cog(path: Path) -> None:
    """Write a raster of the planet with overviews."""
    write_cog(path, noise(*GRID.shape), grid=GRID, nodata=0)


def strips(path: Path) -> None:
    """Write a raster of the planet strip by strip."""
    with cog_in_strips(
        path, grid=GRID, dtype=np.uint8, nodata=0, band_names=("a", "b"), tags={}
    ) as write:
        for top in range(0, GRID.shape[0], 512):
            write(top, noise(2, min(512, GRID.shape[0] - top), GRID.shape[1]))


def about_a_crater(path: Path) -> None:
    """Write a raster about a crater, whose last rows are empty."""
    bands = noise(3, *ABOUT.shape)
    bands[:, -300:] = 0
    write_crater_raster(path, bands, grid=ABOUT)


def polar(path: Path) -> None:
    """Write a polar view."""
    values = np.random.default_rng(7).random((2, *POLAR.shape), np.float32)
    write_polar_view(path, values, polar=POLAR, band_names=("a", "b"), tags={})


WRITERS = (cog, strips, about_a_crater, polar)


@contextmanager
def files_end_at(size: int) -> Generator[None]:
    """Let no file of this process grow beyond a size: writes fail as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, former)


def is_readable(path: Path) -> bool:
    """Return whether every pixel can be read, those of overviews, too."""
    try:
        with rasterio.open(path) as raster:
            levels = range(len(raster.overviews(1)))
            raster.read()
        for level in levels:
            with rasterio.open(path, overview_level=level) as raster:
                raster.read()
    except GDAL_ERRORS:
        return False
    return True


@pytest.mark.parametrize("write", WRITERS)
def test_a_raster_that_the_disk_did_not_take_whole_never_takes_its_place(
    tmp_path: Path, write: Write
) -> None:
    """Whatever is missing, its last byte or half of it: there is an error, and the former file."""
    path = tmp_path / "raster.tif"
    write(path)
    size, former = path.stat().st_size, path.read_bytes()

    for missing in (1, 3, 5, 100, 4000, 40_000, size // 2):
        with files_end_at(size - missing), pytest.raises((OSError, *GDAL_ERRORS)):
            write(path)
        assert path.read_bytes() == former, missing


@pytest.mark.parametrize("write", WRITERS)
def test_what_is_called_whole_can_be_read_to_its_end(tmp_path: Path, write: Write) -> None:
    """A file that was cut off anywhere is refused, unless nothing that is read was cut off."""
    path, cut = tmp_path / "raster.tif", tmp_path / "cut.tif"
    write(path)
    content = path.read_bytes()
    require_whole(path)

    for missing in (*range(1, 12), 100, 1000, 10_000, *range(0, len(content), len(content) // 9)):
        cut.write_bytes(content[: len(content) - missing])
        try:
            require_whole(cut)
        except OSError:
            assert missing
        else:
            assert is_readable(cut), missing


def test_every_module_that_writes_a_raster_looks_whether_it_is_whole() -> None:
    """A new writer is no exception; virtual rasters and scratch files of a writer have no bytes."""
    root = Path(__file__).parents[4]
    writers = [
        path
        for package in ("ejmap_geo", "ejmap_ml", "ejmap_project", "ejmap_assets", "ejmap_cli")
        for path in (root / package).rglob("*.py")
        if "rasterio.shutil.copy(" in (text := path.read_text()) or 'driver="GTiff",\n' in text
    ]
    assert len(writers) >= 8
    assert not [
        path.name
        for path in writers
        if re.search(r"(whole_raster|require_whole)\(", path.read_text()) is None
    ]


@pytest.mark.parametrize("is_empty", [False, True])
@pytest.mark.parametrize("overviews", [(), (2, 4)])
@pytest.mark.parametrize("tiled", [False, True])
@pytest.mark.parametrize("interleave", ["pixel", "band"])
def test_any_layout_is_whole_or_torn(
    tmp_path: Path, interleave: str, tiled: bool, overviews: tuple[int, ...], is_empty: bool
) -> None:
    """Overviews in other blocks than their raster, behind it, and rasters without a block."""
    path, cut = tmp_path / "raster.tif", tmp_path / "cut.tif"
    values = noise(3, 300, 400) * (not is_empty)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=3,
        height=300,
        width=400,
        dtype=np.uint8,
        transform=GRID.transform,
        interleave=interleave,
        tiled=tiled,
        sparse_ok=True,
        compress="DEFLATE",
    ) as raster:
        raster.write(values)
    with rasterio.open(path, "r+") as raster:
        raster.build_overviews(overviews)
    content = path.read_bytes()
    require_whole(path)

    for missing in (1, 8, len(content) // 3):
        cut.write_bytes(content[: len(content) - missing])
        try:
            require_whole(cut)
        except OSError:
            continue
        assert is_readable(cut), missing
