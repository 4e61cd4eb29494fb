"""Published labels after edits, against pixels that are projected one by one in plain numpy."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.errors import TileLocationError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.added_tiles import (
    NONE,
    AddedTiles,
    owner_of,
    published_number,
    read_added_tiles,
)
from ejmap_project.published.edited_labels import LabelEdits, edited_labels
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.tiles import read_labelled_tiles
from tests.published_fixture import PublishedFixture

DEBUSSY, UNLABELLED = 12, 210
WHAT = ["ejecta_px", "any_ejecta_px", "split_class"]


class Labels:
    """The published labels of the fixture, its masks, and what edits make of them."""

    def __init__(self, made: PublishedFixture, published: PublishedFolder) -> None:
        self.made, self.basemap = made, made.planet.basemap
        self.craters = {one.crater_id: one for one in made.planet.craters}
        self.grids = {
            one: AzimuthalGrid(
                body=MERCURY,
                center=crater.center,
                resolution_m=self.basemap.resolution_m,
                half_size_px=made.half_px,
            )
            for one, crater in self.craters.items()
        }
        self.tiles = read_labelled_tiles(published, basemap=self.basemap, grids=self.grids)
        self.masks = {
            one.crater_id: self.full(read_mask_on(path, self.basemap))
            for one in made.labelled
            for path in [published.required(layout.MANUAL_MASK, crater=one.crater_id)]
        }

    def full(self, placed: PlacedMask) -> np.ndarray:
        """Return a mask on the whole mosaic."""
        full = np.zeros(self.basemap.shape, np.bool_)
        placed.paste_into(full)
        return full

    def edited(self, after: Mapping[int, np.ndarray], added: AddedTiles = NONE) -> gpd.GeoDataFrame:
        """Return the labels once some masks are others, and rectangles were added."""
        nothing = np.zeros(self.basemap.shape, np.bool_)
        before = {one: self.placed(self.masks.get(one, nothing)) for one in after}
        now = {one: self.placed(mask) for one, mask in {**self.masks, **after}.items()}
        return edited_labels(
            self.tiles,
            LabelEdits(before=before, after=now, added=added),
            craters=[*self.craters.values()],
            basemap=self.basemap,
            grids=self.grids,
        )

    def placed(self, full: np.ndarray) -> PlacedMask:
        """Return a mask of the whole mosaic, trimmed."""
        return PlacedMask.from_full(full, self.basemap)

    def counts(self, row: pd.Series, masks: Mapping[int, np.ndarray]) -> tuple[int, int]:
        """Count pixels of a square one by one: this crater's ejecta, and any crater's."""
        at = self.places(self.craters[row["crater_id"]], row["row"], row["col"], row["side_px"])
        anyones = np.logical_or.reduce([mask[at] for mask in masks.values()])
        return int(masks[row["crater_id"]][at].sum()), int(anyones.sum())

    def places(
        self, crater: Crater, row: int, col: int, side_px: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and columns of the mosaic under a square of a crater's raster."""
        half, step = self.made.half_px, self.basemap.resolution_m / MERCURY.radius_m
        y = (half - row - np.arange(side_px)[:, None] - 0.5) * step
        x = (col + np.arange(side_px)[None, :] + 0.5 - half) * step
        away = np.hypot(x, y)
        lon0, lat0 = np.radians(crater.center)
        up = np.cos(away) * np.sin(lat0) + y * np.sin(away) * np.cos(lat0) / away
        lat = np.arcsin(up.clip(-1, 1))
        east = x * np.sin(away)
        north = away * np.cos(lat0) * np.cos(away) - y * np.sin(lat0) * np.sin(away)
        lon = lon0 + np.arctan2(east, north)
        rows, cols = self.basemap.shape
        down = np.floor((np.pi / 2 - lat) / np.pi * rows).astype(int).clip(0, rows - 1)
        return down, np.floor((lon + np.pi) / (2 * np.pi) * cols).astype(int) % cols


