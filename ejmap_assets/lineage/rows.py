"""The lineage: one row an asset, upstream first.

A crater's artefact depends on the same crater's artefacts upstream, the map on those of all
craters, a promoted model on the members of the version that the project's settings name.
"""

from collections.abc import Mapping
from functools import partial

from ejmap_assets.lineage import recipe_settings, stages
from ejmap_assets.lineage.members import bundle_of, given
from ejmap_assets.lineage.row import Published, Row, Rule, UsedPart
from ejmap_assets.lineage.row_parts import (
    PUBLISHED_CONNECTIONS,
    PUBLISHED_MASK,
    connection_inputs,
    mask_inputs,
)
from ejmap_assets.partitions import Partitioning
from ejmap_geo.craters.schemas import (
    ConnectionTable,
    CraterTable,
    LabelledTileTable,
    SplitTable,
    TileScoreTable,
)
from ejmap_project.analysis.crater_profile import ProfileTable
from ejmap_project.models.mapping_models import maps_in_polar_view
from ejmap_project.paths import ProjectPaths
from ejmap_project.scoring.score_tables import (
    ContrastTable,
    MapCraterTable,
    MapScoreTable,
    ScoreTable,
)
from ejmap_project.training.split_choice import trains_on_synthetic
from ejmap_project.vetting.vetting_tiles import CandidateTable, CraterTileTable

_CraterRow = partial(
    Row, stage=stages.CRATERS, partitioning=Partitioning.CRATERS, rule=Rule.WITH_UPSTREAM
)
_LabelRow = partial(Row, is_of_labels=True)

