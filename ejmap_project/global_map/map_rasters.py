"""The rasters of the map as files: with colours, attribute table, styles and what values mean."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.label_map import NODATA, LabelMap
from ejmap_geo.maps.map_classes import count_classes, label_classes
from ejmap_geo.maps.raster_style import class_style, color_style, write_style
from ejmap_geo.maps.value_table import write_value_table
from ejmap_geo.rasters.raster import RGBA_BANDS, write_cog
from ejmap_project.files.raster_tags import meaning
from ejmap_project.paths import ProjectPaths

LABEL_VALUES = (
    "0 to 65533: id of the crater whose ejecta lie here; 65534: ejecta of several craters; "
    "65535 (nodata): no ejecta mapped"
)
COUNT_VALUES = "0 (nodata): no ejecta mapped; n: ejecta of n craters overlap here"
COLOR_VALUES = (
    "colour of the crater whose ejecta lie here; alpha 255: one crater, 128: several, 0: none"
)


def write_map_rasters(
    paths: ProjectPaths,
    labels: LabelMap,
    composite: NDArray[np.uint8],
    *,
    names: Mapping[int, str],
    grid: BasemapGrid,
    tags: Mapping[str, str],
) -> None:
    """Write label map, overlap count and colour composite.

    Args:
        paths: Where they lie.
        labels: Crater ids and counts.
        composite: ``(4, rows, cols)``, red, green, blue and alpha.
        names: Names of the craters of the map by id.
        grid: Grid of all three.
        tags: Text kept inside the files.
    """
    classes = label_classes(names)
    # The table comes first: a label map is never without it.
    write_value_table(paths.label_map, classes)
    write_style(paths.label_map, class_style(classes))
    write_cog(
        paths.label_map,
        labels.labels,
        grid=grid,
        nodata=NODATA,
        band_names=("crater_id",),
        colormap={one.value: one.color for one in classes},
        tags={**tags, **meaning("crater of the ejecta in each pixel", LABEL_VALUES)},
    )
    counts = count_classes(int(labels.overlap_count.max()))
    write_style(paths.overlap_count, class_style(counts))
    write_cog(
        paths.overlap_count,
        labels.overlap_count,
        grid=grid,
        nodata=0,
        band_names=("craters",),
        tags={**tags, **meaning("number of craters whose ejecta lie in each pixel", COUNT_VALUES)},
    )
    write_style(paths.composite, color_style(alpha_band=4))
    write_cog(
        paths.composite,
        composite,
        grid=grid,
        band_names=RGBA_BANDS,
        tags={**tags, **meaning("ejecta in the colours of their craters", COLOR_VALUES)},
    )
