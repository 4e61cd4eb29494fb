"""Scores of the maps of single members by split: means, and a table of their spread over splits."""

import pandas as pd

from ejmap_project.comparison.hyperparameters import MAP_METRIC, mean_score
from ejmap_project.scoring.tile_counts import PLACES, score_column
from ejmap_project.scoring.tile_scoring import TEST, TILE

METRICS = ("f1", "recall", "precision", "iou")
MAP_TILE_METRIC = score_column(TEST, TILE, "f1")


def maps_by_split(members: pd.DataFrame) -> pd.DataFrame:
    """Return the members of the version whose maps are scored on most splits; none without any.

    Args:
        members: A member table.
    """
    if not {MAP_METRIC, MAP_TILE_METRIC} <= set(members.columns):
        return members.iloc[:0]
    scored = members.dropna(subset=[MAP_METRIC, MAP_TILE_METRIC, "split"])
    if scored.empty:
        return scored
    name = scored.groupby("name")["split"].nunique().sort_index().idxmax()
    return pd.DataFrame(scored[scored["name"] == name])


def split_table(members: pd.DataFrame) -> pd.DataFrame:
    """Return mean, standard error and range over splits of each score of the maps.

    A split counts by the mean of its members. The best split is that of the highest mean F1 of
    pixels in test tiles.

    Args:
        members: Members of one version, from :func:`maps_by_split`.

    Returns:
        ``metric``, ``scope``, ``level``, ``splits``, ``mean``, ``standard_error``, ``min``,
        ``max``, ``best_split`` and ``at_best_split``, a row each; none without members.
    """
    if members.empty:
        return pd.DataFrame()
    means = members.groupby("split").mean(numeric_only=True)
    place = int(means[MAP_METRIC].to_numpy().argmax())
    best = int(means.index.to_numpy()[place])
    rows: list[dict[str, object]] = []
    for metric in METRICS:
        for scope, level in PLACES:
            column = score_column(scope, level, metric)
            if column not in means or means[column].isna().all():
                continue
            found = mean_score(column, means[column].dropna())
            rows.append(
                {
                    "metric": metric,
                    "scope": scope,
                    "level": level,
                    "splits": len(found.scores),
                    "mean": found.mean,
                    "standard_error": found.standard_error,
                    "min": min(found.scores),
                    "max": max(found.scores),
                    "best_split": best,
                    "at_best_split": float(means[column].to_numpy()[place]),
                }
            )
    return pd.DataFrame(rows)
