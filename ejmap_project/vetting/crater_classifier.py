"""Training the classifiers that tell craters from other ground, each tested on its own regions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ejmap_geo.whole_file import whole_folder
from ejmap_project.artefact import Artefact
from ejmap_project.digest import content_version
from ejmap_project.figures import training_curve
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.vetting.candidates import held_out
from ejmap_project.vetting.vetting_choice import classifier_config, light_words, required_vetting
from ejmap_project.vetting.vetting_pictures import Film
from ejmap_project.vetting.vetting_tiles import VettingTiles

if TYPE_CHECKING:
    from ejmap_ml.sgan.crossfit import CrossFit


def fold_name(number: int) -> str:
    """Return the folder, in that of a version, of the classifier that a region tests."""
    return f"fold_{number}"


def train_classifier(
    project: OpenProject, version: str, *, inputs: Mapping[str, str], progress: Progress
) -> Artefact:
    """Train a version of the classifier crosswise, and save its members and the generated pictures.

    Args:
        project: The project.
        version: Name of the version.
        inputs: Data versions of what it learns from.
        progress: Told of every epoch.

    Raises:
        ConfigError: If the file of the version is not valid.
        MlError: If there is too little to learn from.
        StepError: If tiles are missing, or the catalogue is not vetted.
    """
    from ejmap_ml.sgan.crossfit import fit_crosswise

    found = VettingTiles.load(project.paths)
    config = classifier_config(project, version)
    film = Film(config.side_px)
    cross = fit_crosswise(
        config,
        found.tiles,
        found.label,
        folds=found.folds,
        seed=required_vetting(project).seed,
        inputs=inputs,
        on_picture=film,
        report=progress.say,
    )
    numbers = held_out(cross.members, found).numbers
    path = project.paths.crater_classifier(version)
    with whole_folder(path) as folder:
        film.save(folder / "epochs")
        named = {fold_name(number): one for number, one in enumerate(cross.members)}
        for name, classifier in {"whole": cross.classifier, **named}.items():
            stamp = classifier.provenance.model_copy(update={"scores": numbers})
            replace(classifier, provenance=stamp).save(folder / name)
    told = {"light_azimuth_deg": light_words(project), "path": str(path), **film.shown}
    return _described(cross, numbers).with_facts(told)


def _described(cross: "CrossFit", numbers: Mapping[str, float]) -> Artefact:
    whole = cross.classifier
    versions = [one.data_version for one in (whole, *cross.members)]
    return Artefact(
        content=content_version(*versions),
        metadata={
            **numbers,
            "labels": whole.provenance.samples or 0,
            "steps": whole.provenance.steps or 0,
            "weights": sum(value.numel() for value in whole.weights.values()),
            "seed": whole.provenance.seed or 0,
            "calibration_slope": cross.calibration.slope,
            "calibration_offset": cross.calibration.offset,
            "configuration": whole.config.model_dump(mode="json"),
            "picture": training_curve(cross.history),
        },
    )