LINEAGE: Mapping[str, Row] = {
    "basemap_mosaic": Row(
        stage=stages.SOURCES,
        output=lambda paths, _: paths.basemap_mosaic,
        code_version="2",
        settings=recipe_settings.of_mosaic,
        picture="the mosaic",
    ),
    # On a synthetic planet, the mosaic, the craters and the true ejecta are generated together.
    "crater_catalogue": Row(
        stage=stages.SOURCES,
        output=lambda paths, _: paths.crater_catalogue,
        inputs=("basemap_mosaic",),
        settings=recipe_settings.of_catalogue,
        table=CraterTable,
        picture="where the craters lie",
        used_part=UsedPart.OWN_CRATER,
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
        inputs=("crater_catalogue", "crater_tiles", "crater_classifier"),
        settings=recipe_settings.of_candidates,
        rule=Rule.AFTER_UPSTREAM,
        table=CandidateTable,
        picture="the least sure entries of the catalogue",
        is_optional=True,
    ),
    "training_planets": _LabelRow(
        stage=stages.LABELS,
        output=lambda paths, _: paths.training,
        inputs=("basemap_mosaic", "crater_catalogue", "manual_masks"),
        code_version="2",
        settings=recipe_settings.of_training,
        picture="known ejecta of each planet",
        published=Published(is_used=lambda project, _: trains_on_synthetic(project)),
    ),
    "labelled_tiles": _LabelRow(
        stage=stages.LABELS,
        output=lambda paths, _: paths.labelled_tiles,
        inputs=("training_planets", "basemap_mosaic", "crater_catalogue", "manual_masks"),
        settings=recipe_settings.of_labels,
        table=LabelledTileTable,
        used_part=UsedPart.TRAINING_TILES,
        picture="tile locations of each planet",
    ),
    "split_table": _LabelRow(
        stage=stages.LABELS,
        output=lambda paths, _: paths.splits,
        beside=lambda paths: (paths.split_index,),
        inputs=("labelled_tiles",),
        settings=recipe_settings.of_splits,
        table=SplitTable,
        used_part=UsedPart.OWN_SPLIT,
        picture="tile locations that test",
    ),
    "ejconn_samples": Row(
        stage=stages.EJCONN_SAMPLES,
        output=lambda paths, key: paths.samples_note("ejconn", key),
        inputs=("training_planets", "labelled_tiles"),
        partitioning=Partitioning.EJCONN_VERSIONS,
        settings=recipe_settings.of_sample_set("ejconn"),
        picture="some of the samples",
    ),
    "ejseg_samples": Row(
        stage=stages.EJSEG_SAMPLES,
        output=lambda paths, key: paths.samples_note("ejseg", key),
        inputs=("training_planets", "labelled_tiles"),
        partitioning=Partitioning.EJSEG_VERSIONS,
        settings=recipe_settings.of_sample_set("ejseg"),
        picture="some of the samples",
    ),
    "ejconn_model": Row(
        stage=stages.EJCONN,
        output=bundle_of("ejconn"),
        inputs=("ejconn_samples", "split_table"),
        partitioning=Partitioning.EJCONN_MEMBERS,
        settings=recipe_settings.of_member("ejconn"),
        picture="training curve",
        published=given("ejconn"),
    ),
    "ejseg_model": Row(
        stage=stages.EJSEG,
        output=bundle_of("ejseg"),
        inputs=("ejseg_samples", "split_table"),
        partitioning=Partitioning.EJSEG_MEMBERS,
        settings=recipe_settings.of_member("ejseg"),
        picture="training curve",
        published=given("ejseg"),
    ),
    "promoted_ejconn": Row(
        stage=stages.PROMOTED,
        output=lambda paths, _: paths.promotions("ejconn"),
        inputs=("ejconn_model",),
        settings=recipe_settings.of_promotion("ejconn"),
    ),
    "promoted_ejseg": Row(
        stage=stages.PROMOTED,
        output=lambda paths, _: paths.promotions("ejseg"),
        inputs=("ejseg_model",),
        settings=recipe_settings.of_promotion("ejseg"),
    ),
    "azimuthal_mosaic": _CraterRow(
        output=ProjectPaths.azimuthal_mosaic,
        inputs=("basemap_mosaic", "crater_catalogue"),
        picture="mosaic around the crater",
    ),
    "tile_store": _CraterRow(
        output=ProjectPaths.tile_store,
        inputs=("azimuthal_mosaic", "crater_catalogue"),
        settings=recipe_settings.of_tiles,
        picture="azimuth against range",
    ),
    "polar_prediction": _CraterRow(
        output=ProjectPaths.polar_prediction,
        inputs=("tile_store", "promoted_ejseg"),
        picture="probability by azimuth and range",
        is_possible=maps_in_polar_view,
        is_kept=True,
    ),
    # Connections and mask follow from the polar prediction, or the mask from EJCONN's connections.
    "connection_predictions": _CraterRow(
        output=ProjectPaths.connections,
        inputs=("tile_store", "polar_prediction", "promoted_ejconn"),
        used_inputs=connection_inputs,
        settings=recipe_settings.of_connections,
        table=ConnectionTable,
        picture="probability of each tile",
        published=PUBLISHED_CONNECTIONS,
        is_kept=True,
    ),
    "segmentation_mask": _CraterRow(
        output=ProjectPaths.segmentation,
        inputs=(
            "basemap_mosaic",
            "tile_store",
            "polar_prediction",
            "connection_predictions",
            "promoted_ejseg",
        ),
        used_inputs=mask_inputs,
        settings=recipe_settings.of_masks,
        picture="mosaic, mask, probability",
        is_kept=True,
    ),
    "basemap_mask": _CraterRow(
        output=ProjectPaths.basemap_mask,
        inputs=("segmentation_mask",),
        settings=recipe_settings.of_given_mask,
        picture="ejecta over the mosaic",
        published=PUBLISHED_MASK,
        is_kept=True,
        is_mask=True,
    ),
    "crater_profile": _CraterRow(
        output=ProjectPaths.crater_profile,
        inputs=("basemap_mask", "basemap_mosaic", "crater_catalogue"),
        table=ProfileTable,
        picture="ejecta fraction and brightness by distance",
    ),
    "global_map": Row(
        stage=stages.MAP,
        output=lambda paths, _: paths.preview,
        beside=lambda paths: (
            paths.label_map,
            paths.overlap_count,
            paths.composite,
            paths.map_craters,
        ),
        inputs=("basemap_mask", "crater_catalogue", "basemap_mosaic"),
        settings=recipe_settings.of_map,
        rule=Rule.AFTER_CRATERS,
        table=MapCraterTable,
        picture="ejecta of all craters over the mosaic",
    ),
    "ejecta_contrast": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.contrast,
        inputs=("basemap_mask", "crater_catalogue", "basemap_mosaic"),
        rule=Rule.AFTER_CRATERS,
        table=ContrastTable,
        picture="brightness of ejecta against their surroundings",
    ),
    "evaluation": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.scores,
        code_version="3",  # 2: claim precision; 3: reliability
        inputs=("basemap_mask", "connection_predictions", "manual_masks", "training_planets"),
        # Rules are tuned on them, where a project has any.
        optional_inputs=("training_planets",),
        rule=Rule.AFTER_CRATERS,
        table=ScoreTable,
        picture="F1 of pixels, and how often probabilities come true",
    ),
    "tile_scores": _LabelRow(
        stage=stages.SCORES,
        output=lambda paths, _: paths.tile_scores,
        inputs=(
            "basemap_mask",
            "connection_predictions",
            "manual_masks",
            "labelled_tiles",
            "split_table",
        ),
        settings=recipe_settings.of_used_split,
        rule=Rule.AFTER_CRATERS,
        table=TileScoreTable,
        picture="F1 of tile locations",
    ),
    "map_scores": _LabelRow(
        stage=stages.SCORES,
        output=lambda paths, _: paths.map_scores,
        beside=lambda paths: (paths.connection_matrix,),
        inputs=("tile_scores",),
        rule=Rule.WITH_UPSTREAM,
        table=MapScoreTable,
        picture="connection matrix, F1 over scale, F1 of craters",
    ),
    "model_comparison": _LabelRow(
        stage=stages.SCORES,
        output=lambda paths, _: paths.model_comparison,
        inputs=("ejconn_model", "ejseg_model", "map_scores"),
        settings=recipe_settings.of_comparison,
        rule=Rule.WITH_UPSTREAM,
        takes_all_members=True,
        picture="scores over hyperparameters, splits and locations",
    ),
}
