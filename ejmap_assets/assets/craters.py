"""The assets of a crater, put together as one operation over a chunk of craters."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg

from ejmap_assets import partitions
from ejmap_assets.assets.azimuthal import azimuthal_mosaic
from ejmap_assets.assets.ejconn import connection_predictions
from ejmap_assets.assets.ejseg import segmentation_mask
from ejmap_assets.assets.masks import basemap_mask
from ejmap_assets.assets.tiles import tile_store
from ejmap_assets.automation import rule_of
from ejmap_assets.checks.craters import checks_of
from ejmap_assets.lineage.lineage import LINEAGE
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.making.chunk import CraterStep, CraterTask, map_chunk
from ejmap_assets.making.declare import GPU_POOL, OWNERS
from ejmap_assets.metadata.table_types import column_metadata
from ejmap_assets.resources import ProjectResource
from ejmap_project.artefact import Artefact
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.progress import Progress


def crater_steps() -> list[CraterStep]:
    """Return the steps from the mosaic to a crater's mask, upstream first."""
    return [
        _step(azimuthal_mosaic, kinds={"geotiff"}),
        _step(tile_store, kinds={"zarr"}),
        _step(connection_predictions, kinds={"parquet", "pytorch"}),
        _step(segmentation_mask, kinds={"geotiff", "pytorch"}),
        _step(basemap_mask, kinds={"geotiff"}),
    ]


def build_crater_assets(*, steps: list[CraterStep], chunk_craters: int) -> dg.AssetsDefinition:
    """Return the assets of a crater.

    Args:
        steps: Steps of a crater, upstream first.
        chunk_craters: Most craters a run of a backfill takes: one process and one loaded model
            serve so many.
    """

    @dg.multi_asset(
        name="map_craters_one_by_one",
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
        book = book_of(opened, context.instance)
        work = CraterWork(book.mapping_project())
        map_chunk(context, steps=steps, work=work, book=book, progress=progress)
        # Every materialisation is logged already; a generator may leave out skippable outputs.
        yield from ()

    return crater_assets


def _step(make: Callable[[CraterTask], Artefact], *, kinds: set[str]) -> CraterStep:
    node = LINEAGE[make.__name__]
    spec = dg.AssetSpec(
        make.__name__,
        deps=list(node.inputs),
        description=inspect.getdoc(make),
        group_name="craters",
        kinds=kinds,
        owners=OWNERS,
        tags={"ejmap/kind": "map"},
        code_version=node.code_version,
        metadata=column_metadata(make.__name__),
        partitions_def=partitions.craters,
        skippable=True,
        automation_condition=rule_of(make.__name__),
    )
    return CraterStep(spec=spec, make=make, checks=checks_of(make.__name__))
