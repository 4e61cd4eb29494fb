"""Weights on disk: half precision where it loses nothing, and nothing else than was wanted."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import Tensor

from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.weights import (
    content_digest,
    read_weights,
    rounded_to_half,
    write_weights,
)
from ejmap_ml.config.model_config import ModelConfig, load_preset
from ejmap_ml.errors import BundleError

FLOAT16_MAX = 65504.0


def _written(value: Tensor, folder: Path) -> tuple[Tensor, Tensor]:
    """Return what lies on disk of a tensor, and what is read of it."""
    path = folder / "weights.safetensors"
    write_weights({"w": value}, path)
    return load_file(path)["w"], read_weights(path, wanted={"w": value.to("meta")})["w"]


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        pytest.param([0.0, 1.0, -0.5, FLOAT16_MAX], torch.float16, id="exact"),
        pytest.param([2.0**-24, -0.0], torch.float16, id="subnormal-and-negative-zero"),
        pytest.param([float("inf"), 1.0], torch.float16, id="infinity"),
        pytest.param([0.0, 0.1], torch.float32, id="one-value-is-none-of-float16"),
        pytest.param([2.0**-25], torch.float32, id="too-small"),
        pytest.param([FLOAT16_MAX + 16], torch.float32, id="too-large"),
    ],
)
def test_float32_is_stored_as_float16_only_when_nothing_is_lost(
    values: list[float], stored: torch.dtype, tmp_path: Path
) -> None:
    """And it is read as float32 in any case, bit by bit."""
    value = torch.tensor(values)

    found, read = _written(value, tmp_path)

    assert found.dtype is stored
    assert read.dtype is torch.float32
    assert torch.equal(read.view(torch.int32), value.view(torch.int32))


def test_other_types_are_stored_as_they_are(tmp_path: Path) -> None:
    """The counters of batch normalization are whole numbers, and float64 stays float64."""
    for value in (torch.tensor(7), torch.ones(2, dtype=torch.float64)):
        found, read = _written(value, tmp_path)

        assert found.dtype is read.dtype is value.dtype


@given(st.floats(-FLOAT16_MAX, FLOAT16_MAX, width=16))
def test_every_float16_value_survives_rounding(value: float) -> None:
    """Rounding twice is rounding once, and the digest does not know how weights are stored."""
    weights = {"w": torch.tensor([value])}

    rounded = rounded_to_half(weights)

    assert content_digest((), rounded) == content_digest((), weights)


@pytest.mark.parametrize("value", [70_000.0, float("nan"), float("-inf")])
def test_what_half_precision_cannot_hold_is_refused(value: float) -> None:
    """Instead of an infinite weight."""
    with pytest.raises(BundleError, match="w holds values that are not finite in half precision"):
        rounded_to_half({"w": torch.tensor([value])})


def test_a_half_of_another_shape_is_not_widened(tmp_path: Path) -> None:
    """The network decides how much memory is taken, not the file."""
    path = tmp_path / "weights.safetensors"
    save_file({"w": torch.zeros(3, dtype=torch.float16)}, path)

    with pytest.raises(BundleError, match=r"w is float16 \(3,\), not float32 \(2,\)"):
        read_weights(path, wanted={"w": torch.zeros(2, device="meta")})


def _bundle(config: ModelConfig) -> ModelBundle:
    network = NormalizedNetwork(build_network(config), None)
    return ModelBundle(
        config=config,
        weights=network.state_dict(),
        normalization=None,
        provenance=Provenance(created_utc="2026-01-01T00:00:00+00:00"),
    )


def test_a_rounded_polar_member_takes_two_bytes_a_weight(tmp_path: Path) -> None:
    """A network of 1.9 million weights, the largest of the ready-made ones, stays below 4 MB."""
    preset = load_preset("ejseg_polar_grey")
    wide = preset.architecture.model_copy(update={"base_channels": 20})
    config = preset.model_copy(update={"architecture": wide})
    bundle = _bundle(config).rounded_to_half()

    bundle.save(tmp_path / "member_00")

    count = sum(value.numel() for value in bundle.weights.values())
    size = sum(path.stat().st_size for path in (tmp_path / "member_00").iterdir())
    assert 1.2e6 < count < 2e6
    assert size < 4_000_000
    loaded = ModelBundle.load(tmp_path / "member_00")
    assert loaded.data_version == bundle.data_version
    view = torch.rand(1, config.in_channels, 32, 32)
    assert torch.equal(loaded.build()(view), bundle.build()(view))
