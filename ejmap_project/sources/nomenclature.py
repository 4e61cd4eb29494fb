"""Fresh craters of Mercury that the IAU named: a table of facts that comes with the package."""

from importlib import resources

import geopandas as gpd
import pandas as pd

from ejmap_geo.craters.catalogue import Crater, catalogue_from
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat

CREDIT = "IAU/USGS Gazetteer of Planetary Nomenclature"
TABLE = "mercury_rayed_craters.csv"


def named_craters() -> pd.DataFrame:
    """Return the table of named craters.

    Returns:
        ``crater_id``, ``name``, ``lat_deg``, ``lon_deg`` (planetocentric, east-positive, -180 to
        180), ``diameter_km``, ``iau_id`` (feature id of the gazetteer), ``rays`` (``bright``,
        ``dark`` or ``none``, as seen on the quick-look mosaic) and ``has_rays``.
    """
    file = resources.files("ejmap_project.sources").joinpath(TABLE)
    with file.open(encoding="utf-8") as lines:
        table = pd.read_csv(lines, comment="#")
    return table.assign(has_rays=table["rays"] != "none")


def named_catalogue(*, only_rayed: bool) -> gpd.GeoDataFrame:
    """Return the named craters as a catalogue; none of them is labelled.

    Args:
        only_rayed: Leave out craters whose rays cannot be seen on the quick-look mosaic.
    """
    table = named_craters()
    if only_rayed:
        table = table[table["has_rays"]]
    columns = ["crater_id", "name", "lon_deg", "lat_deg", "diameter_km"]
    rows = pd.DataFrame(table[columns]).itertuples(index=False, name=None)
    craters = [
        Crater(
            crater_id=int(crater_id),
            name=str(name),
            center=LonLat(float(lon_deg), float(lat_deg)),
            radius_m=500.0 * float(diameter_km),
        )
        for crater_id, name, lon_deg, lat_deg, diameter_km in rows
    ]
    return catalogue_from(craters, MERCURY)
