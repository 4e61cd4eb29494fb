"""Configurations that cannot be are refused with the reason."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from ejmap_ml.errors import ConfigError
from ejmap_ml.sgan.config import GeneratorConfig, StretchConfig, load_classifier_preset


def test_a_preset_file_is_read_and_checked(tmp_path: Path) -> None:
    """A variant of one's own; a misspelt key is named."""
    good, bad = tmp_path / "mine.yaml", tmp_path / "bad.yaml"
    good.write_text("name: mine\ntraining: {max_steps: 10, learning_rate: 0.001}\n")
    bad.write_text("name: mine\ntraining: {max_stepps: 10, learning_rate: 0.001}\n")

    assert load_classifier_preset(str(good)).training.max_steps == 10
    with pytest.raises(ConfigError, match="max_stepps"):
        load_classifier_preset(str(bad))


def test_unknown_presets_are_answered_with_the_known_ones(tmp_path: Path) -> None:
    """A name that is none, and a file that is not there."""
    with pytest.raises(ConfigError, match="crater_sgan_published"):
        load_classifier_preset("crater_gan")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_classifier_preset(str(tmp_path / "none.yaml"))


def test_sides_that_cannot_be_halved_are_refused(small_config) -> None:
    """Two convolutions of stride 2 need a side divisible by four."""
    with pytest.raises(ValidationError, match="divisible by 4"):
        small_config(side_px=18)


def test_values_that_contradict_each_other_are_refused() -> None:
    """A stretch that falls, a generator that doubles nothing."""
    with pytest.raises(ValidationError, match="must exceed low_percent"):
        StretchConfig(low_percent=50, high_percent=50)
    with pytest.raises(ValidationError, match="filters must be"):
        GeneratorConfig(filters=())
