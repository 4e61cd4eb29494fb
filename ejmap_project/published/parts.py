"""The parts of a published folder, and what is lost without each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ejmap_project.paths import ModelKind
from ejmap_project.published import layout
from ejmap_project.published.file_family import FileFamily

NAMES: Mapping[ModelKind, str] = {"ejconn": "EJCONN", "ejseg": "EJSEG"}
# The published encoding of EJCONN's input lives in a notebook that cannot be had.
EJCONN_NOTE = (
    "published EJCONN weights run on our own crops, because the encoding that they were trained on "
    "was not published; only published conn_positions give the paper's connections"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a published folder.

    Attributes:
        name: What it is.
        families: The files that belong to it; one of them is enough.
        without: What cannot be done without it; empty when nothing is lost.
    """

    name: str
    families: tuple[FileFamily, ...]
    without: str = ""


def checkpoints_of(kind: ModelKind) -> tuple[FileFamily, FileFamily]:
    """Return the weights of members, and of the best member of a version."""
    return layout.checkpoint(kind), layout.best_checkpoint(kind)


def _parts_of_models() -> Iterator[Part]:
    for kind, name in NAMES.items():
        yield Part(
            name=f"{name} weights",
            families=checkpoints_of(kind),
            without=f"{name} has to be trained",
        )
        yield Part(
            name=f"{name} norms",
            families=(layout.norm(kind),),
            without=f"{name} weights cannot be imported: their normalization is not known",
        )
        yield Part(
            name=f"{name} scores",
            families=(layout.training_metrics(kind), layout.map_metrics(kind)),
            without="no published scores to compare with",
        )


PARTS = (
    Part(
        name="craters (fresh_craters.shp)",
        families=(layout.CRATERS,),
        without="nothing can be imported",
    ),
    Part(
        name="mosaic (cylindrical_mosaic.tif)",
        families=(layout.MOSAIC,),
        without="craters cannot be mapped (or give --mosaic); published masks, evaluation and "
        "export work",
    ),
    Part(
        name="manual masks",
        families=(layout.MANUAL_MASK,),
        without="no training on them and no evaluation; mapping with imported weights works",
    ),
    Part(
        name="tile rectangles (positions_crater)",
        families=(layout.RECTANGLES, layout.ALL_RECTANGLES),
        without="labelled tiles have no place on the mosaic: no evaluation and no training",
    ),
    Part(
        name="tiles and splits (az_positions_all.csv)",
        families=(layout.LABELLED_TILES,),
        without="tiles are laid out anew and the published splits are not known",
    ),
    Part(
        name="tile squares (az_positions_crater)",
        families=(layout.LABELLED_SQUARES,),
        without="labelled tiles have no squares: models cannot be trained on them",
    ),
    Part(
        name="mapping tiles (eval_positions)",
        families=(layout.MAPPING_SQUARES,),
        without="our own grid of tiles is mapped, and published connections cannot be used",
    ),
    Part(
        name="EJCONN tiles (npy)",
        families=(layout.EJCONN_IMAGE,),
        without="EJCONN is trained on our own crops of the mosaic",
    ),
    Part(
        name="EJSEG tiles (npy)",
        families=(layout.EJSEG_IMAGE,),
        without="EJSEG is trained on tiles cut from the mosaic",
    ),
    Part(
        name="connections (conn_positions)",
        families=(layout.CONNECTIONS,),
        without="tiles are connected by a model of ours or by imported weights",
    ),
    *_parts_of_models(),
    Part(
        name="output masks",
        families=(layout.OUTPUT_MASK,),
        without="the published map cannot be shown or scored",
    ),
    Part(
        name="whole manual maps (az_manual)",
        families=(layout.WHOLE_MANUAL_MASK,),
        without="no comparison with whole manual maps",
    ),
)
TABLES = Part(
    name="hyperparameter tables",
    families=(),
    without="only weights of the final versions (EJCONN 32, EJSEG 200) can be imported (or give "
    "--tables)",
)
