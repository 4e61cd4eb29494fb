"""Labelled tiles of the planets whose ejecta are known: those to learn from, and the mapped one."""

from collections.abc import Mapping, Sequence

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
from ejmap_project.artefact import Artefact, Facts
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.digest import content_version
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.files.table_file import write_table_and_csv
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.settings.training import SyntheticTraining
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.known_planets import OWN_PLANET, known_planets
from ejmap_project.training.tile_pictures import location_picture, mosaic_of

MAX_PICTURES = 3


def label_tiles(project: OpenProject, progress: Progress) -> Artefact:
    """Write the labelled tiles of every planet whose ejecta are known, as Parquet and CSV.

    Raises:
        GeoError: If a mask or the table of tile locations does not fit.
        SourceError: If a published table does not fit.
    """
    table = labelled_tiles_of(project, progress)
    write_table_and_csv(table, project.paths.labelled_tiles)
    return Artefact(
        content=content_version(pd.DataFrame(table.drop(columns="geometry")).to_csv(index=False)),
        metadata=_described(project, table),
        table=table,
    )


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
            tables.append(
                planet_tiles(
                    name,
                    planet.craters,
                    planet.truth,
                    basemap=planet.basemap,
                    locations=locations,
                    progress=progress,
                )
            )
    tables.append(_own_tiles(project, progress))
    # A planet on which nothing is known has no types to give.
    found = [table for table in tables if len(table)] or tables[-1:]
    return gpd.GeoDataFrame(pd.concat(found, ignore_index=True))


def planet_tiles(
    name: str,
    craters: Sequence[Crater],
    truth: Mapping[int, PlacedMask],
    *,
    basemap: BasemapGrid,
    locations: Mapping[int, Window],
    progress: Progress,
) -> gpd.GeoDataFrame:
    """Return the labelled tiles of one planet, under ``LabelledTileTable``.

    Classes to split by are those of the tiles that have a square; the others are not used.

    Args:
        name: Name that no other planet of the project has.
        craters: Craters whose ejecta are known.
        truth: Their ejecta by crater id, read one by one where there are many.
        basemap: Grid of the masks.
        locations: Rectangles in which the ejecta of all craters are known, by tile id.
        progress: Told of every crater.
    """
    words, total = f"labelled tiles of {name}", len(craters)
    table = label_table(
        craters,
        truth,
        basemap=basemap,
        locations=locations,
        grid_of=lambda crater: azimuthal_grid(crater, basemap),
        progress=lambda done: progress.update(words, done=done, total=total),
    )
    is_used = (table["side_px"] > 0).to_numpy()
    classes = np.full(len(table), UNUSED, np.int64)
    classes[is_used] = split_classes(
        (table["ejecta_px"] > 0).to_numpy()[is_used], table["distance_m"].to_numpy()[is_used]
    )
    table.insert(0, "planet", name)
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
    locations = {}
    if known:
        locations = source_of(project).locations(known, basemap)
        if locations is None:
            locations = tile_locations(basemap, side_px=project.settings.mapping.tile_side_px)
    return planet_tiles(
        OWN_PLANET, known, truth, basemap=basemap, locations=locations, progress=progress
    )


def _described(project: OpenProject, table: gpd.GeoDataFrame) -> Facts:
    used = table[table["split_class"] >= 0]
    by_planet = _by_planet(table)
    metadata: Facts = {
        "planets": len(by_planet),
        "craters": table.groupby(["planet", "crater_id"]).ngroups,
        "locations": table.groupby(["planet", "tile_id"]).ngroups,
        "tiles": len(table),
        "used_tiles": len(used),
        "by_planet": by_planet,
        "path": str(project.paths.labelled_tiles),
    }
    if len(used):
        metadata["connected_share"] = float((used["ejecta_px"] > 0).mean())
        metadata["tiles_by_class"] = _classes(used)
    # The mapped planet first: its name comes before those of the others.
    for name in sorted(table["planet"].unique())[:MAX_PICTURES]:
        rows = used[used["planet"] == name]
        share = (rows["ejecta_px"] > 0).groupby(rows["tile_id"]).mean()
        metadata[f"picture_{name}"] = location_picture(
            mosaic_of(project, name),
            table[table["planet"] == name],
            share,
            what="craters with ejecta here",
            alt=f"tile locations of {name}",
        )
    return metadata


def _by_planet(table: pd.DataFrame) -> pd.DataFrame:
    is_used = table["split_class"] >= 0
    is_connected = (table["ejecta_px"] > 0).where(is_used).astype(float)
    groups = table.assign(is_used=is_used, is_connected=is_connected).groupby("planet")
    counted = groups.agg(
        craters=("crater_id", "nunique"),
        locations=("tile_id", "nunique"),
        tiles=("tile_id", "size"),
        used_tiles=("is_used", "sum"),
        connected_share=("is_connected", "mean"),
    )
    return counted.reset_index()


def _classes(used: pd.DataFrame) -> pd.DataFrame:
    """Return how many tiles each class to split by has, and how far they are."""
    groups = used.assign(km=used["distance_m"] / 1000).groupby(["planet", "split_class"])
    counted = groups.agg(tiles=("km", "size"), from_km=("km", "min"), to_km=("km", "max"))
    return counted.reset_index()
