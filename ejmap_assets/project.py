"""A project: one planet, one mosaic, one catalogue, and the settings by which they are mapped."""

from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from ejmap_assets.errors import ProjectError
from ejmap_assets.project_paths import ProjectPaths
from ejmap_assets.settings_errors import sentences_of
from ejmap_geo.body import Body, body_named
from ejmap_geo.errors import BodyError

__all__ = [
    "FilesSource",
    "MappingSettings",
    "ModelSettings",
    "OwnMasks",
    "Project",
    "ProjectPaths",
    "QuicklookSource",
    "SyntheticSource",
    "SyntheticTraining",
    "create_project",
    "load_project",
    "profile_names",
    "profile_text",
]

GREY_BANDS = 1
COLOUR_BANDS = 3


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SyntheticSource(_Settings):
    """A demo planet, made from a seed, whose true ejecta are known.

    Attributes:
        seed: Number that the planet is made from.
        width_px: Columns of the mosaic; rows are half as many.
        craters: Fresh craters in the catalogue.
        grey: One band instead of three.
    """

    kind: Literal["synthetic"] = "synthetic"
    seed: int = Field(ge=0)
    width_px: int = Field(default=2048, ge=64, multiple_of=2)
    craters: int = Field(default=24, ge=1)
    grey: bool = False


class QuicklookSource(_Settings):
    """The real Mercury in grey, with craters that the IAU named.

    Attributes:
        only_rayed: Leave out craters without visible rays.
    """

    kind: Literal["mercury-quicklook"] = "mercury-quicklook"
    only_rayed: bool = True


class FilesSource(_Settings):
    """Files of the user; relative paths count from the project folder.

    Attributes:
        mosaic: GeoTIFF (or anything else that GDAL reads) of the whole planet.
        craters: GeoPackage, Shapefile, GeoParquet or CSV.
        masks: Folder with one mask of known ejecta a crater, ``mask_NNNN.tif`` by crater id.
        west_positive: Whether the column ``lon_deg`` of the crater table grows to the west.
        value_range: Values of the mosaic that are black and white; needed unless it is 8-bit.
    """

    kind: Literal["files"] = "files"
    mosaic: Path
    craters: Path
    masks: Path | None = None
    west_positive: bool = False
    value_range: tuple[float, float] | None = None

    @field_validator("value_range")
    @classmethod
    def _is_ordered(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        if value is not None and not value[0] < value[1]:
            raise ValueError("must be [low, high] with low < high")
        return value


class SyntheticTraining(_Settings):
    """Demo planets to learn from.

    Attributes:
        seeds: One planet each.
        width_px: Columns of each mosaic.
        craters: Fresh craters of each planet.
        giants: How many of the craters have rays that run up to 80 crater radii.
        giant_ray_width: Factor on the width of those rays; thin far rays, as on the real Mercury,
            are learned from planets that have them.
        visible_intensity: Share of full fresh brightness down to which ejecta are labelled.
        grey: One band instead of three; must fit the mosaic that is mapped.
    """

    kind: Literal["synthetic"] = "synthetic"
    seeds: tuple[int, ...] = Field(min_length=1)
    width_px: int = Field(default=2048, ge=64, multiple_of=2)
    craters: int = Field(default=24, ge=1)
    giants: int = Field(default=1, ge=0)
    giant_ray_width: float = Field(default=1.0, gt=0)
    visible_intensity: float = Field(default=0.15, gt=0, lt=1)
    grey: bool = False

    @field_validator("seeds")
    @classmethod
    def _differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) != len(seeds) or min(seeds) < 0:
            raise ValueError("must be different whole numbers from 0 on")
        return seeds


class OwnMasks(_Settings):
    """The user's masks of labelled craters to learn from."""

    kind: Literal["own-masks"] = "own-masks"


class ModelSettings(_Settings):
    """The models of the chain.

    Attributes:
        ejconn: Preset, or YAML file, of the model that finds connected tiles.
        ejseg: Preset, or YAML file, of the model that maps ejecta.
        iterations: Members of each ensemble.
        seed: Number that every random choice of training comes from.
    """

    ejconn: str = "ejconn_tiny"
    ejseg: str = "ejseg_polar"
    iterations: int = Field(default=1, ge=1, le=20)
    seed: int = Field(default=0, ge=0)


class MappingSettings(_Settings):
    """How craters are mapped.

    Attributes:
        tile_side_px: Side of the square tiles around each crater.
        denoise_px: Smaller islands and holes of a mask are removed; 0 keeps all.
        connection_filter: Clear ejecta outside the tiles that EJCONN connects to the crater.
    """

    tile_side_px: int = Field(default=64, ge=16)
    denoise_px: int = Field(default=0, ge=0)
    connection_filter: bool = False


