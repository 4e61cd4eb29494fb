"""Rules by which assets are made without being asked: when their recipe changes, and only then.

Dagster's own rules look at whether inputs were *updated*; a recipe knows whether what is made from
them would be *different*. So a crater is mapped again when its own row, the mosaic or a model's
weights change, and not when the catalogue grows by another crater.
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
from ejmap_assets.lineage.selection import depth_in_craters
from ejmap_assets.resources import ProjectResource
from ejmap_project.errors import StepError
from ejmap_project.vetting.vetting_choice import held_back

Condition: TypeAlias = dg.AutomationCondition[Any]


class TickBook:
    """What one tick knows of the project, the same for all rules that it follows.

    Dagster evaluates rules one after another while runs go on. If each rule read the project for
    itself, the map could see a catalogue that the craters had not seen yet, and be refreshed once
    before and once after them.
    """

    def __init__(self) -> None:
        self._cache = RecordCache()
        self._lock = threading.Lock()
        self._tick: weakref.ref[Any] | None = None
        self._book: RecipeBook | None = None

    def book(self, context: dg.AutomationContext[Any]) -> RecipeBook:
        """Return the recipes that hold at this tick."""
        view = context.asset_graph_view
        with self._lock:
            if self._book is None or self._tick is None or self._tick() is not view:
                self._book = self._opened(view.instance)
                self._tick = weakref.ref(view)
            return self._book

    def _opened(self, instance: dg.DagsterInstance) -> RecipeBook:
        project = ProjectResource().open()
        # Files are written before the event that tells of them: read after it, they are not older.
        before = book_of(project, instance).snapshot(self._cache)
        for name, row in LINEAGE.items():
            if row.used_part is UsedPart.OWN_CRATER:
                before.last(name)
        return replace(before, craters=project.craters())


class HasNewRecipe(dg.AutomationCondition[Any]):
    """True on the first tick after an artefact's recipe changed.

    One that cannot be made yet, because an input is missing, has no recipe. One that fails is not
    asked for again until its recipe changes: what failed will fail again, and ``repair`` is there
    for what was mended outside of the project's data.
    """

    def __init__(self, ticks: TickBook) -> None:
        self._ticks = ticks

    @property
    def requires_cursor(self) -> bool:
        """Whether what was found last is kept from tick to tick."""
        return True

    @property
    def description(self) -> str:
        """What the UI says of the rule."""
        return "missing, or made from other data, models or settings than those that hold now"

    def evaluate(self, context: dg.AutomationContext[Any]) -> Any:  # noqa: ANN401 - as Dagster declares it
        """Return the partitions whose recipe is new."""
        asset = context.key.to_user_string()
        book = self._ticks.book(context)
        partitions = _partitions(context)
        if context.partitions_def is not None:
            held = held_back(book.project)
            partitions = [key for key in partitions if key not in held]
        wanted = {key: digest for key in partitions if (digest := _wanted(book, asset, key))}
        before: dict[str, str] = json.loads(context.cursor or "{}")
        new = {key for key, digest in wanted.items() if before.get(key) != digest}
        return dg.AutomationResult(
            context=context,
            true_subset=_subset(context, new),
            cursor=json.dumps(wanted, sort_keys=True),
        )


class IsRequestedNow(dg.AutomationCondition[Any]):
    """True of what this very tick asks for.

    Dagster's own ``will_be_requested`` leaves out what cannot be made in one run with the asset
    that asks, as craters cannot with the map.
    """

    @property
    def description(self) -> str:
        """What the UI says of the rule."""
        return "asked for at this tick"

    def evaluate(self, context: dg.AutomationContext[Any]) -> Any:  # noqa: ANN401 - as Dagster declares it
        """Return the partitions that are asked for."""
        asked = context.request_subsets_by_key.get(context.key)
        if asked is None:
            return dg.AutomationResult(context=context, true_subset=context.get_empty_subset())
        return dg.AutomationResult(
            context=context, true_subset=context.candidate_subset.compute_intersection(asked)
        )


# Rules are declared asset by asset, and a tick evaluates all of them.
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
    """Return the recipe by which an artefact should be made; None if it is current or cannot be."""
    try:
        recipe = book.recipe(asset, partition or None)
    except StepError:
        return None
    return None if book.is_current(asset, partition or None) else recipe.digest


def condition_of(asset: str) -> Condition | None:
    """Return the condition under which an asset is made; None for what somebody asks for."""
    rule = LINEAGE[asset].rule
    match rule:
        case Rule.ON_REQUEST:
            return None
        case Rule.WITH_UPSTREAM:
            condition = _with_upstream()
        case Rule.AFTER_UPSTREAM:
            condition = _after_upstream()
        case Rule.AFTER_CRATERS:
            condition = _after_craters(depth_in_craters(asset))
    labelled: Any = condition  # Dagster's types do not declare labels
    return labelled.with_label(rule.value)


def _after_craters(depth: int) -> Condition:
    """Refresh once the craters have settled, however many changed; a failed one blocks nothing.

    Args:
        depth: Longest chain of a crater's assets upstream.
    """
    moving: Condition = dg.AutomationCondition.in_progress() | IsRequestedNow()
    settled = ~dg.AutomationCondition.any_deps_match(moving)
    for _ in range(depth - 1):
        moving = dg.AutomationCondition.any_deps_match(moving)
        settled &= ~dg.AutomationCondition.any_deps_match(moving)
    return (
        HasNewRecipe(_TICK_BOOK).since_last_handled()
        & ~dg.AutomationCondition.in_progress()
        & settled
    )


def _with_upstream() -> Condition:
    asked = HasNewRecipe(_TICK_BOOK).since_last_handled() | dg.AutomationCondition.any_deps_match(
        dg.AutomationCondition.will_be_requested()
    )
    return (
        asked
        & ~dg.AutomationCondition.in_progress()
        & ~dg.AutomationCondition.any_deps_in_progress()
    )


def _after_upstream() -> Condition:
    """Follow the recipe, in a run after those that make the upstream assets."""
    return (
        HasNewRecipe(_TICK_BOOK).since_last_handled()
        & ~dg.AutomationCondition.in_progress()
        & ~dg.AutomationCondition.any_deps_in_progress()
    )


def build_automation_sensor(
    *, seconds_between_ticks: int
) -> dg.AutomationConditionSensorDefinition:
    """Return the sensor that follows the rules; somebody switches it on in the UI.

    The rules read the project, so they are evaluated in the code location and not in the daemon.

    Args:
        seconds_between_ticks: Least time from one tick to the next.
    """
    with warnings.catch_warnings():
        # We pin Dagster to one minor version, within which what is in beta may not change.
        warnings.simplefilter("ignore", dg.BetaWarning)
        return dg.AutomationConditionSensorDefinition(
            "keep_up_to_date",
            target=dg.AssetSelection.all(),
            use_user_code_server=True,
            minimum_interval_seconds=seconds_between_ticks,
            run_tags={"ejmap/kind": "map"},
            description="Maps craters that are new or whose mosaic, row in the catalogue, models "
            "or settings changed, and refreshes the map and its scores once they have settled. "
            "What failed is not tried again until its recipe changes: run `repair` after mending "
            "the cause.",
        )
