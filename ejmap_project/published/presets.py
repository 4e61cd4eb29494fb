"""Published hyperparameters as the presets of a project."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_ml.config.model_config import CropConfig, ModelConfig, load_preset, preset_names
from ejmap_ml.published.hyperparameters import (
    PublishedTable,
    preset_text,
    read_ejconn_table,
    read_ejseg_table,
)
from ejmap_project.errors import SourceError
from ejmap_project.paths import ModelKind
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.npy_tiles import read_array
from ejmap_project.published.squares import read_mapping_squares

DEFAULT_SIDE_PX = 256
# Encoders halve their input five times.
CROP_STEP_PX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSizes:
    """The sizes that the published networks look at, which no table tells.

    Attributes:
        tile_px: Side of the tiles of EJSEG.
        crop_px: Side of our square crops of EJCONN.
    """

    tile_px: int
    crop_px: int

    @classmethod
    def of(cls, published: PublishedFolder, basemap: BasemapGrid | None) -> "InputSizes":
        """Return the sizes of the published tiles, or our own where none were published."""
        crop = next(iter(published.found(layout.EJCONN_IMAGE).values()), None)
        longest = DEFAULT_SIDE_PX if crop is None else max(read_array(crop, dimensions=3).shape[1:])
        steps = -(-longest // CROP_STEP_PX)
        return cls(tile_px=_tile_px(published, basemap), crop_px=steps * CROP_STEP_PX)


def read_tables(
    tables: Mapping[ModelKind, Path], sizes: InputSizes
) -> dict[ModelKind, PublishedTable]:
    """Read the tables of hyperparameters.

    Raises:
        ConfigError: If a file is no such table.
    """
    found: dict[ModelKind, PublishedTable] = {}
    if "ejconn" in tables:
        crop = CropConfig(height_px=sizes.crop_px, width_px=sizes.crop_px)
        found["ejconn"] = read_ejconn_table(tables["ejconn"], crop=crop)
    if "ejseg" in tables:
        found["ejseg"] = read_ejseg_table(tables["ejseg"], side_px=sizes.tile_px)
    return found


def config_of(
    name: str, tables: Mapping[ModelKind, PublishedTable], *, kind: ModelKind, sizes: InputSizes
) -> ModelConfig:
    """Return the configuration of a version, from its table or from the package.

    Raises:
        ConfigError: If its row is broken or missing.
        SourceError: If there is neither a table nor a packaged preset.
    """
    if kind in tables:
        return tables[kind][name].config
    if name not in preset_names():
        raise SourceError(
            f"nothing says what {name} is: {layout.HYPERPARAMETERS[kind]} of the published code is "
            "missing; name its folder with --tables"
        )
    return _with_sizes(load_preset(name), sizes)


def preset_texts(tables: Mapping[ModelKind, PublishedTable]) -> dict[str, str]:
    """Return the preset file of every version in the tables that is not broken, by its name."""
    return {
        name: preset_text(model)
        for table in tables.values()
        for name, model in table.models.items()
    }


def _with_sizes(config: ModelConfig, sizes: InputSizes) -> ModelConfig:
    stated = config.model_dump()
    architecture = stated["architecture"]
    if "crop" in architecture:
        architecture["crop"] = {"height_px": sizes.crop_px, "width_px": sizes.crop_px}
    if "tile" in architecture:
        architecture["tile"]["side_px"] = sizes.tile_px
    return ModelConfig.model_validate(stated)


def _tile_px(published: PublishedFolder, basemap: BasemapGrid | None) -> int:
    craters = [int(crater) for (crater,) in published.found(layout.MAPPING_SQUARES)]
    if craters and basemap is not None:
        squares = read_mapping_squares(published, craters[0], basemap=basemap)
        if len(squares):
            return int(squares["side_px"].mode().iloc[0])
    image = next(iter(published.found(layout.EJSEG_IMAGE).values()), None)
    return DEFAULT_SIDE_PX if image is None else int(read_array(image, dimensions=3).shape[1])
