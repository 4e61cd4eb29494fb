"""Bundles give back the model, and refuse what is not the model."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.calibration.by_distance import DistanceCalibration
from ejmap_ml.config.model_config import ModelConfig, load_preset
from ejmap_ml.ejseg.view_ranges import ViewRanges
from ejmap_ml.errors import BundleError
from tests.ready_ensemble import PROMISES


def _bundle(config: ModelConfig, normalization: Normalization | None = None) -> ModelBundle:
    return ModelBundle(
        config=config,
        weights=NormalizedNetwork(build_network(config), normalization).state_dict(),
        normalization=normalization,
        provenance=Provenance(created_utc="2026-01-01T00:00:00+00:00", seed=1, scores={"f1": 0.5}),
    )


@pytest.fixture
def saved(segmenter_config, tmp_path: Path) -> Path:
    """Return the folder of a saved bundle."""
    _bundle(segmenter_config(), Normalization.fixed(bands=3, extra_scale=1)).save(tmp_path / "m")
    return tmp_path / "m"


def test_a_saved_bundle_predicts_as_before(segmenter_config, tmp_path: Path) -> None:
    """Equal logits, bit by bit, and an equal version."""
    bundle = _bundle(segmenter_config(), Normalization.fixed(bands=3, extra_scale=5))
    bundle.save(tmp_path / "model")
    image, metadata = torch.rand(2, 4, 32, 32), torch.rand(2, 4)

    loaded = ModelBundle.load(tmp_path / "model")

    assert torch.equal(loaded.build()(image, metadata), bundle.build()(image, metadata))
    assert loaded.data_version == bundle.data_version
    assert loaded.config == bundle.config
    assert loaded.normalization == bundle.normalization
    assert loaded.provenance == bundle.provenance
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == [
        "config.json", "normalization.json", "provenance.json", "weights.safetensors",
    ]  # fmt: skip


@pytest.mark.parametrize("preset", ["ejconn_tiny", "ejseg_tiny", "ejseg_polar"])
def test_every_kind_of_model_fits_into_a_bundle(preset: str, tmp_path: Path) -> None:
    """Classifier, tile segmenter and polar segmenter; some come without normalization."""
    bundle = _bundle(load_preset(preset))
    bundle.save(tmp_path / "model")

    network = ModelBundle.load(tmp_path / "model").build()

    assert not network.training
    assert not network.is_normalizing


def test_a_calibrated_member_bends_its_logits_row_by_row(tmp_path: Path) -> None:
    """One slope below the knot and another above it; and it is another model than without."""
    bundle = _bundle(load_preset("ejseg_polar_grey"))
    calibration = DistanceCalibration(
        range_radii=(2.0, 20.0), knots=(0.1,), slopes=((0.5, 1.5), (0.8, 2.0)), offset=(0.1, -0.3)
    )
    calibrated = replace(bundle, calibration=calibration)
    calibrated.save(tmp_path / "model")
    image = torch.rand(1, 6, 160, 768)

    loaded = ModelBundle.load(tmp_path / "model")

    plain, said = bundle.build()(image), loaded.build()(image)
    assert torch.equal(said, calibrated.build()(image))
    rows = 3.9 * (83.0 / 3.9) ** ((torch.arange(160) + 0.5) / 160) - 3.0
    share = ((rows.log() - math.log(2)) / math.log(10)).clamp(0, 1)[:, None]
    below, above = plain.clamp(max=0.1), (plain - 0.1).clamp(min=0)
    expected = (0.5 + 0.3 * share) * below + (1.5 + 0.5 * share) * above + 0.1 - 0.4 * share
    torch.testing.assert_close(said, expected, atol=1e-4, rtol=1e-4)
    assert loaded.calibration == calibration
    assert loaded.data_version == calibrated.data_version != bundle.data_version


def test_what_an_ensemble_promises_is_part_of_what_it_is(segmenter_config, tmp_path: Path) -> None:
    """It comes back whole, and masks made by other promises are those of another model."""
    bundle = _bundle(segmenter_config(), Normalization.fixed(bands=3, extra_scale=1))
    promising = replace(bundle, conformal=PROMISES)

    promising.save(tmp_path / "model")

    assert ModelBundle.load(tmp_path / "model").conformal == PROMISES
    assert promising.data_version != bundle.data_version
    curve = PROMISES.recall.model_copy(update={"craters": 98})
    other = replace(bundle, conformal=PROMISES.model_copy(update={"recall": curve}))
    assert other.data_version != promising.data_version


def test_an_altered_promise_is_refused(saved: Path) -> None:
    """A bundle that promises more than it was saved with."""
    (saved / "conformal.json").write_text(PROMISES.model_dump_json())

    with pytest.raises(BundleError, match="was altered after it was saved"):
        ModelBundle.load(saved)


def test_only_polar_models_are_calibrated_by_distance(segmenter_config) -> None:
    """A tile has no rows of one range."""
    calibration = DistanceCalibration(range_radii=(2.0,), knots=(), slopes=((1.0,),), offset=(0.0,))
    bundle = replace(_bundle(segmenter_config()), calibration=calibration)

    with pytest.raises(BundleError, match="only polar models"):
        bundle.build()


def test_the_way_of_scaling_does_not_change_the_digest_of_older_bundles() -> None:
    """Their configuration says nothing of it; the other way is another model."""
    older = load_preset("ejseg_polar_grey")
    assert "scaling" not in older.model_dump_json()

    view = older.architecture.view.model_copy(update={"scaling": "ring"})
    architecture = older.architecture.model_copy(update={"view": view})

    newer = older.model_copy(update={"architecture": architecture})
    assert ModelConfig.model_validate_json(newer.model_dump_json()) == newer
    assert '"scaling":"ring"' in newer.model_dump_json()


def test_the_version_depends_on_weights_configuration_and_normalization(segmenter_config) -> None:
    """Provenance does not enter: the same model made twice is the same model."""
    bundle = _bundle(segmenter_config())
    changed = dict(bundle.weights)
    changed["model.head.0.bias"] = changed["model.head.0.bias"] + 1e-6

    def version(**changes: object) -> str:
        parts = {
            "config": bundle.config, "weights": bundle.weights, "normalization": None,
            "provenance": bundle.provenance,
        }  # fmt: skip
        return ModelBundle(**(parts | changes)).data_version

    assert version() == version(provenance=Provenance(created_utc="later"))
    others = {
        version(),
        version(weights=changed),
        version(normalization=Normalization.fixed(bands=3, extra_scale=1)),
        version(config=bundle.config.model_copy(update={"name": "other"})),
    }
    assert len(others) == 4


def test_altered_weights_are_refused(saved: Path) -> None:
    """One value off."""
    weights = load_file(saved / "weights.safetensors")
    weights["model.head.0.bias"] += 1
    save_file(weights, saved / "weights.safetensors")

    with pytest.raises(BundleError, match="was altered after it was saved"):
        ModelBundle.load(saved)


def test_an_altered_normalization_is_refused(saved: Path) -> None:
    """It decides the result as much as the weights."""
    values = json.loads((saved / "normalization.json").read_text())
    values["scale"][0] = 1.0
    (saved / "normalization.json").write_text(json.dumps(values))

    with pytest.raises(BundleError, match="was altered after it was saved"):
        ModelBundle.load(saved)


def test_weights_of_another_network_name_the_differences(saved: Path) -> None:
    """Missing, unknown and misshapen weights."""
    weights = load_file(saved / "weights.safetensors")
    weights["model.injector.linears.9.bias"] = weights.pop("model.head.0.bias")
    weights["model.head.0.weight"] = torch.zeros(2)
    save_file(weights, saved / "weights.safetensors")

    with pytest.raises(BundleError) as caught:
        ModelBundle.load(saved)

    message = str(caught.value)
    assert "missing model.head.0.bias" in message
    assert "unknown model.injector.linears.9.bias" in message
    assert "model.head.0.weight is float32 (2,), not float32 (1, 8, 3, 3)" in message


@pytest.mark.parametrize(
    "name", ["weights.safetensors", "config.json", "normalization.json", "provenance.json"]
)
def test_an_incomplete_bundle_names_the_missing_file(saved: Path, name: str) -> None:
    """Each of the four is needed."""
    (saved / name).unlink()

    with pytest.raises(BundleError, match=f"no file {name}"):
        ModelBundle.load(saved)


def test_a_pickle_in_place_of_weights_is_not_run(saved: Path) -> None:
    """Weights are safetensors or nothing."""
    torch.save({"model.head.0.bias": torch.zeros(1)}, saved / "weights.safetensors")

    with pytest.raises(BundleError, match="cannot be read as safetensors"):
        ModelBundle.load(saved)


def test_a_huge_configuration_is_not_read(saved: Path) -> None:
    """Size is checked first."""
    (saved / "config.json").write_text(" " * (2**20 + 1))

    with pytest.raises(BundleError, match="more than the 1048576 that a bundle may hold"):
        ModelBundle.load(saved)


def test_a_configuration_of_a_giant_takes_no_memory(saved: Path) -> None:
    """A decoder of a million channels would need terabytes if it were built before the check."""
    values = json.loads((saved / "config.json").read_text())
    values["architecture"]["decoder_channels"] = [1_000_000, 1_000_000, 1_000_000]
    (saved / "config.json").write_text(json.dumps(values))

    with pytest.raises(BundleError, match="weights do not fit"):
        ModelBundle.load(saved)


def test_unknown_keys_in_a_bundle_are_refused(saved: Path) -> None:
    """They would be settings that this version ignores."""
    values = json.loads((saved / "config.json").read_text()) | {"surprise": 1}
    (saved / "config.json").write_text(json.dumps(values))

    with pytest.raises(BundleError, match="surprise"):
        ModelBundle.load(saved)


def test_ranges_of_views_stay_with_the_bundle_and_change_no_version(tmp_path: Path) -> None:
    """They say what it learned from, and nothing of what it predicts."""
    ranges = ViewRanges.of([{"texture_1": 0.5}])
    bundle = _bundle(load_preset("ejseg_polar"))
    replace(bundle, view_ranges=ranges).save(tmp_path / "m")

    loaded = ModelBundle.load(tmp_path / "m")

    assert loaded.view_ranges == ranges
    assert loaded.data_version == bundle.data_version
    (tmp_path / "m" / "view_ranges.json").write_text('{"views": 0}')
    with pytest.raises(BundleError, match=r"view_ranges.json does not hold ranges of views"):
        ModelBundle.load(tmp_path / "m")
