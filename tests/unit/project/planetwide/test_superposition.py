"""Who lies on top: orders without cycles, abstention, and the score where the order is known."""

from graphlib import TopologicalSorter
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.planetwide.freshness import QuickColours
from ejmap_geo.rasters.raster import read_basemap, read_mask_on, write_cog
from ejmap_project.planetwide.impact_order import (
    ANSWERED_FROM,
    OF_COLOUR,
    probability_later,
    signs_of,
)
from ejmap_project.planetwide.overlaps import rank_overlaps
from ejmap_project.planetwide.pair_tables import SuperpositionTable
from ejmap_project.planetwide.superposition import order_craters, scored, superposition_table
from ejmap_project.progress import Silence
from tests.mapped_discs import GRID, write_mapped_discs


def _pairs(count: int) -> pd.DataFrame:
    rows = [
        {"crater_id": a, "other_id": b, "crater": f"C{a}", "other": f"C{b}", "shared_km2": 1.0}
        for a, b in combinations(range(count), 2)
    ]
    return pd.DataFrame(rows)


def test_the_fresher_crater_is_the_younger_by_its_log_odds() -> None:
    """A difference of ln 4 is a probability of .8: answered; less is left open."""
    table = superposition_table(_pairs(3), {0: 0.0, 1: float(np.log(4)) + 1e-9, 2: 1.0})

    told = {(r.younger_id, r.older_id): r for r in table.itertuples()}
    assert {*told} == {(1, 0), (2, 0), (1, 2)}
    assert told[1, 0].probability == pytest.approx(0.8)
    assert [told[1, 0].is_answered, told[2, 0].is_answered] == [True, False]
    assert ANSWERED_FROM == 0.8
    assert table["probability"].is_monotonic_decreasing


def test_no_crater_is_older_than_itself() -> None:
    """Twelve craters that all overlap: the statements can be put in one order."""
    fresh = dict(enumerate(np.random.default_rng(1).normal(0, 4, 12).tolist()))

    table = superposition_table(_pairs(12), fresh)

    order: TopologicalSorter[int] = TopologicalSorter()
    for young, old in zip(table["younger_id"], table["older_id"], strict=True):
        order.add(young, old)
    assert [*order.static_order()] == sorted(fresh, key=lambda one: fresh[one])


def test_a_crater_of_unknown_freshness_is_left_open() -> None:
    """Without a border there is nothing to tell: one half, not answered."""
    table = superposition_table(_pairs(2), {0: float("nan"), 1: 3.0})

    assert table[["probability", "is_answered"]].to_numpy().tolist() == [[0.5, False]]
    assert probability_later(1000, 0) == pytest.approx(1)
    assert signs_of({}, OF_COLOUR) == {}


def test_a_mosaic_of_twice_the_contrast_tells_the_same() -> None:
    """In spreads of the ground, slope and strength are 1/2 and ln 3 at any stretch."""
    # Brightness has the variance 36, colour 9 times that of its ground, and their covariance 18.
    covariance = np.array([[9.0, -18, -9], [-18, 36, 18], [-9, 18, 9]])

    for stretch in (1.0, 2.0):
        colours = {1: QuickColours(covariance * stretch**2, np.ones(3) * stretch)}
        np.testing.assert_allclose(signs_of(colours, OF_COLOUR)[1], [0.5, np.log(3)])


def test_answers_are_scored_by_the_order_of_impacts() -> None:
    """Of three answers two are right; where no order is known there is no score."""
    table = superposition_table(_pairs(3), {0: 0.0, 1: 5.0, 2: 10.0})

    assert scored(table, (0, 2, 1)) == {"right_share_of_answered": pytest.approx(2 / 3)}
    assert scored(table, ()) == {}


def test_a_project_gets_its_order(tmp_path: Path) -> None:
    """Two overlapping discs, the second with grain twelve times as strong: it lies on the first."""
    project = write_mapped_discs(tmp_path)
    raster, _ = read_basemap(project.paths.basemap_mosaic, body=MERCURY)
    rng = np.random.default_rng(2)
    raster = raster // 2 + rng.integers(0, 5, raster.shape, np.uint8)
    for key, height in (("0001", 10), ("0002", 120), ("0003", 20)):
        full = np.zeros(GRID.shape, np.bool_)
        read_mask_on(project.paths.basemap_mask(key), GRID).paste_into(full)
        raster[:, full] += rng.integers(0, height, (len(raster), full.sum()), np.uint8)
    write_cog(project.paths.basemap_mosaic, raster, grid=GRID, nodata=0)
    rank_overlaps(project, Silence(), tags={})

    made = order_craters(project, Silence())

    table = SuperpositionTable.validate(pd.read_parquet(project.paths.superposition))
    assert table[["younger_id", "older_id"]].to_numpy().tolist() == [[2, 1]]
    assert "right_share_of_answered" not in made.metadata
