"""A project: one planet, one mosaic, one catalogue, and the settings by which they are mapped."""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from ejmap_geo.errors import BodyError
from ejmap_geo.grids.body import Body, body_named
from ejmap_geo.whole_file import write_text
from ejmap_ml.config.bands import GREY, MERCURY_ENHANCED, Bands, bands_named, seen_as, words_of
from ejmap_ml.config.yaml_text import SettingsLoader, load_yaml
from ejmap_project.errors import SettingsError
from ejmap_project.paths import ModelKind, ProjectPaths
from ejmap_project.settings.analysis import AnalysisSettings, RasterSettings
from ejmap_project.settings.clusters import ClusterSettings, KubernetesSettings, RaySettings
from ejmap_project.settings.mapping import MappingSettings
from ejmap_project.settings.method import Method, MethodSettings
from ejmap_project.settings.project_folder import require_project_folder
from ejmap_project.settings.sentences import sentences_of
from ejmap_project.settings.slurm import SlurmSettings
from ejmap_project.settings.sources import EjmapFolderSource, Settings, Source
from ejmap_project.settings.training import OwnMasks, SplitSettings, SyntheticTraining
from ejmap_project.settings.vetting import VettingSettings


class ModelSettings(Settings):
    """The models of the chain.

    Attributes:
        ejconn: Preset, YAML file, or ready-made ensemble of the model that finds connected tiles.
        ejseg: Preset, YAML file, or ready-made ensemble of the model that maps ejecta.
        candidate: The same of an EJSEG that is made once the map is there; it maps the craters from
            then on only if it passes the gate against what maps them. None makes none.
        iterations: Members of each ensemble that is trained; a ready-made one has its own.
        ejconn_iterations: Members of the EJCONN ensemble, where they are not as many.
        ejseg_iterations: Members of the EJSEG ensemble, where they are not as many.
        seed: Number that every random choice of training comes from.
        gate_tolerance: How far the test F1 of a candidate may lie below that of the ensemble that
            maps the craters now.
    """

    ejconn: str = "ejconn_tiny"
    ejseg: str = "ejseg_polar"
    candidate: str | None = None
    iterations: int = Field(default=1, ge=1, le=20)
    ejconn_iterations: int | None = Field(default=None, ge=1, le=20)
    ejseg_iterations: int | None = Field(default=None, ge=1, le=20)
    seed: int = Field(default=0, ge=0)
    gate_tolerance: float = Field(default=0.01, ge=0, le=1)

    @model_validator(mode="after")
    def _candidate_is_another(self) -> Self:
        if self.candidate is not None and Path(self.candidate).stem == Path(self.ejseg).stem:
            raise ValueError(
                f"candidate {self.candidate} is the ejseg that maps already; name another model, "
                "or leave candidate out"
            )
        return self

    def members(self, kind: ModelKind) -> int:
        """Return the number of members of a model's ensemble."""
        own = self.ejconn_iterations if kind == "ejconn" else self.ejseg_iterations
        return self.iterations if own is None else own


