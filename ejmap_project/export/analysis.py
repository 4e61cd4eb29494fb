"""The pattern analysis as published: one row a crater, with overlaps and clean."""

import pandas as pd

from ejmap_geo.patterns.published_pattern import COLUMNS, INDEX
from ejmap_project.export.export import Export
from ejmap_project.published import layout


def export_analysis(export: Export) -> list[str]:
    """Write both tables of the pattern analysis beside the masks of the map."""
    sources = (export.paths.published_overlaps, export.paths.published_clean)
    if not all(path.is_file() for path in sources):
        return ["pattern analysis: not made yet"]
    for family, path in zip(layout.ANALYSIS, sources, strict=True):
        table = pd.read_parquet(path).set_index("crater_id")[list(COLUMNS)]
        table.to_csv(export.place(family, run=export.names.run), index_label=INDEX)
    return []
