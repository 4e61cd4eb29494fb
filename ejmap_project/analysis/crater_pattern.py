"""The pattern of one crater: its quantities, its rays and its published row, as a folder."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.patterns.published_pattern import COLUMNS, Row
from ejmap_geo.whole_file import whole_folder
from ejmap_ml.config.bands import names_of
from ejmap_project.analysis.map_quantities import OF_RAY, RayTable, SpectrumTable
from ejmap_project.analysis.member_spread import MemberSpread, member_spread
from ejmap_project.analysis.quantities import MEMBERS, OF_CRATER, PatternTable
from ejmap_project.analysis.surroundings import read_mapped, surroundings
from ejmap_project.artefact import Artefact, known_numbers
from ejmap_project.digest import content_version
from ejmap_project.files.table_file import read_table
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.polar_prediction import read_polar_prediction
from ejmap_project.mapping.promised_mask import ExpectedArea, read_expected_area

# In the pages a wider table would push the picture below it out of the window.
RAYS_SHOWN = ["azimuth_deg", "spread_deg", "end_km", "length_km", "width_km"]
QUANTITIES, RAYS, PUBLISHED = "quantities.parquet", "rays.parquet", "published.parquet"
SPECTRA = "spectra.parquet"
FILES = (QUANTITIES, RAYS, PUBLISHED, SPECTRA)
SHOWN = (
    *("ejecta_km2", "optical_blanket_radii", "coverage_radius_radii", "ray_count"),
    *("longest_ray_km", "reach_99_km", "launch_speed_max_km_s", "off_centre_share"),
)


class CraterPattern(NamedTuple):
    """The tables of one crater.

    Attributes:
        quantities: One row, valid under ``PatternTable``.
        rays: One row a ray, valid under ``RayTable``.
        published: One row in the published columns, with overlaps, by ``crater_id``.
        spectra: Bands on ejecta and beside them, valid under ``SpectrumTable``.
    """

    quantities: pd.DataFrame
    rays: pd.DataFrame
    published: pd.DataFrame
    spectra: pd.DataFrame


def measure_pattern(work: CraterWork, crater: Crater) -> Artefact:
    """Measure the pattern of a crater's ejecta, and write its tables.

    Raises:
        GeoError: If the crater's mask is missing or does not lie on the mosaic.
        StepError: If what its members say is missing.
    """
    # SciPy's signals and matplotlib take half a second, which no process but this one has to wait.
    from ejmap_project.analysis.crater_measures import measure, ray_rows
    from ejmap_project.analysis.pattern_page import pattern_page
    from ejmap_project.analysis.spectra import spectra_table

    around = surroundings(
        read_mapped(work, crater),
        basemap=work.basemap,
        crater=crater,
        grid=work.azimuthal_grid(crater),
        rim=work.drawn_rims.get(crater.key),
    )
    measured = measure(around)
    spread = _spread(work, crater)
    of_members = {one.name: math.nan for one in MEMBERS} if spread is None else spread.quantities
    values = {**measured.quantities, **of_members, **_expected(work, crater)}
    rays = ray_rows(measured.rays, around.grid.body, radius_m=crater.radius_m)
    spectra = spectra_table(
        measured.polar, names_of(work.settings.mosaic_bands), crater, blanket_m=measured.blanket_m
    )
    pattern = CraterPattern(*_tables(crater, values, rays, measured.published), spectra)
    folder = work.paths.crater_pattern(crater.key)
    with whole_folder(folder) as unfinished:
        for name, table in zip(FILES, pattern, strict=True):
            table.to_parquet(unfinished / name, index=False)
    numbers = {name: float(values[name]) for name in SHOWN}
    return Artefact(
        content=content_version(*(table.to_csv(index=False) for table in pattern)),
        metadata={
            "crater": crater.label,
            **known_numbers(numbers),
            "impact_class": values["impact_class"],
            "quantities": len(OF_CRATER),
            "rays": pattern.rays[RAYS_SHOWN],
            "spectra": spectra,
            "path": str(folder),
            "picture": pattern_page(around, measured, spectra, spread),
        },
        table=pattern.quantities,
    )


def read_pattern(folder: Path) -> CraterPattern:
    """Read the tables of a crater.

    Raises:
        SchemaError: If a table was changed by hand.
        StepError: If one is missing or damaged.
    """
    quantities, rays, published, spectra = (read_table(folder / name) for name in FILES)
    return CraterPattern(
        PatternTable.validate(quantities),
        RayTable.validate(rays),
        published,
        SpectrumTable.validate(spectra),
    )


def _tables(
    crater: Crater,
    values: Mapping[str, float | str],
    rays: list[dict[str, float]],
    published: Row,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return quantities, rays and published row as tables."""
    of = {"crater_id": crater.crater_id, "crater": crater.name or crater.key}
    names = [one.name for one in OF_CRATER]
    quantities = pd.DataFrame([{**of, **{name: values[name] for name in names}}])
    ray_table = pd.DataFrame(
        [{**of, **row} for row in rays],
        columns=pd.Index(["crater_id", "crater", *(one.name for one in OF_RAY)]),
    )
    columns = [name for name in COLUMNS if name != "invalid"]
    row = {"crater_id": crater.crater_id, **{name: published[name] for name in columns}}
    return (
        PatternTable.validate(quantities),
        RayTable.validate(ray_table),
        pd.DataFrame([row]),
    )


def _spread(work: CraterWork, crater: Crater) -> MemberSpread | None:
    """Return how far the members lie apart; None where they are not known, or mapped nothing."""
    if not work.maps_in_polar_view or work.corrected_mask(crater) is not None:
        return None
    told = read_polar_prediction(work, crater)
    return member_spread(
        told.past_border, polar=told.polar, reach_m=crater.reach(work.basemap.grid.body)
    )


def _expected(work: CraterWork, crater: Crater) -> dict[str, float]:
    """Return the expected area with its interval; NaN where no ensemble promises one."""
    area = ExpectedArea(math.nan, math.nan, math.nan)
    if work.promises_recall and work.corrected_mask(crater) is None:
        area = read_expected_area(work.paths.promised_recall_mask(crater.key))
    return {
        "expected_km2": area.expected_km2,
        "expected_low_km2": area.low_km2,
        "expected_high_km2": area.high_km2,
    }
