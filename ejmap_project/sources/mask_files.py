"""A folder of masks, one a crater, named by crater id."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_project.errors import SourceError

MASK_NAMES = "mask_*.tif"
MOST_NAMED = 4


def read_masks(
    folder: Path, craters: Mapping[str, Crater], basemap: BasemapGrid
) -> Iterator[tuple[Crater, PlacedMask]]:
    """Yield the mask of each crater that has one, in the order of the craters.

    Raises:
        GeoError: If a mask does not fit the mosaic.
        SourceError: If no crater has a mask.
    """
    paths = {key: folder / _name(crater) for key, crater in craters.items()}
    there = {key: path for key, path in paths.items() if path.is_file()}
    if not there:
        raise SourceError(
            f"no crater of the catalogue has a mask in {folder}; name the files mask_NNNN.tif by "
            "crater_id with four digits, or take source.masks out of project.yaml"
        )
    for key, path in there.items():
        yield craters[key], read_mask_on(path, basemap)


def wrong_names(folder: Path, craters: Iterable[Crater]) -> list[str]:
    """Return a sentence on what is wrong with the names of masks; none if they fit."""
    if not folder.is_dir():
        return [f"the folder of masks {folder} does not exist; correct source.masks"]
    expected = {_name(crater) for crater in craters}
    found = {path.name for path in folder.glob(MASK_NAMES)}
    if not found & expected:
        rule = "name masks mask_NNNN.tif by crater_id with four digits"
        return [f"{folder} holds no mask of a crater in the table; {rule}"]
    strangers = sorted(found - expected)
    if strangers:
        named = ", ".join(strangers[:MOST_NAMED])
        remedy = "add the craters or move the files away"
        return [f"{folder} holds masks of craters that are not in the table ({named}); {remedy}"]
    return []


def _name(crater: Crater) -> str:
    return f"mask_{crater.key}.tif"
