"""Rows of the published EJCONN table."""

import difflib
from typing import Any

import timm

from ejmap_ml.config.model_config import CropConfig
from ejmap_ml.errors import ConfigError
from ejmap_ml.published.cells import Cells
from ejmap_ml.published.recipe import shared_settings

COLUMNS = (
    "norm_from_train",
    "img_augment",
    "connection_weights",
    "distance_weights",
    "pretrained",
)
OTHER_VERSION = "eval_ejc_version"
# The attention channel, when the bands are normalised by the training samples and when they are
# not.
ATTENTION = {"offset": 1.5, "scale": 0.5}
ATTENTION_SCALE = 2.0
# timm's own word for the weights that a model without a tag gets.
DEFAULT_TAG = "default"


def ejconn_settings(cells: Cells, *, crop: CropConfig) -> dict[str, Any]:
    """Return the settings of a row as ModelConfig takes them, without name and ensemble.

    Args:
        cells: The row.
        crop: Size of the crops, which the table does not tell.

    Raises:
        ConfigError: A cell is empty or holds what its column is not for.
    """
    return shared_settings(cells) | {
        "architecture": {
            "kind": "timm_classifier",
            **_network(cells),
            "crop": crop.model_dump(),
        },
        "normalization": {"kind": "train", "extra": ATTENTION}
        if cells.truth("norm_from_train")
        else {"kind": "fixed", "extra_scale": ATTENTION_SCALE},
        # Crops were rectangles, so they are not turned.
        "augmentation": {"kind": "tile", "flips": True, "quarter_turns": False, "photometric": 2}
        if cells.truth("img_augment")
        else {"kind": "none"},
        "sampling": _sampling(cells),
    }


def _network(cells: Cells) -> dict[str, Any]:
    name = cells.text("model_name")
    model, _, tag = name.partition(".")
    if not timm.is_model(name):
        near = difflib.get_close_matches(model, timm.list_models(), n=1)
        guess = f"; did it mean {near[0]}?" if near else "; see timm.list_models()"
        raise ConfigError(f"timm knows no model {name!r}{guess}")
    if not cells.truth("pretrained"):
        return {"name": name, "pretrained": None}
    try:
        card = timm.get_pretrained_cfg(name)
    except RuntimeError:
        card = None
    if card is None or not card.has_weights:
        raise ConfigError(f"timm has no pretrained weights {name!r}; see timm.list_pretrained()")
    return {"name": name, "pretrained": {"tag": tag or DEFAULT_TAG}}


def _sampling(cells: Cells) -> dict[str, Any]:
    balance, distance = cells.truth("connection_weights"), cells.truth("distance_weights")
    if not (balance or distance):
        return {"kind": "uniform"}
    return {"kind": "connection", "balance_connection": balance, "weigh_distance": distance}
