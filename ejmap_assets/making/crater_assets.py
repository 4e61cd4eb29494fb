"""Declaring the assets of a crater: one function for each; together they are one multi-asset."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dagster as dg

from ejmap_assets.automation import condition_of
from ejmap_assets.checks.registry import checks_of
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.making.chunk import map_chunk
from ejmap_assets.making.crater_step import CraterStep, CraterTask
from ejmap_assets.making.declare import GPU_POOL, OWNERS, definition_metadata
from ejmap_assets.resources import ProjectResource
from ejmap_geo.whole_file import prepare_scratch
from ejmap_project.artefact import Artefact
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.progress import Progress


def crater_asset(*, kinds: set[str]) -> Callable[[Callable[[CraterTask], Artefact]], CraterStep]:
    """Turn a function that makes an artefact of a crater into the asset of the same name.

    The UI shows its docstring as description. Its row of the lineage defines the rest.

    Args:
        kinds: Kinds of file; the UI shows them as icons.
    """

    def declare(make: Callable[[CraterTask], Artefact]) -> CraterStep:
        name = make.__name__
        row = LINEAGE[name]
        spec = dg.AssetSpec(
            name,
            deps=list(row.inputs),
            description=inspect.getdoc(make),
            group_name="craters",
            kinds=kinds,
            owners=OWNERS,
            tags={"ejmap/kind": "map"},
            code_version=row.code_version,
            metadata=definition_metadata(row),
            partitions_def=row.partitioning.partitions_def,
            skippable=True,
            automation_condition=condition_of(name),
        )
        return CraterStep(spec=spec, make=make, checks=checks_of(name))

    return declare


def build_crater_assets(*, steps: Sequence[CraterStep], chunk_craters: int) -> dg.AssetsDefinition:
    """Return the assets of a crater.

    Args:
        steps: Steps of a crater, upstream first.
        chunk_craters: Most craters in a run of a backfill; they share processes and loaded models.
    """

    @dg.multi_asset(
        name="map_crater_chunk",
        specs=[step.spec for step in steps],
        check_specs=[check.spec for step in steps for check in step.checks],
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.multi_run(chunk_craters),
        pool=GPU_POOL,
    )
    def crater_assets(
        context: dg.AssetExecutionContext,
        project: ProjectResource,
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[dg.MaterializeResult[Any]]:
        opened = project.open()
        prepare_scratch(opened.paths.data)
        book = book_of(opened, context.instance)
        work = CraterWork(book.mapping_project())
        map_chunk(context, steps=steps, work=work, book=book, progress=progress)
        # map_chunk logged the materialisations; a generator may omit skippable outputs.
        yield from ()

    return crater_assets
