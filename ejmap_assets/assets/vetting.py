"""Vetting of the catalogue: tiles, a classifier, and its scores."""

from ejmap_assets import partitions
from ejmap_assets.making.declare import ProjectTask, project_asset
from ejmap_project.artefact import Artefact
from ejmap_project.vetting.candidates import score_catalogue
from ejmap_project.vetting.crater_classifier import train_classifier
from ejmap_project.vetting.crater_tiles import cut_crater_tiles
from ejmap_project.vetting.vetting_choice import classifier_version


@project_asset(group="vetting", kinds={"numpy", "parquet"}, kind="prepare")
def crater_tiles(task: ProjectTask) -> Artefact:
    """Tiles centred on catalogued craters, on training craters, and on crater-free terrain nearby.

    A crater-free place has the size of a crater, and no catalogued rim crosses it. Each tile has
    its own projection, is 2.2 diameters wide by default, and is rotated so that the light comes
    from the left; the table holds the azimuth of the light on the ground. Blocks of longitude
    decide which of three classifiers is tested on a tile; tiles that overlap a test tile on the
    ground do not train. Only projects with the settings ``vetting`` make this asset. The picture
    shows craters first, then crater-free terrain.
    """
    cut = cut_crater_tiles(task.project, task.progress)
    version = classifier_version(task.project)
    partitions.register_version(task.instance, partitions.classifier_versions, version)
    return cut


@project_asset(group="vetting", kinds={"pytorch"}, kind="train")
def crater_classifier(task: ProjectTask) -> Artefact:
    """A version of the classifier that distinguishes craters from crater-free terrain.

    A semi-supervised GAN: the discriminator learns from few labelled tiles, from many unlabelled
    tiles, and against a generator. Three classifiers each train on two thirds of the regions and
    are tested on the last third. Their scores are calibrated together: of the test tiles (half of
    them craters) with score 0.8, four in five are craters. A fourth classifier trains on all
    regions, for tiles of other ground. The pictures show generated tiles, one row an epoch; the
    generator only serves the training, so its craters need not look real.
    """
    inputs, progress = task.recipe.input_versions, task.progress
    return train_classifier(task.project, task.partition or "", inputs=inputs, progress=progress)


@project_asset(group="vetting", kinds={"parquet", "csv"}, kind="map")
def crater_candidates(task: ProjectTask) -> Artefact:
    """Probability that each entry of the catalogue is a crater.

    The classifier that scores an entry was trained on other regions, so it never saw the entry. A
    score is a probability for equal numbers of craters and crater-free places; in a catalogue,
    where most entries are craters, the true probability is higher. A check warns of doubtful
    entries. With ``vetting.hold_back`` they are not mapped automatically until a person accepts
    them (``vetting.accepted``) or corrects the catalogue. The picture shows the entries with the
    lowest scores.
    """
    return score_catalogue(task.project)
