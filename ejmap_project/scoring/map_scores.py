"""The map against what a person mapped: scored in each labelled tile, then pooled and plotted."""

import geopandas as gpd
import pandas as pd

from ejmap_geo.craters.schemas import TileScoreTable
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_geo.scores.tile_agreement import FULL_SCALE_PX
from ejmap_ml.sampling.splits import TESTS, TRAINS, UNUSED
from ejmap_project.artefact import Artefact, Facts, known_numbers
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.figures import saved_figures
from ejmap_project.files.table_file import write_table_and_csv
from ejmap_project.models.mapping_models import saw_own_masks
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.scoring.score_plots import crater_plot, location_plot, matrix_plot, scale_plot
from ejmap_project.scoring.tile_scoring import (
    CEILING,
    EJCONN,
    MAP,
    PIXEL,
    SCALES_PX,
    SCORES,
    TEST,
    TILE,
    TVT,
    connection_matrix,
    f1_of_locations,
    map_score_table,
    score,
    score_craters,
)
from ejmap_project.sources.corrected_masks import corrected_keys
from ejmap_project.sources.known_planets import OWN_PLANET
from ejmap_project.training.split_choice import IS_TEST, TILE_KEY, read_split


def score_labelled_tiles(project: OpenProject, progress: Progress) -> Artefact:
    """Write the right and wrong pixels of the map in each labelled tile, a crater at a time.

    Raises:
        GeoError: If a mask does not fit the mosaic.
        StepError: If labelled tiles or splits were not made yet.
    """
    used, paths = project.settings.splits.used, project.paths
    tiles = own_tiles(project, used, is_seen=used is None and saw_own_masks(project))
    # What a person corrected is on the map as it was drawn, and says nothing of a model.
    tiles = tiles[~tiles["crater_id"].isin([int(key) for key in corrected_keys(project)])]
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
            "picture": location_plot(tiles, f1_of_locations(usable), width_px=basemap.width_px),
        },
        table=table,
    )


def score_map(project: OpenProject) -> Artefact:
    """Write the scores of the map in the labelled tiles, the connection matrix, and plots of both.

    Raises:
        StepError: If the tiles were not scored yet.
        SchemaError: If their file was changed by hand.
    """
    paths = project.paths
    if not paths.tile_scores.is_file():
        raise StepError(f"{paths.tile_scores} is missing; materialise tile_scores first")
    tiles = gpd.read_parquet(paths.tile_scores)
    TileScoreTable.validate(tiles)
    scores, matrix = map_score_table(tiles), connection_matrix(tiles)
    write_table_and_csv(scores, paths.map_scores)
    write_table_and_csv(matrix, paths.connection_matrix)
    content = content_version(scores.to_csv(index=False), matrix.to_csv(index=False))
    usable = int(tiles["is_usable"].sum())
    metadata: Facts = {"tiles": usable, "path": str(paths.map_scores)}
    if not usable:
        metadata["nothing_to_score"] = (
            "no ejecta of this planet are known in labelled tiles; give manual masks to score it"
        )
        return Artefact(content=content, metadata=metadata)
    figures = {
        "connection matrix": matrix_plot(matrix),
        "F1 over scale": scale_plot(scores),
        "F1 of craters": crater_plot(scores),
    }
    return Artefact(
        content=content,
        metadata={
            **metadata,
            **_numbers(scores),
            "scores": scores[scores["crater_id"].isna()].drop(columns="crater_id"),
            "craters": _craters(scores),
            "connection_matrix_path": str(paths.connection_matrix),
            **saved_figures(figures, paths.map_scores.with_suffix("")),
        },
        table=scores,
    )


def own_tiles(project: OpenProject, split: int | None, *, is_seen: bool) -> gpd.GeoDataFrame:
    """Return the labelled tiles of the project's own planet with ``is_usable`` and ``is_test``.

    A tile is usable if the split trains or tests with it.

    Args:
        project: The project.
        split: The split that models were trained on; None for models of no split.
        is_seen: Whether models of no split learned from the tiles of this planet; else all test.

    Raises:
        StepError: If labelled tiles or splits were not made yet.
    """
    path = project.paths.labelled_tiles
    if not path.is_file():
        raise StepError(f"{path} is missing; materialise labelled_tiles first")
    tiles = gpd.read_parquet(path)
    own = tiles[tiles["planet"] == OWN_PLANET]
    table = read_split(project.paths, split)
    flags = own[TILE_KEY].merge(table, on=TILE_KEY, how="left")[IS_TEST]
    flags = flags.fillna(UNUSED).to_numpy(int)
    if split is None:
        # Any tile may train then, but for those of which nothing is known.
        is_usable = (own["split_class"] >= 0).to_numpy()
        return own.assign(is_usable=is_usable, is_test=is_usable & (not is_seen))
    return own.assign(is_usable=flags >= TRAINS, is_test=flags == TESTS)


def _numbers(scores: pd.DataFrame) -> Facts:
    """Return what people follow over time: the five scores of the map, F1 of the others."""
    found = {
        f"{scope}_{level}_{name}": score(scores, name, scope=scope, level=level)
        for scope in (TVT, TEST)
        for level in (PIXEL, TILE)
        for name in SCORES
    }
    for scope in (TVT, TEST):
        for kind, level in ((CEILING, PIXEL), (CEILING, TILE), (EJCONN, TILE)):
            one = score(scores, "f1", scope=scope, level=level, kind=kind)
            found[f"{kind}_{scope}_{level}_f1"] = one
        for scale_px in SCALES_PX[1:]:
            one = score(scores, "f1", scope=scope, level=PIXEL, scale_px=scale_px)
            found[f"{scope}_pixel_f1_at_{scale_px}px"] = one
    return {**known_numbers(found)}


def _craters(scores: pd.DataFrame) -> pd.DataFrame:
    """Lay the scores of the map out with one row a crater."""
    chosen = (scores["kind"] == MAP) & (scores["scale_px"] == FULL_SCALE_PX)
    rows = scores[chosen & scores["crater_id"].notna()]
    wide = rows.pivot_table(
        index="crater_id", columns=["scope", "level"], values="f1", dropna=False
    )
    wide.columns = [f"{scope}_{level}_f1" for scope, level in wide.columns]
    whole = rows[(rows["scope"] == TVT) & (rows["level"] == PIXEL)].set_index("crater_id")
    return whole[["tiles", "precision", "recall"]].join(wide).reset_index()
