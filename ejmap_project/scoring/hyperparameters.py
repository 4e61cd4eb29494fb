"""What a hyperparameter does to a score: means over members that differ in nothing else."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ejmap_project.scoring.members import HYPERPARAMETER

# Members are compared with those of the same test tiles, and ours not with what others published.
ALSO_FIXED = ("split", "source")
KIND_SUFFIX = ".kind"
NONE_WORD = "none"


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
    """Mean scores over the values of one hyperparameter.

    Attributes:
        label: Which members are compared, in words.
        points: Means in the order of the values.
        is_controlled: Whether these members differ in nothing else.
    """

    label: str
    points: tuple[MeanScore, ...]
    is_controlled: bool


def mean_score(value: object, scores: Sequence[float]) -> MeanScore:
    """Return the mean of scores and its standard error.

    Raises:
        ValueError: If there is no score.
    """
    if not len(scores):
        raise ValueError(f"no score to average for {value!r}")
    array = np.asarray(scores, float)
    error = math.nan
    if array.size > 1:
        error = float(array.std(ddof=1) / math.sqrt(array.size))
    return MeanScore(
        value=in_words(value),
        mean=float(array.mean()),
        standard_error=error,
        scores=tuple(float(one) for one in array),
    )


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


def comparisons(
    members: pd.DataFrame, hyperparameter: str, *, metric: str, most: int = 4
) -> list[Comparison]:
    """Compare the values of a hyperparameter among members that agree in everything else.

    What belongs to a kind (the step of a step scheduler) may differ between kinds. Where no members
    agree in everything else, all members are averaged together and the label says so.

    Args:
        members: Rows of a member table, of one model.
        hyperparameter: Column to compare by.
        metric: Column of scores; members without one are left out.
        most: Largest number of groups; those with the most members are kept.
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
    if not chosen:
        return _all_together(scored, hyperparameter, metric)
    chosen.sort(key=len, reverse=True)
    return [
        Comparison(
            label=_label(part), points=_points(part, hyperparameter, metric), is_controlled=True
        )
        for part in chosen[:most]
    ]


def in_words(value: object) -> str:
    """Return a value as a person writes it; what is missing is ``none``."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return NONE_WORD
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    return str(value)


def _all_together(scored: pd.DataFrame, hyperparameter: str, metric: str) -> list[Comparison]:
    if _values(scored[hyperparameter]) < 2:
        return []
    points = _points(scored, hyperparameter, metric)
    return [
        Comparison(label="all members, which differ in more", points=points, is_controlled=False)
    ]


def _points(part: pd.DataFrame, hyperparameter: str, metric: str) -> tuple[MeanScore, ...]:
    groups = part.groupby(hyperparameter, dropna=False, sort=True)
    return tuple(mean_score(value, group[metric].astype(float).tolist()) for value, group in groups)


def _values(column: pd.Series) -> int:
    """Count the values of a column; missing is one of them."""
    return len(column.drop_duplicates())


def _label(part: pd.DataFrame) -> str:
    versions = sorted(set(part["version"].astype(str)))
    more = len(versions) - 2
    named = ", ".join(versions[:2])
    return f"{named} and {more} more" if more > 0 else named
