"""Ejecta and craters of the whole planet: by latitude and longitude, and against chance."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import Body
from ejmap_geo.planetwide.chance import (
    AgainstChance,
    Places,
    apex_asymmetry,
    hot_pole_excess,
    polar_excess,
)
from ejmap_geo.planetwide.shares import AreaByCell, Cells, area_by_cell, density
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.artefact import Artefact, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.figures import BLUE, DPI, ORANGE
from ejmap_project.files.table_file import write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.planetwide.planet_tables import PlanetTable, PlanetTestTable

CELLS = Cells.of_steps(lat_deg=10, lon_deg=15)
KM2 = 1e6
ONE, BY_AREA = "one a crater", "area of ejecta"
# The same draws every time.
SEED = 1
ANY_LONGITUDE = "each crater keeps its latitude and gets any longitude"
ANY_LATITUDE = "each crater gets a latitude, evenly over the sphere"


def measure_planet(project: OpenProject) -> Artefact:
    """Write shares and densities by latitude and longitude, and the tests against chance."""
    mapped, paths = MappedCraters.of(project), project.paths
    body, craters = mapped.grid.body, [*mapped.craters.values()]
    areas = _areas(mapped)
    table = planet_table(areas, craters)
    ejecta_m2 = [mapped.masks.area_m2(one.crater_id) for one in craters]
    tests = chance_table(body, craters, np.array(ejecta_m2, np.float64))
    write_table(table, paths.planet_statistics)
    write_table(tests, paths.planet_tests)
    imaged = float(areas.imaged.sum())
    return Artefact(
        content=content_version(*(one.to_csv(index=False) for one in (table, tests))),
        metadata={
            "craters": len(craters),
            "imaged_share_of_planet": imaged / float(areas.surface.sum()),
            "ejecta_share_of_imaged": float(areas.ejecta.sum()) / max(imaged, 1.0),
            "overlap_share_of_imaged": float(areas.overlap.sum()) / max(imaged, 1.0),
            "tests": tests,
            "statistics": table,
            "path": str(paths.planet_statistics),
            "picture": _plot(table),
        },
        table=table,
    )


def _areas(mapped: MappedCraters) -> AreaByCell:
    paths, cols = mapped.project.paths, mapped.grid.shape[1]
    with opened(paths.overlap_count) as counted, opened(paths.basemap_mosaic) as mosaic:

        def read(top: int, bottom: int) -> tuple[NDArray[np.bool_], NDArray[np.uint16]]:
            rows = ((top, bottom), (0, cols))
            return mosaic.read(window=rows).any(axis=0), counted.read(1, window=rows)

        return area_by_cell(read, CELLS, basemap=mapped.grid)


def planet_table(areas: AreaByCell, craters: Iterable[Crater]) -> pd.DataFrame:
    """Return shares and densities by latitude, then by longitude.

    Args:
        areas: Areas by the cells ``CELLS``.
        craters: The craters of the map.
    """
    listed = [*craters]
    parts = [
        _bins(AreaByCell(*(one.sum(axis) for one in areas)), edges, listed, by)
        for by, edges, axis in (
            ("latitude", CELLS.lat_deg, 1),
            ("longitude", CELLS.lon_deg, 0),
        )
    ]
    return PlanetTable.validate(pd.concat(parts, ignore_index=True))


def _bins(
    areas: AreaByCell, edges: NDArray[np.float64], craters: list[Crater], by: str
) -> pd.DataFrame:
    found = density(craters, edges, by=by)
    imaged = np.where(areas.imaged > 0, areas.imaged, np.nan)
    per_million = 1e6 * KM2 / imaged
    return pd.DataFrame(
        {
            "by": by,
            "from_deg": edges[:-1],
            "to_deg": edges[1:],
            **{f"{name}_km2": value / KM2 for name, value in areas._asdict().items()},
            "ejecta_share": areas.ejecta / imaged,
            "overlap_share": areas.overlap / imaged,
            "craters": found.craters,
            "craters_per_million_km2": found.craters * per_million,
            "density_low": found.low * per_million,
            "density_high": found.high * per_million,
        }
    )


def chance_table(body: Body, craters: list[Crater], ejecta_m2: NDArray[np.float64]) -> pd.DataFrame:
    """Return the tests that apply to a body, for craters with ejecta.

    Args:
        body: The planet.
        craters: The craters of the map.
        ejecta_m2: Area of the ejecta of each.
    """
    kept = [one for one, area in zip(craters, ejecta_m2, strict=True) if area > 0]
    lon, lat = np.radians(np.array([one.center for one in kept], np.float64).reshape(-1, 2)).T
    rows = [
        {"weighted_by": name, "craters": len(kept), **row}
        for name, weight in ((ONE, np.ones(len(kept))), (BY_AREA, ejecta_m2[ejecta_m2 > 0]))
        for row in _tests(body, Places(lon, lat, weight))
    ]
    columns = pd.Index([*PlanetTestTable.to_schema().columns])
    return PlanetTestTable.validate(pd.DataFrame(rows)[columns])


def _tests(body: Body, places: Places) -> list[dict[str, object]]:
    rng = np.random.default_rng(SEED)
    rows = [
        _row(
            "poles against equator",
            polar_excess(places, rng=rng),
            ("2 <|sin latitude|>", ANY_LATITUDE, "Werner and Medvedev 2010"),
        )
    ]
    if body.apex_lon_deg is not None:
        rows.append(
            _row(
                "apex of motion",
                apex_asymmetry(places, apex_lon_deg=body.apex_lon_deg, rng=rng),
                ("3 <cos(angle from the apex)>", ANY_LONGITUDE, "Werner and Medvedev 2010"),
            )
        )
    if body.hot_pole_lon_deg is not None:
        rows.append(
            _row(
                "hot poles",
                hot_pole_excess(places, hot_pole_lon_deg=body.hot_pole_lon_deg, rng=rng),
                ("2 <cos 2(longitude - hot pole)>", ANY_LONGITUDE, "Liu 1968"),
            )
        )
    return rows


def _row(test: str, found: AgainstChance, said: tuple[str, str, str]) -> dict[str, object]:
    return {
        "test": test,
        "value": found.value,
        "expected": found.expected,
        "chance_low": found.low,
        "chance_high": found.high,
        "p_value": found.p_value,
        **dict(zip(("formula", "chance", "source"), said, strict=True)),
    }


@drawing
def _plot(table: pd.DataFrame) -> Picture:
    figure = Figure(figsize=(6.4, 4.8), dpi=DPI, layout="constrained")
    axes = figure.subplots(2, 2, sharex="col", sharey="row")
    for column, by in enumerate(("latitude", "longitude")):
        part = table[table["by"] == by]
        _shares(axes[0, column], part)
        _densities(axes[1, column], part)
        axes[1, column].set_xlabel(f"{by}, degrees", fontsize=8)
    axes[0, 0].set_ylabel("% of imaged ground", fontsize=8)
    axes[0, 1].legend(fontsize=7)
    axes[1, 0].set_ylabel("craters per million km$^2$", fontsize=8)
    for one in axes.flat:
        one.tick_params(labelsize=7)
        one.grid(alpha=0.3)
        one.set_axisbelow(True)
    return Picture(figure, alt="shares of ejecta and crater densities by latitude and longitude")


def _shares(axes: Axes, part: pd.DataFrame) -> None:
    start, width = part["from_deg"], part["to_deg"] - part["from_deg"]
    for name, color in (("ejecta", ORANGE), ("overlap", BLUE)):
        share = 100 * part[f"{name}_share"]
        axes.bar(start, share, width=width, align="edge", color=color, ec="white", label=name)
    axes.set_xticks(np.linspace(part["from_deg"].min(), part["to_deg"].max(), 7))


def _densities(axes: Axes, part: pd.DataFrame) -> None:
    middle = (part["from_deg"] + part["to_deg"]) / 2
    value = part["craters_per_million_km2"]
    reach = [value - part["density_low"], part["density_high"] - value]
    axes.errorbar(middle, value, yerr=reach, fmt="o", ms=3, lw=1, color=BLUE)
