"""Rows of sources, vetting of the catalogue, and of what models learn from."""

from collections.abc import Mapping

from ejmap_assets.lineage import stages
from ejmap_assets.lineage.row import Row, Rule, UsedPart
from ejmap_assets.lineage.row_parts import LabelRow, training_inputs
from ejmap_assets.partitions import Partitioning
from ejmap_geo.craters.schemas import CraterTable, LabelledTileTable, SplitTable
from ejmap_project import recipe_settings
from ejmap_project.files.planet_files import mosaic_files
from ejmap_project.paths import ProjectPaths
from ejmap_project.vetting.vetting_tiles import CandidateTable, CraterTileTable

SOURCE_ROWS: Mapping[str, Row] = {
    "basemap_mosaic": Row(
        stage=stages.SOURCES,
        output=lambda paths, _: paths.basemap_mosaic,
        holds=lambda paths, _: mosaic_files(paths),
        code_version="2",
        settings=recipe_settings.of_mosaic,
        picture="the mosaic",
    ),
    # On a synthetic planet, the mosaic, the craters and the true ejecta are generated together.
    "crater_catalogue": Row(
        stage=stages.SOURCES,
        output=lambda paths, _: paths.crater_catalogue,
        code_version="2",  # 2: observed_share
        inputs=("basemap_mosaic",),
        settings=recipe_settings.of_catalogue,
        table=CraterTable,
        picture="where the craters lie",
        used_part=UsedPart.OWN_CRATER,
        is_for_plans=True,
    ),
    "manual_masks": Row(
        stage=stages.SOURCES,
        output=lambda paths, _: paths.manual_masks,
        inputs=("basemap_mosaic", "crater_catalogue"),
        settings=recipe_settings.of_manual_masks,
        picture="known ejecta over the mosaic",
    ),
    "crater_tiles": Row(
        stage=stages.CRATER_TILES,
        output=lambda paths, _: paths.crater_tiles,
        beside=lambda paths: (paths.crater_tile_table,),
        inputs=("basemap_mosaic", "crater_catalogue"),
        settings=recipe_settings.of_crater_tiles,
        rule=Rule.AFTER_UPSTREAM,
        table=CraterTileTable,
        picture="tiles of craters and of crater-free terrain",
        is_optional=True,
    ),
    # Trained on request: new entries do not invalidate what it learned in other regions.
    "crater_classifier": Row(
        stage=stages.CLASSIFIER,
        output=ProjectPaths.crater_classifier,
        inputs=("crater_tiles",),
        partitioning=Partitioning.CLASSIFIER_VERSIONS,
        settings=recipe_settings.of_crater_classifier,
        picture="training curve",
        is_optional=True,
    ),
    "crater_candidates": Row(
        stage=stages.CANDIDATES,
        output=lambda paths, _: paths.crater_candidates,
        beside=lambda paths: (paths.least_sure,),
        code_version="2",  # 2: observed_share
        inputs=("basemap_mosaic", "crater_catalogue", "crater_tiles", "crater_classifier"),
        settings=recipe_settings.of_candidates,
        rule=Rule.AFTER_UPSTREAM,
        table=CandidateTable,
        picture="the least sure entries of the catalogue",
        is_optional=True,
        is_for_plans=True,
    ),
    "training_planets": LabelRow(
        stage=stages.LABELS,
        output=lambda paths, _: paths.training,
        holds=lambda paths, _: tuple(sorted(paths.training.glob("planet_*"))),
        inputs=("basemap_mosaic", "crater_catalogue", "manual_masks"),
        code_version="2",
        settings=recipe_settings.of_training,
        picture="known ejecta of each planet",
        used_inputs=training_inputs,
    ),
    "labelled_tiles": LabelRow(
        stage=stages.LABELS,
        output=lambda paths, _: paths.labelled_tiles,
        inputs=("training_planets", "basemap_mosaic", "crater_catalogue", "manual_masks"),
        settings=recipe_settings.of_labels,
        table=LabelledTileTable,
        used_part=UsedPart.TRAINING_TILES,
        is_for_plans=True,
        picture="tile locations of each planet",
    ),
    "split_table": LabelRow(
        stage=stages.LABELS,
        output=lambda paths, _: paths.splits,
        beside=lambda paths: (paths.split_index,),
        inputs=("labelled_tiles",),
        settings=recipe_settings.of_splits,
        table=SplitTable,
        used_part=UsedPart.OWN_SPLIT,
        is_for_plans=True,
        picture="tile locations that test",
    ),
}
