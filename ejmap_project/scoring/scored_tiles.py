"""The map against what a person mapped, labelled tile by labelled tile: scored, written, read."""

import geopandas as gpd

from ejmap_geo.craters.schemas import TileScoreTable
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_project.artefact import Artefact, Picture
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.files.table_file import write_table_and_csv
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths
from ejmap_project.progress import Progress
from ejmap_project.scoring.score_plots import location_plot
from ejmap_project.scoring.tile_scoring import f1_of_locations, score_craters
from ejmap_project.settings.project import SyntheticTraining
from ejmap_project.sources.known_planets import OWN_PLANET
from ejmap_project.training.split_choice import IS_TEST, TESTS, TILE_KEY, TRAINS, UNUSED, read_split


def score_labelled_tiles(project: OpenProject, progress: Progress) -> Artefact:
    """Write the right and wrong pixels of the map in each labelled tile, a crater at a time.

    Raises:
        GeoError: If a mask does not fit the mosaic.
        StepError: If labelled tiles or splits were not made yet.
    """
    tiles, paths = _own_tiles(project), project.paths
    basemap = basemap_grid_of(paths.basemap_mosaic, body=project.settings.planet)
    counted = score_craters(
        tiles, project.craters(), paths=paths, basemap=basemap, progress=progress
    )
    keys = ["crater_id", "tile_id"]
    known = tiles[[*keys, "is_usable", "is_test", "distance_m", "geometry"]]
    table = gpd.GeoDataFrame(counted.merge(known, on=keys, validate="one_to_one"), crs=tiles.crs)
    TileScoreTable.validate(table)
    write_table_and_csv(table, paths.tile_scores)
    usable = table[table["is_usable"]]
    by_crater = usable.groupby("crater_id")
    plot = location_plot(tiles, f1_of_locations(usable), width_px=basemap.width_px)
    return Artefact(
        content=content_version(table.drop(columns="geometry").to_csv(index=False)),
        metadata={
            "labelled_craters": by_crater.ngroups,
            "tile_locations": int(usable["tile_id"].nunique()),
            "tiles": len(usable),
            "test_tiles": int(usable["is_test"].sum()),
            "unused_tiles": len(table) - len(usable),
            "tiles_with_ejecta": int(usable["is_ejecta_true"].sum()),
            "craters_without_connections": int((~by_crater["has_connections"].any()).sum()),
            "path": str(paths.tile_scores),
            "picture": Picture(plot, alt="F1 of tile locations"),
        },
        table=table,
    )


def read_tile_scores(paths: ProjectPaths) -> gpd.GeoDataFrame:
    """Return the scored tiles.

    Raises:
        StepError: If they were not made yet.
        SchemaError: If the file was changed by hand.
    """
    path = paths.tile_scores
    if not path.is_file():
        raise StepError(f"{path} is missing; materialise tile_scores first")
    table = gpd.read_parquet(path)
    TileScoreTable.validate(table)
    return table


def _own_tiles(project: OpenProject) -> gpd.GeoDataFrame:
    """Return the labelled tiles of the project's own planet with ``is_usable`` and ``is_test``.

    A tile is usable if the used split trains or tests with it. Without a used split, models have
    seen every tile of the own planet, unless they learned from synthetic planets: then all test.
    """
    path = project.paths.labelled_tiles
    if not path.is_file():
        raise StepError(f"{path} is missing; materialise labelled_tiles first")
    tiles = gpd.read_parquet(path)
    own = tiles[tiles["planet"] == OWN_PLANET]
    used = project.settings.splits.used
    flags = own[TILE_KEY].merge(read_split(project.paths, used), on=TILE_KEY, how="left")[IS_TEST]
    flags = flags.fillna(UNUSED).to_numpy(int)
    if used is None:
        is_seen = not isinstance(project.settings.training, SyntheticTraining)
        # Any tile may train then, but for those of which nothing is known.
        is_usable = (own["split_class"] >= 0).to_numpy()
        return own.assign(is_usable=is_usable, is_test=is_usable & (not is_seen))
    return own.assign(is_usable=flags >= TRAINS, is_test=flags == TESTS)
