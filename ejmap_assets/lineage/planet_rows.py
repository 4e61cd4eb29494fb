"""Rows of the map of all craters, of scores and of releases."""

from collections.abc import Mapping

from ejmap_assets.lineage import map_settings, stages
from ejmap_assets.lineage.row import Row, Rule
from ejmap_assets.lineage.row_parts import (
    LabelRow,
    clean_inputs,
    comparison_inputs,
    has_probabilities,
    overlap_inputs,
    page_inputs,
    tile_inputs,
)
from ejmap_geo.craters.schemas import TileScoreTable
from ejmap_project import recipe_settings
from ejmap_project.analysis.map_quantities import PatternsTable, RasterSummaryTable
from ejmap_project.comparison.member_map_table import MemberMapTable
from ejmap_project.corrections.tiles_to_label import TilesToLabelTable
from ejmap_project.manual_maps.comparison_table import ManualComparisonTable
from ejmap_project.planetwide.pair_tables import OverlapTable, SuperpositionTable
from ejmap_project.planetwide.planet_tables import ModelAgeTable, PlanetTable
from ejmap_project.scoring.score_tables import (
    ContrastTable,
    MapCraterTable,
    MapScoreTable,
    ScoreTable,
)

PLANET_ROWS: Mapping[str, Row] = {
    "global_map": Row(
        stage=stages.MAP,
        output=lambda paths, _: paths.preview,
        beside=lambda paths: (
            paths.label_map,
            paths.overlap_count,
            paths.composite,
            paths.map_craters,
            paths.map_layers,
            paths.ejecta_outlines,
        ),
        # 2: expected areas, and those at the promised recall; 3: observed_share; 4: colours, tags
        # and outlines; 5: rays; 6: mask_km2, labelled
        code_version="6",
        inputs=(
            *("basemap_mask", "promised_recall_mask", "crater_pattern"),
            *("crater_catalogue", "basemap_mosaic"),
        ),
        optional_inputs=("promised_recall_mask",),
        settings=map_settings.of_map_table,
        rule=Rule.AFTER_CRATERS,
        table=MapCraterTable,
        picture="ejecta of all craters over the mosaic",
    ),
    "uncertainty": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.uncertainty,
        inputs=(
            *("segmentation_mask", "basemap_mask", "global_map"),
            *("crater_catalogue", "basemap_mosaic"),
        ),
        settings=map_settings.of_map,
        rule=Rule.AFTER_CRATERS,
        picture="probability that the map is wrong, over the planet",
        is_possible=has_probabilities,
    ),
    "map_page": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.map_page,
        inputs=(
            *("segmentation_mask", "basemap_mask", "crater_profile", "global_map", "uncertainty"),
            *("crater_catalogue", "basemap_mosaic"),
        ),
        used_inputs=page_inputs,
        settings=map_settings.of_page,
        rule=Rule.AFTER_CRATERS,
    ),
    "overlaps": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.overlaps,
        beside=lambda paths: (paths.overlap_pairs,),
        code_version="2",  # 2: style, and what values mean
        inputs=(
            "segmentation_mask",
            "basemap_mask",
            "global_map",
            "crater_catalogue",
            "basemap_mosaic",
        ),
        used_inputs=overlap_inputs,
        settings=map_settings.of_map,
        rule=Rule.AFTER_CRATERS,
        table=OverlapTable,
        picture="margins between the two surest claimants of contested pixels",
    ),
    "crater_patterns": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.patterns,
        beside=lambda paths: (
            *(paths.pattern_rays, paths.pattern_spectra),
            *(paths.published_overlaps, paths.published_clean),
        ),
        # 3: own ends of rays; 4: shared is what others claim; 5: no corner left out
        code_version="5",
        inputs=(
            *("crater_pattern", "segmentation_mask", "basemap_mask", "global_map", "overlaps"),
            *("crater_catalogue", "basemap_mosaic"),
        ),
        used_inputs=clean_inputs,
        settings=map_settings.of_map,
        rule=Rule.AFTER_CRATERS,
        table=PatternsTable,
        picture="blankets and longest rays over the radius of their crater",
    ),
    "superposition": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.superposition,
        code_version="2",  # 2: freshness by colour on brightness
        inputs=("overlaps", "basemap_mask", "global_map", "crater_catalogue", "basemap_mosaic"),
        settings=map_settings.of_map,
        rule=Rule.AFTER_CRATERS,
        table=SuperpositionTable,
        picture="arrows from younger craters to the older ones that they lie on",
    ),
    "tiles_to_label": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.tiles_to_label,
        inputs=(
            *("segmentation_mask", "basemap_mask", "global_map"),
            *("crater_catalogue", "basemap_mosaic", "manual_masks"),
        ),
        used_inputs=tile_inputs,
        settings=map_settings.of_map,
        rule=Rule.AFTER_CRATERS,
        table=TilesToLabelTable,
        is_possible=has_probabilities,
    ),
    "planet_statistics": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.planet_statistics,
        beside=lambda paths: (paths.planet_tests,),
        inputs=("basemap_mask", "global_map", "crater_catalogue", "basemap_mosaic"),
        settings=map_settings.of_map,
        rule=Rule.AFTER_CRATERS,
        table=PlanetTable,
        picture="shares of ejecta and crater densities by latitude and longitude",
    ),
    "exclusion_mask": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.exclusion_mask,
        beside=lambda paths: (paths.counting_areas,),
        code_version="2",  # 2: styles, and what values mean
        inputs=(
            "crater_patterns",
            "basemap_mask",
            "global_map",
            "crater_catalogue",
            "basemap_mosaic",
        ),
        settings=map_settings.of_exclusion,
        rule=Rule.AFTER_CRATERS,
        picture="ejecta with their buffer over the mosaic",
    ),
    "qgis_project": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.qgis_project,
        is_edited=True,  # QGIS saves into it
        inputs=(
            *("global_map", "overlaps", "uncertainty", "exclusion_mask", "promised_recall_mask"),
            *("crater_catalogue", "basemap_mosaic"),
        ),
        optional_inputs=("uncertainty", "promised_recall_mask"),
        settings=map_settings.of_map,
        rule=Rule.AFTER_CRATERS,
    ),
    "raster_summaries": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.raster_summaries,
        inputs=("crater_patterns", "basemap_mask", "global_map", "crater_catalogue"),
        settings=map_settings.of_rasters,
        rule=Rule.AFTER_CRATERS,
        table=RasterSummaryTable,
        picture="rasters on ejecta less those beside them, by crater",
        is_possible=lambda project: bool(project.settings.rasters),
    ),
    "model_ages": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.model_ages,
        inputs=("exclusion_mask", "crater_catalogue"),
        settings=map_settings.of_counted_craters,
        rule=Rule.AFTER_CRATERS,
        table=ModelAgeTable,
        picture="ages of blankets, or densities of the craters counted on them",
        is_possible=lambda project: project.settings.analysis.counted_craters is not None,
    ),
    "ejecta_contrast": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.contrast,
        code_version="3",  # 2: observed_share; 3: mask_km2, no reach of nothing
        inputs=("basemap_mask", "crater_catalogue", "basemap_mosaic"),
        rule=Rule.AFTER_CRATERS,
        table=ContrastTable,
        picture="brightness of ejecta against their surroundings",
    ),
    "evaluation": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.scores,
        beside=lambda paths: (paths.reliability,),
        code_version="4",  # 2: claim precision; 3: reliability; 4: by distance, and promises
        inputs=(
            "basemap_mask",
            "connection_predictions",
            "polar_prediction",
            "promised_recall_mask",
            "manual_masks",
            "training_planets",
        ),
        # Rules are tuned on training planets, where a project has any.
        optional_inputs=("polar_prediction", "promised_recall_mask", "training_planets"),
        rule=Rule.AFTER_CRATERS,
        table=ScoreTable,
        picture="F1 of pixels, and how often probabilities come true",
    ),
    "manual_comparison": Row(
        stage=stages.SCORES,
        output=lambda paths, _: paths.manual_comparison,
        beside=lambda paths: (paths.manual_patterns,),
        inputs=(
            "segmentation_mask",
            "basemap_mask",
            "manual_masks",
            "crater_catalogue",
            "basemap_mosaic",
        ),
        used_inputs=comparison_inputs,
        settings=map_settings.of_manual_comparison,
        rule=Rule.AFTER_CRATERS,
        table=ManualComparisonTable,
        picture="F1, precision and recall over the share of the manual ejecta",
    ),
    "tile_scores": LabelRow(
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
    "map_scores": LabelRow(
        stage=stages.SCORES,
        output=lambda paths, _: paths.map_scores,
        beside=lambda paths: (paths.connection_matrix,),
        inputs=("tile_scores",),
        rule=Rule.WITH_UPSTREAM,
        table=MapScoreTable,
        picture="connection matrix, F1 over scale, F1 of craters",
    ),
    "member_map_scores": LabelRow(
        stage=stages.SCORES,
        output=lambda paths, _: paths.member_map_scores,
        inputs=(
            *("tile_store", "connection_predictions", "ejseg_model"),
            *("manual_masks", "labelled_tiles", "split_table"),
        ),
        optional_inputs=("tile_store", "connection_predictions"),
        settings=map_settings.of_member_maps,
        rule=Rule.AFTER_CRATERS,
        takes_all_members=True,
        table=MemberMapTable,
    ),
    "model_comparison": LabelRow(
        stage=stages.SCORES,
        output=lambda paths, _: paths.model_comparison,
        code_version="2",  # 2: scores of maps that members make alone; bands of the learning curve
        inputs=("ejconn_model", "ejseg_model", "map_scores", "member_map_scores"),
        settings=map_settings.of_comparison,
        rule=Rule.WITH_UPSTREAM,
        takes_all_members=True,
        picture="scores over hyperparameters, splits and locations",
    ),
    "release": Row(
        stage=stages.RELEASE,
        output=lambda paths, _: paths.releases,
        is_edited=True,  # each release has digests of its own, and people remove them
        inputs=(
            *("global_map", "crater_catalogue", "basemap_mosaic"),
            *("promoted_ejconn", "promoted_ejseg"),
        ),
        # Models that map nothing here, as where masks are published ones.
        optional_inputs=("promoted_ejconn", "promoted_ejseg"),
    ),
}
