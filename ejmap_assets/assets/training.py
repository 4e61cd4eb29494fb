"""Training data: planets with known ejecta, their labelled tiles, and the splits."""

from ejmap_assets.lineage.selection import MODEL_KINDS, uses_labels
from ejmap_assets.making.declare import ProjectTask, project_asset
from ejmap_assets.partitions import registered_versions
from ejmap_project.artefact import Artefact
from ejmap_project.errors import StepError
from ejmap_project.models.model_version import ModelVersion, is_wholly_given
from ejmap_project.training.labelled_tiles import label_tiles
from ejmap_project.training.split_table import split_tiles
from ejmap_project.training.training_planets import make_training_planets


@project_asset(group="training", kinds={"geotiff"}, kind="prepare")
def training_planets(task: ProjectTask) -> Artefact:
    """Planets whose ejecta are known crater by crater.

    Synthetic planets, made from seeds that no project maps, or the project's own planet with the
    craters that a person labelled. The pictures show the known ejecta of each planet over its
    mosaic.
    """
    _require_use(task=task)
    return make_training_planets(task.project, task.progress, tell=task.log.info)


@project_asset(group="training", kinds={"parquet"}, kind="prepare")
def labelled_tiles(task: ProjectTask) -> Artefact:
    """Tiles in which the ejecta of every labelled crater are known.

    A table with one row for each crater and tile location: the rectangle on the mosaic, the largest
    square inside it on the crater's own azimuthal raster, the distance from the crater, and the
    pixels of this crater's ejecta and of any ejecta in it. A location beyond a crater's reach has
    no square and is not used. The table has map geometry: open it in QGIS. The pictures show how
    many craters have ejecta in each location.
    """
    return label_tiles(task.project, task.progress)


@project_asset(group="training", kinds={"parquet"}, kind="prepare")
def split_table(task: ProjectTask) -> Artefact:
    """Which labelled tiles train and which test, in every split.

    Random splits keep the shares of tiles with and without ejecta, near and far. Splits of a
    learning curve train on fewer locations and test on the tiles of split 0. Published splits keep
    their numbers. A split depends only on the seed and its own number, so a new split leaves the
    others unchanged. Planets that are not mapped always train. The picture shows the test tiles of
    the used split.
    """
    return split_tiles(task.project)


def _require_use(*, task: ProjectTask) -> None:
    """Check that some version learns from the planets, or a score is tuned on them."""
    project = task.project
    if uses_labels(project):
        return
    is_given = [
        is_wholly_given(project, kind, ModelVersion.parse(key))
        for kind in MODEL_KINDS
        for key in registered_versions(task.instance, kind)
    ]
    if all(is_given):
        raise StepError(
            f"{project.paths.settings} names ready-made models only, so nothing learns from "
            "training planets; name a preset as models.candidate or models.ejseg, or train one "
            f"with `ejmap train {project.paths.folder} --model ejseg --version NAME`"
        )
