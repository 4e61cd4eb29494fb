"""``ejmap score-masks``: masks from anywhere, scored in the labelled tiles of a project."""

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import AS_JSON, FILE, FOLDER, PROJECT, command
from ejmap_cli.console import Console
from ejmap_cli.printing import print_json, table_lines

if TYPE_CHECKING:
    from ejmap_project.scoring.outside_masks import OutsideScores

SHOWN = {
    "pixel F1": "map_tvt_pixel_f1",
    "tile F1": "map_tvt_tile_f1",
    "test pixel F1": "map_test_pixel_f1",
    "test tile F1": "map_test_tile_f1",
}
MOST_NAMED = 8


@command(
    "score-masks",
    "ejmap score-masks projects/mercury theirs --split 61",
    "ejmap score-masks projects/mercury projects/other theirs --splits held_back.csv",
    "ejmap score-masks projects/mercury theirs --filter-px 5 --json",
)
@PROJECT
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    type=FOLDER,
    metavar="FOLDER ...",
    help="mask_NNNN.tif by crater id, masks of a published run, or a project",
)
@click.option("--split", type=int, metavar="K", help="split whose test tiles were held back")
@click.option("--splits", type=FILE, help="CSV of crater_id and split: a split for each crater")
@click.option(
    "--filter-px",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="side of the majority filter that both masks pass first (odd, 1 is none); default: 1",
)
@AS_JSON
def score_masks(
    project: Path,
    folders: Sequence[Path],
    *,
    split: int | None,
    splits: Path | None,
    filter_px: int,
    as_json: bool,
) -> int:
    """Score masks from anywhere in the labelled tiles of a project.

    Twenty scores a folder: accuracy, F1, IoU, precision and recall of pixels and of tiles, over
    all labelled tiles and over the test tiles. Without a split all tiles test. Nothing is written.
    """
    from ejmap_project.open_project import OpenProject
    from ejmap_project.scoring.outside_masks import read_crater_splits, score_outside_masks

    if split is not None and splits is not None:
        raise click.UsageError("give --split or --splits, not both")
    opened = OpenProject.at(project.resolve())
    held_back = split if splits is None else read_crater_splits(splits)
    with Console() as console:
        scored = [
            score_outside_masks(
                opened, folder, splits=held_back, filter_px=filter_px, progress=console
            )
            for folder in folders
        ]
    if as_json:
        print_json([_document(one, filter_px) for one in scored])
        return 0
    click.echo("\n".join(_lines(scored)))
    for one in scored:
        if one.missing:
            click.echo(
                f"check this: {one.folder} has no mask of {len(one.missing)} labelled crater(s), "
                f"which count as without ejecta: {', '.join(one.missing[:MOST_NAMED])}"
            )
    return 0


def _document(one: "OutsideScores", filter_px: int) -> dict[str, object]:
    scores = {name: value if math.isfinite(value) else None for name, value in one.scores.items()}
    about = {
        "folder": str(one.folder),
        "masks": one.masks,
        "missing": list(one.missing),
        "tiles": one.tiles,
    }
    return {**about, "filter_px": filter_px, **scores}


def _lines(scored: Sequence["OutsideScores"]) -> list[str]:
    from rich.table import Table

    shown = Table(box=None, pad_edge=False)
    for number, title in enumerate(("masks", "craters", "tiles", *SHOWN)):
        shown.add_column(title, justify="right" if number else "left")
    for one in scored:
        values = (f"{one.scores[name]:.3f}" for name in SHOWN.values())
        shown.add_row(str(one.folder), str(one.masks), str(one.tiles), *values)
    return table_lines(shown, is_terminal=sys.stdout.isatty())
