"""The mosaic as tiles: what lies where, how many levels, and how many bytes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.map_page.tiles import TILE_PX, write_tiles

PLENTY = 10**9


def _mosaic(folder: Path, raster: np.ndarray) -> Path:
    path = folder / "mosaic.tif"
    write_cog(path, raster, grid=BasemapGrid(body=MERCURY, width_px=raster.shape[2]), nodata=0)
    return path


def _level(folder: Path, level: int) -> np.ndarray:
    rows = [
        np.hstack(
            [
                np.asarray(Image.open(folder / f"{level}/{col}_{row}.webp").convert("L"))
                for col in range(2 ** (level + 1))
            ]
        )
        for row in range(2**level)
    ]
    return np.vstack(rows).astype(int)


def test_the_last_level_has_the_pixels_of_the_mosaic(tmp_path: Path) -> None:
    """A smooth planet in two levels: bright where it is bright, to the loss of WebP."""
    x, y = np.meshgrid(np.linspace(0, 6, 2048), np.linspace(0, 3, 1024))
    smooth = (128 + 100 * np.sin(x) * np.cos(y)).astype(np.uint8)[None]

    sizes = write_tiles(
        _mosaic(tmp_path, smooth), tmp_path / "tiles", weights=(1.0,), most_bytes=PLENTY
    )

    assert len(sizes) == 2
    for level, step in ((0, 2), (1, 1)):
        drawn = _level(tmp_path / "tiles", level)
        wanted = smooth[0].reshape(1024 // step, step, 2048 // step, step).mean(axis=(1, 3))
        assert drawn.shape == wanted.shape
        assert np.corrcoef(drawn.ravel(), wanted.ravel())[0, 1] > 0.999
    files = list((tmp_path / "tiles").rglob("*.webp"))
    assert sum(path.stat().st_size for path in files) == sum(sizes)


@pytest.mark.parametrize(("width", "levels"), [(256, 1), (1024, 1), (1366, 2), (3000, 3)])
def test_levels_follow_the_width(tmp_path: Path, width: int, levels: int) -> None:
    """The last level has at least three quarters of the columns of the mosaic."""
    plain = np.full((1, width // 2, width), 90, np.uint8)

    sizes = write_tiles(_mosaic(tmp_path, plain), tmp_path / "t", weights=(1,), most_bytes=PLENTY)

    assert len(sizes) == levels
    assert 2 * TILE_PX * 2 ** (levels - 1) >= 0.75 * width


@pytest.mark.parametrize(("room", "levels"), [(0, 1), (4.9, 1), (5.0, 1), (5.1, 2), (10**6, 3)])
def test_levels_that_do_not_fit_are_left_out(tmp_path: Path, room: float, levels: int) -> None:
    """Noise, whose second level takes a little more than four times the first; one stays."""
    noise = np.random.default_rng(1).integers(1, 255, (1, 2048, 4096), np.uint8)
    mosaic = _mosaic(tmp_path, noise)
    (first,) = write_tiles(mosaic, tmp_path / "one", weights=(1,), most_bytes=0)

    sizes = write_tiles(mosaic, tmp_path / "t", weights=(1,), most_bytes=int(room * first))

    assert len(sizes) == levels
    assert len(list((tmp_path / "t").iterdir())) == levels
    assert levels == 1 or sum(sizes) <= room * first


def test_what_was_not_imaged_is_black_and_bands_are_weighted(tmp_path: Path) -> None:
    """The first of three bands alone counts where its weight is one."""
    bands = np.full((3, 512, 1024), 7, np.uint8)
    bands[0] = np.tile(np.linspace(50, 200, 1024).astype(np.uint8), (512, 1))
    bands[:, :256] = 0

    write_tiles(_mosaic(tmp_path, bands), tmp_path / "t", weights=(1, 0, 0), most_bytes=PLENTY)

    drawn = _level(tmp_path / "t", 0)
    assert drawn[:250].max() < 12
    assert np.corrcoef(drawn[300], np.arange(1024))[0, 1] > 0.99
