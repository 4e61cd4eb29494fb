"""Masks of many craters as a mapping that reads each when it is asked for."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rasterio.errors import RasterioError

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.errors import GeoError
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on


class MaskFolder(Mapping[int, PlacedMask]):
    """Masks by crater id: hundreds of them do not fit in memory.

    Attributes:
        unreadable: Files that were left out because they cannot be read, by crater id.
    """

    def __init__(
        self,
        paths: Mapping[int, Path],
        basemap: BasemapGrid,
        *,
        unreadable: Mapping[int, Path] | None = None,
    ) -> None:
        self.unreadable = dict(unreadable or {})
        self._paths = dict(sorted(paths.items()))
        self._basemap = basemap

    @classmethod
    def of(
        cls,
        craters: Mapping[str, Crater],
        path_of: Callable[[str], Path],
        basemap: BasemapGrid,
    ) -> "MaskFolder":
        """Return the masks of those craters whose file is there.

        Args:
            craters: Craters by key.
            path_of: Place of the mask of a key.
            basemap: Grid of the masks.
        """
        paths = {crater.crater_id: path_of(key) for key, crater in craters.items()}
        return cls({one: path for one, path in paths.items() if path.is_file()}, basemap)

    def readable(self) -> "MaskFolder":
        """Return the masks without those that cannot be read, which it names.

        Each is read once to find out: a file that was cut short may open like any other.
        """
        torn = {one for one, path in self._paths.items() if not _can_be_read(path, self._basemap)}
        kept = {one: path for one, path in self._paths.items() if one not in torn}
        unreadable = {one: self._paths[one] for one in torn}
        return MaskFolder(kept, self._basemap, unreadable=unreadable)

    def __getitem__(self, crater_id: int) -> PlacedMask:
        """Read the mask of a crater."""
        return read_mask_on(self._paths[crater_id], self._basemap)

    def __iter__(self) -> Iterator[int]:
        """Iterate over crater ids in rising order."""
        return iter(self._paths)

    def __len__(self) -> int:
        """Return the number of masks."""
        return len(self._paths)


def _can_be_read(path: Path, basemap: BasemapGrid) -> bool:
    try:
        read_mask_on(path, basemap)
    except (GeoError, RasterioError):
        return False
    return True
