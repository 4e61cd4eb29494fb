"""The mapped masks against whole manual maps, as an artefact: tables, figures and pictures."""

import pandas as pd

from ejmap_geo.patterns.published_pattern import COLUMNS
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_project.analysis.surroundings import read_mapped
from ejmap_project.artefact import Artefact, Facts, known_numbers
from ejmap_project.digest import content_version
from ejmap_project.figures import saved_figures
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.files.table_file import write_table, write_table_and_csv
from ejmap_project.manual_maps.comparison_table import TILES, WHOLE, comparison_table
from ejmap_project.manual_maps.crater_comparison import CraterComparison, TileMask, compare_crater
from ejmap_project.manual_maps.whole_maps import WholeMap, whole_maps
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress

NOTHING = (
    "there is no whole manual map of a mapped crater; name a folder of them as "
    "analysis.manual_maps in project.yaml"
)


def compare_with_manual_maps(project: OpenProject, progress: Progress) -> Artefact:
    """Compare the mask of each crater with its whole manual map; write tables and figures.

    Craters without such a map, or that were not mapped yet, are left out. The tables are empty
    where there is no whole manual map.

    Raises:
        GeoError: If a map does not fit the mosaic.
        SourceError: If a map is of no crater.
    """
    from ejmap_project.manual_maps.comparison_plots import overview_plot, quantile_plots
    from ejmap_project.manual_maps.pattern_panels import neighbours, pattern_panels

    paths, work = project.paths, CraterWork(project)
    masks = MaskFolder.of(work.craters, paths.basemap_mask, work.basemap.grid)
    rows: list[dict[str, object]] = []
    patterns: list[dict[str, object]] = []
    unmapped: list[str] = []
    panels = {}
    for whole in whole_maps(project, work.basemap.grid):
        crater = whole.crater
        progress.say(f"crater {crater.label} against its manual map")
        if crater.crater_id not in masks:
            unmapped.append(crater.label)
            continue
        found = _compared(work, whole)
        rows += found.rows
        patterns.append(_pattern_row(found))
        near = neighbours(found, masks, work.craters.values(), basemap=work.basemap.grid)
        panels[f"pattern {crater.label}"] = pattern_panels(found, work.basemap, near)
    table = comparison_table(rows)
    manual = pd.DataFrame(patterns, columns=pd.Index(["crater_id", *COLUMNS]))
    write_table_and_csv(table, paths.manual_comparison)
    write_table(manual, paths.manual_patterns)
    figures = {**quantile_plots(table), **overview_plot(table), **panels}
    return Artefact(
        content=content_version(table.to_csv(index=False), manual.to_csv(index=False)),
        metadata={
            "compared_craters": len(manual),
            "not_mapped_yet": unmapped,
            **({} if len(table) else {"nothing_to_compare": NOTHING}),
            **_numbers(table),
            "craters": _summary(table),
            "path": str(paths.manual_comparison),
            **saved_figures(figures, paths.manual_comparison.with_suffix("")),
        },
        table=table,
    )


def _compared(work: CraterWork, whole: WholeMap) -> CraterComparison:
    crater = whole.crater
    return compare_crater(
        whole,
        read_mapped(work, crater).mask,
        work.azimuthal_grid(crater),
        basemap=work.basemap,
        rim=work.drawn_rims.get(crater.key),
        tiles=_tile_mask(work, whole),
    )


def _tile_mask(work: CraterWork, whole: WholeMap) -> TileMask | None:
    """Return what a person mapped of a crater in labelled tiles; None where there are no tiles."""
    path = work.paths.manual_mask(whole.crater.key)
    rectangles = work.source.locations([whole.crater], work.basemap.grid)
    if not (rectangles and path.is_file()):
        return None
    placed = read_mask_on(path, work.basemap.grid)
    return TileMask(placed, rectangles.values())


def _pattern_row(found: CraterComparison) -> dict[str, object]:
    row = found.manual_pattern
    invalid = row["blanket_area"] == 0
    return {"crater_id": found.whole.crater.crater_id, **row, "invalid": invalid}


def _numbers(table: pd.DataFrame) -> Facts:
    """Return what people follow over time: means over craters, and the same of labelled tiles."""
    found: dict[str, float] = {}
    for part, prefix in ((WHOLE, ""), (TILES, "labelled_tiles_")):
        scores = table[table["part"] == part]
        for name in ("f1", "precision", "recall"):
            found[f"{prefix}mean_{name}"] = float(scores[name].mean())
    return {**known_numbers(found)}


def _summary(table: pd.DataFrame) -> pd.DataFrame:
    whole = table[table["part"] == WHOLE].set_index("crater")
    tiles = table[table["part"] == TILES].set_index("crater")["f1"]
    return (
        whole[["crater_id", "f1", "precision", "recall"]]
        .join(tiles.rename("labelled_tiles_f1"))
        .reset_index()
    )
