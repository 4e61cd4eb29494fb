"""The stages of a project, from nothing to a scored map, in the order in which they are made."""

from collections.abc import Sequence
from dataclasses import dataclass

from ejmap_assets.lineage.lineage import VETTING, Partitioning, names_partitioned_by
from ejmap_project.open_project import OpenProject

PREPARE = "prepare"
SOURCES = ("basemap_mosaic", "crater_catalogue", "manual_masks")
TRAINING = ("training_planets", "labelled_tiles", "split_table")
VET = "vet_craters"
PROMOTED = ("promoted_ejconn", "promoted_ejseg")
EVALUATED = (
    "ejecta_contrast",
    "evaluation",
    "tile_scores",
    "map_scores",
    "model_comparison",
)
PROMOTE = "promote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A numbered step of the way from nothing to a map.

    Attributes:
        title: What it does, for the console.
        job: Job that does it.
        assets: Assets it makes, upstream first.
    """

    title: str
    job: str
    assets: tuple[str, ...]


STAGES = (
    Stage(title="mosaic, craters, known ejecta", job="prepare", assets=SOURCES),
    Stage(title="tiles around craters and beside them", job=VET, assets=("crater_tiles",)),
    Stage(title="train the crater classifier", job=VET, assets=("crater_classifier",)),
    Stage(title="score the crater catalogue", job=VET, assets=("crater_candidates",)),
    Stage(title="planets to learn from, their tiles", job="prepare_training", assets=TRAINING),
    Stage(title="samples of EJCONN", job="cut_ejconn_samples", assets=("ejconn_samples",)),
    Stage(
        title="train EJCONN: which tiles hold ejecta", job="train_ejconn", assets=("ejconn_model",)
    ),
    Stage(title="samples of EJSEG", job="cut_ejseg_samples", assets=("ejseg_samples",)),
    Stage(title="train EJSEG: where the ejecta are", job="train_ejseg", assets=("ejseg_model",)),
    Stage(title="promote the trained models", job=PROMOTE, assets=PROMOTED),
    Stage(
        title="map the craters",
        job="map_craters",
        assets=names_partitioned_by(Partitioning.CRATERS),
    ),
    Stage(title="put the global map together", job="refresh_map", assets=("global_map",)),
    Stage(
        title="measure the masks, score them where ejecta are known",
        job="evaluate",
        assets=EVALUATED,
    ),
)


# From the files that a person edits to models that may be promoted.
RETRAINING = (
    "prepare",
    VET,
    "prepare_training",
    "cut_ejconn_samples",
    "train_ejconn",
    "cut_ejseg_samples",
    "train_ejseg",
    PROMOTE,
)


def stages_of(*jobs: str) -> list[Stage]:
    """Return the stages of jobs in the order in which a project is made."""
    return [stage for stage in STAGES if stage.job in jobs]


def stages_made(project: OpenProject, stages: Sequence[Stage] = STAGES) -> list[Stage]:
    """Return the stages that a project has: its catalogue is vetted only where it says how."""
    is_vetted = project.settings.vetting is not None
    return [stage for stage in stages if is_vetted or stage.assets[0] not in VETTING]
