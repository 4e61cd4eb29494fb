"""``ejmap reference score``: how much of the drawn ejecta a model finds."""

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import AS_JSON, chosen_folder, command
from ejmap_cli.printing import print_json, table_lines
from ejmap_cli.reference.models_asked import (
    CRATERS,
    DRAWINGS,
    MODELS,
    PART,
    drawn_craters,
)

if TYPE_CHECKING:
    import pandas as pd

    from ejmap_project.reference.reference_crater import Part
    from ejmap_project.reference.score_table import ReferenceScores

CRATER_COLUMNS = {
    "body": "body",
    "crater": "crater",
    "blanket": "blanket",
    "ray": "rays",
    "chance": "by chance",
    "false_area": "false area",
    "reach_deg": "reach deg",
    "drawn_reach_deg": "drawn",
}
SUMMARY_COLUMNS = {
    "body": "body",
    "craters": "craters",
    "blanket": "blanket",
    "ray": "rays",
    "chance": "by chance",
    "false_area": "false area",
    "ray_by_length": "by length",
    "ray_near": "< 5 deg",
    "ray_middle": "5-15",
    "ray_far": "> 15",
    "ray_confidence_3": "sure",
    "ray_confidence_2": "probable",
    "ray_confidence_1": "faint",
}


@command(
    "score",
    "ejmap reference score projects/mine",
    "ejmap reference score models/one models/two --part train --json",
    "ejmap reference score projects/mine --drawings mine.csv --craters my_craters.csv",
)
@MODELS
@PART
@DRAWINGS
@CRATERS
@AS_JSON
def score(
    models: Sequence[Path],
    part: "Part | None",
    drawings: Path | None,
    craters: Path | None,
    *,
    as_json: bool,
) -> int:
    """Score polar EJSEG models on real craters that were drawn by eye.

    Craters of Mercury and the Moon are mapped on the grey mosaics of the package. Recall is the
    share of the drawn rays or blanket that is found, false area the share of surely empty boxes
    that is mapped; docs/reference-set.md has the formulas.
    """
    from ejmap_project.models.asked_ensemble import asked_bundles
    from ejmap_project.reference.ensemble_masks import score_ensemble

    bundles = asked_bundles(models or [chosen_folder(None)])
    drawn = drawn_craters(part, drawings, craters, tell=lambda one: click.echo(one, err=True))
    print_scores(score_ensemble(bundles, drawn), as_json=as_json)
    return 0


def print_scores(scores: "ReferenceScores", *, as_json: bool) -> None:
    """Print scores of craters and their summary, as tables or as JSON."""
    if as_json:
        print_json({name: _records(table) for name, table in scores._asdict().items()})
        return
    for table, columns in ((scores.craters, CRATER_COLUMNS), (scores.summary, SUMMARY_COLUMNS)):
        click.echo("\n".join(_lines(table, columns)))


def _records(table: "pd.DataFrame") -> list[dict[str, object]]:
    return [
        {str(name): None if _is_unknown(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _lines(table: "pd.DataFrame", columns: dict[str, str]) -> list[str]:
    from rich.table import Table

    shown = Table(box=None, pad_edge=False)
    names = [name for name in columns if name in table.columns]
    for name in names:
        is_text = table[name].dtype == object
        shown.add_column(columns[name], justify="left" if is_text else "right")
    for row in table[names].to_dict("records"):
        shown.add_row(*map(_cell, row.values()))
    return table_lines(shown, is_terminal=sys.stdout.isatty())


def _cell(value: object) -> str:
    if _is_unknown(value):
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _is_unknown(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
