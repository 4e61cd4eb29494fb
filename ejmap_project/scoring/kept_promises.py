"""Whether probabilities and promises of a map come true where ejecta are known."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.polar_file import read_polar_view
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.resampling.reproject import to_polar
from ejmap_ml.calibration.band_reliability import BandReliability, Stated, band_reliability
from ejmap_project.artefact import Facts, known_numbers
from ejmap_project.basemap import Basemap
from ejmap_project.mapping.promised_mask import read_expected_area
from ejmap_project.models.mapping_models import maps_in_polar_view, promises_recall
from ejmap_project.open_project import OpenProject

# Samples a cell by range and azimuth, where the truth is seen in polar view.
SAMPLES = (3, 2)


def distance_reliability(
    project: OpenProject, basemap: Basemap, *, actual: Mapping[int, PlacedMask]
) -> tuple[BandReliability, ...]:
    """Return how well polar predictions come true at every distance; empty without any.

    Args:
        project: The project.
        basemap: Its mosaic.
        actual: Known ejecta by crater id.
    """
    if not maps_in_polar_view(project):
        return ()
    bands = band_reliability(_stated(project, basemap.grid, actual))
    return bands if any(one.cells for one in bands) else ()


def kept_promises(
    project: OpenProject, basemap: Basemap, *, actual: Mapping[int, PlacedMask]
) -> Facts:
    """Return recall of masks that promise it, and true areas beside their intervals, as facts.

    ``recall_found`` is the mean over craters with ejecta, by area, ``area_interval_holds`` the
    share of craters whose true area lies in its interval.

    Args:
        project: The project.
        basemap: Its mosaic.
        actual: Known ejecta by crater id.
    """
    rows = [
        _row(project, crater, actual[crater.crater_id], basemap.grid)
        for crater in project.craters().values()
        if crater.crater_id in actual and project.paths.promised_recall_mask(crater.key).is_file()
    ]
    if not rows or not promises_recall(project):
        return {}
    table = pd.DataFrame(rows)
    holds = table["true_km2"].between(table["low_km2"], table["high_km2"])
    return {
        "promised_recall": project.settings.mapping.promised_recall,
        **known_numbers({"recall_found": float(table["recall"].mean())}),
        "area_interval_holds": float(holds.mean()),
        "promises": table,
    }


def _stated(
    project: OpenProject, grid: BasemapGrid, actual: Mapping[int, PlacedMask]
) -> Iterator[Stated]:
    for key, crater in project.craters().items():
        path = project.paths.polar_prediction(key)
        if crater.crater_id not in actual or not path.is_file():
            continue
        bands, polar = read_polar_view(
            path, body=grid.body, center=crater.center, radius_m=crater.radius_m
        )
        full = np.zeros((1, *grid.shape), np.bool_)
        actual[crater.crater_id].paste_into(full[0])
        truth = to_polar(full, basemap=grid, polar=polar, samples=SAMPLES, nodata=None)[0]
        yield Stated(
            probability=bands["probability"],
            truth=np.nan_to_num(truth),
            weight=polar.cell_area_m2[:, None],
            range_radii=polar.range_radii,
        )


def _row(
    project: OpenProject, crater: Crater, truth: PlacedMask, grid: BasemapGrid
) -> dict[str, object]:
    path = project.paths.promised_recall_mask(crater.key)
    found = read_mask_on(path, grid)
    area = read_expected_area(path)
    true_km2 = truth.area_m2(grid) / 1e6
    recall = np.nan
    if truth.window is not None:
        both = PlacedMask(mask=truth.mask & found.within(truth.window, grid), window=truth.window)
        recall = both.area_m2(grid) / 1e6 / true_km2
    return {"crater": crater.key, "recall": recall, "true_km2": true_km2, **area._asdict()}
