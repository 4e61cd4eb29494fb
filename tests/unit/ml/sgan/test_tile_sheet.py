"""Sheets of tiles: places and grey values by hand."""

import numpy as np
import pytest

from ejmap_geo.craters.local_tiles import LocalTiles
from ejmap_ml.errors import SampleError
from ejmap_ml.sgan.tile_sheet import contact_sheet, least_sure, tile_sheet


def test_tiles_lie_in_rows_on_white() -> None:
    """Three tiles of black, grey and white in two columns, two pixels of paper around them."""
    values = np.stack([np.full((4, 4), value) for value in (-1.0, 0.0, 1.0)])

    sheet = tile_sheet(values, columns=2)

    assert sheet.shape == (14, 14)
    assert set(np.unique(sheet[2:6, 2:6])) == {0}
    assert set(np.unique(sheet[2:6, 8:12])) == {128}
    assert set(np.unique(sheet[8:12])) == {255}
    assert set(np.unique(sheet[:2])) == {255}


def test_the_least_sure_come_first() -> None:
    """Lowest scores in rising order, equal ones as they stand."""
    scores = np.array([0.9, 0.2, 0.5, 0.2, 0.1])

    assert least_sure(scores, count=4).tolist() == [4, 1, 3, 2]


def test_a_contact_sheet_shows_the_least_sure_with_words() -> None:
    """The lowest score is first: its stretched ramp, magnified, over black words on white."""
    ramp = np.linspace(0, 1, 32)[None].repeat(32, axis=0)
    values = np.stack([ramp[:, ::-1], ramp, ramp[:, ::-1]]).astype(np.float32)
    tiles = LocalTiles(values=values, valid_share=np.ones(3, np.float32), light_from_deg=270.0)

    sheet = contact_sheet(tiles, np.array([0.8, 0.1, 0.9]), ["12", "7", "9"], count=2, columns=2)

    assert sheet.shape == (2 + 96 + 2 + 14, 2 * 98 + 2, 3)
    assert sheet.dtype == np.uint8
    np.testing.assert_allclose(sheet[50, [2, 97], 0], [0, 255], atol=10)
    np.testing.assert_allclose(sheet[50, [100, 195], 0], [255, 0], atol=10)
    words = sheet[100:114, 2:98]
    assert 20 < (words < 128).all(axis=2).sum() < 400


def test_score_and_name_stand_apart() -> None:
    """A score of .04 and a crater called 0077 must not read as .040077."""
    tiles = LocalTiles(
        values=np.zeros((1, 32, 32), np.float32),
        valid_share=np.ones(1, np.float32),
        light_from_deg=None,
    )

    sheet = contact_sheet(tiles, np.array([0.04]), ["0077"], count=1, columns=1)

    inked = np.flatnonzero((sheet[100:114, 2:98] < 128).any(axis=(0, 2)))
    blank = np.sort(np.diff(inked) - 1)
    assert blank[-1] >= 2 * blank[-2]


def test_long_names_end_with_their_tile() -> None:
    """The words of one tile do not run into the next."""
    tiles = LocalTiles(
        values=np.zeros((2, 32, 32), np.float32),
        valid_share=np.ones(2, np.float32),
        light_from_deg=None,
    )

    sheet = contact_sheet(tiles, np.array([0.1, 0.2]), ["x" * 90, ""], count=2, columns=2)

    assert (sheet[100:114, 98:100] == 255).all()


def test_scores_must_fit_the_tiles() -> None:
    """One of each for every tile."""
    tiles = LocalTiles(
        values=np.zeros((2, 32, 32), np.float32),
        valid_share=np.ones(2, np.float32),
        light_from_deg=None,
    )

    with pytest.raises(SampleError, match="2 tiles need as many"):
        contact_sheet(tiles, np.array([0.1]), ["a", "b"])