@pytest.fixture
def labels(made: PublishedFixture, published: PublishedFolder) -> Labels:
    """The labels of the published folder."""
    return Labels(made, published)


def test_tiles_that_hold_an_edited_pixel_are_counted_anew(labels: Labels) -> None:
    """Two tiles of Debussy: all ejecta of one are removed, the other one is filled."""
    windows = labels.made.rectangles
    own = labels.tiles[labels.tiles["crater_id"] == DEBUSSY].set_index("tile_id")
    emptied = own["ejecta_px"].idxmax()
    filled = own.loc[own["ejecta_px"] == 0].index[0]
    after = labels.masks[DEBUSSY].copy()
    after[windows[emptied].slices] = False
    after[windows[filled].slices] = True

    table = labels.edited({DEBUSSY: after}).set_index(["crater_id", "tile_id"])

    masks = {**labels.masks, DEBUSSY: after}
    was = labels.tiles.set_index(["crater_id", "tile_id"])
    assert table.loc[(DEBUSSY, emptied), "ejecta_px"] == 0
    assert table.loc[(DEBUSSY, filled), "ejecta_px"] > 0
    for key in [(DEBUSSY, emptied), (DEBUSSY, filled)]:
        row = table.reset_index().set_index(["crater_id", "tile_id"], drop=False).loc[key]
        assert tuple(row[WHAT[:2]]) == labels.counts(row, masks)
        connected, near = divmod(row["split_class"], 5)
        assert connected == (key[1] == filled)
        assert near == was.loc[key, "split_class"] % 5
    changed = (masks[DEBUSSY] != labels.masks[DEBUSSY]).astype(int)
    for (crater_id, tile_id), row in table.iterrows():
        same = [name for name in WHAT if name != "any_ejecta_px" or crater_id == DEBUSSY]
        if not changed[windows[tile_id].slices].any():
            assert row[WHAT].tolist() == was.loc[(crater_id, tile_id), WHAT].tolist()
        elif crater_id != DEBUSSY:
            same.remove("any_ejecta_px") if "any_ejecta_px" in same else None
            assert row[same].tolist() == was.loc[(crater_id, tile_id), same].tolist()
            full = row.copy()
            full["crater_id"] = crater_id
            assert row["any_ejecta_px"] == labels.counts(full, masks)[1]


def test_an_added_rectangle_has_a_row_of_every_labelled_crater(labels: Labels) -> None:
    """Its number, the largest square in it, its pixels, and a class within the published ones."""
    at = labels.basemap.position(labels.craters[DEBUSSY].center)
    place = Window(row=int(at.row) - 5, col=int(at.col) - 9, height=14, width=20)
    number = published_number(7, None)

    table = labels.edited({}, AddedTiles({number: place}, {}))

    new = table[table["tile_id"] == 100_007]
    assert new["crater_id"].tolist() == sorted(labels.masks)
    assert len(table) == len(labels.tiles) + len(new)
    used = labels.tiles.loc[labels.tiles["split_class"] >= 0, "distance_m"]
    width = (used.max() - used.min()) / 5
    for _, row in new.iterrows():
        if row["side_px"] == 0:
            assert row["split_class"] == -1
            continue
        assert row["side_px"] == _largest_side(labels, row, place)
        assert tuple(row[WHAT[:2]]) == labels.counts(row, labels.masks)
        near = int(np.clip(np.ceil((row["distance_m"] - used.min()) / width) - 1, 0, 4))
        assert row["split_class"] == 5 * (row["ejecta_px"] > 0) + near
    assert (new["side_px"] > 0).any()
    kept = table[table["tile_id"] < 100_000].reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.DataFrame(kept), pd.DataFrame(labels.tiles))


