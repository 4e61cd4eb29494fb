"""The groups of EJSEG versions in which the published study compares hyperparameters."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from ejmap_project.comparison.hyperparameters import Comparison, in_words, mean_score
from ejmap_project.comparison.members import HYPERPARAMETER

VERSION_NAME = "ejseg_v{}"


class Group(NamedTuple):
    """Versions that differ in one thing.

    Attributes:
        name: What they differ in.
        versions: Numbers of the versions, in the order of the figure.
        columns: Hyperparameters that tell them apart.
    """

    name: str
    versions: Sequence[int]
    columns: Sequence[str]


GROUPS = (
    Group(
        "annulus, radii",
        range(154, 161),
        ("architecture.injection.inner_radii", "architecture.injection.outer_radii"),
    ),
    Group("weights", (159, 161), ("sampling.kind", "sampling.factor")),
    Group("augmentation", (159, 162), ("augmentation.kind",)),
    Group("standardization", (159, 163), ("normalization.kind",)),
    Group("architecture", (161, *range(164, 170)), ("architecture.name",)),
    Group("encoder", (161, *range(170, 175)), ("architecture.encoder",)),
    Group("learning rate", (161, 193, *range(176, 179)), ("optimizer.learning_rate",)),
    Group("scheduler", (193, *range(179, 185)), ("scheduler.kind", "warmup.epochs")),
    Group("loss", (180, *range(194, 199)), ("loss.kind", "loss.alpha")),
    Group("optimizer", (180, *range(199, 202)), ("optimizer.kind", "optimizer.weight_decay")),
)


def group_means(members: pd.DataFrame, group: Group, *, metric: str) -> Comparison:
    """Return the mean score of each version of a group, in its order.

    Args:
        members: A member table.
        group: The group.
        metric: Column of scores; versions without any are left out.
    """
    points = []
    for version in group.versions:
        rows = members[members["name"] == VERSION_NAME.format(version)].dropna(subset=[metric])
        if len(rows):
            points.append(mean_score(_label(rows, group, version), rows[metric]))
    return Comparison(label="versions (mean, standard error; members)", points=tuple(points))


def _label(rows: pd.DataFrame, group: Group, version: int) -> str:
    """Return the values of a version, where its hyperparameters are known, and its number."""
    columns = [HYPERPARAMETER + name for name in group.columns]
    known = [rows[name].iloc[0] for name in columns if name in rows]
    words = [in_words(one) for one in known if not pd.isna(one)]
    return f"{', '.join(words)}\n({version})" if words else f"({version})"
