"""Map scores: pooled counts against scikit-learn, and the connection matrix by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from ejmap_project.scoring.tile_scoring import (
    CEILING,
    MAP,
    SCALES_PX,
    connection_matrix,
    count_columns,
    map_score_table,
    score,
)

ORACLES = {
    "accuracy": metrics.accuracy_score,
    "f1": metrics.f1_score,
    "iou": metrics.jaccard_score,
    "precision": metrics.precision_score,
    "recall": metrics.recall_score,
}


def _tile(truth: np.ndarray, guess: np.ndarray, **flags: object) -> dict[str, object]:
    counts = metrics.confusion_matrix(truth, guess, labels=[False, True]).ravel()[[3, 1, 2, 0]]
    row: dict[str, object] = {
        "has_connections": True,
        "is_usable": True,
        "is_connected_found": bool(guess[:5].any()),
        "is_ejecta_true": bool(truth.any()),
        "is_ejecta_found": bool(guess.any()),
    }
    for scale_px in SCALES_PX:
        for kind in (MAP, CEILING):
            row.update(zip(count_columns(kind, scale_px), counts, strict=True))
    return {**row, **flags}


@pytest.fixture(scope="module")
def pixels() -> list[tuple[int, int, bool, np.ndarray, np.ndarray]]:
    """Give crater, tile, whether it tests, and the pixels of three craters in five tiles."""
    rng = np.random.default_rng(11)
    out = []
    for crater_id in (0, 7, 12):
        for tile_id in range(5):
            share = 0.0 if rng.random() < 0.4 else 0.3
            truth, guess = rng.random((2, 40)) < [[share], [share / 2]]
            out.append((crater_id, tile_id, tile_id >= 3, truth, guess | (rng.random(40) < 0.01)))
    return out


@pytest.fixture(scope="module")
def tiles(pixels) -> pd.DataFrame:
    """Give the table of these tiles."""
    return pd.DataFrame(
        [
            _tile(truth, guess, crater_id=crater_id, tile_id=tile_id, is_test=is_test)
            for crater_id, tile_id, is_test, truth, guess in pixels
        ]
    )


@pytest.mark.parametrize("scope", ["tvt", "test"])
@pytest.mark.parametrize("level", ["pixel", "tile"])
def test_pooled_scores_are_those_of_all_pixels_or_tiles(
    pixels, tiles: pd.DataFrame, scope: str, level: str
) -> None:
    """Counts that were added tell what scikit-learn says of everything laid end to end."""
    kept = [one for one in pixels if scope == "tvt" or one[2]]
    if level == "pixel":
        truth, guess = (np.concatenate([one[part] for one in kept]) for part in (3, 4))
    else:
        truth, guess = (np.array([one[part].any() for one in kept]) for part in (3, 4))

    table = map_score_table(tiles)

    for name, oracle in ORACLES.items():
        for scale_px in SCALES_PX:
            found = score(table, name, scope=scope, level=level, scale_px=scale_px)
            assert found == pytest.approx(oracle(truth, guess), abs=1e-12)


def test_each_crater_has_its_own_rows(pixels, tiles: pd.DataFrame) -> None:
    """The counts of the craters add up to the pooled ones."""
    table = map_score_table(tiles)

    place = ["scope", "level", "kind", "scale_px"]
    counts = ["tiles", *count_columns(MAP, 1)]
    pooled = table[table["crater_id"].isna()].set_index(place)[counts]
    by_crater = table.dropna(subset=["crater_id"]).groupby(place)[counts].sum()
    pd.testing.assert_frame_equal(pooled.sort_index(), by_crater.sort_index())
    truth, guess = (np.concatenate([one[part] for one in pixels if one[0] == 7]) for part in (3, 4))
    row = table[(table["crater_id"] == 7) & (table["level"] == "pixel") & (table["scope"] == "tvt")]
    assert row["iou"].to_numpy() == pytest.approx(metrics.jaccard_score(truth, guess), abs=1e-12)


def test_tiles_that_ejconn_connected_are_scored_apart(pixels, tiles: pd.DataFrame) -> None:
    """They are what segmentation was given to work on."""
    truth = [one[3].any() for one in pixels]
    linked = [one[4][:5].any() for one in pixels]

    found = score(map_score_table(tiles), "f1", scope="tvt", level="tile", kind="ejconn")

    assert found == pytest.approx(metrics.f1_score(truth, linked), abs=1e-12)


def test_tiles_that_are_not_used_do_not_count(tiles: pd.DataFrame) -> None:
    """As if they were not there."""
    some = tiles.assign(is_usable=tiles["tile_id"] != 2)

    pd.testing.assert_frame_equal(
        map_score_table(some), map_score_table(tiles[tiles["tile_id"] != 2])
    )


def test_without_test_tiles_their_scores_are_not_a_number(tiles: pd.DataFrame) -> None:
    """Nothing was held back, so nothing can be said."""
    table = map_score_table(tiles.assign(is_test=False))

    assert np.isnan(score(table, "f1", scope="test", level="pixel"))
    assert not np.isnan(score(table, "f1", scope="tvt", level="pixel"))


def test_without_any_connections_there_is_no_ceiling(tiles: pd.DataFrame) -> None:
    """A project that shows published masks does not run EJCONN."""
    table = map_score_table(tiles.assign(has_connections=False))

    assert set(table["kind"]) == {MAP}
    assert np.isnan(score(table, "f1", scope="tvt", level="pixel", kind=CEILING))


def test_the_connection_matrix_codes_truth_and_finding() -> None:
    """0 neither, 1 missed, 2 invented, 3 both, empty where a tile is not used for a crater."""
    tiles = pd.DataFrame(
        {
            "crater_id": [12, 12, 0, 0, 0],
            "tile_id": [1, 4, 1, 4, 9],
            "is_ejecta_true": [False, True, False, True, True],
            "is_ejecta_found": [False, False, True, True, True],
            "is_usable": [True, True, True, True, False],
        }
    )

    matrix = connection_matrix(tiles)

    expected = pd.DataFrame({"tile_id": [1, 4], "0": [2, 3], "12": [0, 1]})
    pd.testing.assert_frame_equal(matrix, expected.astype({"0": "Int8", "12": "Int8"}))


def test_a_pair_that_is_not_used_stays_empty() -> None:
    """It is neither right nor wrong."""
    tiles = pd.DataFrame(
        {
            "crater_id": [0, 1],
            "tile_id": [5, 6],
            "is_ejecta_true": [True, True],
            "is_ejecta_found": [True, True],
            "is_usable": [True, True],
        }
    )

    matrix = connection_matrix(tiles).set_index("tile_id")

    assert matrix.isna().to_numpy().tolist() == [[False, True], [True, False]]
