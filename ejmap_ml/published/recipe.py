"""The part of a published row that both models share: loss, optimizer, schedule and training."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from ejmap_ml.errors import ConfigError
from ejmap_ml.published.cells import Cells

Meaning = TypeVar("Meaning")

METRICS = {
    "F1_Score": "f1",
    "IoU": "iou",
    "Precision": "precision",
    "Recall": "recall",
    "Accuracy": "accuracy",
}
LOSSES = {"dice": "dice", "bce": "bce", "ce": "bce", "jaccard": "jaccard", "focal": "focal"}
WARMUP = "_Warmup"
WARMUP_EPOCHS = "LR_Warmup_milestone"
WARMUP_START = 0.01
PREFIXES = ("LS_", "LR_", "OPT_", "MDL_")


class Option(NamedTuple):
    """An option of a loss, optimizer or scheduler: our name, how it is read, whether it must be."""

    name: str
    read: Callable[[Cells, str], Any]
    is_needed: bool = False


class Choice(NamedTuple):
    """What a name in the table stands for: our kind and its options by their published names."""

    kind: str
    options: Mapping[str, Option] = {}


SCHEDULERS = {
    "StepLR": Choice(
        "step",
        {
            "step_size": Option("step_epochs", Cells.integer, is_needed=True),
            "gamma": Option("gamma", Cells.number, is_needed=True),
        },
    ),
    "CosineAnnealingLR": Choice(
        "cosine",
        {
            "T_max": Option("period_epochs", Cells.integer, is_needed=True),
            "eta_min": Option("minimum", Cells.number),
        },
    ),
    "CosineAnnealingWarmRestarts": Choice(
        "cosine_restarts",
        {
            "T_0": Option("period_epochs", Cells.integer, is_needed=True),
            "T_mult": Option("growth", Cells.integer),
            "eta_min": Option("minimum", Cells.number),
        },
    ),
}
WEIGHT_DECAY = {"weight_decay": Option("weight_decay", Cells.number)}
OPTIMIZERS = {
    "AdamW": Choice("adamw", WEIGHT_DECAY),
    "Adam": Choice("adam", WEIGHT_DECAY),
    "SGD": Choice("sgd", WEIGHT_DECAY | {"momentum": Option("momentum", Cells.number)}),
}
OPTION_COLUMNS = (
    "LS_focal_alpha",
    WARMUP_EPOCHS,
    *(f"LR_{name}_{option}" for name, choice in SCHEDULERS.items() for option in choice.options),
    *(f"OPT_{name}_{option}" for name, choice in OPTIMIZERS.items() for option in choice.options),
)


def shared_settings(cells: Cells) -> dict[str, Any]:
    """Return what a row says of loss, optimizer, schedule and training, as ModelConfig takes it.

    Raises:
        ConfigError: A cell is empty or holds what its column is not for.
    """
    return {
        "loss": _loss(cells),
        "optimizer": _optimizer(cells),
        **_schedule(cells),
        "training": {
            "batch_size": cells.integer("batch_size"),
            "max_epochs": cells.integer("max_epochs"),
            "validation_metric": chosen(METRICS, cells.text("val_metric"), what="val_metric"),
            "patience": cells.unless_blank("early_stop_patience", Cells.integer),
            "validation_fraction": cells.number("val_frac"),
        },
    }


def chosen(known: Mapping[str, Meaning], name: str, *, what: str) -> Meaning:
    """Return what ``name`` stands for.

    Raises:
        ConfigError: It stands for nothing; those that do are named.
    """
    if name not in known:
        raise ConfigError(f"{what} {name!r} is none of {', '.join(known)}; correct it")
    return known[name]


def _loss(cells: Cells) -> dict[str, Any]:
    kind = chosen(LOSSES, cells.text("loss"), what="loss")
    if kind != "focal":
        return {"kind": kind}
    alpha = cells.unless_blank("LS_focal_alpha", Cells.number)
    return {"kind": kind, "alpha": alpha, "normalized": True}


def _optimizer(cells: Cells) -> dict[str, Any]:
    name = cells.text("optimizer")
    if name == "Muon":
        raise ConfigError(
            "the optimizer Muon steps along matrices only and refuses the kernels of convolutions, "
            f"so that no model came of this row; take {', '.join(OPTIMIZERS)}"
        )
    choice = chosen(OPTIMIZERS, name, what="optimizer")
    return {"learning_rate": cells.number("lr"), **_options(cells, choice, prefix=f"OPT_{name}_")}


def _schedule(cells: Cells) -> dict[str, Any]:
    if cells.is_blank("scheduler"):
        return {"scheduler": {"kind": "constant"}}
    name = cells.text("scheduler").removesuffix(WARMUP)
    choice = chosen(SCHEDULERS, name, what="scheduler")
    schedule = {"scheduler": _options(cells, choice, prefix=f"LR_{name}_")}
    if name == cells.text("scheduler"):
        return schedule
    return schedule | {"warmup": {"epochs": cells.integer(WARMUP_EPOCHS), "start": WARMUP_START}}


def _options(cells: Cells, choice: Choice, *, prefix: str) -> dict[str, Any]:
    given = {
        option.name: option.read(cells, prefix + published)
        for published, option in choice.options.items()
        if option.is_needed or not cells.is_blank(prefix + published)
    }
    return {"kind": choice.kind, **given}


def unread_options(cells: Cells, *, model_name: str) -> tuple[str, ...]:
    """Return the option columns that a row fills although it chose something else.

    The published programs skip them in silence: they are left over from the row above.
    """
    scheduler = cells.values.get("scheduler", "").strip()
    read = (
        f"LS_{cells.text('loss')}_",
        f"LR_{scheduler.removesuffix(WARMUP)}_",
        "LR_Warmup_" if scheduler.endswith(WARMUP) else "LR_?",
        f"OPT_{cells.text('optimizer')}_",
        f"MDL_{model_name}_",
    )
    filled = [column for prefix in PREFIXES for column in cells.filled(prefix)]
    return tuple(column for column in filled if not column.startswith(read))
