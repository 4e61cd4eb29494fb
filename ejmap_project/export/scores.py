"""Scores of the map and of trained members, in the published columns."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from ejmap_project.errors import SourceError
from ejmap_project.export.export import Export
from ejmap_project.export.published_names import number_of, own_number
from ejmap_project.models.model_version import ModelVersion, configured_version, member_count
from ejmap_project.paths import MODEL_KINDS, ModelKind
from ejmap_project.published import layout
from ejmap_project.published.scores import RUN, read_published_runs
from ejmap_project.scoring.published_metrics import (
    connmatrix_csv,
    eval_metrics_csv,
    member_eval_metrics_csv,
    next_iteration,
    test_metrics_csv,
    with_published,
)
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.source import ScoreFiles

Version = tuple[ModelKind, int]
Tables = dict[Version, pd.DataFrame]


def export_scores(export: Export) -> list[str]:
    """Write the scores of the map, the connection matrix, and the scores of each version.

    Tables that were published keep their rows; ours join them.
    """
    members, notes = _member_scores(export)
    maps, more = _map_scores(export, members)
    for tables, families in ((members, layout.TRAINING_METRICS), (maps, layout.MAP_METRICS)):
        for (kind, number), table in tables.items():
            table.to_csv(export.place(families[kind], version=number), index=False)
    _write_connection_matrix(export)
    return list(dict.fromkeys([*notes, *more]))


def _write_connection_matrix(export: Export) -> None:
    if not export.paths.connection_matrix.is_file():
        return
    path = export.place(
        layout.CONNECTION_MATRIX,
        version=export.names.ejconn,
        ejseg=export.names.ejseg,
        split=export.names.split,
    )
    connmatrix_csv(pd.read_parquet(export.paths.connection_matrix)).to_csv(path)


def _map_scores(
    export: Export, members: Mapping[Version, pd.DataFrame]
) -> tuple[Tables, list[str]]:
    tables, notes = _published(export, lambda files: files.maps)
    if not export.paths.map_scores.is_file():
        return tables, [*notes, "scores of the map: not made yet"]
    version: Version = ("ejseg", export.names.ejseg)
    split = export.names.split
    theirs = tables.get(version)
    alone = _maps_of_members(export, theirs)
    # A map is of all members together: it has the number of one only where it is of this one.
    taken = [] if theirs is None else [theirs]
    if version in members and member_count(export.project, "ejseg") > 1:
        taken += [members[version], alone]
    iteration = next_iteration(taken, test_set=split)
    scores = pd.read_parquet(export.paths.map_scores)
    ours = eval_metrics_csv(scores, test_set=split, iteration=iteration)
    tables[version] = with_published(ours, with_published(alone, theirs))
    if iteration:
        export.tell(f"scores of the map: iteration {iteration} of split {split}, after the members")
    return tables, notes


def _maps_of_members(export: Export, theirs: pd.DataFrame | None) -> pd.DataFrame:
    """Return the scores of the map of each member, but for those that were published."""
    path, key = export.paths.member_map_scores, configured_version(export.project, "ejseg").key
    if not path.is_file():
        return pd.DataFrame(columns=pd.Index(list(RUN)))
    maps = pd.read_parquet(path)
    alone = maps[(maps["map"] == "") & (maps["version"] == key)]
    ours = member_eval_metrics_csv(alone, test_set=export.names.split)
    if theirs is None:
        return ours
    runs = (pd.MultiIndex.from_frame(one[list(RUN)].astype("Int64")) for one in (ours, theirs))
    is_there = next(runs).isin(next(runs))
    return ours[~is_there]


def _member_scores(export: Export) -> tuple[Tables, list[str]]:
    tables, notes = _published(export, lambda files: files.members)
    if not export.paths.model_comparison.is_file():
        return tables, [*notes, "scores of trained models: not made yet"]
    members = pd.read_parquet(export.paths.model_comparison)
    for kind in MODEL_KINDS:
        for name, rows in members[members["model"] == kind].groupby("name"):
            number = _number(export, kind, str(name))
            if number is None:
                notes.append(f"scores of {name}: it has no version number of its own")
                continue
            theirs = tables.get((kind, number))
            ours = test_metrics_csv(_not_published(rows, theirs))
            notes += _replaced(ours, theirs, kind, number)
            tables[kind, number] = with_published(ours, theirs)
    return tables, notes


def _published(
    export: Export, chosen: Callable[[ScoreFiles], Mapping[int, Path]]
) -> tuple[Tables, list[str]]:
    source = source_of(export.project)
    try:
        files: dict[Version, Path] = {
            (kind, version): path
            for kind in MODEL_KINDS
            for version, path in chosen(source.scores_of(kind)).items()
        }
    except SourceError as error:
        return {}, [f"published scores: {error}"]
    return {version: read_published_runs(path) for version, path in files.items()}, []


def _number(export: Export, kind: ModelKind, name: str) -> int | None:
    if name == configured_version(export.project, kind).name:
        return own_number(export.project, export.names, kind)
    return number_of(ModelVersion(name)) or None


def _not_published(rows: pd.DataFrame, theirs: pd.DataFrame | None) -> pd.DataFrame:
    """Return the members that were trained here, and those of whom no scores were published."""
    if theirs is None:
        return rows
    runs = pd.MultiIndex.from_frame(rows[["split", "iteration"]].astype("Int64"))
    is_there = runs.isin(pd.MultiIndex.from_frame(theirs[list(RUN)]))
    return rows[rows["source"].isna() | ~is_there]


def _replaced(
    ours: pd.DataFrame, theirs: pd.DataFrame | None, kind: ModelKind, number: int
) -> list[str]:
    if theirs is None:
        return []
    count = len(ours.merge(theirs, on=list(RUN)))
    if not count:
        return []
    which = f"published scores of {count} member(s) of {kind} version {number}"
    return [f"{which}: those trained here have their numbers; give --{kind}-version another"]
