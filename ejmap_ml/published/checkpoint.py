"""Published checkpoints: the weights of the paper's networks as model bundles, and back.

The networks here carry the published names (``model.encoder...``, ``model.full_model...``). The
published programs run with segmentation-models-pytorch 0.4.0; what later versions call otherwise is
renamed here, and with the same weights they compute the same.
"""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import timm
import torch
from torch import Tensor

from ejmap_ml.bundles.bundle import ModelBundle, Provenance, expected_weights
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.bundles.weights import check_weights
from ejmap_ml.config.model_config import ModelConfig, SmpConfig, TimmClassifierConfig
from ejmap_ml.config.training_config import FocalLossConfig
from ejmap_ml.errors import BundleError, CheckpointError
from ejmap_ml.published.ejseg_rows import ARCHITECTURES
from ejmap_ml.published.foreign_pickle import Call, save_foreign
from ejmap_ml.published.tensor_file import read_tensor_file
from ejmap_ml.published.tensor_ref import Global

# What the published task may keep beside the weights of its network.
BESIDE = ("criterion.", "train_metrics.", "val_metrics.", "test_metrics.")
# Beginnings of names, ours and those of smp 0.4.0, by architecture.
RENAMED = {
    "deeplabv3": {
        "model.decoder.aspp.": "model.decoder.0.",
        "model.decoder.conv.": "model.decoder.1.",
        "model.decoder.bn.": "model.decoder.2.",
    }
}
# Another network since smp 0.5.0.
CHANGED = ("upernet",)
# The first version of Lightning whose checkpoints are laid out like this; newer ones read it.
LIGHTNING = "2.0.0"
EJCONN_CLASS = Global("connection_data_preparation", "timmModel")
EJSEG_CLASS = Global("smp_custom_models", "SMP_midinput")
# The task knows no other loss; predictions do not depend on it.
LOSSES = {"dice": "dice", "jaccard": "jaccard", "focal": "focal"}
OTHER_LOSS = "bce"
OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD"}
# Length of the metadata vector where none is injected: the default of the published class.
UNUSED_METADATA = 4


def bundle_from_checkpoint(
    path: Path,
    config: ModelConfig,
    *,
    normalization: Normalization,
    source: str,
    inputs: Mapping[str, str] | None = None,
) -> ModelBundle:
    """Read a checkpoint of the published programs.

    Args:
        path: The ``.ckpt`` file, from anybody; nothing in it is run.
        config: The model that it holds.
        normalization: Offset and scale of its channels, which lie in another file.
        source: Where it was published, such as a DOI.
        inputs: Name and data version of what was read together with it.

    Raises:
        CheckpointError: The file cannot be read, or does not hold the weights of this model; the
            differences are named.
    """
    _check_channels(normalization, config)
    file = read_tensor_file(path)
    network = {name: value for name, value in file.tensors.items() if not name.startswith(BESIDE)}
    names = {theirs: ours for ours, theirs in _published_names(config).items()}
    weights = {names.get(name, name): value for name, value in network.items()}
    wanted = expected_weights(config)
    try:
        check_weights(weights, wanted=wanted)
    except BundleError as error:
        raise CheckpointError(
            f"{path} does not hold {config.name}: {error}{_hint(config)}"
        ) from error
    return ModelBundle(
        config=config,
        weights={name: weights[name] for name in wanted},
        normalization=normalization,
        provenance=Provenance(
            created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
            inputs=dict(inputs or {}),
            steps=file.step,
            source=source,
            file_name=path.name,
            file_sha256=file.sha256,
        ),
    )


def write_checkpoint(bundle: ModelBundle, path: Path) -> None:
    """Write a checkpoint that ``load_from_checkpoint`` of the published programs reads.

    It holds the weights under their names and, in place of the pickled network, a call of the
    authors' own class that makes one of its kind. Its normalization goes into a file of its own.

    Raises:
        CheckpointError: The published programs cannot build this network.
    """
    config = bundle.config
    arguments = _task_arguments(config)
    names = _published_names(config)
    weights = OrderedDict(
        (names[name], value.detach().cpu().contiguous()) for name, value in bundle.weights.items()
    )
    content = {
        "epoch": 0,
        "global_step": bundle.provenance.steps or 0,
        "pytorch-lightning_version": LIGHTNING,
        "state_dict": weights,
        "hparams_name": "kwargs",
        "hyper_parameters": arguments,
    }
    save_foreign(content, path)


