"""EJCONN: which tiles around a crater hold its ejecta."""

from ejmap_assets.assets.model_steps import promoted, samples, trained
from ejmap_assets.launch_config import promotion_fields
from ejmap_assets.making.chunk import CraterTask
from ejmap_assets.making.declare import Making, project_asset
from ejmap_project.artefact import Artefact
from ejmap_project.mapping.tile_connections import connect_tiles


@project_asset(group="training", kinds={"zarr"}, kind="prepare")
def ejconn_samples(making: Making) -> Artefact:
    """Samples that a version of EJCONN learns from.

    A Zarr store for each planet. Each sample is a labelled tile: the smallest crop of the mosaic
    that holds crater and tile, and whether the tile holds ejecta of the crater. Versions that take
    the same crops share the store. The picture shows some of the crops.
    """
    return samples(making, "ejconn")


@project_asset(group="models", kinds={"pytorch"}, kind="train")
def ejconn_model(making: Making) -> Artefact:
    """One trained member of EJCONN, the network that connects tiles to craters.

    A folder with weights, configuration, normalization and provenance. From the mosaic and from the
    places of crater and tile, the network predicts whether the tile holds ejecta of the crater.
    Members differ in the random choice of validation samples, in their initial weights and in the
    order of training. The plot shows the training; ``test_f1`` decides about promotion.
    """
    return trained(making, "ejconn")


@project_asset(group="models", kinds={"json"}, kind="promote", config=promotion_fields())
def promoted_ejconn(making: Making) -> Artefact:
    """The EJCONN ensemble that connects tiles to craters from now on.

    The ensemble of the configured version must pass a gate: no check upstream is red, and its F1 on
    the test tiles is not below that of the current ensemble by more than ``models.gate_tolerance``.
    A person may also promote it by hand, or roll back to a former ensemble. Every decision is
    recorded with its reason. The data version is the digest of the ensemble, so craters become
    stale only when other weights are to map them.
    """
    return promoted(making, "ejconn")


def connection_predictions(task: CraterTask) -> Artefact:
    """Tiles around one crater that hold its ejecta, as most of EJCONN's members say.

    A table with one row a tile: the mean probability, the share of members that vote for ejecta,
    and whether the tile is connected to the crater. A project of a published folder may take the
    published connections instead. The picture shows the probability of each tile.
    """
    return connect_tiles(task.work, task.crater)
