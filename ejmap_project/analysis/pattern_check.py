"""Whether the tables of patterns are of the right craters and agree with themselves."""

from ejmap_project.analysis.crater_pattern import CraterPattern
from ejmap_project.analysis.map_quantities import PatternsTable
from ejmap_project.artefact import Checked
from ejmap_project.files.table_file import read_table
from ejmap_project.open_project import OpenProject
from ejmap_project.vetting.vetting_choice import held_back

# Sums of floating-point numbers in another order.
ROUNDING = 1e-6


def check_pattern(pattern: CraterPattern, crater_id: int) -> Checked:
    """Check that tables are of a crater, and that blanket and rays are all of its ejecta."""
    row = pattern.quantities.iloc[0]
    parts_km2, ejecta_km2 = float(row["blanket_km2"] + row["rays_km2"]), float(row["ejecta_km2"])
    numbers: dict[str, int | float] = {
        "ejecta_km2": ejecta_km2,
        "blanket_and_rays_km2": parts_km2,
        "rays": len(pattern.rays),
        "missing_quantities": int(row.isna().sum()),
    }
    ids = {int(one) for table in pattern for one in table["crater_id"]}
    if ids != {crater_id} or len(pattern.quantities) != 1:
        return Checked("the tables are of another crater; make the pattern again", numbers)
    if abs(parts_km2 - ejecta_km2) > ROUNDING * max(parts_km2, 1.0):
        fault = f"blanket and rays hold {parts_km2:.0f} km2, the ejecta {ejecta_km2:.0f} km2"
        return Checked(f"{fault}; make the pattern again", numbers)
    return Checked("", numbers)


def check_patterns(project: OpenProject) -> Checked:
    """Check that every crater of the map has a row that fits the schema.

    Raises:
        SchemaError: If a row does not.
    """
    paths, held = project.paths, held_back(project)
    table = PatternsTable.validate(read_table(paths.patterns))
    mapped = {
        crater.crater_id
        for key, crater in project.craters().items()
        if paths.basemap_mask(key).is_file() and key not in held
    }
    missing = sorted(mapped - {*table["crater_id"].tolist()})
    numbers: dict[str, int | float] = {
        "craters": len(table),
        "clean_craters": int(table["is_clean"].sum()),
    }
    if not missing:
        return Checked("", numbers)
    fault = f"{len(missing)} mapped crater(s) have no pattern ({missing[:5]})"
    todo = "materialise crater_pattern of them, then crater_patterns"
    return Checked(f"{fault}; {todo}", numbers)
