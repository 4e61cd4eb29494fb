"""Where the files of a map lie, and its pooled scores as a table."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from rich.table import Table

from ejmap_cli.printing import table_lines
from ejmap_project.files.table_file import read_table
from ejmap_project.models.promotion_record import Decision, promotions
from ejmap_project.paths import ProjectPaths
from ejmap_project.scoring.map_agreement import POOLED

COLUMNS = {
    "method": "method",
    "pixel_f1": "pixel F1",
    "iou": "IoU",
    "tile_f1": "tile F1",
    "origin_accuracy": "origin",
    "claim_precision": "claims",
    "setting": "tuned to",
}
WORDS = {
    Decision.PROMOTED: "was promoted",
    Decision.KEPT: "was not promoted",
    Decision.ROLLED_BACK: "was left by a roll-back",
}
TILE_COLUMNS = {
    "scope": "tiles",
    "level": "level",
    "kind": "of",
    "scale_px": "scale px",
    "f1": "F1",
    "iou": "IoU",
    "precision": "precision",
    "recall": "recall",
}


def result_lines(paths: ProjectPaths, *, is_terminal: bool) -> Iterator[str]:
    """Yield the lines that name the files of a map, show its scores and say what the gate decided.

    Args:
        paths: Where the artefacts of the project lie.
        is_terminal: Whether a terminal will show the lines.
    """
    yield f"map        {_short(paths.preview)} (picture)"
    yield f"           {_short(paths.composite)} (for a GIS)"
    yield f"           {_short(paths.label_map)}, {_short(paths.map_craters)}"
    whole = _read(paths.scores)
    pooled = whole.loc[whole["crater"] == POOLED] if len(whole) else whole
    tiles = _read(paths.map_scores)
    # Of a planet without known ejecta there is a row for each scope, of no tiles.
    in_tiles = tiles.loc[tiles["crater_id"].isna() & (tiles["tiles"] > 0)] if len(tiles) else tiles
    if len(pooled):
        yield f"scores     {_short(paths.scores)}, all known craters pooled:"
        yield from table_lines(_table(pooled, COLUMNS), is_terminal=is_terminal, indent=11)
    elif len(in_tiles):
        yield f"scores     {_short(paths.map_scores)}, in the labelled tiles:"
        yield from table_lines(_table(in_tiles, TILE_COLUMNS), is_terminal=is_terminal, indent=11)
    else:
        yield "scores     none: no ejecta of this planet are known"
    yield from _gate_lines(paths)


def _gate_lines(paths: ProjectPaths) -> Iterator[str]:
    """Yield what was decided last; the first ensemble had nothing to be judged against."""
    decided = promotions(paths, "ejseg")
    if len(decided) > 1:
        last = decided[-1]
        yield f"gate       {last.candidate.version} {WORDS[last.decision]}: {last.reason}"
        yield f"           {last.current.version} maps the craters"


def _read(path: Path) -> pd.DataFrame:
    return read_table(path) if path.is_file() else pd.DataFrame()


def _table(scores: pd.DataFrame, headings: Mapping[str, str]) -> Table:
    table = Table(box=None, pad_edge=False)
    shown = scores.reindex(columns=list(headings))
    for name, heading in headings.items():
        is_number = pd.api.types.is_numeric_dtype(shown[name])
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for row in shown.itertuples(index=False):
        table.add_row(*map(_text, row))
    return table


def _text(value: Any) -> str:  # noqa: ANN401 (whatever a cell holds)
    if pd.isna(value):
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
