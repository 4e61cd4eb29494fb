"""Scores in the columns of the published ``eval_metrics.csv``, ``test_metrics.csv`` and so on."""

from collections.abc import Sequence

import pandas as pd

from ejmap_project.published.scores import METRICS, PARTS, RUN
from ejmap_project.scoring.tile_counts import score_column
from ejmap_project.scoring.tile_scoring import score

# The training record by their words. Theirs have no unit; ours are seconds.
RUN_INFO = {
    "epochs_run": "epochs_run",
    "runtime": "runtime_s",
    "time_beginning": "time_beginning_s",
    "time_train": "time_train_s",
    "time_test_beginning": "time_test_beginning_s",
    "time_test": "time_test_s",
    "gpu_name": "gpu_name",
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


def member_eval_metrics_csv(maps: pd.DataFrame, *, test_set: int = 0) -> pd.DataFrame:
    """Return the scores of the maps of single members as published, a row each.

    Args:
        maps: Rows of the asset ``member_map_scores`` of one version, without variants.
        test_set: Number of the split of members that were trained on none.
    """
    columns = {
        RUN[0]: maps["split"].fillna(test_set),
        RUN[1]: maps["iteration"],
        **{
            prefix + theirs: maps[score_column(scope, level, ours)]
            for prefix, (scope, level) in PARTS.items()
            for theirs, ours in METRICS.items()
        },
    }
    return pd.DataFrame(columns).sort_values(list(RUN), ignore_index=True)


def test_metrics_csv(members: pd.DataFrame) -> pd.DataFrame:
    """Return the test scores of the members of one model version as published.

    Args:
        members: Rows of the asset ``model_comparison`` of one model and one name, of any splits. Of
            rows of the same run one with scores is taken, our own before what others published.

    Returns:
        One row a member by split and iteration: ``test-set`` (missing for a model that learned from
        all labelled tiles), ``iteration``, ``loss``, the five scores on test tiles, and the
        training record, empty of members that were not trained here.
    """
    run = ["split", "iteration"]
    ranks = {
        "has_no_score": members["test_f1"].isna() if "test_f1" in members else True,
        "is_published": members["source"].notna() if "source" in members else False,
    }
    ranked = members.assign(**ranks).sort_values([*run, *ranks], ignore_index=True)
    found = ranked.drop_duplicates(run, ignore_index=True)
    columns = {"test-set": found["split"], "iteration": found["iteration"]}
    wanted = {theirs: f"test_{ours}" for theirs, ours in ({"loss": "loss"} | METRICS).items()}
    for theirs, name in (wanted | RUN_INFO).items():
        columns[theirs] = found[name] if name in found else pd.Series(float("nan"), found.index)
    return pd.DataFrame(columns)


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


def connmatrix_csv(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return a connection matrix as published: tiles as the nameless index, a column a crater.

    Args:
        matrix: What :func:`.tile_scoring.connection_matrix` returns; write it with its index.
    """
    return matrix.set_index("tile_id").rename_axis(index=None)
