"""A folder of masks, one a crater, named by crater id."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ejmap_geo import statements
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_project.errors import SourceError
from ejmap_project.paths import mask_name

MASK_NAMES = "mask_*.tif"
MOST_NAMED = 4
RASTER_SUFFIXES = frozenset({".tif", ".tiff", ".img", ".png", ".jp2", ".vrt"})
NUMBER = re.compile(r"\d+")


def read_masks(
    folder: Path, craters: Mapping[str, Crater], basemap: BasemapGrid
) -> Iterator[tuple[Crater, PlacedMask]]:
    """Yield the mask of each crater that has one, in the order of the craters.

    Raises:
        GeoError: If a mask does not fit the mosaic.
        SourceError: If no crater has a mask.
    """
    paths = {key: folder / mask_name(key) for key in craters}
    there = {key: path for key, path in paths.items() if path.is_file()}
    if not there:
        raise SourceError(
            f"no crater of the catalogue has a mask in {folder}; name the files mask_NNNN.tif by "
            f"crater_id with four digits, or leave them out ({statements.MASKS})"
        )
    for key, path in there.items():
        yield craters[key], read_mask_on(path, basemap)


def wrong_names(
    folder: Path, craters: Iterable[Crater], *, setting: str = statements.MASKS
) -> list[str]:
    """Return a sentence on what is wrong with the names of masks; none if they fit.

    Args:
        folder: The folder.
        craters: Craters that may have a mask.
        setting: How the folder is stated.
    """
    if folder.is_file():
        return [f"{folder} is no folder; masks are files mask_NNNN.tif in one folder"]
    if not folder.is_dir():
        return [f"the folder of masks {folder} does not exist; correct it ({setting})"]
    names = {crater.crater_id: mask_name(crater.key) for crater in craters}
    expected = {*names.values()}
    found = {path.name for path in folder.glob(MASK_NAMES)}
    misnamed = _misnamed(folder, names)
    if misnamed:
        shown = ", ".join(f"{one} to {other}" for one, other in misnamed[:MOST_NAMED])
        told = f"{len(misnamed)} raster(s) named otherwise than mask_NNNN.tif"
        return [f"{folder} holds {told}; rename them (such as {shown}), or move them away"]
    if not found & expected:
        rule = "name masks mask_NNNN.tif by crater_id with four digits"
        return [f"{folder} holds no mask of a crater in the table; {rule}"]
    strangers = sorted(found - expected)
    if strangers:
        named = ", ".join(strangers[:MOST_NAMED])
        remedy = "add the craters or move the files away"
        return [f"{folder} holds masks of craters that are not in the table ({named}); {remedy}"]
    return []


def _misnamed(folder: Path, names: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return rasters that are named by the id of a crater, but not as masks are, with their name.

    Those would be left out without a word.
    """
    wrong: list[tuple[str, str]] = []
    for path in sorted(folder.iterdir()):
        numbers = NUMBER.findall(path.stem)
        is_raster = path.suffix.lower() in RASTER_SUFFIXES and path.is_file()
        if not is_raster or len(numbers) != 1 or path.name in names.values():
            continue
        name = names.get(int(numbers[0]))
        if name is not None and not (folder / name).exists():
            wrong.append((path.name, name))
    return wrong
