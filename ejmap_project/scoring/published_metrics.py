"""Scores in the columns of the published ``eval_metrics.csv``, ``test_metrics.csv`` and so on."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ejmap_geo.csv_file import read_csv
from ejmap_project.errors import SourceError
from ejmap_project.published.csv_columns import read_columns
from ejmap_project.scoring.map_scoring import PIXEL, TEST, TILE, TVT, score

# Their word for each score, in the order of their columns.
METRICS = {
    "Accuracy": "accuracy",
    "F1_Score": "f1",
    "IoU": "iou",
    "Precision": "precision",
    "Recall": "recall",
}
RUN = ("test-set", "iteration")
RUN_WORDS = ("split", "iteration")
# What their training run told of itself besides; none of it is kept here.
RUN_INFO = (
    "epochs_run",
    "runtime",
    "time_beginning",
    "time_train",
    "time_test_beginning",
    "time_test",
    "gpu_name",
)
# Pixels and then tiles ("conn"), of all labelled tiles and then of those that test.
PARTS = {
    "": (TVT, PIXEL),
    "conn_": (TVT, TILE),
    "test_": (TEST, PIXEL),
    "conn_test_": (TEST, TILE),
}


def eval_metrics_csv(
    map_scores: pd.DataFrame, *, test_set: int = 0, iteration: int = 0
) -> pd.DataFrame:
    """Return the scores of the map as the published evaluation of one training run.

    Args:
        map_scores: What the asset ``map_scores`` holds.
        test_set: Number of the split whose test tiles were held back.
        iteration: Number of the run; a map of an ensemble is one run.

    Returns:
        One row: ``test-set``, ``iteration``, then ``Accuracy``, ``F1_Score``, ``IoU``,
        ``Precision`` and ``Recall`` of pixels, of tiles (``conn_``), of pixels and of tiles of the
        test (``test_``, ``conn_test_``). What is not known is NaN.
    """
    row: dict[str, float] = dict(zip(RUN, (test_set, iteration), strict=True))
    for prefix, (scope, level) in PARTS.items():
        for theirs, ours in METRICS.items():
            row[prefix + theirs] = score(map_scores, ours, scope=scope, level=level)
    return pd.DataFrame([row])


def test_metrics_csv(members: pd.DataFrame) -> pd.DataFrame:
    """Return the test scores of the members of one model version as published.

    Args:
        members: Rows of the asset ``model_comparison`` of one model and one name, of any splits. Of
            rows of the same run one with scores is taken, our own before what others published.

    Returns:
        One row a member by split and iteration: ``test-set`` (missing for a model that learned from
        all labelled tiles), ``iteration``, ``loss``, the five scores on test tiles, and what the
        published runs told of their duration, which stays empty.
    """
    run = ["split", "iteration"]
    ranks = {
        "has_no_score": members["test_f1"].isna() if "test_f1" in members else True,
        "is_published": members["source"].notna() if "source" in members else False,
    }
    ranked = members.assign(**ranks).sort_values([*run, *ranks], ignore_index=True)
    found = ranked.drop_duplicates(run, ignore_index=True)
    columns = {"test-set": found["split"], "iteration": found["iteration"]}
    wanted = {"loss": "loss", **METRICS}
    for theirs, ours in wanted.items():
        name = f"test_{ours}"
        columns[theirs] = found[name] if name in found else pd.Series(float("nan"), found.index)
    return pd.DataFrame(columns).reindex(columns=[*columns, *RUN_INFO])


def with_published(ours: pd.DataFrame, theirs: pd.DataFrame | None) -> pd.DataFrame:
    """Return a table of scores that was published, with our runs in it.

    Args:
        ours: Our runs, in the published columns; they take the place of published ones of the same
            test set and iteration.
        theirs: The published table, with all its columns; None where there is none.
    """
    if theirs is None or not len(ours):
        return ours if theirs is None else theirs
    keys = pd.MultiIndex.from_frame(ours[list(RUN)].astype("Int64"))
    kept = theirs[~pd.MultiIndex.from_frame(theirs[list(RUN)].astype("Int64")).isin(keys)]
    columns = [*theirs, *(name for name in ours if name not in theirs)]
    # Columns without a value would decide the type of those of the others.
    tables = [table.dropna(axis="columns", how="all") for table in (kept, ours) if len(table)]
    joined = pd.concat(tables, ignore_index=True) if tables else theirs
    return joined.reindex(columns=columns).sort_values(list(RUN), ignore_index=True)


def next_iteration(runs: Sequence[pd.DataFrame], *, test_set: int) -> int:
    """Return the first iteration after all runs of a test set."""
    numbers = [runs_of["iteration"][runs_of["test-set"] == test_set].max() for runs_of in runs]
    return 1 + max((int(number) for number in numbers if not pd.isna(number)), default=-1)


def read_published_runs(path: Path) -> pd.DataFrame:
    """Read a published table of scores as it stands, with every digit and column of it.

    Raises:
        SourceError: If the file is no such table.
    """
    read_test_metrics(path)
    table = read_csv(path, error=SourceError, every_digit=True)
    return table.astype({RUN[0]: "Int64", RUN[1]: "Int64"})


def read_map_metrics(path: Path) -> pd.DataFrame:
    """Read a published ``eval_metrics.csv``: how good the maps of a version's members were.

    Returns:
        ``split`` (missing for a model that learned from all labelled tiles), ``iteration``, and
        scores such as ``map_test_pixel_f1``; a score that is missing is NaN.

    Raises:
        SourceError: If the file is no such table.
    """
    names = {
        prefix + theirs: f"map_{scope}_{level}_{ours}"
        for prefix, (scope, level) in PARTS.items()
        for theirs, ours in METRICS.items()
    }
    return _read_runs(path, names)


def read_test_metrics(path: Path) -> pd.DataFrame:
    """Read a published ``test_metrics.csv``: how good a version's members were on test tiles.

    Returns:
        ``split`` and ``iteration`` as of maps, and scores such as ``test_f1``; a score that is
        missing is NaN.

    Raises:
        SourceError: If the file is no such table.
    """
    return _read_runs(
        path, {"loss": "test_loss"} | {old: f"test_{new}" for old, new in METRICS.items()}
    )


def _read_runs(path: Path, names: dict[str, str]) -> pd.DataFrame:
    # What is trained on all labelled tiles is of no split, and exported so.
    runs = read_columns(path, whole=RUN, unique=RUN, may_be_empty=RUN[:1]).rename(
        columns=dict(zip(RUN, RUN_WORDS, strict=True))
    )
    # Without test tiles their scores are empty, or were not written at all.
    scores = read_csv(path, error=SourceError).reindex(columns=list(names)).rename(columns=names)
    return runs.join(scores.apply(pd.to_numeric, errors="coerce").astype(float))


def connmatrix_csv(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return a connection matrix as published: tiles as the nameless index, a column a crater.

    Args:
        matrix: What :func:`.map_scoring.connection_matrix` returns; write it with its index.
    """
    return matrix.set_index("tile_id").rename_axis(index=None)
