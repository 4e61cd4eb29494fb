"""Configurations refuse what cannot be; presets hold the published versions to the letter."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from ejmap_ml.config.model_config import (
    ModelConfig,
    SmpConfig,
    TimmClassifierConfig,
    load_preset,
    preset_names,
    to_yaml,
)
from ejmap_ml.config.training_config import StepConfig, TrainingConfig
from ejmap_ml.errors import ConfigError


def test_every_packaged_preset_is_valid() -> None:
    """All presets load, and carry their own name."""
    assert {load_preset(name).name for name in preset_names()} == set(preset_names())


def test_ejconn_v32_is_the_published_version() -> None:
    """Values of section 3 of the published method."""
    config = load_preset("ejconn_v32")

    assert isinstance(config.architecture, TimmClassifierConfig)
    assert config.architecture.name == "densenet169.tv_in1k"
    assert config.architecture.pretrained is not None
    assert config.in_channels == 4
    assert config.loss.model_dump() == {
        "kind": "focal", "alpha": 0.1, "gamma": 2.0, "normalized": True,
    }  # fmt: skip
    assert config.optimizer.model_dump() == {
        "kind": "adam", "learning_rate": 1e-4, "weight_decay": 0.0,
    }  # fmt: skip
    assert config.scheduler.model_dump() == {
        "kind": "cosine_restarts", "period_epochs": 10, "growth": 1, "minimum": 0.0,
    }  # fmt: skip
    assert config.augmentation.kind == "none"
    training = config.training
    assert (training.batch_size, training.max_epochs, training.patience) == (64, 200, 20)
    assert training.validation_fraction == 0.1
    assert config.ensemble.model_dump() == {"iterations": 10, "vote_threshold": 0.5}


def test_ejseg_v200_is_the_published_version() -> None:
    """Values of section 4 of the published method."""
    config = load_preset("ejseg_v200")

    assert isinstance(config.architecture, SmpConfig)
    assert (config.architecture.name, config.architecture.encoder) == ("unetplusplus", "resnet34")
    assert config.architecture.tile.distance_mode == "absolute"
    assert config.architecture.injection is not None
    assert config.architecture.injection.model_dump() == {"inner_radii": 2.0, "outer_radii": 5.0}
    assert config.metadata_size == 4
    assert config.loss.kind == "dice"
    assert config.optimizer.model_dump() == {
        "kind": "adamw", "learning_rate": 1e-3, "weight_decay": 0.5,
    }  # fmt: skip
    assert config.scheduler == StepConfig(step_epochs=5, gamma=0.5)
    assert config.warmup is None
    assert config.normalization.kind == "train"
    training = config.training
    assert (training.batch_size, training.max_epochs, training.patience) == (4, 200, 20)
    assert config.ensemble.iterations == 20


@pytest.mark.parametrize(
    ("preset", "in_channels", "metadata_size"),
    [("ejconn_v32", 2, 0), ("ejseg_v200", 2, 2), ("ejseg_tiny", 2, 1), ("ejseg_polar", 6, 0)],
)
def test_channels_follow_from_the_bands(preset: str, in_channels: int, metadata_size: int) -> None:
    """A grey mosaic has one band: channels = bands + 1, a polar view has 2 x bands + 4."""
    config = load_preset(preset).reading("grey")

    assert (config.in_channels, config.metadata_size) == (in_channels, metadata_size)


def test_an_unknown_preset_names_those_there_are() -> None:
    """The message lists what could have been meant."""
    with pytest.raises(ConfigError, match="no preset 'ejseg_v201'; take one of ejconn_tiny"):
        load_preset("ejseg_v201")


def test_a_misspelt_key_is_refused(tmp_path: Path) -> None:
    """A key that nothing reads is an error, not a silent default."""
    text = "{name: x, archtecture: {}}"
    path = tmp_path / "mine.yaml"
    path.write_text(text)

    with pytest.raises(ConfigError, match="archtecture"):
        load_preset(str(path))


@pytest.mark.parametrize("name", preset_names())
def test_a_configuration_written_as_a_file_is_the_same(tmp_path: Path, name: str) -> None:
    """What is saved as a preset loads as what it was."""
    path = tmp_path / "mine.yaml"
    path.write_text(to_yaml(load_preset(name)), encoding="utf-8")

    assert load_preset(str(path)) == load_preset(name)


def test_decoder_attention_is_for_architectures_that_know_it() -> None:
    """Those that do are named."""
    values = load_preset("ejseg_v200").model_dump()
    values["architecture"] |= {"decoder_attention": "scse"}
    with_attention = ModelConfig.model_validate(values)
    values["architecture"] |= {"name": "fpn"}

    assert isinstance(with_attention.architecture, SmpConfig)
    assert with_attention.architecture.decoder_attention == "scse"
    with pytest.raises(ValidationError, match=r"fpn knows no decoder_attention.*or unetplusplus"):
        ModelConfig.model_validate(values)


def test_a_step_scheduler_cannot_carry_a_cosine_period() -> None:
    """Alternatives do not share their options."""
    with pytest.raises(ValidationError, match="period_epochs"):
        StepConfig.model_validate({"step_epochs": 5, "gamma": 0.5, "period_epochs": 3})


@pytest.mark.parametrize("duration", [{}, {"max_epochs": 1, "max_steps": 1}])
def test_training_ends_by_epochs_or_by_steps(duration: dict[str, int]) -> None:
    """One of the two must be given, and not both."""
    with pytest.raises(ValidationError, match="either max_epochs or max_steps"):
        TrainingConfig(batch_size=1, **duration)


def test_one_cycle_needs_no_warmup() -> None:
    """Two rises of the learning rate contradict each other."""
    values = load_preset("ejconn_tiny").model_dump() | {"warmup": {"epochs": 2}}

    with pytest.raises(ValidationError, match="leave out warmup"):
        type(load_preset("ejconn_tiny")).model_validate(values)


@pytest.mark.parametrize(("preset", "ranges"), [("ejseg_polar", 8), ("ejconn_tiny", 8)])
def test_a_loss_by_distance_needs_rows_of_a_polar_view(preset, ranges) -> None:
    """Ranges that do not divide them, and models of tiles, are refused."""
    values = load_preset(preset).model_dump()
    loss = {"kind": "range_dice_bce", "ranges": ranges}
    is_polar = load_preset(preset).is_polar

    if is_polar:
        assert ModelConfig.model_validate(values | {"loss": loss}).loss.kind == loss["kind"]
        loss["ranges"] = 7
    with pytest.raises(ValidationError, match=f"got {loss['ranges']} ranges"):
        ModelConfig.model_validate(values | {"loss": loss})
