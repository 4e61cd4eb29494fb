"""Scores in the columns of the published ``eval_metrics.csv``, ``test_metrics.csv`` and so on."""

import pandas as pd

from ejmap_assets.map_scoring import PIXEL, TEST, TILE, TVT, score

# Their word for each score, in the order of their columns.
METRICS = {
    "Accuracy": "accuracy",
    "F1_Score": "f1",
    "IoU": "iou",
    "Precision": "precision",
    "Recall": "recall",
}
RUN = ("test-set", "iteration")
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
        members: Rows of the asset ``model_comparison`` of one model and one name, of any splits.

    Returns:
        One row a member by split and iteration: ``test-set`` (missing for a model that learned from
        all labelled tiles), ``iteration``, ``loss``, the five scores on test tiles, and what the
        published runs told of their duration, which stays empty.
    """
    found = members.sort_values(["split", "iteration"], ignore_index=True)
    columns = {"test-set": found["split"], "iteration": found["iteration"]}
    wanted = {"loss": "loss", **METRICS}
    for theirs, ours in wanted.items():
        name = f"test_{ours}"
        columns[theirs] = found[name] if name in found else pd.Series(float("nan"), found.index)
    return pd.DataFrame(columns).reindex(columns=[*columns, *RUN_INFO])


def connmatrix_csv(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return a connection matrix as published: tiles as the nameless index, a column a crater.

    Args:
        matrix: What :func:`ejmap_assets.map_scoring.connection_matrix` returns; write it with its
            index.
    """
    return matrix.set_index("tile_id").rename_axis(index=None)
