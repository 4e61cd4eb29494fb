"""A published EJMAP folder as the source of a project."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import basemap_grid_of, read_basemap, read_mask_on
from ejmap_geo.tiles.tiling import Tile
from ejmap_ml.config.bands import count_of
from ejmap_project.basemap import Basemap, azimuthal_grid
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind, mask_name
from ejmap_project.published import layout
from ejmap_project.published.added_tiles import NONE, owner_of, read_added_tiles
from ejmap_project.published.connections import read_connections, read_mapping_tiles
from ejmap_project.published.craters import read_craters
from ejmap_project.published.edited_labels import LabelEdits, edited_labels, with_added_tiles
from ejmap_project.published.file_family import FileFamily
from ejmap_project.published.grid import published_grid
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.rectangles import COLUMNS, read_rectangles
from ejmap_project.published.tiles import read_labelled_tiles, read_splits
from ejmap_project.settings.sources import EjmapFolderSource
from ejmap_project.sources.mask_files import MASK_NAMES
from ejmap_project.sources.published_check import check_edits, check_published
from ejmap_project.sources.published_whole_maps import whole_map_files
from ejmap_project.sources.source import ProjectSource, ScoreFiles, SourceFiles, WholeMapFiles


@dataclass(frozen=True, slots=True)
class PublishedStudy(ProjectSource):
    """A folder with ``data/`` and ``results/``, any part of which may be missing.

    Attributes:
        project: The project.
        stated: The settings of the source.
    """

    project: OpenProject
    stated: EjmapFolderSource

    def basemap(self, _tell: Callable[[str], None]) -> Basemap:
        """Read the mosaic; without one, return nodata on the grid of the masks."""
        body, published = self.project.settings.planet, self._folder
        path = self._mosaic or published.file(layout.MOSAIC)
        if path is not None:
            bands = count_of(self.project.settings.mosaic_bands)
            return Basemap(*read_basemap(path, body=body, bands=bands))
        grid = published_grid(published, body=body)
        return Basemap(
            np.zeros((count_of(self.project.settings.mosaic_bands), *grid.shape), np.uint8), grid
        )

    def catalogue(self) -> gpd.GeoDataFrame:
        """Read the craters; each reaches as far as its published tiles."""
        body = self.project.settings.planet
        basemap = basemap_grid_of(self.project.paths.basemap_mosaic, body=body)
        return read_craters(self._folder, body=body, basemap=basemap)

    def masks(
        self, craters: Mapping[str, Crater], basemap: BasemapGrid
    ) -> Iterator[tuple[Crater, PlacedMask]]:
        """Yield the manual masks, those of the user before published ones; there may be none."""
        for crater in craters.values():
            path = self._edited_mask(crater) or self._published_mask(crater)
            if path is not None:
                yield crater, read_mask_on(path, basemap)

    def files(self) -> SourceFiles:
        """Return the files of the folder, and the mosaic that takes the place of its own."""
        folder = self.project.paths.user_file(self.stated.folder)
        named = [] if self._mosaic is None else [self._mosaic]
        edited = [] if self._edits is None else self._edits.glob(MASK_NAMES)
        return SourceFiles(
            mosaic=[*named, layout.MOSAIC.path(folder)],
            catalogue=chain.from_iterable(map(folder.glob, layout.CRATER_FILES)),
            masks=chain(folder.glob(layout.MASK_FILES), edited),
            whole_maps=folder.glob(layout.WHOLE_MAP_FILES),
            tiles=self._tiles,
            scores=folder.glob(layout.SCORE_FILES),
        )

    def check(self) -> list[str]:
        """Check tables and rasters; the first mistakes of all of them are one error."""
        body = self.project.settings.planet
        notes = check_published(self._folder, body=body, mosaic=self._mosaic)
        check_edits(
            self._folder, body=body, mosaic=self._mosaic, masks=self._edits, tiles=self._tiles
        )
        return notes

    def has_mosaic(self) -> bool:
        """Return whether a mosaic is named or came with the folder."""
        return self._mosaic is not None or self._folder.file(layout.MOSAIC) is not None

    def tiles_of(self, crater: Crater, basemap: BasemapGrid) -> list[Tile] | None:
        """Read the mapping tiles of a crater; None if the folder holds none of it."""
        azimuthal = azimuthal_grid(crater, basemap)
        return read_mapping_tiles(
            self._folder, crater.crater_id, azimuthal=azimuthal, basemap=basemap
        )

    def connections_of(
        self, crater: Crater, basemap: BasemapGrid, which: str | None = None
    ) -> pd.DataFrame | None:
        """Read the connections of the version and split that are asked for or stated."""
        which = which or self.stated.connections
        if which is None:
            return None
        version, split = map(int, which.split("/"))
        return read_connections(
            self._folder,
            crater.crater_id,
            version=version,
            split=split,
            tiles=self.tiles_of(crater, basemap) or [],
        )

    def mask_of(self, crater: Crater, basemap: BasemapGrid) -> PlacedMask | None:
        """Read the output mask of the run that the settings name."""
        run = self.stated.masks_run
        if run is None:
            return None
        path = self._folder.required(layout.OUTPUT_MASK, run=run, crater=crater.crater_id)
        return read_mask_on(path, basemap)

    def whole_maps(self, craters: Mapping[str, Crater]) -> WholeMapFiles:
        """Return the whole manual maps; there may be none."""
        return whole_map_files(self._folder, craters)

    def labels(self, craters: Sequence[Crater], basemap: BasemapGrid) -> gpd.GeoDataFrame | None:
        """Read the labelled tiles; None if the folder lacks their places or what they hold.

        Tiles that hold edited pixels are counted anew, and those that were added are laid out.
        """
        if self._folder.file(layout.LABELLED_TILES) is None or not self._folder.has_rectangles:
            return None
        grids = {crater.crater_id: azimuthal_grid(crater, basemap) for crater in craters}
        tiles = read_labelled_tiles(self._folder, basemap=basemap, grids=grids)
        edits = self._label_edits(craters, basemap, tiles["tile_id"])
        if edits is None:
            return tiles
        return edited_labels(tiles, edits, craters=craters, basemap=basemap, grids=grids)

    def locations(self, craters: Sequence[Crater], basemap: BasemapGrid) -> Mapping[int, Window]:
        """Read the rectangles in which ejecta were mapped; empty if the folder holds none."""
        found: dict[int, Window] = {}
        for crater in craters:
            table = read_rectangles(self._folder, crater.crater_id, basemap=basemap)
            for tile_id, row, col, height, width in table[list(COLUMNS)].itertuples(name=None):
                found[tile_id] = Window(row=row, col=col, height=height, width=width)
        # Of several craters only those rectangles count in which all of them were mapped.
        one = craters[0].crater_id if len(craters) == 1 else None
        if self._tiles is not None:
            added = read_added_tiles(self._tiles, basemap=basemap, published=found)
            own = {} if one is None else added.of_crater.get(one, {})
            found |= {**added.shared, **own}
        return {key: found[key] for key in sorted(found) if owner_of(key) in (None, one)}

    def splits(self) -> pd.DataFrame | None:
        """Read the splits; None if the folder holds none."""
        is_there = self._folder.file(layout.LABELLED_TILES) is not None
        return read_splits(self._folder) if is_there else None

    def splits_of(self, labelled: pd.DataFrame) -> pd.DataFrame | None:
        """Read the splits; tiles that the user added train, so that published ones still test."""
        splits = self.splits()
        is_edited = self._edits is not None or self._tiles is not None
        if splits is None or not (is_edited and self._folder.has_rectangles):
            return splits
        return with_added_tiles(splits, labelled)

    def samples(self) -> PublishedFolder | None:
        """Return the folder if it came without a mosaic."""
        return None if self.has_mosaic() else self._folder

    def scores_of(self, kind: ModelKind) -> ScoreFiles:
        """Return the tables of the model's versions; any may be missing."""
        return ScoreFiles(
            members=self._by_version(layout.TRAINING_METRICS[kind]),
            maps=self._by_version(layout.MAP_METRICS[kind]),
        )

    @property
    def _folder(self) -> PublishedFolder:
        return PublishedFolder.at(self.project.paths.user_file(self.stated.folder))

    @property
    def _mosaic(self) -> Path | None:
        stated = self.stated.mosaic
        return None if stated is None else self.project.paths.user_file(stated)

    @property
    def _edits(self) -> Path | None:
        """The folder of the user's masks."""
        return (
            None if self.stated.masks is None else self.project.paths.user_file(self.stated.masks)
        )

    @property
    def _tiles(self) -> Path | None:
        """The table of the user's rectangles."""
        return (
            None if self.stated.tiles is None else self.project.paths.user_file(self.stated.tiles)
        )

    def _edited_mask(self, crater: Crater) -> Path | None:
        path = None if self._edits is None else self._edits / mask_name(crater.key)
        return path if path is not None and path.is_file() else None

    def _published_mask(self, crater: Crater) -> Path | None:
        return self._folder.file(layout.MANUAL_MASK, crater=crater.crater_id)

    def _label_edits(
        self, craters: Sequence[Crater], basemap: BasemapGrid, published: Iterable[int]
    ) -> LabelEdits | None:
        """Return what the user changed of the published labels; None for nothing."""
        edited = [one for one in craters if self._edited_mask(one) is not None]
        if not edited and self._tiles is None:
            return None
        before = {
            one.crater_id: PlacedMask.empty() if path is None else read_mask_on(path, basemap)
            for one in edited
            for path in [self._published_mask(one)]
        }
        paths = {
            one.crater_id: path
            for one in craters
            if (path := self._edited_mask(one) or self._published_mask(one)) is not None
        }
        added = NONE
        if self._tiles is not None:
            added = read_added_tiles(self._tiles, basemap=basemap, published=published)
        return LabelEdits(before=before, after=MaskFolder(paths, basemap), added=added)

    def _by_version(self, family: FileFamily) -> dict[int, Path]:
        return {int(version): path for (version,), path in self._folder.found(family).items()}
