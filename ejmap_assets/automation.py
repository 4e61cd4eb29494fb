"""Automation conditions: an asset is materialised when its recipe changes.

Dagster's conditions test whether inputs were *updated*. A recipe tells whether the result would
*differ*: a crater is mapped again when its own row, the mosaic or a model's weights change, but not
when the catalogue gains another crater.
"""

import json
import threading
import warnings
import weakref
from dataclasses import replace
from typing import Any, TypeAlias

import dagster as dg

from ejmap_assets.lineage.recipes import RecipeBook, book_of
from ejmap_assets.lineage.records import RecordCache
from ejmap_assets.lineage.row import Rule, UsedPart
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import Making, partitioned_by
from ejmap_assets.partitions import Partitioning
from ejmap_assets.resources import ProjectResource
from ejmap_project.errors import StepError
from ejmap_project.vetting.vetting_choice import held_back

Condition: TypeAlias = dg.AutomationCondition[Any]


class TickBook:
    """The recipe book of one tick, shared by all conditions.

    Dagster evaluates conditions one after another while runs continue. If each condition read the
    project itself, the map could see a newer catalogue than the craters did, and would be refreshed
    once before and once after them.
    """

    def __init__(self) -> None:
        self._cache = RecordCache()
        self._lock = threading.Lock()
        self._tick: weakref.ref[Any] | None = None
        self._book: RecipeBook | None = None
        self._making: Making | None = None
        self._wanted: dict[str, dict[str, str]] = {}

    def book(self, context: dg.AutomationContext[Any]) -> RecipeBook:
        """Return the recipes of this tick."""
        view = context.asset_graph_view
        with self._lock:
            if self._book is None or self._tick is None or self._tick() is not view:
                self._book = self._open_book(view.instance)
                self._making = Making(self._book.project)
                self._tick = weakref.ref(view)
                self._wanted = {}
            return self._book

    def makes(self, context: dg.AutomationContext[Any]) -> bool:
        """Return whether the project makes the asset of a condition; it is worked out once."""
        self.book(context)
        try:
            return self._making is not None and self._making.makes(context.key.to_user_string())
        except StepError:
            # The promoted ensemble cannot be read, so nothing of a crater can be made.
            return False

    def wanted(self, context: dg.AutomationContext[Any]) -> dict[str, str]:
        """Return the digests of new recipes of an asset by partition; only of what is not current.

        The partition of an unpartitioned asset is "".
        """
        asset, book = context.key.to_user_string(), self.book(context)
        if asset not in self._wanted:
            # A project need not make every asset: most train no EJCONN.
            partitions = _partitions(context) if self.makes(context) else []
            if context.partitions_def is not None:
                held = held_back(book.project)
                partitions = [key for key in partitions if key not in held]
            digests = {key: _wanted(book, asset, key) for key in partitions}
            self._wanted[asset] = {key: digest for key, digest in digests.items() if digest}
        return self._wanted[asset]

    def _open_book(self, instance: dg.DagsterInstance) -> RecipeBook:
        project = ProjectResource().open()
        # A run writes its files before its event. So read the event first: the file that we read
        # after it is not older.
        book = book_of(project, instance).snapshot(self._cache)
        for name, row in LINEAGE.items():
            if row.used_part is UsedPart.OWN_CRATER:
                book.last(name)
        return replace(book, craters=project.craters()) if book.craters else book


class HasNewRecipe(dg.AutomationCondition[Any]):
    """True on the first tick after an artefact's recipe changed, and on the first tick of all.

    An artefact with a missing input has no recipe. A failed artefact is not requested again until
    its recipe changes, because the same inputs fail again; ``repair`` maps it after a fix outside
    the project's data.
    """

    def __init__(self, ticks: TickBook) -> None:
        self._ticks = ticks

    @property
    def requires_cursor(self) -> bool:
        """Keep a cursor from tick to tick."""
        return True

    @property
    def description(self) -> str:
        """Description in the UI."""
        return "missing, or its inputs, models or settings changed"

    def evaluate(self, context: dg.AutomationContext[Any]) -> Any:  # noqa: ANN401 - as Dagster declares it
        """Return the partitions whose recipe is new."""
        wanted = self._ticks.wanted(context)
        before: dict[str, str] = json.loads(context.cursor or "{}")
        new = {key for key, digest in wanted.items() if before.get(key) != digest}
        return dg.AutomationResult(
            context=context,
            true_subset=_subset(context, new),
            cursor=json.dumps(wanted, sort_keys=True),
        )


class IsStale(dg.AutomationCondition[Any]):
    """True for artefacts that are not current: what was made meanwhile is not requested again."""

    def __init__(self, ticks: TickBook) -> None:
        self._ticks = ticks

    @property
    def description(self) -> str:
        """Description in the UI."""
        return "missing or stale now"

    def evaluate(self, context: dg.AutomationContext[Any]) -> Any:  # noqa: ANN401 - as Dagster declares it
        """Return the partitions that are asked about and not current."""
        stale = _subset(context, set(self._ticks.wanted(context)))
        found = context.candidate_subset.compute_intersection(stale)
        return dg.AutomationResult(context=context, true_subset=found)


class IsMadeHere(dg.AutomationCondition[Any]):
    """True for assets that the project makes.

    What is requested and never made keeps its backfill open, and the map waits for it.
    """

    def __init__(self, ticks: TickBook) -> None:
        self._ticks = ticks

    @property
    def description(self) -> str:
        """Description in the UI."""
        return "made in this project"

    def evaluate(self, context: dg.AutomationContext[Any]) -> Any:  # noqa: ANN401 - as Dagster declares it
        """Return all partitions that are asked about, or none."""
        is_made_here = self._ticks.makes(context)
        found = context.candidate_subset if is_made_here else context.get_empty_subset()
        return dg.AutomationResult(context=context, true_subset=found)


