"""The classifier that is saved is the one that was evaluated, and nothing else is loaded."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from ejmap_geo.craters.local_tiles import LocalTiles
from ejmap_ml.errors import BundleError, SampleError
from ejmap_ml.sgan.calibration import Calibration
from ejmap_ml.sgan.classifier import ClassifierMeaning, CraterClassifier
from ejmap_ml.sgan.data import stretched
from ejmap_ml.sgan.fit import fit_classifier


@pytest.fixture(scope="module")
def trained(small_config, discs) -> CraterClassifier:
    """Return a classifier of discs with a calibration; it is frozen, and no test changes it."""
    result = fit_classifier(small_config(), *discs, seed=1)
    return result.classifier.calibrated(Calibration(slope=0.7, offset=-0.3, tiles=20))


def test_the_saved_classifier_is_the_evaluated_one(trained, discs, tmp_path: Path) -> None:
    """Equal logits and scores bit by bit, and everything that gives them meaning."""
    tiles, _ = discs
    logits, scores = trained.class_logits(tiles), trained.scores(tiles)

    trained.save(tmp_path / "classifier")
    loaded = CraterClassifier.load(tmp_path / "classifier")

    np.testing.assert_array_equal(loaded.class_logits(tiles), logits)
    np.testing.assert_array_equal(loaded.scores(tiles), scores)
    assert loaded.data_version == trained.data_version
    assert loaded.config == trained.config
    assert loaded.meaning == trained.meaning
    assert loaded.provenance == trained.provenance
    assert loaded.meaning.light_from_deg == 270
    assert sorted(path.name for path in (tmp_path / "classifier").iterdir()) == [
        "classifier.json", "config.json", "provenance.json", "weights.safetensors",
    ]  # fmt: skip


def test_logits_are_those_of_the_network_on_stretched_tiles(trained, discs) -> None:
    """Evaluated without dropout; log-odds are the difference of two logits."""
    tiles, _ = discs
    network = trained.build()

    by_hand = network(stretched(tiles.values, trained.config.stretch)).detach().numpy()

    np.testing.assert_allclose(trained.class_logits(tiles), by_hand, atol=1e-5)
    np.testing.assert_allclose(trained.log_odds(tiles), by_hand[:, 1] - by_hand[:, 0], atol=1e-5)
    assert not network.training


def test_scores_are_calibrated_probabilities(trained, discs) -> None:
    """The logistic function of slope times log-odds plus offset; without calibration none."""
    tiles, _ = discs

    expected = 1 / (1 + np.exp(-(0.7 * trained.log_odds(tiles) - 0.3)))

    np.testing.assert_allclose(trained.scores(tiles), expected)
    plain = CraterClassifier(
        config=trained.config,
        meaning=trained.meaning.model_copy(update={"calibration": None}),
        weights=trained.weights,
        provenance=trained.provenance,
    )
    with pytest.raises(SampleError, match="never calibrated"):
        plain.scores(tiles)


def test_log_odds_of_three_classes_are_against_the_others_together(small_config, discs) -> None:
    """The share of the softmax, as odds."""
    tiles, label = discs
    label = np.where(np.arange(60) % 5 == 0, 2, label)
    result = fit_classifier(
        small_config(), tiles, label, seed=0, classes=("plain", "crater", "ridge")
    )

    shares = np.exp(result.classifier.class_logits(tiles).astype(np.float64))
    shares /= shares.sum(axis=1, keepdims=True)

    expected = np.log(shares[:, 1] / (1 - shares[:, 1]))
    np.testing.assert_allclose(result.classifier.log_odds(tiles), expected, rtol=1e-4, atol=1e-4)


def test_tiles_under_another_light_are_refused_unless_asked_for(trained, discs) -> None:
    """The light it learnt from is part of the classifier."""
    tiles, _ = discs
    other = LocalTiles(values=tiles.values, valid_share=tiles.valid_share, light_from_deg=90.0)

    with pytest.raises(SampleError, match="lit from 90 degrees"):
        trained.scores(other)

    np.testing.assert_array_equal(trained.scores(other, any_light=True), trained.scores(tiles))


def test_tiles_of_another_size_are_refused(trained) -> None:
    """They would have to be cut anew, not squeezed."""
    tiles = LocalTiles(
        values=np.zeros((1, 32, 32), np.float32),
        valid_share=np.ones(1, np.float32),
        light_from_deg=270.0,
    )

    with pytest.raises(SampleError, match="takes 16 x 16"):
        trained.class_logits(tiles)


def test_no_tiles_have_no_scores(trained, discs) -> None:
    """An empty catalogue is no error here."""
    tiles, _ = discs

    assert trained.scores(tiles.chosen(np.zeros(60, np.bool_))).shape == (0,)


def _edit_weights(folder: Path) -> None:
    weights = load_file(folder / "weights.safetensors")
    save_file({k: v + 1 for k, v in weights.items()}, folder / "weights.safetensors")


def _edit_light(folder: Path) -> None:
    meaning = json.loads((folder / "classifier.json").read_text())
    (folder / "classifier.json").write_text(json.dumps(meaning | {"light_from_deg": 90.0}))


def _edit_size(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"side_px": 64}))


def _edit_classes(folder: Path) -> None:
    meaning = json.loads((folder / "classifier.json").read_text())
    (folder / "classifier.json").write_text(json.dumps(meaning | {"classes": ["a", "b"]}))


def _spoil_weights(folder: Path) -> None:
    (folder / "weights.safetensors").write_bytes(b"no")


def _remove_meaning(folder: Path) -> None:
    (folder / "classifier.json").unlink()


def _empty_config(folder: Path) -> None:
    (folder / "config.json").write_text("{}")


def _inflate_config(folder: Path) -> None:
    (folder / "config.json").write_text(" " * 2**21)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        pytest.param(_edit_weights, "was altered", id="other-weights"),
        pytest.param(_edit_light, "was altered", id="another-light"),
        pytest.param(_edit_size, "do not fit", id="another-network"),
        pytest.param(_edit_classes, "classes must differ", id="no-class-of-craters"),
        pytest.param(_spoil_weights, "safetensors", id="no-weights"),
        pytest.param(_remove_meaning, "incomplete", id="a-file-less"),
        pytest.param(_empty_config, "hold what it should", id="an-empty-file"),
        pytest.param(_inflate_config, "may hold", id="a-file-too-large"),
    ],
)
def test_folders_that_are_not_what_was_saved_are_refused(
    trained, tmp_path, damage, message
) -> None:
    """In one sentence that names what is wrong."""
    trained.save(tmp_path / "c")
    damage(tmp_path / "c")

    with pytest.raises(BundleError, match=message):
        CraterClassifier.load(tmp_path / "c")


def test_meanings_without_craters_are_refused() -> None:
    """The class of craters must be one of the classes."""
    with pytest.raises(ValueError, match="hold 'crater'"):
        ClassifierMeaning(classes=("a", "b"), crater_class="crater")
