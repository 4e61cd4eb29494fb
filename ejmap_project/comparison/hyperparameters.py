"""What a hyperparameter does to a score: means over members that differ in nothing else."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ejmap_project.comparison.members import HYPERPARAMETER

# Members are compared with those of the same test tiles, and ours not with what others published.
ALSO_FIXED = ("split", "source")
KIND_SUFFIX = ".kind"
NONE_WORD = "none"
# Groups that one plot can show.
MOST_GROUPS = 4
# The best first: a map made by this member alone in tiles that were held back, which the authors
# compared by; the member on such tiles; the score that chose its epoch.
MAP_METRIC, TEST_METRIC = "map_test_pixel_f1", "test_f1"
# The same in all labelled tiles that a split uses.
MAP_TVT_METRIC = "map_tvt_pixel_f1"
METRICS = (MAP_METRIC, TEST_METRIC, "val_f1")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanScore:
    """Mean of a score over members.

    Attributes:
        value: Value of the hyperparameter, or number of locations, in words.
        mean: Mean score.
        standard_error: Standard deviation (one degree of freedom less) over the root of the count;
            NaN for one member.
        scores: The members' own scores.
    """

    value: str
    mean: float
    standard_error: float
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Mean scores in the order of the values of one hyperparameter; the label names the members."""

    label: str
    points: tuple[MeanScore, ...]


def metric_of(members: pd.DataFrame) -> str | None:
    """Return the metric that most of the members have, of two the better; None without scores."""
    counts = {name: int(members[name].notna().sum()) for name in METRICS if name in members}
    best = max(counts, key=lambda name: counts[name], default=None)
    return best if best is not None and counts[best] else None


def panels_of(metric: str, members: pd.DataFrame) -> tuple[str, ...]:
    """Return a metric, and for that of maps the same score in all labelled tiles, where known."""
    has_both = metric == MAP_METRIC and MAP_TVT_METRIC in members
    return (MAP_METRIC, MAP_TVT_METRIC) if has_both else (metric,)


def mean_score(value: object, scores: Sequence[float] | pd.Series) -> MeanScore:
    """Return the mean of one score or more, and its standard error."""
    array = np.asarray(scores, float)
    error = array.std(ddof=1) / math.sqrt(array.size) if array.size > 1 else math.nan
    return MeanScore(
        value=in_words(value),
        mean=float(array.mean()),
        standard_error=float(error),
        scores=tuple(array.tolist()),
    )


def means_by(members: pd.DataFrame, column: str, metric: str) -> dict[int, MeanScore]:
    """Return mean scores by the values of a column of whole numbers, in rising order."""
    values = sorted({int(value) for value in members[column]})
    return {one: mean_score(one, members[metric][members[column] == one]) for one in values}


def varying_hyperparameters(members: pd.DataFrame) -> list[str]:
    """Return the hyperparameters of which members have more than one value; "none" is a value.

    What only one kind has, and always the same, says no more than the kind itself.
    """
    names = [name for name in members.columns if name.startswith(HYPERPARAMETER)]
    varying = [name for name in names if _values(members[name]) > 1]
    return [
        name
        for name in varying
        if name.rpartition(".")[0] + KIND_SUFFIX not in varying
        or _values(members[name].dropna()) > 1
    ]


def comparisons(members: pd.DataFrame, hyperparameter: str, *, metric: str) -> list[Comparison]:
    """Compare the values of a hyperparameter among members that agree in everything else.

    What belongs to a kind (the step of a step scheduler) may differ between kinds. Where no members
    agree in everything else, all members are averaged together and the label says so.

    Args:
        members: Rows of a member table, of one model.
        hyperparameter: Column to compare by.
        metric: Column of scores; members without one are left out.

    Returns:
        The groups with the most members; none where the hyperparameter does not vary.
    """
    scored = members.dropna(subset=[metric])
    fixed = [name for name in varying_hyperparameters(scored) if name != hyperparameter]
    if hyperparameter.endswith(KIND_SUFFIX):
        section = hyperparameter.removesuffix("kind")
        fixed = [name for name in fixed if not name.startswith(section)]
    fixed += [name for name in ALSO_FIXED if name in scored]
    parts = [scored]
    if fixed:
        parts = [part for _, part in scored.groupby(fixed, dropna=False, sort=False)]
    chosen = [part for part in parts if _values(part[hyperparameter]) > 1]
    chosen.sort(key=len, reverse=True)
    labelled = [(_label(part), part) for part in chosen[:MOST_GROUPS]]
    if not chosen and _values(scored[hyperparameter]) > 1:
        labelled = [("all members, which differ in more", scored)]
    return [
        Comparison(label=label, points=_points(part, hyperparameter, metric))
        for label, part in labelled
    ]


def in_words(value: object) -> str:
    """Return a value as a person writes it; what is missing is ``none``."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return NONE_WORD
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    return str(value)


def _points(part: pd.DataFrame, hyperparameter: str, metric: str) -> tuple[MeanScore, ...]:
    groups = part.groupby(hyperparameter, dropna=False, sort=True)
    return tuple(mean_score(value, group[metric]) for value, group in groups)


def _values(column: pd.Series) -> int:
    """Count the values of a column; missing is one of them."""
    return len(column.drop_duplicates())


def _label(part: pd.DataFrame) -> str:
    versions = sorted(set(part["version"].astype(str)))
    more = len(versions) - 2
    named = ", ".join(versions[:2])
    return f"{named} and {more} more" if more > 0 else named
