"""Masks of many craters as a mapping that reads each when it is asked for."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from rasterio.errors import RasterioError

from ejmap_geo.cores import two_at_a_time
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.errors import GeoError
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on

# Areas, and the paths they belong to: some hundred bytes each.
MOST_REMEMBERED = 10_000


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

        Each is read once to find out, also where several steps of a process ask: a file that was
        cut short may open like any other.
        """
        areas_m2 = dict(zip(self._paths, two_at_a_time(self._area_m2, self._paths), strict=True))
        torn = {one for one, area_m2 in areas_m2.items() if area_m2 is None}
        kept = {one: path for one, path in self._paths.items() if one not in torn}
        unreadable = {one: self._paths[one] for one in torn}
        return MaskFolder(kept, self._basemap, unreadable=unreadable)

    def area_m2(self, crater_id: int) -> float:
        """Return the area of a mask on the sphere; one that was looked at is not read again."""
        area_m2 = self._area_m2(crater_id)
        # Reading a mask that cannot be read raises what is wrong with it.
        return self[crater_id].area_m2(self._basemap) if area_m2 is None else area_m2

    def _area_m2(self, crater_id: int) -> float | None:
        path = self._paths[crater_id]
        try:
            stat = path.stat()
        except OSError:
            return None
        stamp = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        return _area_of_readable_m2(path, stamp, self._basemap)

    def __getitem__(self, crater_id: int) -> PlacedMask:
        """Read the mask of a crater."""
        return read_mask_on(self._paths[crater_id], self._basemap)

    def __contains__(self, crater_id: object) -> bool:
        """Return whether there is a mask of a crater; a mapping's own would read it to find out."""
        return crater_id in self._paths

    def __iter__(self) -> Iterator[int]:
        """Iterate over crater ids in rising order."""
        return iter(self._paths)

    def __len__(self) -> int:
        """Return the number of masks."""
        return len(self._paths)


@lru_cache(maxsize=MOST_REMEMBERED)
def _area_of_readable_m2(
    path: Path,
    stamp: tuple[int, int, int],  # noqa: ARG001 - a file that changed is read again
    basemap: BasemapGrid,
) -> float | None:
    """Return the area of a mask; None if it cannot be read."""
    try:
        return read_mask_on(path, basemap).area_m2(basemap)
    except (GeoError, RasterioError):
        return None
