"""From a project folder to its map on the console, and what to look at then."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ejmap_assets.definitions import runner_of
from ejmap_assets.runs.instance import open_instance
from ejmap_cli.console import Console
from ejmap_project.models.model_version import configured_model
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.scoring.map_agreement import POOLED
from ejmap_project.settings.project import ProjectPaths
from ejmap_project.sources.kinds import source_of

MODEL_KINDS: tuple[ModelKind, ...] = ("ejconn", "ejseg")
SHOWN = {
    "method": "method",
    "pixel_f1": "pixel F1",
    "iou": "IoU",
    "tile_f1": "tile F1",
    "origin_accuracy": "origin",
    "claim_precision": "claims",
    "setting": "tuned to",
}
SHOWN_IN_TILES = {
    "scope": "tiles",
    "level": "level",
    "kind": "of",
    "scale_px": "scale px",
    "f1": "F1",
    "iou": "IoU",
    "precision": "precision",
    "recall": "recall",
}


def make_project(folder: Path, console: Console) -> int:
    """Bring a project up to date and say where its map lies.

    Returns:
        The exit code: 1 when a crater could not be mapped, although the rest was.

    Raises:
        ProjectError: If the project is not valid, or a step failed on which the rest stands.
        ConfigError: If there is no such preset as the settings name.
    """
    paths = ProjectPaths(folder.resolve())
    project = OpenProject.at(paths.folder)
    console.line(f"project {folder}")
    for note in source_of(project).check():
        console.line(note)
    for kind in MODEL_KINDS:
        # Asked for before anything is made: a misspelt preset should not cost a training set.
        configured_model(project, kind)
    with open_instance(paths.folder) as instance:
        complaints = runner_of(project, instance, console).run()
    console.line()
    console.line(f"map        {_short(paths.preview)} (picture)")
    console.line(f"           {_short(paths.composite)} (for a GIS)")
    console.line(f"           {_short(paths.label_map)}, {_short(paths.map_craters)}")
    _print_scores(paths, console)
    console.line(f"all of it  ejmap ui {folder}")
    console.line(f"took {console.elapsed_seconds:.0f} s")
    for sentence in complaints:
        console.line(f"not done: {sentence}")
    return 1 if complaints else 0


def _print_scores(paths: ProjectPaths, console: Console) -> None:
    whole = _table(paths.scores)
    pooled = whole.loc[whole["crater"] == POOLED] if len(whole) else whole
    if len(pooled):
        console.line(f"scores     {_short(paths.scores)}, all known craters pooled:")
        _print_table(pooled, SHOWN, console)
        return
    tiles = _table(paths.map_scores)
    in_tiles = tiles.loc[tiles["crater_id"].isna()] if len(tiles) else tiles
    if not len(in_tiles):
        console.line("scores     none: no ejecta of this planet are known")
        return
    console.line(f"scores     {_short(paths.map_scores)}, in the labelled tiles:")
    _print_table(in_tiles, SHOWN_IN_TILES, console)


def _table(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path) if path.is_file() else pd.DataFrame()


def _print_table(table: pd.DataFrame, shown: Mapping[str, str], console: Console) -> None:
    named = table.reindex(columns=list(shown)).rename(columns=dict(shown))
    text = named.to_string(index=False, float_format="{:.3f}".format, na_rep="")
    for line in text.splitlines():
        console.line(f"           {line}")


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