class IsRequestedNow(dg.AutomationCondition[Any]):
    """True for partitions that this tick requests.

    Dagster's ``will_be_requested`` ignores assets that cannot share a run with the asset that asks.
    Craters and the map cannot share a run.
    """

    @property
    def description(self) -> str:
        """Description in the UI."""
        return "requested at this tick"

    def evaluate(self, context: dg.AutomationContext[Any]) -> Any:  # noqa: ANN401 - as Dagster declares it
        """Return the partitions that this tick requests."""
        requested = context.request_subsets_by_key.get(context.key)
        found = (
            context.get_empty_subset()
            if requested is None
            else context.candidate_subset.compute_intersection(requested)
        )
        return dg.AutomationResult(context=context, true_subset=found)


# Conditions are declared asset by asset, and one tick evaluates all of them.
_TICK_BOOK = TickBook()


def _subset(context: dg.AutomationContext[Any], keys: set[str]) -> Any:  # noqa: ANN401 - Dagster does not name it in public
    view = context.asset_graph_view
    if context.partitions_def is not None:
        return view.get_subset_from_partition_keys(context.key, context.partitions_def, keys)
    return view.get_full_subset(key=context.key) if keys else context.get_empty_subset()


def _partitions(context: dg.AutomationContext[Any]) -> list[str]:
    """Return the partitions of an asset; "" stands for an unpartitioned one."""
    if context.partitions_def is None:
        return [""]
    return list(
        context.partitions_def.get_partition_keys(
            dynamic_partitions_store=context.asset_graph_view.instance
        )
    )


def _wanted(book: RecipeBook, asset: str, partition: str) -> str | None:
    """Return the digest of a new recipe; None if the artefact is current or cannot be made."""
    key = partition or None
    try:
        digest = book.recipe(asset, key).digest
    except StepError:
        return None
    made = book.last(asset, key)
    is_same = made is not None and made.recipe == digest
    return None if is_same and book.compared(asset, key, made).is_there else digest


def condition_of(asset: str) -> Condition | None:
    """Return the condition under which the sensor makes an asset; None if it never does."""
    rule = LINEAGE[asset].rule
    rules = dg.AutomationCondition
    # Unlike Dagster's ``since_last_handled``, which drops what is true on the first tick: who
    # switches the sensor on wants what is stale or missing by then.
    handled = (rules.newly_requested() | rules.newly_updated()).with_label("handled")
    is_new: Condition = HasNewRecipe(_TICK_BOOK).since(handled) & IsStale(_TICK_BOOK)
    match rule:
        case Rule.ON_REQUEST:
            return None
        case Rule.WITH_UPSTREAM:
            follows: Condition = rules.any_deps_match(rules.will_be_requested())
            with_upstream = is_new | (follows & IsMadeHere(_TICK_BOOK))
            condition = with_upstream & ~rules.in_progress() & ~rules.any_deps_in_progress()
        case Rule.AFTER_UPSTREAM:
            condition = is_new & ~rules.in_progress() & ~rules.any_deps_in_progress()
        case Rule.AFTER_CRATERS:
            settled = _craters_settled()
            # The recipe of what is made of the map alone changes only when the map is there.
            of_map = [name for name, row in LINEAGE.items() if row.rule is Rule.AFTER_CRATERS]
            requested: Condition = rules.any_deps_match(rules.will_be_requested())
            follows = requested.allow(dg.AssetSelection.assets(*of_map))
            with_map = is_new | (follows & IsMadeHere(_TICK_BOOK))
            # Craters may settle in the midst of a tick: who is asked after that would go ahead.
            left: Condition = rules.any_deps_match(IsStale(_TICK_BOOK) & ~IsRequestedNow())
            goes_ahead = left.allow(dg.AssetSelection.assets(*of_map))
            condition = with_map & ~rules.in_progress() & settled & ~goes_ahead
    labelled: Any = condition  # Dagster's types do not declare labels
    return labelled.with_label(rule.value)


def _craters_settled() -> Condition:
    """Return that no crater is in progress or requested; a failed crater does not block.

    What is made of all craters may be requested at the same tick: one run makes it in order. So
    all of it waits for every asset of a crater, whether it reads that itself or not: what did not
    would be made beside a map that is about to change, in a run of its own.
    """
    rules = dg.AutomationCondition
    # Asked one by one: along dependencies of dependencies they would be asked once for each way.
    settled: Condition = ~rules.any_deps_in_progress()
    for one in partitioned_by(Partitioning.CRATERS):
        settled &= ~rules.asset_matches(one, rules.in_progress() | IsRequestedNow())
    return settled


def build_automation_sensor(
    *, seconds_between_ticks: int
) -> dg.AutomationConditionSensorDefinition:
    """Return the sensor that evaluates the conditions; a person must start it in the UI.

    The conditions read the project, so the code location evaluates them, not the daemon.

    Args:
        seconds_between_ticks: Minimum interval of ticks.
    """
    with warnings.catch_warnings():
        # Safe: we pin Dagster to one minor version, which does not change its beta interfaces.
        warnings.simplefilter("ignore", dg.BetaWarning)
        return dg.AutomationConditionSensorDefinition(
            "keep_up_to_date",
            target=dg.AssetSelection.all(),
            use_user_code_server=True,
            minimum_interval_seconds=seconds_between_ticks,
            run_tags={"ejmap/kind": "map"},
            description="Maps craters that are missing or stale when it is switched on, new "
            "craters, and craters whose mosaic, row in the catalogue, models or settings changed. "
            "Refreshes the map and its scores when no crater is in progress. "
            "It does not retry a failed crater until the crater's recipe changes: fix the cause, "
            "then run `repair`.",
        )
