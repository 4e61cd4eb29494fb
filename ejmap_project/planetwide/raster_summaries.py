"""Rasters of the user on the ejecta of each crater and on the ground beside them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.patterns.equal_distance import sector_sums
from ejmap_geo.patterns.polar_mask import PolarCells
from ejmap_geo.rasters.measured_raster import MeasuredBand
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.analysis.map_quantities import OF_SUMMARY, RasterSummaryTable
from ejmap_project.analysis.spectra import BLANKET, RAYS, compared
from ejmap_project.artefact import Artefact, Picture, drawing
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.figures import BLUE, DPI, ORANGE
from ejmap_project.files.table_file import write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.planetwide.user_rasters import Field, fields_of, maturity_words
from ejmap_project.progress import Progress

# Half a degree of azimuth: means over blankets and rays need no finer cells.
COLS = 720
ENDS = ("difference", "difference_low", "difference_high")
# Panels of the picture.
MOST_SHOWN = 6


def summarise_rasters(project: OpenProject, progress: Progress) -> Artefact:
    """Write what each raster of ``rasters`` is on ejecta and beside them at equal distance.

    Raises:
        GeoError: If a raster cannot be read, or does not lie on the planet.
        StepError: If nothing is mapped yet.
    """
    mapped, paths = MappedCraters.of(project), project.paths
    if not mapped.craters:
        raise StepError("no crater has a mask yet; map some first")
    blankets_m = mapped.blankets_m()
    with opened(paths.overlap_count) as counted:
        claims = counted.read(1)
    rows: list[dict[str, object]] = []
    fields = fields_of(project)
    for done, field in enumerate(fields):
        progress.update(f"{field.raster}, {field.band}", done=done, total=len(fields))
        values = field.read()
        for crater in mapped.craters.values():
            blanket_m = blankets_m.get(crater.crater_id, 0.0)
            rows += _rows(mapped, crater, field, values, claims, blanket_m)
    progress.update("rasters", done=len(fields), total=len(fields))
    columns = pd.Index(["crater_id", "crater", *(one.name for one in OF_SUMMARY)])
    table = RasterSummaryTable.validate(pd.DataFrame(rows, columns=columns))
    write_table(table, paths.raster_summaries)
    return Artefact(
        content=content_version(table.to_csv(index=False)),
        metadata={
            "rasters": len(project.settings.rasters),
            "bands": len(fields),
            "craters": int(table["crater_id"].nunique()),
            "maturity": maturity_words(project, fields),
            "summaries": table[table["part"].isin([BLANKET, RAYS])],
            "path": str(paths.raster_summaries),
            "picture": _plot(table, fields),
        },
        table=table,
    )


def _rows(
    mapped: MappedCraters,
    crater: Crater,
    field: Field,
    values: MeasuredBand,
    claims: NDArray[np.uint16],
    blanket_m: float,
) -> Iterator[dict[str, object]]:
    """Yield the rows of one crater; the ground is what no crater claims."""
    grid = azimuthal_grid(crater, mapped.grid)
    cells = PolarCells.about(grid, radius_m=crater.radius_m, cols=COLS)
    places = cells.places(crater.center)
    row, col = mapped.grid.pixels(*places)
    is_ejecta = mapped.masks[crater.crater_id].at(row, col, mapped.grid)
    is_ground = claims[row, col] == 0
    sums = sector_sums(values.at(*places), is_ejecta, is_ground, cells=cells)
    of = {"crater_id": crater.crater_id, "crater": crater.name or crater.key}
    for found in compared(sums, cells, radius_m=crater.radius_m, blanket_m=blanket_m):
        yield {**of, "raster": field.raster, "band": field.band, **found}


@drawing
def _plot(table: pd.DataFrame, fields: list[Field]) -> Picture:
    """Draw the differences of blanket and rays of each crater, one panel a band."""
    shown = fields[:MOST_SHOWN]
    height = 1.2 + 0.16 * max(table["crater_id"].nunique(), 4)
    figure = Figure(figsize=(2.2 + 2.4 * len(shown), height), dpi=DPI, layout="constrained")
    panels = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    names = [*dict.fromkeys(table["crater"])]
    for axes, field in zip(panels, shown, strict=True):
        of_field = table[(table["raster"] == field.raster) & (table["band"] == field.band)]
        for part, color, shift in ((BLANKET, ORANGE, -0.15), (RAYS, BLUE, 0.15)):
            rows = of_field[of_field["part"] == part]
            at = np.array([names.index(name) for name in rows["crater"]]) + shift
            middle, low, high = rows[list(ENDS)].to_numpy(np.float64).T
            low, high = (np.where(np.isnan(end), middle, end) for end in (low, high))
            axes.hlines(at, low, high, color=color, lw=1)
            axes.scatter(middle, at, s=12, color=color, label=part)
        axes.axvline(0, color="0.5", lw=0.8)
        axes.set_title(f"{field.raster}: {field.band}", fontsize=8)
        axes.tick_params(labelsize=7)
        axes.grid(alpha=0.3)
    panels[0].set_yticks(range(len(names)), names)
    panels[0].invert_yaxis()
    panels[0].legend(fontsize=7)
    figure.supxlabel("ejecta less ground at equal distance, in the units of the raster", fontsize=8)
    return Picture(figure, alt="rasters on ejecta less those beside them, by crater")
