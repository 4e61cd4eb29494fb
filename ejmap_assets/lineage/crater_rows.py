"""Rows of a crater: from the mosaic around it to its mask."""

from collections.abc import Mapping

from ejmap_assets.lineage.row import Row
from ejmap_assets.lineage.row_parts import (
    PUBLISHED_CONNECTIONS,
    PUBLISHED_MASK,
    CraterRow,
    connection_inputs,
    mask_inputs,
    pattern_inputs,
)
from ejmap_geo.craters.schemas import ConnectionTable
from ejmap_project import recipe_settings
from ejmap_project.analysis.crater_profile import ProfileTable
from ejmap_project.analysis.quantities import PatternTable
from ejmap_project.models.mapping_models import maps_in_polar_view, promises_recall
from ejmap_project.paths import ProjectPaths

CRATER_ROWS: Mapping[str, Row] = {
    "azimuthal_mosaic": CraterRow(
        output=ProjectPaths.azimuthal_mosaic,
        code_version="2",  # 2: no finer than one looks at
        inputs=("basemap_mosaic", "crater_catalogue"),
        picture="mosaic around the crater",
    ),
    "tile_store": CraterRow(
        output=ProjectPaths.tile_store,
        code_version="2",  # 2: places without what tile models see there
        inputs=("azimuthal_mosaic", "crater_catalogue"),
        settings=recipe_settings.of_tiles,
        picture="azimuth against range",
    ),
    "polar_prediction": CraterRow(
        output=ProjectPaths.polar_prediction,
        code_version="2",
        inputs=("tile_store", "promoted_ejseg"),
        picture="probability by azimuth and range",
        is_possible=maps_in_polar_view,
        is_kept=True,
    ),
    # Connections and mask follow from the polar prediction, or the mask from EJCONN's connections.
    "connection_predictions": CraterRow(
        output=ProjectPaths.connections,
        code_version="2",
        inputs=("tile_store", "polar_prediction", "promoted_ejconn"),
        used_inputs=connection_inputs,
        settings=recipe_settings.of_connections,
        table=ConnectionTable,
        picture="probability of each tile",
        published=PUBLISHED_CONNECTIONS,
        is_kept=True,
    ),
    "segmentation_mask": CraterRow(
        output=ProjectPaths.segmentation,
        code_version="3",  # 3: levels of one byte
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
    "basemap_mask": CraterRow(
        output=ProjectPaths.basemap_mask,
        code_version="2",  # 2: colour, nodata and tags
        inputs=("segmentation_mask",),
        settings=recipe_settings.of_given_mask,
        picture="ejecta over the mosaic",
        published=PUBLISHED_MASK,
        is_kept=True,
        is_mask=True,
    ),
    "promised_recall_mask": CraterRow(
        output=ProjectPaths.promised_recall_mask,
        inputs=("basemap_mosaic", "polar_prediction", "promoted_ejseg"),
        settings=recipe_settings.of_promised_recall,
        picture="balanced mask and mask at the promised recall",
        is_possible=promises_recall,
        is_kept=True,
    ),
    "crater_profile": CraterRow(
        output=ProjectPaths.crater_profile,
        inputs=("basemap_mask", "basemap_mosaic", "crater_catalogue"),
        table=ProfileTable,
        picture="ejecta fraction and brightness by distance",
    ),
    "crater_pattern": CraterRow(
        output=ProjectPaths.crater_pattern,
        inputs=(
            *("basemap_mask", "segmentation_mask", "polar_prediction", "promised_recall_mask"),
            *("basemap_mosaic", "crater_catalogue"),
        ),
        # 3: likely rays, zones by probability and light; 4: no directions of nothing; 5: no corner
        # of the square about ejecta is left out
        code_version="5",
        used_inputs=pattern_inputs,
        table=PatternTable,
        picture="ejecta with blanket and ends of rays; coverage by distance; ejecta by azimuth",
    ),
}
