"""Scores in the published columns: names, order and values."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_project.errors import SourceError
from ejmap_project.published import scores
from ejmap_project.scoring import published_metrics
from ejmap_project.scoring.tile_scoring import MAP_SCORE_COLUMNS

SCORES = ["accuracy", "f1", "iou", "precision", "recall"]


def _row(scope: str, level: str, first: float, **place: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(MAP_SCORE_COLUMNS, 0)
    row |= {"crater_id": pd.NA, "scope": scope, "level": level, "kind": "map", "scale_px": 1}
    return row | dict(zip(SCORES, first + np.arange(5) / 100, strict=True)) | place


def _scores() -> pd.DataFrame:
    return pd.DataFrame(
        [
            _row("tvt", "pixel", 0.1),
            _row("tvt", "tile", 0.2),
            _row("test", "pixel", 0.3),
            _row("test", "tile", 0.4),
            # What must not be taken: another scale, the ceiling, a single crater.
            _row("tvt", "pixel", 0.9, scale_px=9),
            _row("tvt", "pixel", 0.9, kind="ceiling"),
            _row("tvt", "pixel", 0.9, crater_id=4),
        ]
    ).astype({"crater_id": "Int64"})


def test_map_scores_are_written_in_the_published_columns() -> None:
    """Pixels, tiles, pixels of the test, tiles of the test, five scores each."""
    table = published_metrics.eval_metrics_csv(_scores(), test_set=61, iteration=2)

    text = table.to_csv(index=False)
    assert text.splitlines()[0] == (
        "test-set,iteration,Accuracy,F1_Score,IoU,Precision,Recall,"
        "conn_Accuracy,conn_F1_Score,conn_IoU,conn_Precision,conn_Recall,"
        "test_Accuracy,test_F1_Score,test_IoU,test_Precision,test_Recall,"
        "conn_test_Accuracy,conn_test_F1_Score,conn_test_IoU,conn_test_Precision,conn_test_Recall"
    )
    back = pd.read_csv(io.StringIO(text)).iloc[0]
    assert (back["test-set"], back["iteration"]) == (61, 2)
    assert back.round(2)[["Accuracy", "F1_Score", "Recall"]].tolist() == [0.1, 0.11, 0.14]
    assert back.round(2)[["conn_IoU", "test_Precision"]].tolist() == [0.22, 0.33]
    assert round(back["conn_test_F1_Score"], 2) == 0.41


def test_members_are_written_in_the_published_columns() -> None:
    """By split and iteration; what we do not keep stays empty."""
    members = pd.DataFrame(
        {
            "split": pd.array([61, 0, 61], "Int64"),
            "iteration": [1, 0, 0],
            "test_f1": [0.6, 0.5, 0.7],
            "test_accuracy": [0.9, 0.8, 0.95],
        }
    )

    table = published_metrics.test_metrics_csv(members)

    assert ",".join(table.columns) == (
        "test-set,iteration,loss,Accuracy,F1_Score,IoU,Precision,Recall,epochs_run,runtime,"
        "time_beginning,time_train,time_test_beginning,time_test,gpu_name"
    )
    assert table["test-set"].tolist() == [0, 61, 61]
    assert table["F1_Score"].tolist() == [0.5, 0.7, 0.6]
    assert table[["loss", "IoU", "runtime"]].isna().all(axis=None)


def test_a_run_is_written_once() -> None:
    """Imported weights without scores, the published scores of that run, and our own training."""
    members = pd.DataFrame(
        {
            "split": pd.array([61, 61, 61, 61], "Int64"),
            "iteration": [0, 0, 1, 1],
            "source": ["doi", "doi", "doi", None],
            "test_f1": [None, 0.7, 0.6, 0.5],
        }
    )

    table = published_metrics.test_metrics_csv(members)

    assert table["iteration"].tolist() == [0, 1]
    assert table["F1_Score"].tolist() == [0.7, 0.5]


def test_a_connection_matrix_is_written_with_a_nameless_index() -> None:
    """As the published one: tiles down, craters across, empty where a tile is not used."""
    matrix = pd.DataFrame({"tile_id": [4, 9], "0": [3, None], "12": [0, 1]})

    text = published_metrics.connmatrix_csv(matrix.astype({"0": "Int8", "12": "Int8"})).to_csv()

    assert text.splitlines() == [",0,12", "4,3,0", "9,,1"]


def test_published_scores_of_maps_are_read_back(tmp_path: Path) -> None:
    """What was written is what is read, under our names."""
    path = tmp_path / "eval_metrics.csv"
    published_metrics.eval_metrics_csv(_scores(), test_set=61, iteration=2).to_csv(
        path, index=False
    )

    (row,) = scores.read_map_metrics(path).to_dict("records")

    assert (row["split"], row["iteration"]) == (61, 2)
    assert row["map_test_tile_f1"] == pytest.approx(0.41)
    assert row["map_tvt_pixel_accuracy"] == pytest.approx(0.1)


def test_published_runs_without_test_tiles_have_no_scores(tmp_path: Path) -> None:
    """Their table has empty cells, or fewer columns."""
    path = tmp_path / "test_metrics.csv"
    path.write_text("test-set,iteration,loss,F1_Score,gpu_name\n0,0,0.4,,A100\n0,1,0.3,0.7,A100\n")

    table = scores.read_test_metrics(path)

    assert table["test_f1"].isna().tolist() == [True, False]
    assert table["test_loss"].tolist() == [0.4, 0.3]
    assert table["test_iou"].isna().all()


def test_members_of_no_split_are_read_back(tmp_path: Path) -> None:
    """They learned from all labelled tiles, so that the cell of their test set is empty."""
    path = tmp_path / "test_metrics.csv"
    members = pd.DataFrame(
        {"split": pd.array([None, 61], "Int64"), "iteration": [0, 0], "test_f1": [None, 0.7]}
    )
    published_metrics.test_metrics_csv(members).to_csv(path, index=False)

    table = scores.read_test_metrics(path)

    assert table["split"].tolist() == [61, pd.NA]
    assert table["test_f1"].tolist()[0] == 0.7


def test_a_table_without_runs_is_refused(tmp_path: Path) -> None:
    """Another file of that name."""
    path = tmp_path / "eval_metrics.csv"
    path.write_text("F1_Score\n0.5\n")

    with pytest.raises(SourceError, match="no column test-set, iteration"):
        scores.read_map_metrics(path)
