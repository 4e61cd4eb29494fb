"""Rows of the published EJSEG table."""

from typing import Any

import segmentation_models_pytorch as smp
import timm

from ejmap_ml.config.model_config import WITH_DECODER_ATTENTION, ModelConfig
from ejmap_ml.errors import ConfigError
from ejmap_ml.published.cells import Cells
from ejmap_ml.published.recipe import OPTION_COLUMNS, chosen, shared_settings

ARCHITECTURES = {
    "Unet": "unet",
    "Unet++": "unetplusplus",
    "FPN": "fpn",
    "PSPNet": "pspnet",
    "DeepLabV3": "deeplabv3",
    "DeepLabV3+": "deeplabv3plus",
    "Linknet": "linknet",
    "MAnet": "manet",
    "UPerNet": "upernet",
    "Segformer": "segformer",
}
# They normalise features of one pixel a channel over the batch, which fails for a batch of one: as
# the last batch of an epoch may be.
NEED_TWO_SAMPLES = ("deeplabv3", "deeplabv3plus", "upernet")
# What smp takes when no encoder is named.
DEFAULT_ENCODER = "resnet34"
COLUMNS = (
    "buffer_bounds",
    "img_augment",
    "distance_mode",
    "log_dist",
    "num_1_factor",
    "num_1_point95",
    "norm_from_train",
    "accept_midinput",
)
OTHER_VERSION = "eval_conn_version"
MODEL_OPTION_COLUMNS = tuple(
    f"MDL_{published}_{option}"
    for published, name in ARCHITECTURES.items()
    for option in (
        "encoder_name",
        *(("decoder_attention_type",) if name in WITH_DECODER_ATTENTION else ()),
    )
)
EJSEG_OPTION_COLUMNS = (*OPTION_COLUMNS, *MODEL_OPTION_COLUMNS)


def ejseg_settings(cells: Cells, *, side_px: int) -> dict[str, Any]:
    """Return the settings of a row as ModelConfig takes them, without name and ensemble.

    Args:
        cells: The row.
        side_px: Side to which tiles are resampled, which the table does not tell.

    Raises:
        ConfigError: A cell is empty or holds what its column is not for.
    """
    settings = shared_settings(cells)
    architecture = _architecture(cells, side_px=side_px)
    if architecture["name"] in NEED_TWO_SAMPLES:
        settings["training"]["drop_incomplete_batch"] = True
    return settings | {
        "architecture": architecture,
        "normalization": _normalization(cells),
        "augmentation": {"kind": "tile", "flips": True, "quarter_turns": True, "photometric": 2}
        if cells.truth("img_augment")
        else {"kind": "none"},
        "sampling": {"kind": "uniform"}
        if cells.is_blank("num_1_factor")
        else {
            "kind": "ejecta",
            "factor": cells.number("num_1_factor"),
            "ratio_95": cells.number("num_1_point95"),
        },
    }


def _architecture(cells: Cells, *, side_px: int) -> dict[str, Any]:
    published = cells.text("model_name")
    name = chosen(ARCHITECTURES, published, what="model_name")
    if cells.is_blank("buffer_bounds"):
        raise ConfigError(
            "buffer_bounds is empty, and the published program needs them even where "
            "accept_midinput is False; write a pair such as (2,5)"
        )
    inner, outer = cells.pair("buffer_bounds")
    attention = f"MDL_{published}_decoder_attention_type"
    return {
        "kind": "smp",
        "name": name,
        "encoder": _encoder(cells, f"MDL_{published}_encoder_name"),
        "decoder_attention": cells.unless_blank(attention, Cells.text),
        "pretrained": {"tag": "imagenet"},
        "injection": {"inner_radii": inner, "outer_radii": outer}
        if cells.truth("accept_midinput")
        else None,
        "tile": {
            "side_px": side_px,
            "distance_mode": cells.text("distance_mode"),
            "log_distance": cells.truth("log_dist"),
        },
    }


def _encoder(cells: Cells, column: str) -> str:
    if cells.is_blank(column):
        return DEFAULT_ENCODER
    name = cells.text(column)
    of_timm = name.removeprefix("tu-")
    if name not in smp.encoders.encoders and (of_timm == name or not timm.is_model(of_timm)):
        raise ConfigError(f"smp knows no encoder {name!r}; see smp.encoders.get_encoder_names()")
    return name


def _normalization(cells: Cells) -> dict[str, Any]:
    if not cells.truth("norm_from_train"):
        return {"kind": "fixed", "extra_scale": 1.0}
    # Ranks run from 0 to 1 whatever the tiles are.
    ranks = {"offset": 0.5, "scale": 0.5}
    return {"kind": "train", "extra": ranks if cells.text("distance_mode") == "rank" else None}


def ejseg_notes(cells: Cells, config: ModelConfig) -> tuple[str, ...]:
    """Return what in a row has no effect or was changed, in sentences."""
    notes: list[str] = []
    if config.training.drop_incomplete_batch:
        notes.append(
            f"{cells.text('model_name')} cannot be trained on a batch of one, so the last batch of "
            "an epoch is left out when it is not full"
        )
    if cells.text("distance_mode") == "rank" and cells.truth("log_dist"):
        notes.append("log_dist is not read, because ranks have no logarithm")
    if not cells.truth("accept_midinput"):
        notes.append("buffer_bounds is not read, because accept_midinput is False")
    return tuple(notes)
