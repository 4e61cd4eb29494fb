"""Scoring entries on the planets and real craters of the bench; what is scored is kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ejmap_geo.whole_file import write_text
from ejmap_ml.calibration.band_reliability import Stated, band_reliability
from ejmap_ml.calibration.by_distance import Told
from ejmap_project.bench.entry import Entry
from ejmap_project.bench.planets import BenchPlanet, BenchSet
from ejmap_project.bench.scores import calibration_error, planet_scores
from ejmap_project.digest import content_version
from ejmap_project.progress import Progress
from ejmap_project.reference.score_table import score_row
from ejmap_project.reference.scores import score_mask

# Raised when a score changes its meaning: scores that were kept are then taken anew.
SCORES_VERSION = "1"
# The mosaics of the package are grey.
REAL_BANDS = 1

# Rows of one planet or of the craters of one body.
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class EntryScores:
    """Scores of an entry.

    Attributes:
        entry: The entry.
        planets: Scores of :func:`ejmap_project.bench.scores.planet_scores` by planet, with
            ``calibration_error``; only of planets that it mapped.
        craters: Rows of :func:`ejmap_project.reference.score_table.score_row`; only of bodies that
            it mapped.
        members: The same of each member alone.
    """

    entry: Entry
    planets: dict[BenchPlanet, dict[str, float]] = field(default_factory=dict)
    craters: Rows = field(default_factory=list)
    members: list["EntryScores"] = field(default_factory=list)


def score_entries(
    entries: Sequence[Entry], bench: BenchSet, *, work: Path, progress: Progress
) -> list[EntryScores]:
    """Score entries and their members, planet by planet.

    Args:
        entries: What takes part.
        bench: What it is scored on.
        work: Folder that keeps planets and scores: what was scored before is read again.
        progress: Told of every planet and entry.

    Raises:
        GeoError: If a file of a planet or an entry does not fit.
        ProjectError: If an entry cannot be scored.
        MlError: If a bundle is altered.
    """
    scores = [EntryScores(one, members=[EntryScores(m) for m in one.members]) for one in entries]
    every = [part for one in scores for part in (one, *one.members)]
    total = len(every) * (len(bench.planets) + len(bench.bodies))
    done = 0
    for planet in bench.planets:
        made = None
        for one in every:
            progress.update(f"{one.entry.name}, {planet.name}", done=done, total=total)
            done += 1
            place = _kept(one.entry, planet.name, planet.config.bands, planet.version, work)
            if place is None:
                continue
            if not place.is_file():
                made = made or planet.made(work)
                answer = one.entry.planet_answer(planet, made)
                error = {"calibration_error": _error(answer.told)}
                _keep(place, [planet_scores(answer.masks, made) | error])
            one.planets[planet] = _read(place)[0]
    for body in bench.bodies:
        for one in every:
            progress.update(f"{one.entry.name}, craters of {body}", done=done, total=total)
            done += 1
            place = _kept(one.entry, body, REAL_BANDS, bench.craters_version, work)
            if place is None:
                continue
            if not place.is_file():
                _keep(place, _crater_rows(one.entry, bench, body))
            one.craters.extend(_read(place))
    progress.update("scored", done=total, total=total)
    return scores


def _error(told: Sequence[Told]) -> float:
    return calibration_error(band_reliability(Stated.of(one) for one in told))


def _crater_rows(entry: Entry, bench: BenchSet, body: str) -> Rows:
    craters = bench.craters_of(body)
    masks = entry.crater_masks(body, craters)
    return [
        score_row(
            one.crater,
            one.drawing.drawer,
            score_mask(one.drawing, mask, rim_rad=one.crater.rim_rad),
        )
        for one, mask in zip(craters, masks, strict=True)
    ]


def _kept(entry: Entry, scene: str, bands: int, scene_version: str, work: Path) -> Path | None:
    """Return where the scores of an entry are kept; None if it says nothing about the planet."""
    version = entry.version(scene, bands)
    if version is None:
        return None
    digest = content_version(SCORES_VERSION, version, scene, scene_version)
    return work / "scores" / f"{digest}.json"


def _keep(place: Path, rows: Sequence[dict[str, Any]]) -> None:
    write_text(place, json.dumps(list(rows)))


def _read(place: Path) -> Rows:
    return json.loads(place.read_text(encoding="utf-8"))
