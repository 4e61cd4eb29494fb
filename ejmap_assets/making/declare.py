"""Declaring assets of the whole project: one function for each."""

import inspect
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from logging import Logger
from typing import Any

import dagster as dg

from ejmap_assets.automation import condition_of
from ejmap_assets.checks.rejected import refuse_rejected
from ejmap_assets.launch_config import ROLL_BACK
from ejmap_assets.lineage.provenance import FILES_TAG, RECIPE_TAG, SIZE, Recipe
from ejmap_assets.lineage.recipes import RecipeBook, book_of
from ejmap_assets.lineage.row import Row
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import is_made
from ejmap_assets.making.failures import PERMANENT_ERRORS, permanent, storage_failure
from ejmap_assets.making.inputs import require_intact, set_damaged_craters_aside
from ejmap_assets.metadata.facts import metadata_of
from ejmap_assets.metadata.table_types import column_metadata, table_facts
from ejmap_assets.partitions import MEMBERS, Partitioning
from ejmap_assets.resources import ProjectResource
from ejmap_geo.whole_file import prepare_scratch
from ejmap_project.artefact import Artefact
from ejmap_project.errors import StepError
from ejmap_project.manifests.stored_files import put_away
from ejmap_project.mapping.origin import origin_tags
from ejmap_project.open_project import OpenProject, project_folder
from ejmap_project.pictures.picture_store import PictureStore
from ejmap_project.progress import Progress

OWNERS = ("team:ejmap",)
# The pool of steps that use a GPU; the instance limits how many run at a time.
GPU_POOL = "gpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTask:
    """One artefact of the whole project, about to be made.

    Attributes:
        project: The project.
        book: The current recipes.
        recipe: The recipe of the artefact.
        progress: Receives the progress.
        log: The run's log.
        partition: Its partition; None if it is unpartitioned.
        run_id: Id of the run.
        config: Run configuration of the asset.
    """

    project: OpenProject
    book: RecipeBook
    recipe: Recipe
    progress: Progress
    log: Logger
    partition: str | None
    run_id: str
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def instance(self) -> dg.DagsterInstance:
        """The project's instance."""
        return self.book.instance

    @property
    def raster_tags(self) -> dict[str, str]:
        """Tags of a raster of the whole planet: its origin and its recipe."""
        origin = origin_tags(self.project, self.recipe.input_versions, run_id=self.run_id)
        return {**origin, "EJMAP_RECIPE": self.recipe.digest}


Make = Callable[[ProjectTask], Artefact]


def project_asset(
    *, group: str, kinds: set[str], kind: str, config: Mapping[str, dg.Field] | None = None
) -> Callable[[Make], dg.AssetsDefinition]:
    """Turn a function that makes an artefact into the asset of the same name.

    The UI shows its docstring as description. Its row of the lineage defines inputs, partitions,
    code version and condition.

    Args:
        group: Group in the UI.
        kinds: Kinds of file; the UI shows them as icons.
        kind: Value of the tag ``ejmap/kind``, by which an instance may limit runs.
        config: Fields of its run configuration, by name.
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
            # A job of a stage selects assets that a project need not make.
            output_required=False,
            pool=GPU_POOL if kind == "train" else None,
        )
        def asset(
            context: dg.AssetExecutionContext,
            project: ProjectResource,
            progress: dg.ResourceParam[Progress],
        ) -> Iterator[dg.MaterializeResult[Any]]:
            folder = project_folder(project.folder)
            try:
                opened = project.open()
                prepare_scratch(opened.paths.data)
                if not _is_skipped(context, opened):
                    yield from _materialized(context, opened, progress, make)
            except PERMANENT_ERRORS as error:
                raise permanent(error) from error
            except Exception as error:  # a full disk is told in many ways; all else is raised again
                failure = storage_failure(error, folder)
                if failure is None:
                    raise
                raise failure from error

        return asset

    return declare


def definition_metadata(row: Row) -> dict[str, Any]:
    """Return the definition metadata of an asset: columns, picture, rule of automation."""
    shown = {"picture_shows": row.picture} if row.picture else {}
    return {**column_metadata(row.table), **shown, "made": row.rule.value}


def _is_skipped(context: dg.AssetExecutionContext, project: OpenProject) -> bool:
    """Return whether a run of several assets includes one that cannot and need not be made.

    Whoever selects that asset alone is told what it lacks.
    """
    asset = context.asset_key.to_user_string()
    is_partitioned = context.assets_def.partitions_def is not None
    is_alone = len(context.job_def.asset_layer.selected_asset_keys) == 1
    if is_partitioned or is_alone or is_made(project, asset):
        return False
    try:
        book_of(project, context.instance).recipe(asset)
    except StepError as error:
        context.log.info("skipped, since this project makes no %s: %s", asset, error)
        return True
    return False


def _materialized(
    context: dg.AssetExecutionContext, project: OpenProject, progress: Progress, make: Make
) -> Iterator[dg.MaterializeResult[Any]]:
    # A run of a job with partitioned assets has a key; an unpartitioned asset ignores it.
    is_partitioned = context.assets_def.partitions_def is not None
    partition = context.partition_key if is_partitioned else None
    book = book_of(project, context.instance)
    # Read the recipe first: the artefact depends on its inputs as they are when the step starts.
    config = context.op_execution_context.op_config or {}
    asset = context.asset_key.to_user_string()
    set_damaged_craters_aside(book, asset, context.log)
    recipe = _recipe(book, asset, partition, config)
    require_intact(book, recipe.ingredients)
    refuse_rejected(context.instance, _checked_inputs(recipe))
    task = ProjectTask(
        project=project,
        book=book,
        recipe=recipe,
        progress=progress,
        log=context.log,
        partition=partition,
        run_id=context.run.run_id,
        config=config,
    )
    with book.files(asset, partition).being_made():
        begun = time.perf_counter()
        artefact = make(task)
        pictures = PictureStore(paths=project.paths, asset=asset, partition=partition)
        metadata = metadata_of(artefact.metadata, pictures)
        seconds = round(time.perf_counter() - begun, 2)
        facts = table_facts(asset, LINEAGE[asset].table, artefact.table)
        # Not before: which files an artefact has may follow from what was made.
        files = book.files(asset, partition)
        manifest = files.take()
        put_away(files, manifest)
        yield dg.MaterializeResult(
            data_version=dg.DataVersion(artefact.content),
            tags={RECIPE_TAG: recipe.digest, FILES_TAG: manifest.digest},
            metadata={
                **metadata,
                **facts,
                "seconds": seconds,
                # A release says what it holds; its own files keep their digests themselves.
                SIZE: metadata.get(SIZE, manifest.size_bytes),
            },
        )
        files.write(manifest)


def _recipe(
    book: RecipeBook, asset: str, partition: str | None, config: Mapping[str, Any]
) -> Recipe:
    try:
        return book.recipe(asset, partition)
    except StepError:
        if config.get("mode") != ROLL_BACK:
            raise
    # A roll-back reads stored ensembles, so the configured version may have no members yet.
    row = LINEAGE[asset]
    return Recipe(code_version=row.code_version, settings=row.settings(book.project, ""))


def _checked_inputs(recipe: Recipe) -> list[tuple[str, str | None]]:
    """Return the inputs whose checks may refuse the run; the gate itself checks members."""
    return [
        (one.asset, one.partition)
        for one in recipe.ingredients
        if LINEAGE[one.asset].partitioning not in {*MEMBERS, Partitioning.CRATERS}
    ]
