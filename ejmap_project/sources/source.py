"""What a project asks of its source, whichever kind of source it is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

import geopandas as gpd
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.tiles.tiling import Tile
from ejmap_project.basemap import Basemap
from ejmap_project.paths import ModelKind
from ejmap_project.published.layout import PublishedFolder


class SourceFiles(NamedTuple):
    """The user's files by what is read from them; a recipe stamps them, so none has to be there.

    Attributes:
        mosaic: Files of the mosaic.
        catalogue: Files of the crater table.
        masks: Masks of known ejecta.
        whole_maps: Whole manual maps, apart from these masks.
        tiles: Table of the rectangles in which ejecta were mapped; None if none is named.
        scores: Tables of published scores; None if nothing was published.
    """

    mosaic: Iterable[Path] = ()
    catalogue: Iterable[Path] = ()
    masks: Iterable[Path] = ()
    whole_maps: Iterable[Path] = ()
    tiles: Path | None = None
    scores: Iterable[Path] | None = None


class WholeMapFiles(NamedTuple):
    """Files of whole manual maps.

    Attributes:
        by_crater: Maps of one crater each, by its key.
        of_ids: A map of crater ids; None if there is none.
        independent: Ids of the craters that were mapped whole apart from the masks in labelled
            tiles; None for all of them.
    """

    by_crater: Mapping[str, Path] = MappingProxyType({})
    of_ids: Path | None = None
    independent: frozenset[int] | None = None


class ScoreFiles(NamedTuple):
    """Published tables of a model's scores by version: in labelled tiles, and of whole maps."""

    members: Mapping[int, Path]
    maps: Mapping[int, Path]


class ProjectSource(Protocol):
    """The source of one project; :func:`ejmap_project.sources.kinds.source_of` returns it.

    Every method raises GeoError if a file of the user does not fit, and SourceError if imagery or a
    file is missing, or a published one is unusable. Nothing is published, unless a kind of source
    says otherwise.
    """

    def basemap(self, tell: Callable[[str], None], /) -> Basemap:
        """Return the mosaic; ``tell`` receives the steps of one that is made."""
        ...

    def catalogue(self) -> gpd.GeoDataFrame:
        """Return the crater table, checked; the mosaic is in its place already."""
        ...

    def masks(
        self, craters: Mapping[str, Crater], basemap: BasemapGrid, /
    ) -> Iterator[tuple[Crater, PlacedMask]]:
        """Yield the known ejecta of each crater that has a mask, one mask in memory at a time.

        Masks that are named, but are of no crater of the catalogue, are an error.
        """
        ...

    def impact_order(self) -> tuple[int, ...]:
        """Return ids of craters from the first impact to the last; none if it is not known."""
        return ()

    def locations(
        self, _craters: Sequence[Crater], _basemap: BasemapGrid, /
    ) -> Mapping[int, Window] | None:
        """Return the rectangles in which the ejecta of craters were mapped, by tile id.

        None if ejecta were mapped everywhere; empty if nobody knows where.
        """
        return None

    def files(self) -> SourceFiles:
        """Return the user's files; a source that comes with a package has none."""
        return SourceFiles()

    def check(self) -> list[str]:
        """Check all files of the user but for their pixels, before anything is computed.

        Returns:
            A sentence for each thing that is accepted but changed on reading; each thing that is
            wrong is a sentence of the error.
        """
        return []

    def has_mosaic(self) -> bool:
        """Return whether there is imagery to cut tiles from."""
        return True

    def tiles_of(self, _crater: Crater, _basemap: BasemapGrid, /) -> list[Tile] | None:
        """Return the mapping tiles of a crater on its own raster."""
        return None

    def connections_of(
        self, _crater: Crater, _basemap: BasemapGrid, _which: str | None = None, /
    ) -> pd.DataFrame | None:
        """Return the connections that replace EJCONN's predictions, under ``ConnectionTable``.

        Those that the settings name, or ``VERSION/SPLIT``.
        """
        return None

    def mask_of(self, _crater: Crater, _basemap: BasemapGrid, /) -> PlacedMask | None:
        """Return the mask that replaces the project's own map of a crater."""
        return None

    def whole_maps(self, _craters: Mapping[str, Crater], /) -> WholeMapFiles:
        """Return the files of whole manual maps, apart from the masks in labelled tiles."""
        return WholeMapFiles()

    def labels(
        self, _craters: Sequence[Crater], _basemap: BasemapGrid, /
    ) -> gpd.GeoDataFrame | None:
        """Return the labelled tiles, under ``LabelledTileTable``."""
        return None

    def splits(self) -> pd.DataFrame | None:
        """Return the splits of labelled tiles, one column ``test_K`` a split."""
        return None

    def splits_of(self, _labelled: pd.DataFrame, /) -> pd.DataFrame | None:
        """Return the splits, with rows of the labelled tiles that were added since."""
        return self.splits()

    def samples(self) -> PublishedFolder | None:
        """Return the folder whose tiles train models because no mosaic came with it."""
        return None

    def scores_of(self, _kind: ModelKind, /) -> ScoreFiles:
        """Return the tables of scores of a model."""
        return ScoreFiles(members={}, maps={})
