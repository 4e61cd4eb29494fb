"""Jobs, named by what people do with them.

The assets themselves are in ``ejmap_assets.assets``; here they are only gathered.
"""

from typing import TYPE_CHECKING, Any

import dagster as dg

from ejmap_assets.launch_config import ROLL_BACK, promotion_run_config
from ejmap_assets.lineage.lineage import VETTING, Partitioning, names_partitioned_by
from ejmap_assets.lineage.stages import EVALUATED, PREPARE, PROMOTED, SOURCES, TRAINING, VET

if TYPE_CHECKING:
    # Dagster returns it but does not name it in public.
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

TRAIN_TAGS = {"ejmap/kind": "train"}


def _job(
    name: str,
    assets: tuple[str, ...],
    description: str,
    tags: dict[str, str] | None = None,
    config: dict[str, Any] | None = None,
) -> "UnresolvedAssetJobDefinition":
    # In process: a run of its own process costs seconds, and a model is then loaded once.
    return dg.define_asset_job(
        name,
        selection=dg.AssetSelection.assets(*assets),
        description=description,
        executor_def=dg.in_process_executor,
        tags=tags,
        config=config,
    )


def build_jobs() -> list["UnresolvedAssetJobDefinition"]:
    """Return the jobs of a project, in the order in which a newcomer runs them."""
    return [
        _job(PREPARE, SOURCES, "Read the mosaic, the crater table and the manual masks."),
        _job(VET, VETTING, "Score every entry of the catalogue: is it a crater?", TRAIN_TAGS),
        _job("prepare_training", TRAINING, "Gather labelled craters and lay out their tiles."),
        _job("cut_ejconn_samples", ("ejconn_samples",), "Cut the crops that versions learn from."),
        _job("cut_ejseg_samples", ("ejseg_samples",), "Cut the tiles that versions learn from."),
        _job("train_ejconn", ("ejconn_model",), "Train members of EJCONN.", TRAIN_TAGS),
        _job("train_ejseg", ("ejseg_model",), "Train members of EJSEG.", TRAIN_TAGS),
        _job("promote", PROMOTED, "Let the trained ensembles map the craters, if the gate agrees."),
        *(
            _job(
                f"roll_back_{kind}",
                (f"promoted_{kind}",),
                f"Let the former {kind} ensemble map the craters again.",
                config=promotion_run_config(kind, ROLL_BACK),
            )
            for kind in ("ejconn", "ejseg")
        ),
        _job(
            "map_craters",
            names_partitioned_by(Partitioning.CRATERS),
            "Map the ejecta of craters, from the mosaic around each to its mask on the basemap.",
        ),
        _job("refresh_map", ("global_map",), "Put the masks of all craters into one map."),
        _job(
            "evaluate",
            EVALUATED,
            "Measure the masks on the mosaic and, where ejecta are known, score them.",
        ),
    ]
