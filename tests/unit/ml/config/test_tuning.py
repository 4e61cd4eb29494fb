"""Tuned models are what they start from, trained a little more."""

import pytest

from ejmap_ml.config.model_config import load_preset
from ejmap_ml.config.polar_config import PolarAugmentationConfig
from ejmap_ml.config.tuning import tuned_config
from ejmap_ml.errors import ConfigError


def test_a_tuned_model_looks_at_what_its_start_looks_at() -> None:
    """Only how it is trained differs, and more gently."""
    for preset in ("ejseg_polar_grey", "ejseg_polar"):
        start = load_preset(preset)

        tuned = tuned_config(start, name="mine", starts_from=preset)

        same = ("architecture", "bands", "normalization", "loss", "ensemble")
        assert all(getattr(tuned, field) == getattr(start, field) for field in same)
        assert (tuned.name, tuned.training.starts_from) == ("mine", preset)
        assert tuned.optimizer.learning_rate < start.optimizer.learning_rate
        assert type(tuned).model_validate_json(tuned.model_dump_json()) == tuned


def test_a_model_of_tiles_is_not_tuned() -> None:
    """Its samples are no whole craters, which could be held back."""
    with pytest.raises(ConfigError, match="only models of polar views are tuned"):
        tuned_config(load_preset("ejseg_v200"), name="mine", starts_from="ejseg_v200")


def test_polar_views_are_turned_and_mirrored_whatever_the_start_saw() -> None:
    """Ready-made models saw views that were drawn, not turned."""
    start = load_preset("ejseg_polar").model_copy(update={"augmentation": {"kind": "none"}})

    tuned = tuned_config(start, name="mine", starts_from="ejseg_polar")

    assert tuned.augmentation == PolarAugmentationConfig()


def test_a_model_without_a_start_says_nothing_of_one() -> None:
    """The digests of older bundles are over text without the field."""
    said = load_preset("ejseg_polar").model_dump_json()

    assert "starts_from" not in said
    assert "keeps_statistics" not in said
