"""Scores of craters as a table, and their summary by body."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from ejmap_project.reference.reference_crater import ReferenceCrater
from ejmap_project.reference.scores import ALL, CLASSES, DrawingScore, Length

MEANS = ("blanket", "ray", "chance", "false_area")
ALL_BODIES = "all"


class ReferenceScores(NamedTuple):
    """Scores of masks against drawings.

    Attributes:
        craters: One row a crater: ``body``, ``crater``, ``part``, ``drawer``, ``blanket``, ``ray``,
            ``chance``, ``false_area`` (0 to 1, NaN where nothing was drawn to score by),
            ``reach_deg``, ``drawn_reach_deg``, and ``drawn_CLASS_deg`` and ``found_CLASS_deg`` for
            each class of ray pieces.
        summary: One row a body, and ``all`` where there are several: ``craters``, the means of
            ``blanket``, ``ray``, ``chance`` and ``false_area`` over the craters that have them,
            ``ray_by_length``, and ``ray_CLASS`` for each class of distance and confidence: found
            over drawn length of all its craters.
    """

    craters: pd.DataFrame
    summary: pd.DataFrame

    def overall(self) -> Mapping[str, float]:
        """Return the last row of the summary: all craters together."""
        return {str(name): value for name, value in self.summary.iloc[-1].items() if name != "body"}


def score_row(crater: ReferenceCrater, drawer: str, score: DrawingScore) -> dict[str, object]:
    """Return the row of a crater."""
    return {
        "body": crater.body.name,
        "crater": crater.name,
        "part": crater.part,
        "drawer": drawer,
        "blanket": score.blanket,
        "ray": score.ray,
        "chance": score.chance,
        "false_area": score.false_area,
        "reach_deg": score.reach_deg,
        "drawn_reach_deg": score.drawn_reach_deg,
        **{f"drawn_{name}_deg": score.lengths[name].drawn_deg for name in CLASSES},
        **{f"found_{name}_deg": score.lengths[name].found_deg for name in CLASSES},
    }


def summarised(rows: Sequence[Mapping[str, object]]) -> ReferenceScores:
    """Return rows of craters with their summary; there must be at least one."""
    craters = pd.DataFrame(list(rows))
    bodies = [(str(body), part) for body, part in craters.groupby("body", sort=True)]
    if len(bodies) > 1:
        bodies.append((ALL_BODIES, craters))
    summary = pd.DataFrame([_summary(body, part) for body, part in bodies])
    return ReferenceScores(craters=craters, summary=summary)


def _summary(body: str, craters: pd.DataFrame) -> dict[str, object]:
    def recall(name: str) -> float:
        drawn, found = (float(craters[f"{what}_{name}_deg"].sum()) for what in ("drawn", "found"))
        return Length(drawn, found).recall

    return {
        "body": body,
        "craters": len(craters),
        **{name: _mean(craters[name]) for name in MEANS},
        "ray_by_length": recall(ALL),
        **{f"ray_{name}": recall(name) for name in CLASSES if name != ALL},
    }


def _mean(values: "pd.Series[float]") -> float:
    known = values.dropna()
    return float(known.mean()) if len(known) else math.nan
