"""Labelled tiles of the planets whose ejecta are known: those to learn from, and the mapped one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.craters.schemas import LabelledTileTable
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_geo.tiles.labels import label_table
from ejmap_geo.tiles.tile_locations import tile_locations
from ejmap_ml.sampling.splits import UNUSED, split_classes
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.settings.training import SyntheticTraining
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.known_planets import OWN_PLANET, known_planets


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlanet:
    """A planet, or the part of one, whose ejecta are known.

    Attributes:
        name: Name that no other planet of the project has.
        basemap: Grid of its masks.
        craters: Craters whose ejecta are known.
        truth: Their ejecta by crater id, read one by one where there are many.
        locations: Rectangles in which the ejecta of all craters are known, by tile id.
    """

    name: str
    basemap: BasemapGrid
    craters: Sequence[Crater]
    truth: Mapping[int, PlacedMask]
    locations: Mapping[int, Window]


def labelled_tiles_of(project: OpenProject, progress: Progress) -> gpd.GeoDataFrame:
    """Return the labelled tiles of every planet whose ejecta are known, the mapped one last.

    Published tiles are taken as they were published.

    Raises:
        GeoError: If a mask or the table of tile locations does not fit.
        SourceError: If a published table does not fit.
    """
    tables: list[gpd.GeoDataFrame] = []
    if isinstance(project.settings.training, SyntheticTraining):
        side_px = project.settings.mapping.tile_side_px
        for name, planet in known_planets(project):
            locations = tile_locations(planet.basemap, side_px=side_px)
            known = KnownPlanet(
                name=name,
                basemap=planet.basemap,
                craters=planet.craters,
                truth=planet.truth,
                locations=locations,
            )
            tables.append(planet_tiles(known, progress=progress))
    tables.append(_own_tiles(project, progress))
    # A planet on which nothing is known has no types to give.
    found = [table for table in tables if len(table)] or tables[-1:]
    return gpd.GeoDataFrame(pd.concat(found, ignore_index=True))


def planet_tiles(planet: KnownPlanet, *, progress: Progress) -> gpd.GeoDataFrame:
    """Return the labelled tiles of one planet, under ``LabelledTileTable``.

    Classes to split by are those of the tiles that have a square; the others are not used.

    Args:
        planet: The planet.
        progress: Told of every crater.
    """
    total = len(planet.craters)
    table = label_table(
        planet.craters,
        planet.truth,
        basemap=planet.basemap,
        locations=planet.locations,
        grid_of=lambda crater: azimuthal_grid(crater, planet.basemap),
        progress=lambda done: progress.update(
            f"labelled tiles of {planet.name}", done=done, total=total
        ),
    )
    is_used = (table["side_px"] > 0).to_numpy()
    classes = np.full(len(table), UNUSED, np.int64)
    classes[is_used] = split_classes(
        (table["ejecta_px"] > 0).to_numpy()[is_used], table["distance_m"].to_numpy()[is_used]
    )
    table.insert(0, "planet", planet.name)
    table.insert(len(table.columns) - 1, "split_class", classes)
    return gpd.GeoDataFrame(LabelledTileTable.validate(table))


def _own_tiles(project: OpenProject, progress: Progress) -> gpd.GeoDataFrame:
    basemap = basemap_grid_of(project.paths.basemap_mosaic, body=project.settings.planet)
    craters = project.craters()
    published = source_of(project).labels([*craters.values()], basemap)
    if published is not None:
        return published
    truth = MaskFolder.of(craters, project.paths.manual_mask, basemap)
    known = [crater for crater in craters.values() if crater.crater_id in truth]
    own = KnownPlanet(
        name=OWN_PLANET,
        basemap=basemap,
        craters=known,
        truth=truth,
        locations=_own_locations(project, known, basemap) if known else {},
    )
    return planet_tiles(own, progress=progress)


def _own_locations(
    project: OpenProject, craters: Sequence[Crater], basemap: BasemapGrid
) -> Mapping[int, Window]:
    locations = source_of(project).locations(craters, basemap)
    if locations is None:
        return tile_locations(basemap, side_px=project.settings.mapping.tile_side_px)
    return locations
