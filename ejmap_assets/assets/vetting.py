"""Is every entry of the catalogue a crater? Tiles, a classifier, and its scores."""

from ejmap_assets import partitions
from ejmap_assets.making.declare import Making, project_asset
from ejmap_project.artefact import Artefact
from ejmap_project.vetting.candidates import score_catalogue
from ejmap_project.vetting.crater_classifier import train_classifier
from ejmap_project.vetting.crater_tiles import cut_crater_tiles
from ejmap_project.vetting.vetting_choice import classifier_version


@project_asset(group="vetting", kinds={"numpy", "parquet"}, kind="prepare")
def crater_tiles(making: Making) -> Artefact:
    """Tiles centred on catalogued craters, on training craters, and on crater-free terrain nearby.

    A crater-free place has the size of a crater, and no catalogued rim crosses it. Each tile has a
    projection of its own, is 2.2 diameters wide unless set otherwise, and is turned so that the
    light comes from the left; the azimuth of the light on the ground is stored with it. Blocks of
    longitude decide which of three classifiers is tested with a tile; tiles that share ground with
    a test tile do not train. Made only where the settings have a section ``vetting``. The picture
    shows craters first, then other ground.
    """
    cut = cut_crater_tiles(making.project, making.progress)
    partitions.register_version(
        making.instance,
        versions_name=partitions.CLASSIFIER_VERSIONS_NAME,
        version=classifier_version(making.project),
    )
    return cut


@project_asset(group="vetting", kinds={"pytorch"}, kind="train")
def crater_classifier(making: Making) -> Artefact:
    """A version of the classifier that tells craters from other ground.

    A semi-supervised GAN: the discriminator learns from few labelled tiles, from many tiles without
    a label, and against a generator. Three classifiers each learn from two thirds of the regions
    and are tested on the last third; their scores are calibrated together, so that of the test
    tiles (half of them craters) that score 0.8, four in five are craters. A fourth learns from all
    regions, for tiles of other ground. The pictures show generated tiles, a row an epoch; the
    generator serves the training, so its craters need not look real.
    """
    inputs, progress = making.recipe.input_versions, making.progress
    return train_classifier(
        making.project, making.partition or "", inputs=inputs, progress=progress
    )


@project_asset(group="vetting", kinds={"parquet", "csv"}, kind="map")
def crater_candidates(making: Making) -> Artefact:
    """How sure a classifier is that each entry of the catalogue is a crater.

    The classifier that scores an entry has learnt from other regions, so it does not know the entry
    by heart. A score is a probability among as many craters as crater-free places; in a catalogue,
    where most entries are craters, more of them are craters than the score says. A check warns of
    doubtful entries. With ``vetting.hold_back`` they are not mapped automatically until somebody
    accepts them (``vetting.accepted``) or corrects the catalogue. The picture shows the entries
    with the lowest scores.
    """
    return score_catalogue(making.project)
