"""What vets a project's catalogue, and which craters are held back by it. No torch."""

from pathlib import Path

import pandas as pd

from ejmap_ml.sgan.config import (
    DEFAULT_PRESET,
    CraterClassifierConfig,
    classifier_preset_names,
    load_classifier_preset,
)
from ejmap_project.errors import StepError
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.vetting import VettingSettings

# Without a light, all directions have to be learnt alike.
PRESET_WITHOUT_LIGHT = "crater_cnn_albedo"


def required_vetting(project: OpenProject) -> VettingSettings:
    """Return how the catalogue is vetted.

    Raises:
        StepError: If it is not.
    """
    vetting = project.settings.vetting
    if vetting is None:
        raise StepError(
            "the catalogue of this project is not vetted; add a section `vetting` with "
            "light_azimuth_deg to project.yaml (docs/crater_vetting.md)"
        )
    return vetting


def require_known_names(project: OpenProject) -> None:
    """Refuse to vouch for craters that are not there.

    Raises:
        StepError: If ``vetting.accepted`` names one, or the catalogue is not vetted.
    """
    craters = project.craters().values()
    known = {one for crater in craters for one in (crater.name, crater.key, str(crater.crater_id))}
    accepted = [str(one) for one in required_vetting(project).accepted]
    unknown = [one for one in accepted if one not in known or not one]
    if unknown:
        raise StepError(
            f"vetting.accepted names {', '.join(unknown) or 'nothing'}, which the catalogue "
            "does not hold; give names or ids of its craters"
        )


def classifier_version(project: OpenProject) -> str:
    """Return the partition of the classifier that the settings name.

    Raises:
        StepError: If the catalogue is not vetted.
    """
    return Path(_stated(required_vetting(project))).stem


def classifier_config(project: OpenProject, version: str) -> CraterClassifierConfig:
    """Return the configuration of a version of the classifier.

    Looked for in this order: the file that the settings name, ``models/NAME.yaml`` of the project,
    the packaged presets.

    Raises:
        ConfigError: If its file is not valid.
        StepError: If there is none of that name, or the catalogue is not vetted.
    """
    stated = Path(_stated(required_vetting(project)))
    own = project.paths.preset(version)
    if stated.suffix in {".yaml", ".yml"} and stated.stem == version:
        return load_classifier_preset(str(project.paths.user_file(stated)))
    if own.is_file():
        return load_classifier_preset(str(own))
    if version in classifier_preset_names():
        return load_classifier_preset(version)
    raise StepError(
        f"there is no crater classifier {version!r}; take one of "
        f"{', '.join(classifier_preset_names())}, or write {own}"
    )


def light_words(project: OpenProject) -> str:
    """Return where the light comes from on the mosaic, for people.

    Raises:
        StepError: If the catalogue is not vetted.
    """
    light_azimuth_deg = required_vetting(project).light_azimuth_deg
    if light_azimuth_deg is None:
        return "not known; tiles are not turned"
    return f"{light_azimuth_deg:g}; tiles are turned so that it comes from the left"


def held_back(project: OpenProject) -> frozenset[str]:
    """Return the keys of craters that are neither mapped by themselves nor drawn.

    Those are doubtful ones that nobody accepted, and those that were not judged yet. What cannot be
    judged (too small, too large, not imaged) is not held back.
    """
    vetting = project.settings.vetting
    if vetting is None or not vetting.hold_back:
        return frozenset()
    path = project.paths.crater_candidates
    scores: dict[int, float] = {}
    if path.is_file():
        table = pd.read_parquet(path, columns=["crater_id", "score"])
        scores = dict(zip(table["crater_id"].tolist(), table["score"].tolist(), strict=True))
    return frozenset(
        key
        for key, crater in project.craters().items()
        if not vetting.accepts(crater_id=crater.crater_id, name=crater.name)
        and scores.get(crater.crater_id, 0.0) < vetting.doubtful_below
    )


def _stated(vetting: VettingSettings) -> str:
    if vetting.preset is not None:
        return vetting.preset
    return PRESET_WITHOUT_LIGHT if vetting.light_azimuth_deg is None else DEFAULT_PRESET
