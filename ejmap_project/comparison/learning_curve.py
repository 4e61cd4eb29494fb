"""The learning curve: scores over the number of tile locations that were learned from."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ejmap_project.artefact import drawing
from ejmap_project.comparison.hyperparameters import MeanScore, means_by, metric_of, panels_of
from ejmap_project.comparison.mean_plots import draw_means, score_words
from ejmap_project.comparison.split_plots import LEARNING_CURVE
from ejmap_project.figures import SERIES, legend_above, new_plot
from ejmap_project.paths import MODEL_KINDS, ModelKind

# Splits of the learning curve test on the tiles of this one.
WHOLE_SPLIT = 0
# Random splits train on nearly the same number of locations, which is no curve.
LEAST_GROWTH = 1.2
# Standard deviations of the bands about the version that maps the craters.
BANDS_SD = (1, 2, 3)


class Curve(NamedTuple):
    """A score of one configuration by the number of locations.

    Attributes:
        kind: Which model.
        name: Its configuration.
        metric: The score.
        points: Means by number of locations.
    """

    kind: ModelKind
    name: str
    metric: str
    points: dict[int, MeanScore]


@drawing
def learning_plot(members: pd.DataFrame, *, reference: str) -> Figure | None:
    """Draw scores over the number of locations, beside the spread of the version in use.

    Args:
        members: A member table.
        reference: Key of the version whose mean is drawn with bands of 1, 2 and 3 standard
            deviations over its members; none where it has fewer than two with the score.

    Returns:
        One line a configuration that learned from different numbers, two where maps of single
        members are scored: test tiles and all labelled tiles. None without any.
    """
    figure, axes = new_plot(height=3.4)
    curves = list(_curves(members))
    for number, curve in enumerate(curves):
        label = f"{curve.name}: {score_words(curve.kind, curve.metric)}"
        points = list(curve.points.values())
        draw_means(axes, list(curve.points), points, number=number, label=label, line="-")
        of_version = (members["model"] == curve.kind) & (members["version"] == reference)
        _draw_bands(axes, members[of_version][curve.metric].dropna(), reference, number=number)
    axes.set_xlim(left=0)
    axes.set(xlabel="labelled tile locations to learn from", ylabel="F1")
    legend_above(figure, columns=1)
    return figure if curves else None


def _curves(members: pd.DataFrame) -> Iterator[Curve]:
    for kind in MODEL_KINDS:
        part = members[members["model"] == kind]
        metric = metric_of(part)
        if metric is None:
            continue
        for one in panels_of(metric, part):
            scored = _of_one_test(part.dropna(subset=[one, "locations"]))
            for name, same in scored.groupby("name"):
                if same["locations"].max() >= LEAST_GROWTH * same["locations"].min():
                    yield Curve(kind, str(name), one, means_by(same, "locations", one))


def _draw_bands(axes: Axes, scores: pd.Series, reference: str, *, number: int) -> None:
    if len(scores) < 2:
        return
    mean, spread = float(scores.mean()), float(scores.std(ddof=1))
    color = SERIES[number % len(SERIES)]
    for width in BANDS_SD:
        axes.axhspan(
            mean - width * spread, mean + width * spread, color=color, alpha=0.09, linewidth=0
        )
    label = None if number else f"{reference}: mean (dotted), bands of 1, 2 and 3 SD"
    axes.axhline(mean, color=color, lw=0.8, ls=":", label=label)


def _of_one_test(members: pd.DataFrame) -> pd.DataFrame:
    """Return the members of a learning curve: all of them are tested on the same tiles."""
    is_curve = members["split_kind"] == LEARNING_CURVE
    return members[is_curve | (members["split"] == WHOLE_SPLIT)] if is_curve.any() else members
