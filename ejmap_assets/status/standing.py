"""Which artefacts of a project are current, stale or missing, and why."""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from ejmap_assets.lineage.project_stages import run_stages, stage_version
from ejmap_assets.lineage.provenance import Recipe, Record
from ejmap_assets.lineage.recipes import RecipeBook, member_keys
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import assets_made, assets_of
from ejmap_assets.lineage.stages import Stage
from ejmap_assets.partitions import MEMBERS, VERSIONS, Partitioning
from ejmap_project.errors import StepError
from ejmap_project.manifests.manifest_store import Integrity
from ejmap_project.vetting.vetting_choice import classifier_version, held_back


class Standing(Enum):
    """Whether an artefact is there and up to date; the values are the words of tables."""

    CURRENT = "current"
    STALE = "stale"
    MISSING = "missing"


class ArtefactStanding(NamedTuple):
    """How an artefact stands.

    Attributes:
        stage: The stage that makes it.
        asset: Name of its asset.
        partition: Its partition; None if it is unpartitioned.
        standing: Whether it is there and up to date.
        why: Why it is not; empty if it is.
    """

    stage: Stage
    asset: str
    partition: str | None
    standing: Standing
    why: str

    @property
    def is_pending(self) -> bool:
        """Whether it is to be made."""
        return self.standing is not Standing.CURRENT


def standings(book: RecipeBook) -> list[ArtefactStanding]:
    """Return how every artefact stands that bringing the project up to date would look at.

    An artefact of a crater that is up to date itself counts as stale if an earlier step of the
    crater is to be made, and what is made of all craters if any crater is. What else is made anew
    (a mosaic that is read again, a model) need not change anything downstream, so that nothing
    counts as stale by it before it is there.

    Args:
        book: A snapshot of the current recipes.

    Raises:
        StepError: If the promoted ensemble cannot be read.
    """
    found: dict[tuple[str, str | None], ArtefactStanding] = {}
    pending: dict[str, set[str | None]] = {}
    for stage, asset, partition in artefacts_made(book):
        if (asset, partition) in found:
            continue
        one = _standing(book, stage, asset, partition, pending)
        found[asset, partition] = one
        if one.is_pending and LINEAGE[asset].partitioning is Partitioning.CRATERS:
            pending.setdefault(asset, set()).add(partition)
    return list(found.values())


def artefacts_made(book: RecipeBook) -> Iterator[tuple[Stage, str, str | None]]:
    """Yield stage, asset and partition of each artefact of a project, in the order of a run.

    A stage that comes twice yields its artefacts twice.
    """
    made = assets_made(book.project)
    for stage in run_stages(book.project):
        for asset in assets_of(stage):
            if asset in made:
                yield from ((stage, asset, key) for key in partitions_made(book, stage, asset))


def partitions_made(book: RecipeBook, stage: Stage, asset: str) -> Iterator[str | None]:
    """Yield the partitions of an asset that a project makes in a stage; None is unpartitioned.

    Craters are those of the catalogue that vetting does not hold back: none before it is read.
    """
    project, partitioning = book.project, LINEAGE[asset].partitioning
    match partitioning:
        case Partitioning.NONE:
            yield None
        case Partitioning.CRATERS:
            yield from sorted(book.craters.keys() - held_back(project))
        case Partitioning.CLASSIFIER_VERSIONS:
            yield classifier_version(project)
        case _:
            version = stage_version(project, stage)
            assert version is not None  # noqa: S101 - else the project has no such stage
            if partitioning in MEMBERS:
                yield from member_keys(project, partitioning.model_kind, version)
            elif partitioning in VERSIONS:
                yield version.key


def _standing(
    book: RecipeBook,
    stage: Stage,
    asset: str,
    partition: str | None,
    pending: dict[str, set[str | None]],
) -> ArtefactStanding:
    standing, why = _own_standing(book, asset, partition)
    if standing is Standing.CURRENT:
        is_of_crater = LINEAGE[asset].partitioning is Partitioning.CRATERS
        for name in book.inputs(asset, partition):
            waiting = pending.get(name, set())
            if partition in waiting or (waiting and not is_of_crater):
                standing, why = Standing.STALE, f"{name} is to be made first"
                break
    return ArtefactStanding(stage, asset, partition, standing, why)


def _own_standing(book: RecipeBook, asset: str, partition: str | None) -> tuple[Standing, str]:
    made = book.last(asset, partition)
    if made is None:
        return Standing.MISSING, "not made yet"
    finding = book.compared(asset, partition, made)
    if finding.integrity is Integrity.BEING_MADE:
        return Standing.STALE, "it is being made"
    if not finding.is_there:
        return Standing.MISSING, finding.fault
    try:
        recipe = book.recipe(asset, partition)
    except StepError:
        return Standing.STALE, "an input was never made"
    if made.recipe == recipe.digest:
        return Standing.CURRENT, ""
    return Standing.STALE, _difference(made, recipe)


def _difference(made: Record, recipe: Recipe) -> str:
    """Return what differs between the recipe of an artefact and the current one, in words."""
    if not made.recipe:
        return "another program reported it"
    if made.code_version not in {"", recipe.code_version}:
        return "this version of EJMAP makes it in another way"
    changed = [
        one
        for one in recipe.ingredients
        if made.inputs.get(one.asset, one.data_version) != one.data_version
    ]
    whole = sorted({one.asset for one in changed if one.used_version is None})
    if whole:
        return f"{' and '.join(whole)} changed"
    partly = sorted({one.asset for one in changed})
    if partly:
        return f"its part of {' and '.join(partly)} or a setting changed"
    if any(one.asset not in made.inputs for one in recipe.ingredients):
        return "an input or a setting changed"
    return "a setting changed"