def _published_names(config: ModelConfig) -> dict[str, str]:
    """Return the published name of each weight by ours."""
    architecture = config.architecture
    renamed = RENAMED.get(architecture.name, {}) if isinstance(architecture, SmpConfig) else {}
    return {name: _renamed(name, renamed) for name in expected_weights(config)}


def _renamed(name: str, beginnings: Mapping[str, str]) -> str:
    for ours, theirs in beginnings.items():
        if name.startswith(ours):
            return theirs + name.removeprefix(ours)
    return name


def _check_channels(normalization: Normalization, config: ModelConfig) -> None:
    if len(normalization.offset) != config.in_channels:
        raise CheckpointError(
            f"{config.name} has {config.in_channels} channels, its normalization "
            f"{len(normalization.offset)}; take the norm of the same version"
        )


def _hint(config: ModelConfig) -> str:
    architecture = config.architecture
    if isinstance(architecture, SmpConfig) and architecture.name in CHANGED:
        return f"; {architecture.name} of smp 0.4.0, which the authors used, is another network"
    return ""


def _task_arguments(config: ModelConfig) -> dict[str, Any]:
    """Return the arguments of the published task, by the names of the published tables."""
    loss = config.loss
    return {
        "model": _network(config),
        "loss": LOSSES.get(loss.kind, OTHER_LOSS),
        "focal_alpha": loss.alpha if isinstance(loss, FocalLossConfig) else None,
        "lr": config.optimizer.learning_rate,
        "optimizer": OPTIMIZERS[config.optimizer.kind],
        "optimizer_hparams": {"weight_decay": config.optimizer.weight_decay},
        "plot_on_val": False,
        # EJCONN is asked for zeros and ones, EJSEG for what masks are averaged from.
        "output_on_inference": "probabilities"
        if isinstance(config.architecture, SmpConfig)
        else "prediction",
        "path_to_record_metrics": None,
    }


def _network(config: ModelConfig) -> Call:
    """Return the call that makes a network of this kind, if the published programs know one."""
    architecture = config.architecture
    match architecture:
        case SmpConfig() if architecture.name not in CHANGED:
            return Call(EJSEG_CLASS, _smp_keywords(config, architecture))
        case TimmClassifierConfig():
            _check_plain(architecture, wanted=expected_weights(config), config=config)
            return Call(
                EJCONN_CLASS,
                {
                    "model_name": architecture.name,
                    "pretrained": False,
                    "in_chans": config.in_channels,
                    "num_classes": 1,
                },
            )
        case _:
            name = getattr(architecture, "name", architecture.kind)
            raise CheckpointError(
                f"{config.name} cannot be written for the published programs, which do not know "
                f"the network {name} as it is here; export its maps instead"
            )


def _smp_keywords(config: ModelConfig, architecture: SmpConfig) -> dict[str, Any]:
    published = {ours: theirs for theirs, ours in ARCHITECTURES.items()}
    return {
        "model_name": published[architecture.name],
        "in_channels": config.in_channels,
        "midinput_dim": config.metadata_size or UNUSED_METADATA,
        "accept_midinput": bool(config.metadata_size),
        "encoder_name": architecture.encoder,
        # Else the class fetches weights that are replaced at once.
        "encoder_weights": None,
        **architecture.smp_options,
    }


def _check_plain(
    architecture: TimmClassifierConfig, *, wanted: Mapping[str, Tensor], config: ModelConfig
) -> None:
    """Check that the network is the one that the published class builds from its name alone."""
    with torch.device("meta"):
        plain = timm.create_model(architecture.name, in_chans=config.in_channels, num_classes=1)
    theirs = {f"model.full_model.{name}": value for name, value in plain.state_dict().items()}
    try:
        check_weights(wanted, wanted=theirs)
    except BundleError as error:
        raise CheckpointError(
            f"{config.name} cannot be written for the published programs, which build "
            f"{architecture.name} for its own size of image: {error}"
        ) from error
