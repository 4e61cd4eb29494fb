"""The pattern analysis and the comparison with whole manual maps, as published."""

import pandas as pd

from ejmap_geo.patterns.published_pattern import COLUMNS, INDEX
from ejmap_project.export.export import Export
from ejmap_project.manual_maps.comparison_table import published_tables
from ejmap_project.published import layout


def export_analysis(export: Export) -> list[str]:
    """Write the tables of both beside the masks of the map."""
    return [*_export_patterns(export), *_export_comparison(export)]


def _export_patterns(export: Export) -> list[str]:
    sources = (export.paths.published_overlaps, export.paths.published_clean)
    if not all(path.is_file() for path in sources):
        return ["pattern analysis: not made yet"]
    for family, path in zip(layout.ANALYSIS, sources, strict=True):
        table = pd.read_parquet(path).set_index("crater_id")[list(COLUMNS)]
        table.to_csv(export.place(family, run=export.names.run), index_label=INDEX)
    return []


def _export_comparison(export: Export) -> list[str]:
    paths, run = export.paths, export.names.run
    if not (paths.manual_comparison.is_file() and paths.manual_patterns.is_file()):
        return ["comparison with manual maps: not made yet"]
    compared = pd.read_parquet(paths.manual_comparison)
    if compared.empty:
        return ["comparison with manual maps: the project has no whole manual map"]
    for name, table in published_tables(compared).items():
        table.to_csv(export.place(layout.MANUAL_METRICS[name], run=run))
    patterns = pd.read_parquet(paths.manual_patterns).set_index("crater_id")[list(COLUMNS)]
    patterns.to_csv(export.place(layout.MANUAL_ANALYSIS, run=run), index_label=INDEX)
    return []