def _largest_side(labels: Labels, row: pd.Series, place: Window) -> int:
    """Return the side of the largest square whose pixels all lie in a rectangle, by brute force."""
    half = labels.made.half_px
    down, right = labels.places(labels.craters[row["crater_id"]], 0, 0, 2 * half)
    inside = (down >= place.row) & (down < place.row + place.height)
    inside &= (right >= place.col) & (right < place.col + place.width)
    sums = np.pad(inside.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    limit = int(np.sqrt(place.height * place.width))
    for side in range(limit, 0, -1):
        full = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
        if (full == side**2).any():
            return side
    return 0


def test_a_rectangle_of_one_crater_has_a_row_of_it_alone(labels: Labels) -> None:
    """Of FID 0, too, which is a crater like any other."""
    first, other = published_number(1, 0), published_number(2, DEBUSSY)
    at = labels.basemap.position(labels.craters[0].center)
    place = Window(row=int(at.row) - 12, col=int(at.col) - 12, height=10, width=12)

    table = labels.edited({}, AddedTiles({}, {0: {first: place}, DEBUSSY: {other: place}}))

    new = table[table["tile_id"] >= 10**10]
    assert list(zip(new["crater_id"], new["tile_id"], strict=True)) == [
        (0, 10_000_000_001),
        (DEBUSSY, 10_012_000_002),
    ]
    row = new.iloc[0]
    assert tuple(row[WHAT[:2]]) == labels.counts(row, labels.masks)


def test_a_crater_that_had_no_mask_gets_all_its_tiles(labels: Labels) -> None:
    """One that nobody had labelled: every rectangle, with its pixels."""
    drawn = labels.full(labels.made.planet.truth[UNLABELLED])
    assert UNLABELLED not in labels.masks

    table = labels.edited({UNLABELLED: drawn})

    new = table[table["crater_id"] == UNLABELLED]
    assert new["tile_id"].tolist() == sorted(labels.made.rectangles)
    masks = {**labels.masks, UNLABELLED: drawn}
    for _, row in new[new["side_px"] > 0].iterrows():
        assert tuple(row[WHAT[:2]]) == labels.counts(row, masks)
    assert (new["ejecta_px"] > 0).any()


def test_numbers_tell_whose_ejecta_are_known() -> None:
    """As published: 100000 + n, and 10^10 + FID 10^6 + n."""
    assert published_number(0, None) == 100_000
    assert published_number(3, 0) == 10_000_000_003
    assert published_number(3, 210) == 10_210_000_003
    assert [owner_of(one) for one in (28, 100_000, 10_000_000_003, 10_210_000_003)] == [
        None,
        None,
        0,
        210,
    ]


def _table(folder: Path, **columns: list) -> Path:
    place = {"row": [10, 20], "col": [30, 355], "height_px": [8, 8], "width_px": [9, 9]}
    path = folder / "tiles.csv"
    pd.DataFrame({"tile_id": [1, 2], **place, **columns}).to_csv(path, index=False)
    return path


def test_a_table_of_rectangles_says_whose_they_are(labels: Labels, tmp_path: Path) -> None:
    """An empty cell is every crater's."""
    path = _table(tmp_path, crater_id=[None, 0])

    added = read_added_tiles(path, basemap=labels.basemap, published=labels.made.rectangles)

    assert added.shared == {100_001: Window(row=10, col=30, height=8, width=9)}
    assert added.of_crater == {0: {10_000_000_002: Window(row=20, col=355, height=8, width=9)}}


@pytest.mark.parametrize(
    ("columns", "taken", "message"),
    [
        ({"tile_id": [1, 2_000_000]}, [], "number the tiles that you add from 0 to 999999"),
        ({}, [100_002], "becomes the number 100002, which is published already"),
        ({"crater_id": [1.5, 2]}, [], "crater_id must be a whole number"),
    ],
)
def test_a_table_of_rectangles_that_does_not_fit_is_refused(
    labels: Labels, tmp_path: Path, columns: dict, taken: list, message: str
) -> None:
    """The sentence says what to change."""
    path = _table(tmp_path, **columns)

    with pytest.raises((SourceError, TileLocationError), match=message):
        read_added_tiles(path, basemap=labels.basemap, published=taken)
