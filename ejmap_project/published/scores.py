"""Tables of scores in a published folder: ``test_metrics.csv`` and ``eval_metrics.csv``."""

from pathlib import Path

import pandas as pd

from ejmap_geo.csv_file import read_csv
from ejmap_geo.tables.numbers import to_numbers
from ejmap_project.errors import SourceError
from ejmap_project.published.csv_columns import read_columns

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
# Pixels and then tiles ("conn"), of all labelled tiles and then of those that test.
PARTS = {
    "": ("tvt", "pixel"),
    "conn_": ("tvt", "tile"),
    "test_": ("test", "pixel"),
    "conn_test_": ("test", "tile"),
}


def read_published_runs(path: Path) -> pd.DataFrame:
    """Read a published table of scores as it stands, with every digit and column of it.

    Raises:
        SourceError: If the file is no such table.
    """
    read_test_metrics(path)
    table = read_csv(path, error=SourceError)
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
    return runs.join(scores.apply(to_numbers).astype(float))
