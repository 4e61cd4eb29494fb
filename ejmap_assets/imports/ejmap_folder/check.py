"""The tables and rasters of a published folder, checked all together before anything is made."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

from ejmap_assets.errors import SourceError
from ejmap_assets.imports.ejmap_folder import layout
from ejmap_assets.imports.ejmap_folder.craters import read_craters
from ejmap_assets.imports.ejmap_folder.layout import PublishedFolder
from ejmap_assets.imports.ejmap_folder.rectangles import read_rectangles
from ejmap_assets.imports.ejmap_folder.squares import read_labelled_squares
from ejmap_assets.imports.ejmap_folder.tiles import read_splits
from ejmap_geo.body import Body
from ejmap_geo.craters import craters_of
from ejmap_geo.errors import GeoError
from ejmap_geo.grid import BasemapGrid
from ejmap_geo.raster import basemap_grid_of, mask_window_of

# More of one kind say nothing new.
MOST_TOLD = 5

Result = TypeVar("Result")


def check_published(
    published: PublishedFolder, *, body: Body, mosaic: Path | None = None
) -> list[str]:
    """Check what a project of a published folder stands on, without reading pixels.

    Tiles of networks (npy) and weights are checked when they are read.

    Args:
        published: The folder.
        body: The planet.
        mosaic: Mosaic to take instead of the folder's.

    Returns:
        A sentence for each thing that is accepted but changed on reading.

    Raises:
        SourceError: With one sentence for each thing that is wrong.
    """
    wrong: list[str] = []
    basemap = _attempt(wrong, lambda: published_grid(published, body=body, mosaic=mosaic))
    catalogue = _attempt(wrong, lambda: read_craters(published, body=body, basemap=basemap))
    if published.file(layout.LABELLED_TILES) is not None:
        _attempt(wrong, lambda: read_splits(published))
    if basemap is not None:
        craters = [] if catalogue is None else craters_of(catalogue)
        for crater in craters:
            _check_tiles(wrong, published, crater.crater_id, basemap)
        _check_masks(wrong, published.found(layout.MANUAL_MASK).values(), basemap)
        _check_masks(wrong, published.found(layout.OUTPUT_MASK).values(), basemap)
    if wrong:
        more = len(wrong) - MOST_TOLD
        told = [*wrong[:MOST_TOLD], *([f"{more} more mistakes"] if more > 0 else [])]
        raise SourceError("; and ".join(told))
    return [] if catalogue is None else list(catalogue.attrs["notes"])


def published_grid(
    published: PublishedFolder, *, body: Body, mosaic: Path | None = None
) -> BasemapGrid:
    """Return the grid of the mosaic, or of a manual mask where there is no mosaic.

    Raises:
        GeoError: If the raster does not cover the planet.
        SourceError: If there is neither.
    """
    masks = iter(published.found(layout.MANUAL_MASK).values())
    path = (
        mosaic
        or published.file(layout.MOSAIC)
        or next(masks, None)
        or published.file(layout.ALL_MASK)
    )
    if path is None:
        raise SourceError(
            f"{published.folder} holds neither a mosaic nor a manual mask, so the size of the "
            "planet is not known; give the mosaic with --mosaic"
        )
    return basemap_grid_of(path, body=body)


def _attempt(wrong: list[str], read: Callable[[], Result]) -> Result | None:
    # All mistakes are told at once, so that nobody mends them one import at a time.
    try:
        return read()
    except (GeoError, SourceError) as error:
        if str(error) not in wrong:
            wrong.append(str(error))
        return None


def _check_tiles(
    wrong: list[str], published: PublishedFolder, crater_id: int, basemap: BasemapGrid
) -> None:
    for read in (read_rectangles, read_labelled_squares):
        _attempt(wrong, partial(read, published, crater_id, basemap=basemap))


def _check_masks(wrong: list[str], paths: Iterable[Path], basemap: BasemapGrid) -> None:
    for path in paths:
        _attempt(wrong, partial(mask_window_of, path, basemap))
