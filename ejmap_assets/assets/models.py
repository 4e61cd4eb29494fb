"""EJCONN and EJSEG: their samples, their trained members, and the ensembles that map craters."""

from ejmap_assets.assets.model_steps import promoted, samples, trained
from ejmap_assets.launch_config import promotion_fields
from ejmap_assets.making.declare import ProjectTask, project_asset
from ejmap_project.artefact import Artefact


@project_asset(group="training", kinds={"zarr"}, kind="prepare")
def ejconn_samples(task: ProjectTask) -> Artefact:
    """Samples that a version of EJCONN trains on.

    A Zarr store for each planet. Each sample is a labelled tile: the smallest crop of the mosaic
    that contains crater and tile, and whether the tile holds ejecta of the crater. Versions with
    the same crops share the store. The picture shows some of the crops.
    """
    return samples(task, "ejconn")


@project_asset(group="models", kinds={"pytorch"}, kind="train")
def ejconn_model(task: ProjectTask) -> Artefact:
    """One trained member of EJCONN, the network that connects tiles to craters.

    A folder with weights, configuration, normalization and provenance. From the mosaic and the
    positions of crater and tile, the network predicts whether the tile holds ejecta of the crater.
    Members differ in the random choice of validation samples, in their initial weights and in the
    order of training. The plot shows the training; the gate compares ``test_f1``.
    """
    return trained(task, "ejconn")


@project_asset(group="models", kinds={"json"}, kind="promote", config=promotion_fields())
def promoted_ejconn(task: ProjectTask) -> Artefact:
    """The EJCONN ensemble that connects tiles to craters.

    The ensemble of the configured version must pass a gate: no upstream check failed, and its F1 on
    the test tiles is not below that of the current ensemble by more than ``models.gate_tolerance``.
    A person may also promote it by hand, or roll back to a former ensemble. The record holds every
    decision with its reason. The data version is the digest of the ensemble, so craters become
    stale only if the weights change.
    """
    return promoted(task, "ejconn")


@project_asset(group="training", kinds={"zarr"}, kind="prepare")
def ejseg_samples(task: ProjectTask) -> Artefact:
    """Samples that a version of EJSEG trains on.

    A Zarr store for each planet. A sample is the polar view around a crater with the share of
    ejecta in each cell, or a labelled tile with its mask; the version decides which. Versions with
    the same samples share the store. The picture shows some of the samples.
    """
    return samples(task, "ejseg")


@project_asset(group="models", kinds={"pytorch"}, kind="train")
def ejseg_model(task: ProjectTask) -> Artefact:
    """One trained member of EJSEG, the network that segments the ejecta of a crater.

    A folder with weights, configuration, normalization and provenance. Members differ in their
    initial weights and in the order and augmentation of training. The plot shows the training; the
    gate compares ``test_f1``.
    """
    return trained(task, "ejseg")


@project_asset(group="models", kinds={"json"}, kind="promote", config=promotion_fields())
def promoted_ejseg(task: ProjectTask) -> Artefact:
    """The EJSEG ensemble that segments ejecta.

    The ensemble of the configured version must pass a gate: no upstream check failed, and its F1 on
    the test tiles is not below that of the current ensemble by more than ``models.gate_tolerance``.
    A person may also promote it by hand, or roll back to a former ensemble. The record holds every
    decision with its reason. The data version is the digest of the ensemble, so craters become
    stale only if the weights change.
    """
    return promoted(task, "ejseg")
