"""The status of a project: its steps, its craters, and what the rest takes."""

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ejmap_assets.lineage.crater_state import states_of
from ejmap_assets.lineage.project_stages import stage_title
from ejmap_assets.lineage.recipes import RecipeBook
from ejmap_assets.lineage.records import RecordCache
from ejmap_assets.lineage.selection import steps_to_mask
from ejmap_assets.status.costs import Rates
from ejmap_assets.status.standing import ArtefactStanding, Standing, standings
from ejmap_project.estimates import Cost
from ejmap_project.mapping.crater_state import CraterState


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStatus:
    """How the artefacts of a step of ``ejmap run`` stand.

    Attributes:
        title: What the step does.
        current: Number of artefacts that are up to date.
        stale: Number of those that are there and have to be made again.
        missing: Number of those that are not there.
        why: Reasons, the most frequent first, and how many artefacts each is of.
        cost: What making the stale and the missing takes.
    """

    title: str
    current: int
    stale: int
    missing: int
    why: Mapping[str, int]
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class CraterStatus:
    """A crater that is not up to date.

    Attributes:
        key: Its partition key.
        name: Its name; empty if it has none.
        state: How its mask stands.
        why: Why; empty for one that is held back.
    """

    key: str
    name: str
    state: CraterState
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStatus:
    """The status of a project.

    Attributes:
        steps: Its steps in the order of ``ejmap run``.
        states: Number of craters in each state; None before the crater table is read.
        craters: The craters that are not up to date, in the order of their keys.
        cost: What bringing the project up to date takes; what craters take is not in it before
            their table is read.
        free_bytes: Free disk where the project lies.
    """

    steps: Sequence[StepStatus]
    states: Mapping[CraterState, int] | None
    craters: Sequence[CraterStatus]
    cost: Cost
    free_bytes: int

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be made."""
        return not any(step.stale or step.missing for step in self.steps)


def status_of(book: RecipeBook, cache: RecordCache | None = None) -> ProjectStatus:
    """Return the status of a project.

    Args:
        book: The current recipes.
        cache: Materialisations that were read before.

    Raises:
        StepError: If the promoted ensemble cannot be read.
    """
    book = book.snapshot(cache)
    found, rates = standings(book), Rates(book)
    steps = _steps(book, found, rates)
    states, craters = _craters(book, found)
    return ProjectStatus(
        steps=steps,
        states=states if book.project.paths.crater_catalogue.exists() else None,
        craters=craters,
        cost=sum((step.cost for step in steps), Cost()),
        free_bytes=shutil.disk_usage(book.project.paths.folder).free,
    )


def _steps(book: RecipeBook, found: Sequence[ArtefactStanding], rates: Rates) -> list[StepStatus]:
    steps: list[StepStatus] = []
    for stage in dict.fromkeys(one.stage for one in found):
        own = [one for one in found if one.stage is stage]
        pending = [one for one in own if one.is_pending]
        counted = Counter(one.standing for one in own)
        steps.append(
            StepStatus(
                title=stage_title(book.project, stage),
                current=counted[Standing.CURRENT],
                stale=counted[Standing.STALE],
                missing=counted[Standing.MISSING],
                why=dict(Counter(one.why for one in pending).most_common()),
                cost=rates.cost((one.asset, one.partition) for one in pending),
            )
        )
    return steps


def _craters(
    book: RecipeBook, found: Sequence[ArtefactStanding]
) -> tuple[dict[CraterState, int], list[CraterStatus]]:
    steps = steps_to_mask(book.project)
    # The first step that is to be made says why.
    why: dict[str, str] = {}
    for one in found:
        if one.asset in steps and one.is_pending and one.partition is not None:
            why.setdefault(one.partition, one.why)
    states = states_of(book, book.craters.keys() - why.keys())
    listed = [
        CraterStatus(key=key, name=book.craters[key].name, state=state, why=why.get(key, ""))
        for key, state in states.items()
        if state is not CraterState.CURRENT
    ]
    return dict(Counter(states.values())), listed
