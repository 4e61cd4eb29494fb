"""The map in a release, read by its manifest alone: settings of another time need not be valid."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater, craters_of, read_catalogue
from ejmap_geo.errors import GeoError
from ejmap_geo.grids.body import body_named
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster_check import read_glance
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.errors import ReleaseError, StepError
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.files.table_file import read_table
from ejmap_project.paths import ProjectPaths
from ejmap_project.release_metadata.release_manifest import ReleaseManifest, read_release_manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedMap:
    """A release that was opened.

    Attributes:
        manifest: Its manifest.
        paths: Where its files lie.
        grid: Grid of the map.
        craters: The craters of the catalogue by key.
    """

    manifest: ReleaseManifest
    paths: ProjectPaths
    grid: BasemapGrid
    craters: Mapping[str, Crater]

    @classmethod
    def at(cls, folder: Path) -> "ReleasedMap":
        """Open the release in a folder.

        Raises:
            ReleaseError: If its manifest, map or catalogue cannot be read.
        """
        manifest, paths = read_release_manifest(folder), ProjectPaths(folder)
        try:
            body = body_named(manifest.body)
            with opened(paths.label_map) as labels:
                grid = BasemapGrid(body=body, width_px=labels.width)
            craters = craters_of(read_catalogue(paths.crater_catalogue, body=body))
        except GeoError as error:
            raise ReleaseError(f"release {manifest.label} cannot be read: {error}") from error
        by_key = {crater.key: crater for crater in craters}
        return cls(manifest=manifest, paths=paths, grid=grid, craters=by_key)

    @property
    def masks(self) -> MaskFolder:
        """Masks of the craters that have one, by crater id."""
        return MaskFolder.of(self.craters, self.paths.basemap_mask, self.grid)

    def labels(self, *, max_side_px: int) -> NDArray[np.uint16]:
        """Return every n-th pixel of the label map, ``(rows, cols)``."""
        seen = read_glance(
            self.paths.label_map, self.grid, dtype="uint16", bands=1, max_side_px=max_side_px
        )
        return seen[0]

    def quantities(self) -> pd.DataFrame:
        """Return what was measured of each crater, by crater id; empty where nothing was.

        Raises:
            ReleaseError: If the table is damaged.
        """
        path = self.paths.patterns
        if not path.is_file():
            return pd.DataFrame()
        try:
            return read_table(path).set_index("crater_id")
        except (StepError, KeyError) as error:
            raise ReleaseError(
                f"{path} is no table of craters any more; `ejmap release verify` names what was "
                "altered"
            ) from error