class Project(_Settings):
    """All settings of a project, as its ``project.yaml`` states them."""

    body: str = "Mercury"
    source: Annotated[SyntheticSource | QuicklookSource | FilesSource, Field(discriminator="kind")]
    training: Annotated[SyntheticTraining | OwnMasks, Field(discriminator="kind")]
    models: ModelSettings = ModelSettings()
    mapping: MappingSettings = MappingSettings()

    @field_validator("body")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            return body_named(name).name
        except BodyError as error:
            raise ValueError(str(error)) from error

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        source, training = self.source, self.training
        match training:
            case OwnMasks():
                if not isinstance(source, FilesSource) or source.masks is None:
                    raise ValueError(
                        "training on own-masks needs source.kind files with source.masks; "
                        "name the folder of your masks or train on synthetic planets"
                    )
            case SyntheticTraining():
                if isinstance(source, SyntheticSource) and source.seed in training.seeds:
                    raise ValueError(
                        f"source.seed {source.seed} is also in training.seeds, so the scores would "
                        "be of a planet already seen; choose another seed"
                    )
                grey = _is_grey(source)
                if grey is not None and grey != training.grey:
                    raise ValueError(
                        f"training.grey is {training.grey}, but the mosaic has "
                        f"{GREY_BANDS if grey else COLOUR_BANDS} band(s); set training.grey to "
                        f"{str(grey).lower()}"
                    )
        if isinstance(source, QuicklookSource) and self.body != "Mercury":
            raise ValueError(f"source.kind mercury-quicklook is Mercury, but body is {self.body}")
        return self

    @property
    def planet(self) -> Body:
        """The body that is mapped."""
        return body_named(self.body)

    @property
    def trained_bands(self) -> int | None:
        """Bands that the mosaic must have because of the training planets; None for any."""
        if isinstance(self.training, SyntheticTraining):
            return GREY_BANDS if self.training.grey else COLOUR_BANDS
        return None


def _is_grey(source: SyntheticSource | QuicklookSource | FilesSource) -> bool | None:
    match source:
        case SyntheticSource():
            return source.grey
        case QuicklookSource():
            return True
        case FilesSource():
            return None


def load_project(folder: Path) -> Project:
    """Read and check the settings of a project.

    Raises:
        ProjectError: If there is no ``project.yaml``, or it is not valid; one line a mistake.
    """
    path = ProjectPaths(folder).settings
    if not path.is_file():
        raise ProjectError(
            f"{folder} is no project: it has no project.yaml; make one with "
            f"`ejmap new {folder} --mosaic FILE --craters FILE`"
        )
    try:
        stated = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise ProjectError(f"{path} is not valid YAML in UTF-8: {reason}") from error
    if not isinstance(stated, dict):
        raise ProjectError(f"{path} must hold `key: value` lines, found {stated!r:.80}")
    try:
        return Project.model_validate(stated)
    except ValidationError as error:
        raise ProjectError(f"{path}: {'; '.join(sentences_of(error, Project))}") from error


def profile_names() -> list[str]:
    """Return the names of the settings that come with the package."""
    files = resources.files("ejmap_assets").joinpath("profiles").iterdir()
    return sorted(Path(file.name).stem for file in files if file.name.endswith(".yaml"))


def profile_text(name: str) -> str:
    """Return the commented settings of a profile.

    Raises:
        ProjectError: If there is no such profile.
    """
    if name not in profile_names():
        raise ProjectError(f"unknown profile {name!r}; profiles are {', '.join(profile_names())}")
    file = resources.files("ejmap_assets").joinpath("profiles", f"{name}.yaml")
    return file.read_text(encoding="utf-8")


def create_project(folder: Path, *, profile: str) -> ProjectPaths:
    """Make a project folder with the settings of a profile; an existing project is left alone.

    Raises:
        ProjectError: If there is no such profile, or the folder is a project already.
    """
    paths = ProjectPaths(folder)
    text = profile_text(profile)
    if paths.settings.exists():
        raise ProjectError(f"{folder} is a project already; edit its project.yaml or name another")
    if folder.exists() and not folder.is_dir():
        raise ProjectError(f"{folder} is a file, and a project is a folder; name another")
    folder.mkdir(parents=True, exist_ok=True)
    paths.settings.write_text(text, encoding="utf-8")
    return paths
