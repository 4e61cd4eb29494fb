"""Which models a project's settings name. No torch: the lineage reads this."""

import json
from dataclasses import dataclass
from pathlib import Path

from ejmap_ml.bundles.bundle_files import PROVENANCE
from ejmap_ml.config.model_config import ModelConfig, load_preset, preset_names
from ejmap_ml.config.tuning import tuned_config
from ejmap_ml.ready.ensembles import ReadyEnsemble
from ejmap_project.errors import SettingsError, StepError
from ejmap_project.models.ready_models import ready_named, ready_names, require_kind
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind, ProjectPaths

SPLIT_MARK = "@"
# NAME_tuned starts from the weights of NAME and learns on from what the project trains on.
TUNED = "_tuned"


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A configuration, and the split whose test tiles it never sees.

    Attributes:
        name: Name of the configuration.
        split: Number of the split; None for a model that is trained on all labelled tiles.
    """

    name: str
    split: int | None = None

    @property
    def key(self) -> str:
        """How partitions and folders call it: ``name`` or ``name@split``."""
        return self.name if self.split is None else f"{self.name}{SPLIT_MARK}{self.split}"

    @classmethod
    def parse(cls, key: str) -> "ModelVersion":
        """Return what a key says.

        Raises:
            SettingsError: If what follows the mark is no number of a split.
        """
        name, mark, split = key.partition(SPLIT_MARK)
        if not mark:
            return cls(name)
        if not (name and split.isascii() and split.isdigit()):
            raise SettingsError(
                f"{key!r} is no model version; write NAME, or NAME{SPLIT_MARK}SPLIT with the "
                "number of a split"
            )
        return cls(name, int(split))


def configured_version(project: OpenProject, kind: ModelKind) -> ModelVersion:
    """Return the version that the settings name: a preset, its file, or a ready-made ensemble.

    Raises:
        SettingsError: If they name a ready-made ensemble of the other model.
    """
    return version_named(project, kind, Path(_stated(project, kind)).stem)


def candidate_version(project: OpenProject) -> ModelVersion | None:
    """Return the version of EJSEG that the settings name as the candidate; None if they name none.

    Raises:
        SettingsError: If they name a ready-made ensemble of the other model.
    """
    stated = project.settings.models.candidate
    return None if stated is None else version_named(project, "ejseg", Path(stated).stem)


def wanted_versions(project: OpenProject, kind: ModelKind) -> tuple[ModelVersion, ...]:
    """Return the versions that the settings name: the configured one, then the candidate."""
    candidate = candidate_version(project) if kind == "ejseg" else None
    configured = configured_version(project, kind)
    return (configured,) if candidate is None else (configured, candidate)


def version_named(project: OpenProject, kind: ModelKind, name: str) -> ModelVersion:
    """Return the version of a name, on the used split; a ready-made ensemble is on none.

    Raises:
        SettingsError: If it is a ready-made ensemble of the other model.
    """
    is_ready = ready_made(project, kind, ModelVersion(name)) is not None
    return ModelVersion(name, None if is_ready else project.settings.splits.used)


def ready_made(
    project: OpenProject, kind: ModelKind, version: ModelVersion
) -> ReadyEnsemble | None:
    """Return the ready-made ensemble that a version is; None for one that is trained here.

    Raises:
        SettingsError: If it is an ensemble of the other model.
    """
    if version.split is not None or _named_file(project, kind, version) is not None:
        return None
    found = ready_named(project, version.name)
    if found is not None:
        require_kind(found, kind)
    return found


def member_count(project: OpenProject, kind: ModelKind, version: ModelVersion | None = None) -> int:
    """Return the number of members of a version's ensemble.

    As the settings say, if it is trained here from random weights; ``NAME_tuned`` has as many as
    the ensemble that it starts from.

    Args:
        project: The project.
        kind: Which of the two models.
        version: The version; None stands for the configured one.

    Raises:
        BundleError: If it is ready-made and its members are not numbered without a gap.
    """
    version = version or configured_version(project, kind)
    ready = ready_made(project, kind, version)
    if ready is not None:
        return ready.member_count
    start = _tuned_from(project, kind, version)
    if start is not None:
        return member_count(project, kind, start)
    return project.settings.models.members(kind)


def is_given(project: OpenProject, kind: ModelKind, key: str, iteration: int) -> bool:
    """Return whether a member comes as files: ready-made, or imported; then none trains it here."""
    if ready_made(project, kind, ModelVersion.parse(key)) is not None:
        return True
    return imported_from(project.paths, kind, key, iteration) is not None


def is_wholly_given(project: OpenProject, kind: ModelKind, version: ModelVersion) -> bool:
    """Return whether all members of a version come as files, so that nothing is trained for it."""
    members = range(member_count(project, kind, version))
    return all(is_given(project, kind, version.key, one) for one in members)


def configured_model(project: OpenProject, kind: ModelKind) -> ModelConfig:
    """Return the configuration that the settings name.

    Raises:
        ConfigError: If there is no such preset, or its file is not valid.
        SettingsError: If the settings name nothing that is known.
    """
    return model_of(project, kind, configured_version(project, kind))


def model_of(project: OpenProject, kind: ModelKind, version: ModelVersion) -> ModelConfig:
    """Return the configuration of a version; what is trained here reads what it learns from.

    Looked for in this order: the file that the settings name, ``models/NAME.yaml`` of the project,
    ready-made ensembles, the packaged presets, and what ``NAME_tuned`` starts from.

    Raises:
        BundleError: If it is ready-made and not complete.
        ConfigError: If its file is not valid, or it would tune a model of tiles.
        SettingsError: If there is no configuration of that name.
    """
    if version.split is not None and ready_made(project, kind, ModelVersion(version.name)):
        raise SettingsError(
            f"{version.name} is ready-made and was trained on no split of this project; name it "
            f"without {SPLIT_MARK}{version.split}"
        )
    own = project.paths.preset(version.name)
    ready = ready_made(project, kind, version)
    named = _named_file(project, kind, version)
    if ready is not None:
        return ready.config
    if named is not None:
        config = load_preset(str(named))
    elif own.is_file():
        config = load_preset(str(own))
    elif version.name in preset_names():
        config = load_preset(version.name)
    elif (start := _tuned_from(project, kind, version)) is not None:
        config = tuned_config(
            model_of(project, kind, start), name=version.name, starts_from=start.key
        )
    else:
        raise SettingsError(
            f"there is no model configuration {version.name!r}; take one of "
            f"{', '.join((*ready_names(project, kind), *preset_names()))}, one of these with "
            f"{TUNED} behind it, or write {own}"
        )
    return _reading_what_it_learns_from(project, kind, config)


def _reading_what_it_learns_from(
    project: OpenProject, kind: ModelKind, config: ModelConfig
) -> ModelConfig:
    """Return a configuration that is trained here: it reads what its start reads, if it has one."""
    stated = config.training.starts_from
    start = None if stated is None else ModelVersion.parse(stated)
    origin = start and (_tuned_from(project, kind, start) or start)
    ready = None if origin is None else ready_made(project, kind, origin)
    if ready is None:
        return config.reading(project.settings.trained_bands)
    return config.model_copy(update={"bands": ready.config.bands, "reads": ready.config.reads})


def starting_version(
    project: OpenProject, kind: ModelKind, version: ModelVersion
) -> ModelVersion | None:
    """Return the version whose weights a version starts from; None for one from random weights.

    Raises:
        BundleError: As :func:`model_of`.
        ConfigError: As :func:`model_of`.
        SettingsError: As :func:`model_of`, or if a version starts from itself, at once or by way of
            others.
    """
    start = _stated_start(project, kind, version)
    way, step = [version], start
    while step is not None:
        way.append(step)
        if step.name in {one.name for one in way[:-1]}:
            told = " starts from ".join(one.key for one in way)
            raise SettingsError(
                f"{told}, so none of them can begin; name another version as training.starts_from"
            )
        step = _stated_start(project, kind, step)
    return start


def _stated_start(
    project: OpenProject, kind: ModelKind, version: ModelVersion
) -> ModelVersion | None:
    stated = model_of(project, kind, version).training.starts_from
    is_ready = ready_made(project, kind, version) is not None
    return None if stated is None or is_ready else ModelVersion.parse(stated)


def imported_from(paths: ProjectPaths, kind: ModelKind, key: str, iteration: int) -> str | None:
    """Return where a member was imported from; None for one that is trained here.

    An imported member is never trained again: it is what its authors published.
    """
    note = paths.model_bundle(kind, version=key, iteration=iteration) / PROVENANCE
    if not note.is_file():
        return None
    try:
        stated = json.loads(note.read_bytes())["provenance"].get("source")
    except (ValueError, KeyError, AttributeError, TypeError):
        # Whoever reads the bundle will be told in full.
        return None
    return stated if isinstance(stated, str) else None


def _tuned_from(
    project: OpenProject, kind: ModelKind, version: ModelVersion
) -> ModelVersion | None:
    """Return what ``NAME_tuned`` starts from; None where there is no NAME, or a file says it."""
    name = version.name.removesuffix(TUNED)
    is_file = project.paths.preset(version.name).is_file()
    if name in {"", version.name} or is_file or _named_file(project, kind, version) is not None:
        return None
    if ready_made(project, kind, ModelVersion(name)) is not None:
        return ModelVersion(name)
    is_trained = name in preset_names() or project.paths.preset(name).is_file()
    return ModelVersion(name, version.split) if is_trained else None


def _named_file(project: OpenProject, kind: ModelKind, version: ModelVersion) -> Path | None:
    """Return the file of this version's configuration, if the settings name one."""
    candidate = project.settings.models.candidate if kind == "ejseg" else None
    files = (
        Path(stated)
        for stated in (_stated(project, kind), candidate)
        if stated is not None and stated.endswith((".yaml", ".yml"))
    )
    named = next((file for file in files if file.stem == version.name), None)
    return None if named is None else project.paths.user_file(named)


def _stated(project: OpenProject, kind: ModelKind) -> str:
    models = project.settings.models
    return models.ejconn if kind == "ejconn" else models.ejseg


def version_and_iteration(key: str) -> tuple[str, int]:
    """Return what a member's partition key says.

    Args:
        key: Dagster joins the dimensions in alphabetical order: ``iteration|version``.

    Raises:
        StepError: If the iteration is no number: somebody may add partitions in the UI.
    """
    iteration, version = key.split("|", maxsplit=1)
    if not iteration.isdecimal():
        raise StepError(f"iterations are numbers such as 03, got {iteration}; add that partition")
    return version, int(iteration)