class Project(Settings):
    """All settings of a project, as its ``project.yaml`` states them.

    Attributes:
        body: The planet, or ``NAME:KM`` for one on a sphere of another radius.
        source: Where mosaic, craters and known ejecta come from.
        bands: What the bands of the mosaic mean; None takes what the source says, which is grey for
            files of the user.
        training: What models learn from; may be left out where all models are ready-made.
        splits: Splits of the labelled tiles.
        models: The models of the chain.
        mapping: How craters are mapped.
        vetting: How the catalogue is vetted; None vets nothing.
        analysis: What is measured of the map.
        rasters: Rasters that are summarised on ejecta and beside them, by name: a file each, or a
            file and the names of its bands.
        slurm: The Slurm cluster on which its runs are jobs; at most one cluster is stated.
        ray: The Ray cluster.
        kubernetes: The Kubernetes cluster.
    """

    body: str = "Mercury"
    source: Annotated[Source, Field(discriminator="kind")]
    bands: Bands | None = None
    training: Annotated[SyntheticTraining | OwnMasks, Field(discriminator="kind")] | None = None
    splits: SplitSettings = SplitSettings()
    models: ModelSettings = ModelSettings()
    mapping: MappingSettings = MappingSettings()
    method: MethodSettings = MethodSettings()
    vetting: VettingSettings | None = None
    analysis: AnalysisSettings = AnalysisSettings()
    rasters: dict[str, RasterSettings] = Field(default_factory=dict[str, RasterSettings])
    slurm: SlurmSettings | None = None
    ray: RaySettings | None = None
    kubernetes: KubernetesSettings | None = None

    @field_validator("body")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            return body_named(name).stated
        except BodyError as error:
            raise ValueError(str(error)) from error

    @field_validator("bands", mode="before")
    @classmethod
    def _has_a_meaning(cls, stated: object) -> Bands | None:
        match stated:
            case None:
                return None
            case str():
                return bands_named(stated)
            case list() | tuple():
                # YAML reads 430 as a number.
                return bands_named([str(name) for name in stated])
            case _:
                raise ValueError("must be grey, rgb, mercury-enhanced, or a list of names of bands")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        source, training, _ = self.source.traits, self.training, self.cluster
        if source.only_body not in {None, self.body}:
            raise ValueError(
                f"source.kind {self.source.kind} is {source.only_body}, but body is {self.body}"
            )
        if source.has_own_bands and self.bands not in {None, source.bands}:
            raise ValueError(
                f"bands is {words_of(self.mosaic_bands)}, but the mosaic of source.kind "
                f"{self.source.kind} is {words_of(source.bands)}; set bands to that"
            )
        match training:
            case OwnMasks():
                if not source.holds_masks:
                    raise ValueError(
                        "training on own-masks needs source.kind files with source.masks; "
                        "name the folder of your masks or train on synthetic planets"
                    )
            case SyntheticTraining():
                if source.seed in training.seeds:
                    raise ValueError(
                        f"source.seed {source.seed} is also in training.seeds, so the scores would "
                        "be of a planet already seen; choose another seed"
                    )
                if seen_as(self.mosaic_bands, self.trained_bands) is None:
                    raise ValueError(
                        f"training.grey is false, so models learn to read {MERCURY_ENHANCED}, but "
                        f"the bands of the mosaic are {words_of(self.mosaic_bands)}; set "
                        "training.grey to true, or state other bands"
                    )
            case None:
                pass
        return self

    @property
    def cluster(self) -> ClusterSettings | None:
        """The cluster on which its runs are jobs; None for this machine."""
        return ClusterSettings.only(slurm=self.slurm, ray=self.ray, kubernetes=self.kubernetes)

    @property
    def planet(self) -> Body:
        """The body that is mapped."""
        return body_named(self.body)

    @property
    def connections(self) -> Literal["polar", "ejconn"]:
        """What connects tiles to craters where the EJSEG that maps them is a polar one."""
        return self.mapping.connections or ("ejconn" if self.is_published else "polar")

    @property
    def used_method(self) -> Method:
        """How each step is done in which the published method and ours differ."""
        return self.method.resolved(is_published=self.is_published)

    @property
    def is_published(self) -> bool:
        """Whether the project is one of a published folder."""
        return isinstance(self.source, EjmapFolderSource)

    @property
    def is_known_everywhere(self) -> bool:
        """Whether all ejecta are known of the planets that models learn from.

        Otherwise they are known in the labelled tiles only.
        """
        return (
            isinstance(self.training, SyntheticTraining) or self.source.traits.is_known_everywhere
        )

    @property
    def mosaic_bands(self) -> Bands:
        """What the bands of the mosaic mean."""
        return self.source.traits.bands if self.bands is None else self.bands

    @property
    def trained_bands(self) -> Bands:
        """What models read that are trained here: the bands of the planets they learn from."""
        if isinstance(self.training, SyntheticTraining):
            return GREY if self.training.grey else MERCURY_ENHANCED
        return self.mosaic_bands


class _Loader(SettingsLoader):
    """Reads 0022, as the keys of craters are written, as twenty-two; YAML 1.1 has it octal."""

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """Return the number that a person meant."""
        digits = str(self.construct_scalar(node))
        return int(digits) if digits.isdecimal() else super().construct_yaml_int(node)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)


def load_project(folder: Path) -> Project:
    """Read and check the settings of a project.

    Raises:
        SettingsError: If there is no ``project.yaml``, or it is not valid; one sentence a mistake.
    """
    path = ProjectPaths(folder).settings
    require_project_folder(folder)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not text in UTF-8 ({error}); save it as UTF-8") from error
    return project_of(text, path=path)


def project_of(text: str, *, path: Path) -> Project:
    """Check the text of settings.

    Args:
        text: What ``project.yaml`` holds.
        path: Where it lies or will lie, for messages.

    Raises:
        SettingsError: As :func:`load_project`.
    """
    try:
        stated = load_yaml(text, _Loader)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"{path} is not valid YAML: {reason}") from error
    if not isinstance(stated, dict):
        raise SettingsError(f"{path} must hold `key: value` lines, found {stated!r:.80}")
    try:
        return Project.model_validate(stated)
    except ValidationError as error:
        raise SettingsError(_listed(path, sentences_of(error, Project))) from error


def _listed(path: Path, mistakes: Sequence[str]) -> str:
    if len(mistakes) == 1:
        return f"{path}: {mistakes[0]}"
    return "\n  ".join([f"{path} has {len(mistakes)} mistakes:", *mistakes])


def profile_names() -> list[str]:
    """Return the names of the settings that come with the package."""
    files = resources.files("ejmap_project.settings").joinpath("profiles").iterdir()
    return sorted(Path(file.name).stem for file in files if file.name.endswith(".yaml"))


def profile_text(name: str) -> str:
    """Return the commented settings of a profile.

    Raises:
        SettingsError: If there is no such profile.
    """
    if name not in profile_names():
        raise SettingsError(f"unknown profile {name!r}; profiles are {', '.join(profile_names())}")
    file = resources.files("ejmap_project.settings").joinpath("profiles", f"{name}.yaml")
    return file.read_text(encoding="utf-8")


def create_project(folder: Path, *, profile: str) -> ProjectPaths:
    """Make a project folder with the settings of a profile; an existing project is left alone.

    Raises:
        SettingsError: If there is no such profile, or the folder is a project already.
    """
    paths = ProjectPaths(folder)
    text = profile_text(profile)
    if paths.settings.exists():
        raise SettingsError(f"{folder} is a project already; edit its project.yaml or name another")
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder} is a file, and a project is a folder; name another")
    write_text(paths.settings, text)
    return paths
