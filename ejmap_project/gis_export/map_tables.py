"""The layers of the map as they are exported, and what their columns mean."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from ejmap_project.analysis.map_quantities import OF_RAY
from ejmap_project.errors import ExportError
from ejmap_project.global_map.map_layers import CRATERS, EJECTA, RAYS, RIMS
from ejmap_project.open_project import OpenProject
from ejmap_project.scoring.score_tables import MapCraterTable
from ejmap_project.settings.project_folder import command_on

LAYERS = (EJECTA, RAYS, RIMS, CRATERS)
LONGEST_NAME = 10
# Names of columns in a Shapefile, which holds ten letters of each.
SHORT = {
    "observed_share": "obs_share",
    "promised_recall_km2": "recall_km2",
    "expected_km2": "expect_km2",
    "tolerance_m": "toler_m",
    "azimuth_deg": "azim_deg",
}


def read_layers(project: OpenProject) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of the map by name.

    Raises:
        ExportError: If there is no map yet.
    """
    path = project.paths.map_layers
    if not path.is_file():
        raise ExportError(nothing_to_export(project))
    return {name: gpd.read_file(path, layer=name) for name in LAYERS}


def nothing_to_export(project: OpenProject) -> str:
    """Return what to do with a project that has no map."""
    folder = project.paths.folder
    return f"{folder} has no map to export yet; make it with {command_on(folder, 'run')}"


def short_name(column: str) -> str:
    """Return the name of a column in a Shapefile."""
    return SHORT.get(column, column[:LONGEST_NAME])


def meanings(layers: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Return what the columns of layers mean: a row each, with their name in a Shapefile."""
    rows = [
        {
            "layer": layer,
            "column": column,
            "shapefile": short_name(column),
            "meaning": _meaning(str(column)),
        }
        for layer, table in layers.items()
        for column in table.columns.drop("geometry")
    ]
    return pd.DataFrame(rows)


def _meaning(column: str) -> str:
    schema = MapCraterTable.to_schema().columns
    rays = {one.name: f"{one.meaning}, {one.unit}" for one in OF_RAY}
    told = {
        "crater": "Name or key of the crater.",
        "tolerance_m": "Farthest that the outline may lie from the edge of the mask, metres.",
        **rays,
        **{name: one.description or "" for name, one in schema.items()},
    }
    return told.get(column, "")
