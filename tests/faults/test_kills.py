"""SIGKILL at random moments of `ejmap run`, over the whole chain from nothing to the map.

One project is killed again and again and goes on each time, until it is done; then the next begins.
Each ends in the files of a project that was never killed.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from ejmap_assets.history import URL_VARIABLE
from tests.faults.chain import Chain
from tests.faults.history import require_at_rest
from tests.faults.record import Tried, first_untried, note
from tests.faults.sameness import makers

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
KILLS = int(os.environ.get("EJMAP_FAULT_KILLS", "200"))
# A start with nothing to do takes 1.5 s of CPU, a whole run 30 s.
LATEST_CPU_SECONDS = 5.0


class History(NamedTuple):
    """Where the history of runs lies.

    Attributes:
        name: The database.
        kills: How many kills it gets.
        make: Makes an empty one, and returns the environment that names it.
    """

    name: str
    kills: int
    make: Callable[[], Mapping[str, str]]


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


def test_kills_at_random_moments_change_nothing(
    undisturbed: Chain, place: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each project ends with the same files, no run is left unfinished and no place taken."""
    fault = f"SIGKILL of `ejmap run` and all it started, history in {history.name}"
    number = first_untried(fault)
    for trial in count():
        chain, variables = Chain.new(place / f"{history.name}_{trial}"), history.make()
        killed: list[Tried] = []
        while number <= history.kills:
            moment = Random(f"{fault} {number}").uniform(0.0, LATEST_CPU_SECONDS)  # noqa: S311 - no secret
            command = chain.start(variables=variables)
            if not command.kill_after(moment):
                break
            where = makers(chain.folder).get(command.process_id, "between artefacts")
            killed.append(Tried(fault, number, where, "same files"))
            number += 1
        chain.require_same(undisturbed, variables=variables)
        require_at_rest(chain, variables, monkeypatch)
        note(*killed)
        shutil.rmtree(chain.folder)
        if number > history.kills:
            break
