"""The table of the bench: an entry a row, as a document that is written as JSON."""

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ejmap_ml.baselines import RULES
from ejmap_project.bench.planets import BenchSet, Look
from ejmap_project.bench.scoring import SCORES_VERSION, EntryScores
from ejmap_project.reference.score_table import ALL_BODIES, summarised

LOOKS: tuple[Look, ...] = ("grey", "colour")
# Scores of which the spread is told.
SPREAD_PLANETS = ("pixel_f1", "origin", "lead")
SPREAD_CRATERS = ("blanket", "ray", "ray_confidence_3", "ray_far", "false_area")
RESAMPLES, INTERVAL = 2000, (0.05, 0.95)

Document = dict[str, Any]


def bench_document(scores: Sequence[EntryScores], bench: BenchSet) -> Document:
    """Return scores as a document of plain values; None stands where something is not known.

    ``bench`` says what was scored on. ``entries`` holds a row an entry: ``entry``, its ``version``,
    and ``grey``, ``colour`` (means over planets) and ``real`` (summary of all real craters), each
    None where the entry maps nothing. ``lead`` is the pixel F1 minus that of the best of the tuned
    rules, planet by planet. In ``spread``, ``planets`` holds the lowest and highest planet,
    ``craters`` the 5 and 95 % limits of 2000 resamples of the real craters (bootstrap), and
    ``members`` the lowest and highest mean of a member alone: of training with another seed.
    """
    rules = [one for one in scores if one.entry.name in RULES]
    rows = [_row(one, rules) for one in scores]
    return {
        "bench": {
            "scores": SCORES_VERSION,
            "planets": bench.planets_version,
            "seeds": {look: _seeds(bench, look) for look in LOOKS},
            "craters": bench.craters_version,
        },
        "entries": [_plain(row) for row in rows],
    }


def with_former_entries(document: Document, former: Document | None) -> Document:
    """Return a document with the rows of entries that only a former one has.

    Scores are kept where planets, or real craters, are the same; where both differ the row goes.

    Args:
        document: The new document.
        former: One that was made before; None adds nothing.
    """
    if former is None or former["bench"]["scores"] != document["bench"]["scores"]:
        return document
    new, old = document["bench"], former["bench"]
    names = {row["entry"] for row in document["entries"]}
    lost = {look for look in LOOKS if new["planets"] != old["planets"]}
    lost |= {"real", "bodies", "craters"} if new["craters"] != old["craters"] else set()
    kept = [_without(row, lost) for row in former["entries"] if row["entry"] not in names]
    rows = [row for row in kept if any(row[part] for part in (*LOOKS, "real"))]
    return {**document, "entries": [*document["entries"], *rows]}


def _without(value: Document, names: Collection[str]) -> Document:
    """Return a row with None for some of its parts, however deep."""
    return {
        name: None if name in names else _without(part, names) if isinstance(part, dict) else part
        for name, part in value.items()
    }


def _row(one: EntryScores, rules: Sequence[EntryScores]) -> Document:
    means = _means(one, rules)
    members = [_means(member, rules) for member in one.members]
    return {
        "entry": one.entry.name,
        "model": one.entry.model_version,
        **means,
        "spread": {
            "planets": {
                look: _spread(_planet_rows(one, rules, look), SPREAD_PLANETS) for look in LOOKS
            },
            "craters": _resampled(one),
            "members": {
                part: _spread([member[part] for member in members], names)
                for part, names in (
                    *((look, SPREAD_PLANETS) for look in LOOKS),
                    ("real", SPREAD_CRATERS),
                )
            },
        },
    }


def _means(one: EntryScores, rules: Sequence[EntryScores]) -> Document:
    planets = {look: _planet_rows(one, rules, look) for look in LOOKS}
    return {
        **{look: _mean(rows) if rows else None for look, rows in planets.items()},
        **_real(one),
    }


def _real(one: EntryScores) -> Document:
    if not one.craters:
        return {"real": None, "bodies": None}
    scores = summarised(one.craters)
    records = scores.summary.set_index("body").to_dict("index")
    bodies = {str(body): row for body, row in records.items() if body != ALL_BODIES}
    return {"real": dict(scores.overall()), "bodies": bodies}


def _planet_rows(
    one: EntryScores, rules: Sequence[EntryScores], look: Look
) -> list[dict[str, float]]:
    return [
        scores
        | {
            "lead": scores["pixel_f1"]
            - max((rule.planets[planet]["pixel_f1"] for rule in rules), default=math.nan)
        }
        for planet, scores in one.planets.items()
        if planet.look == look
    ]


def _mean(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    return {str(name): float(value) for name, value in pd.DataFrame(rows).mean().items()}


def _spread(
    rows: Iterable[dict[str, float] | None], names: Sequence[str]
) -> dict[str, list[float]] | None:
    known = [row for row in rows if row is not None]
    if len(known) < 2:
        return None
    return {
        name: [min(one[name] for one in known), max(one[name] for one in known)] for name in names
    }


def _resampled(one: EntryScores) -> dict[str, list[float]] | None:
    if len(one.craters) < 2:
        return None
    rng = np.random.default_rng(0)
    chosen = rng.integers(len(one.craters), size=(RESAMPLES, len(one.craters)))
    table = pd.DataFrame(one.craters)
    return {name: _limits(_statistic(table, name), chosen) for name in SPREAD_CRATERS}


def _statistic(table: pd.DataFrame, name: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return a score of resampled craters ``(resample, crater)``, as the summary computes it."""
    if name in table.columns:
        values = table[name].to_numpy(np.float64)
        return lambda chosen: _nan_mean(values[chosen])
    part = name.removeprefix("ray_")
    drawn, found = (table[f"{what}_{part}_deg"].to_numpy(np.float64) for what in ("drawn", "found"))
    return lambda chosen: _share(found[chosen].sum(axis=1), drawn[chosen].sum(axis=1))


def _limits(statistic: Callable[[np.ndarray], np.ndarray], chosen: np.ndarray) -> list[float]:
    return [float(one) for one in np.nanquantile(statistic(chosen), INTERVAL)]


def _nan_mean(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    return _share(np.where(known, values, 0).sum(axis=1), known.sum(axis=1))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)


def _seeds(bench: BenchSet, look: Look) -> list[int]:
    return [one.seed for one in bench.planets if one.look == look]


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    """Return a value with numbers of four digits, and None for NaN."""
    match value:
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case list():
            return [_plain(one) for one in value]
        case np.integer():
            return int(value)
        case float():
            return None if math.isnan(value) else round(value, 4)
        case _:
            return value
