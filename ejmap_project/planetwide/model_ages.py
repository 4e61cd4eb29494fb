"""Craters that the user counted on the blankets of the map, and the ages that follow from them."""

from collections.abc import Iterator
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import Body
from ejmap_geo.planetwide.counted_craters import CountedCraters, read_counted_craters
from ejmap_project.artefact import Artefact, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.figures import BLUE, new_plot
from ejmap_project.files.table_file import write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.chronology import Chronology, chronology_of
from ejmap_project.planetwide.exclusion import BLANKETS, OUTSIDE
from ejmap_project.planetwide.planet_tables import ModelAgeTable

# The row of the ground that is left when ejecta are excluded.
GROUND = "outside ejecta"


class Counted(NamedTuple):
    """Craters that somebody counted.

    Attributes:
        craters: Their centres and diameters.
        smallest_km: Diameter from which they count.
    """

    craters: CountedCraters
    smallest_km: float


def date_blankets(project: OpenProject) -> Artefact:
    """Count the user's craters on clean blankets and outside of ejecta, and date both.

    Raises:
        GeoError: If the table of counted craters cannot be read.
        SettingsError: If ``craterstats`` has no chronology of the name.
        StepError: If the settings name no table of craters.
    """
    counted = counted_craters(project)
    chronology, words = _chronology(project)
    body = project.settings.planet
    rows = [_row(area, counted, chronology, body) for area in _areas(project)]
    columns = pd.Index([*ModelAgeTable.to_schema().columns])
    table = ModelAgeTable.validate(pd.DataFrame(rows, columns=columns))
    write_table(table, project.paths.model_ages)
    return Artefact(
        content=content_version(table.to_csv(index=False)),
        metadata={
            "counted_craters": counted.craters.diameter_km.size,
            "smallest_km": counted.smallest_km,
            "on_blankets": int(table.loc[table["area"] != GROUND, "craters"].sum()),
            "ages": words,
            "areas": table,
            "path": str(project.paths.model_ages),
            "picture": _plot(table),
        },
        table=table,
    )


def counted_craters(project: OpenProject) -> Counted:
    """Read the table of craters that the user counted.

    Raises:
        GeoError: If it cannot be read.
        StepError: If the settings name none.
    """
    stated, body = project.settings.analysis, project.settings.planet
    if stated.counted_craters is None:
        raise StepError("no craters were counted; name their table as analysis.counted_craters")
    path = project.paths.user_file(stated.counted_craters)
    craters = read_counted_craters(path, body=body)
    return Counted(craters, stated.counted_from_km or float(craters.diameter_km.min()))


class _Area(NamedTuple):
    name: str
    shape: BaseGeometry
    area_km2: float
    # Inside of the crater that it belongs to, where that is known.
    crater: Crater | None


def _chronology(project: OpenProject) -> tuple[Chronology | None, str]:
    """Return what dates areas with its name, or None and why there is none."""
    try:
        found = chronology_of(project.settings.planet.name, project.settings.analysis.chronology)
    except StepError as error:
        return None, str(error)
    return found, found.name


def _areas(project: OpenProject) -> Iterator[_Area]:
    path, craters = project.paths.counting_areas, project.craters()
    of_id = {one.crater_id: one for one in craters.values()}
    blankets = gpd.read_file(path, layer=BLANKETS)
    for crater_id, name, area_km2, shape in zip(
        blankets["crater_id"],
        blankets["crater"],
        blankets["area_km2"],
        blankets.geometry,
        strict=True,
    ):
        yield _Area(str(name), shape, float(area_km2), of_id.get(int(crater_id)))
    outside = gpd.read_file(path, layer=OUTSIDE)
    whole = shapely.union_all(outside.geometry.to_numpy())
    yield _Area(GROUND, whole, float(outside["area_km2"].sum()), None)


def _row(
    area: _Area, counted: Counted, chronology: Chronology | None, body: Body
) -> dict[str, object]:
    shapely.prepare(area.shape)
    lon_deg, lat_deg, diameter_km = counted.craters
    inside = shapely.intersects_xy(area.shape, lon_deg, lat_deg)
    inside &= diameter_km >= counted.smallest_km
    if area.crater is not None:
        # What lies inside the rim formed on the floor, or is the crater itself.
        inside &= ~_within_rim(area.crater, counted.craters, body)
    craters = int(inside.sum())
    age = (np.nan,) * 3
    if chronology is not None and craters and area.area_km2 > 0:
        age = chronology.age(craters, area.area_km2, counted.smallest_km)
    return {
        "area": area.name,
        "area_km2": area.area_km2,
        "smallest_km": counted.smallest_km,
        "craters": craters,
        "craters_per_million_km2": 1e6 * craters / area.area_km2 if area.area_km2 > 0 else np.nan,
        **dict(zip(("age_ga", "age_low_ga", "age_high_ga"), age, strict=True)),
    }


def _within_rim(crater: Crater, counted: CountedCraters, body: Body) -> NDArray[np.bool_]:
    geod = Geod(a=body.radius_m, b=body.radius_m)
    lon0, lat0 = (np.full(counted.lon_deg.size, one) for one in crater.center)
    _, _, apart_m = geod.inv(lon0, lat0, counted.lon_deg, counted.lat_deg)
    return np.asarray(apart_m) <= crater.radius_m


@drawing
def _plot(table: pd.DataFrame) -> Picture:
    """Draw ages with their intervals, or densities where there are no ages."""
    has_ages = bool(table["age_ga"].notna().any())
    shown = table[table["craters"] > 0]
    figure, axes = new_plot(width=6.4, height=1.2 + 0.18 * max(len(shown), 4))
    at = np.arange(len(shown))
    if has_ages:
        middle, low, high = (
            shown[name].to_numpy(np.float64) for name in ("age_ga", "age_low_ga", "age_high_ga")
        )
        axes.hlines(at, low, high, color=BLUE, lw=1)
        axes.scatter(middle, at, s=14, color=BLUE)
        axes.set_xlabel("model age, Ga", fontsize=8)
    else:
        axes.scatter(shown["craters_per_million_km2"], at, s=14, color=BLUE)
        axes.set_xlabel("counted craters per million km$^2$", fontsize=8)
    axes.set_yticks(at, shown["area"])
    axes.invert_yaxis()
    return Picture(figure, alt="ages of blankets, or densities of the craters counted on them")
