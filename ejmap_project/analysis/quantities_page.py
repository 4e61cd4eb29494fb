"""The page ``docs/quantities.md``: every quantity with unit, formula, source and interval."""

import sys
from collections.abc import Iterable

from ejmap_project.analysis.map_quantities import CLEAN, OF_RAY, OF_SUMMARY
from ejmap_project.analysis.quantities import GROUPS, OF_CRATER
from ejmap_project.analysis.quantity import Quantity

HEAD = f"""# Quantities

What `crater_pattern` measures of the ejecta of each crater ({len(OF_CRATER)} quantities), what
`crater_patterns` adds from the masks of all craters ({len(CLEAN)}), the table of rays
({len(OF_RAY)} columns), and that of rasters on ejecta and beside them ({len(OF_SUMMARY)} columns;
the mosaic's own, `spectra`, has no column `raster`). The page is made from the declarations in
`ejmap_project/analysis` by `make quantities`; the UI shows the same as descriptions of columns. R
is the rim radius, r a distance from the centre, c = r / R_body an arc, a an azimuth clockwise from
north. A value is empty where there is none. [methods.md](methods.md) says how they are measured.
Constants of Moore, Gault, McGetchin, Pike and Housen are as others cite them; they were not
compared with the papers.
"""


def quantities_page() -> str:
    """Return the text of the page."""
    groups = {
        **GROUPS,
        "Clean and shared (`crater_patterns`)": CLEAN,
        "Rays (`rays`)": OF_RAY,
        "Rasters (`spectra`, `raster_summaries`)": OF_SUMMARY,
    }
    return HEAD + "".join(f"\n## {name}\n\n{_table(group)}" for name, group in groups.items())


def _table(quantities: Iterable[Quantity]) -> str:
    rows = [
        ("column", "unit", "meaning", "formula", "source", "interval"),
        ("---",) * 6,
        *(
            (f"`{one.name}`", one.unit, one.meaning, one.formula, one.source, one.interval)
            for one in quantities
        ),
    ]
    return "".join(f"| {' | '.join(_cell(cell) for cell in row)} |\n" for row in rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(quantities_page())
