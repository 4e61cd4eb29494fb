"""Declaring assets: a function in, a Dagster asset out. Those of craters are in ``chunk``."""

import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from logging import Logger
from typing import Any

import dagster as dg

from ejmap_assets.automation import condition_of
from ejmap_assets.checks.rejected import refuse_rejected
from ejmap_assets.launch_config import ROLL_BACK
from ejmap_assets.lineage.provenance import RECIPE_TAG, Recipe
from ejmap_assets.lineage.recipes import RecipeBook, book_of
from ejmap_assets.lineage.row import Row
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.making.failures import is_permanent, permanent
from ejmap_assets.metadata.facts import metadata_of
from ejmap_assets.metadata.table_types import column_metadata, table_facts
from ejmap_assets.partitions import MEMBERS, Partitioning
from ejmap_assets.resources import ProjectResource
from ejmap_project.artefact import Artefact
from ejmap_project.errors import StepError
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.settings.project import Project, ProjectPaths

OWNERS = ("team:ejmap",)
# Steps that use the accelerator, where there is one; the instance says how many run at a time.
GPU_POOL = "gpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTask:
    """What the function behind an asset is given.

    Attributes:
        project: The project.
        book: The recipes that hold now.
        recipe: What the artefact is made from.
        progress: Who listens.
        log: The run's log.
        partition: The partition that is made; None when there are none.
        config: What was asked when it was launched.
    """

    project: OpenProject
    book: RecipeBook
    recipe: Recipe
    progress: Progress
    log: Logger
    partition: str | None
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def settings(self) -> Project:
        """The project's settings."""
        return self.project.settings

    @property
    def paths(self) -> ProjectPaths:
        """Where the project's artefacts lie."""
        return self.project.paths

    @property
    def instance(self) -> dg.DagsterInstance:
        """The project's instance."""
        return self.book.instance


Make = Callable[[ProjectTask], Artefact]


def project_asset(
    *, group: str, kinds: set[str], kind: str, config: Mapping[str, dg.Field] | None = None
) -> Callable[[Make], dg.AssetsDefinition]:
    """Turn a function that makes an artefact into the asset of the same name.

    Its inputs, partitions and code version come from the lineage; its docstring is the description
    that the UI shows.

    Args:
        group: Group in the UI.
        kinds: Kinds of file, shown as icons.
        kind: Value of the tag ``ejmap/kind``, on which an instance may limit runs.
        config: What somebody may ask when it is launched, by name.
    """

    def declare(make: Make) -> dg.AssetsDefinition:
        row = LINEAGE[make.__name__]

        @dg.asset(
            name=make.__name__,
            description=inspect.getdoc(make),
            deps=list(row.inputs),
            group_name=group,
            kinds=kinds,
            owners=OWNERS,
            tags={"ejmap/kind": kind},
            code_version=row.code_version,
            metadata=definition_metadata(row),
            partitions_def=row.partitioning.partitions_def,
            automation_condition=condition_of(make.__name__),
            config_schema=None if config is None else dict(config),
            pool=GPU_POOL if kind == "train" else None,
        )
        def asset(
            context: dg.AssetExecutionContext,
            project: ProjectResource,
            progress: dg.ResourceParam[Progress],
        ) -> dg.MaterializeResult[Any]:
            try:
                return _materialized(context, project.open(), progress, make)
            except Exception as error:
                if is_permanent(error):
                    raise permanent(error) from error
                raise

        return asset

    return declare


def definition_metadata(row: Row) -> dict[str, Any]:
    """Return what the UI says of an asset that was never made: columns, picture, rule."""
    shown = {"picture_shows": row.picture} if row.picture else {}
    return {**column_metadata(row.table), **shown, "made": row.rule.value}


def _materialized(
    context: dg.AssetExecutionContext, project: OpenProject, progress: Progress, make: Make
) -> dg.MaterializeResult[Any]:
    # In a run of a job that also makes partitioned assets, an unpartitioned one ignores the key.
    is_partitioned = context.assets_def.partitions_def is not None
    partition = context.partition_key if is_partitioned else None
    book = book_of(project, context.instance)
    # Before the work: what was there when it began is what it is made from.
    config = context.op_execution_context.op_config or {}
    asset = context.asset_key.to_user_string()
    recipe = _recipe(book, asset, partition, config)
    refuse_rejected(context.instance, _judged(recipe))
    making = ProjectTask(
        project=project,
        book=book,
        recipe=recipe,
        progress=progress,
        log=context.log,
        partition=partition,
        config=config,
    )
    begun = time.perf_counter()
    artefact = make(making)
    metadata = metadata_of(artefact.metadata)
    seconds = round(time.perf_counter() - begun, 2)
    facts = table_facts(asset, LINEAGE[asset].table, artefact.table)
    return dg.MaterializeResult(
        data_version=dg.DataVersion(artefact.content),
        tags={RECIPE_TAG: recipe.digest},
        metadata={**metadata, **facts, "seconds": seconds},
    )


def _recipe(
    book: RecipeBook, asset: str, partition: str | None, config: Mapping[str, Any]
) -> Recipe:
    try:
        return book.recipe(asset, partition)
    except StepError:
        if config.get("mode") != ROLL_BACK:
            raise
    # A roll-back is made from what is stored, and of the configured version there may be nothing.
    row = LINEAGE[asset]
    return Recipe(code_version=row.code_version, settings=row.settings(book.project, ""))


def _judged(recipe: Recipe) -> list[tuple[str, str | None]]:
    """Return the inputs whose checks decide; candidates are judged where they are promoted."""
    return [
        (one.asset, one.partition)
        for one in recipe.ingredients
        if LINEAGE[one.asset].partitioning not in {*MEMBERS, Partitioning.CRATERS}
    ]
