"""What the published training task is made of, told to it by the names of the published tables."""

from typing import Any

from ejmap_ml.config.model_config import ModelConfig, SmpConfig, TimmClassifierConfig
from ejmap_ml.config.training_config import FocalLossConfig
from ejmap_ml.errors import CheckpointError
from ejmap_ml.published.ejseg_rows import ARCHITECTURES
from ejmap_ml.published.foreign_pickle import Call, Foreign

EJCONN_CLASS = Foreign("connection_data_preparation", "timmModel")
EJSEG_CLASS = Foreign("smp_custom_models", "SMP_midinput")
# The task knows no other loss; predictions do not depend on it.
LOSSES = {"dice": "dice", "jaccard": "jaccard", "focal": "focal"}
OTHER_LOSS = "bce"
OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD"}
# Length of the metadata vector where none is injected: the default of the published class.
UNUSED_METADATA = 4


def task_arguments(config: ModelConfig) -> dict[str, Any]:
    """Return the arguments of the published task for a model.

    Raises:
        CheckpointError: The published programs have no network of this kind.
    """
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
    match config.architecture:
        case TimmClassifierConfig(name=name):
            return Call(
                EJCONN_CLASS,
                {
                    "model_name": name,
                    "pretrained": False,
                    "in_chans": config.in_channels,
                    "num_classes": 1,
                },
            )
        case SmpConfig():
            return Call(EJSEG_CLASS, _smp_keywords(config, config.architecture))
        case _:
            raise CheckpointError(
                f"the published programs have no network of kind {config.architecture.kind}"
            )


def _smp_keywords(config: ModelConfig, architecture: SmpConfig) -> dict[str, Any]:
    published = {ours: theirs for theirs, ours in ARCHITECTURES.items()}
    chosen = {
        "encoder_depth": architecture.encoder_depth,
        "decoder_channels": architecture.decoder_channels and list(architecture.decoder_channels),
        "decoder_attention_type": architecture.decoder_attention,
    }
    return {
        "model_name": published[architecture.name],
        "in_channels": config.in_channels,
        "midinput_dim": config.metadata_size or UNUSED_METADATA,
        "accept_midinput": bool(config.metadata_size),
        "encoder_name": architecture.encoder,
        # Else the class fetches weights that are replaced at once.
        "encoder_weights": None,
        **{name: value for name, value in chosen.items() if value is not None},
    }
