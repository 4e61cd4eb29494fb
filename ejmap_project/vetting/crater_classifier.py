"""Training the classifiers that tell craters from other ground, each tested on its own regions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ejmap_geo.whole_file import whole_folder
from ejmap_project.artefact import Artefact, Facts, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.figures import training_curve
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.vetting.candidates import fold_name, held_out
from ejmap_project.vetting.vetting_choice import classifier_config, light_words, required_vetting
from ejmap_project.vetting.vetting_tiles import VettingTiles

if TYPE_CHECKING:
    from ejmap_ml.sgan.crossfit import CrossFit

# As tile sheets have it, which would load torch.
GAP_PX = 2
FILM_EPOCHS = 10


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
    pictures: list[NDArray[np.uint8]] = []
    cross = fit_crosswise(
        config,
        found.tiles,
        found.label,
        folds=found.folds,
        seed=required_vetting(project).seed,
        inputs=inputs,
        on_picture=lambda _epoch, picture: pictures.append(picture),
        report=progress.say,
    )
    numbers = held_out(cross.members, found).numbers
    path = project.paths.crater_classifier(version)
    with whole_folder(path) as folder:
        (folder / "epochs").mkdir()
        for epoch, picture in enumerate(pictures):
            Image.fromarray(picture).save(folder / "epochs" / f"epoch_{epoch:03d}.png")
        named = {fold_name(number): one for number, one in enumerate(cross.members)}
        for name, classifier in {"whole": cross.classifier, **named}.items():
            stamp = classifier.provenance.model_copy(update={"scores": numbers})
            replace(classifier, provenance=stamp).save(folder / name)
    told: Facts = {"light_azimuth_deg": light_words(project), "path": str(path)}
    if pictures:
        told["picture_generated"] = _film(pictures, row_px=config.side_px + GAP_PX)
    return _described(cross, numbers).with_facts(told)


@drawing
def _film(pictures: Sequence[NDArray[np.uint8]], *, row_px: int) -> Picture:
    """Show the same tiles epoch by epoch, a row each, the first on top."""
    chosen = np.unique(np.linspace(0, len(pictures) - 1, FILM_EPOCHS).round().astype(int))
    rows = np.concatenate([pictures[number][:row_px] for number in chosen])
    rgb = np.repeat(rows[..., None], 3, axis=-1)
    return Picture(rgb, alt="generated tiles, a row an epoch")


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
