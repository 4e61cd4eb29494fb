"""SIGKILL at random moments of `ejmap run`, evenly over the whole chain from nothing to the map.

A project begins with nothing and is killed once in each kind of artefact, in the order in which
they are made, and once before the first. Each project ends in the files of one that was never
killed.
"""

import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from ejmap_assets.history import URL_VARIABLE
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.runs.instance import HOME_VARIABLE, open_instance
from ejmap_project.open_project import PROJECT_VARIABLE, OpenProject
from tests.faults.chain import Chain
from tests.faults.history import require_at_rest
from tests.faults.record import Tried, first_untried, note
from tests.faults.sameness import maker_of, makers
from tests.faults.warm import Command

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
KILLS = int(os.environ.get("EJMAP_FAULT_KILLS", "200"))
# What a start takes before anything is made, and how far beyond its making an artefact is struck.
START_CPU_SECONDS = 1.5
BEYOND = 1.2


class History(NamedTuple):
    """Where the history of runs lies.

    Attributes:
        name: The database.
        kills: How many kills it gets at least; a project is killed in all its artefacts.
        make: Makes an empty one, and returns the environment that names it.
    """

    name: str
    kills: int
    make: Callable[[], Mapping[str, str]]


class Step(NamedTuple):
    """The making of an artefact.

    Attributes:
        asset: The kind of artefact.
        note: Its manifest, from the project.
        seconds: How long its making took.
        place: Its place in the order of the history.
    """

    asset: str
    note: Path
    seconds: float
    place: int


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def history(request: pytest.FixtureRequest) -> History:
    """Return a history of each kind; most projects have SQLite."""
    if request.param == "SQLite":
        return History(request.param, round(0.8 * KILLS), dict)
    server, names = request.getfixturevalue("postgres"), count()
    return History(
        request.param,
        round(0.2 * KILLS),
        lambda: {URL_VARIABLE: server.create_database(f"faults_{next(names)}")},
    )


@pytest.fixture
def steps(undisturbed: Chain, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Sequence[Step]]:
    """Return what is made of each kind of artefact."""
    for name in (HOME_VARIABLE, PROJECT_VARIABLE, URL_VARIABLE):
        monkeypatch.setenv(name, "")
    project, found = OpenProject.at(undisturbed.folder), dict[str, list[Step]]()
    with open_instance(undisturbed.folder) as instance:
        book = book_of(project, instance).snapshot()
        for asset in LINEAGE:
            for key, made in book.records(asset).items():
                file = project.paths.manifest(asset, key or "").relative_to(undisturbed.folder)
                step = Step(asset, file, made.seconds or 0.0, made.storage_id)
                found.setdefault(asset, []).append(step)
    return found


def test_kills_at_random_moments_change_nothing(
    undisturbed: Chain,
    steps: Mapping[str, Sequence[Step]],
    place: Path,
    history: History,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each project ends with the same files, no run is left unfinished and no place taken."""
    fault = f"SIGKILL of `ejmap run` and all it started, history in {history.name}"
    while (number := first_untried(fault)) <= history.kills:
        chain, variables = Chain.new(place / f"{history.name}_{number}"), history.make()
        rng = Random(f"{fault} {number}")  # noqa: S311 - no secret
        some = sorted((rng.choice(one) for one in steps.values()), key=lambda step: step.place)
        killed: list[Tried] = []
        for step in (None, *some):
            moment, command = rng.uniform(0.0, BEYOND), chain.start(variables=variables)
            if command.kill_when(_time_of(step, moment, command, chain)):
                where = makers(chain.folder).get(command.process_id, _between(step))
                killed.append(Tried(fault, number + len(killed), where, "same files"))
        chain.require_same(undisturbed, variables=variables)
        require_at_rest(chain, variables, monkeypatch)
        note(*killed)
        shutil.rmtree(chain.folder)


def _time_of(
    step: Step | None, moment: float, command: Command, chain: Chain
) -> Callable[[], bool]:
    """Return what tells whether it is time to kill a command: in a step, or before the first."""
    if step is None:
        return lambda: command.cpu_seconds >= moment * START_CPU_SECONDS
    file, begun = chain.folder / step.note, list[float]()

    def is_time() -> bool:
        try:
            maker = maker_of(file)
        except OSError:
            return False
        if maker == command.process_id and not begun:
            begun.append(time.monotonic())
        # Where it is made in less time than by the undisturbed run, just after that.
        return maker is None or (
            bool(begun) and time.monotonic() - begun[0] >= moment * step.seconds
        )

    return is_time


def _between(step: Step | None) -> str:
    return "start" if step is None else f"after {step.asset}"
