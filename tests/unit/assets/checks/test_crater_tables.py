"""Checks of a crater's tiles, connections and profile: sound files pass, wrong ones fail."""

import shutil

import numpy as np
import pandas as pd
import pytest

from ejmap_assets.checks.crater_check import CheckedCrater
from ejmap_assets.checks.finding import Finding
from ejmap_assets.checks.registry import crater_checks
from ejmap_ml.ejseg.polar_data import write_polar_views
from ejmap_ml.stores.tile_group import TileStore
from ejmap_ml.stores.tile_store import write_tile_store
from ejmap_project.analysis.crater_pattern import QUANTITIES, read_pattern
from tests.unit.assets.checks.conftest import MappedCrater


def _find(name: str, checked: CheckedCrater) -> Finding:
    return next(check for check in crater_checks() if check.name == name).run(checked)


def _rewrite(mapped: MappedCrater, *, drop: int = 0, view: float | None = None) -> CheckedCrater:
    """Write the store again with fewer tiles, or with another value in its polar view."""
    checked = mapped.tiles()
    store = TileStore.open(checked.output)
    tiles, polar = store["mapping"], store["polar"]
    count = tiles.tile_count - drop
    table = tiles.table[:count]
    crops = {name: tiles.read(name, range(count)) for name in tiles.array_names}
    views = polar.read("view") if view is None else np.full_like(polar.read("view"), view)
    shutil.rmtree(checked.output)
    with write_tile_store(checked.output, provenance={}) as writer:
        writer.write_group("mapping", table=table, arrays=crops)
        write_polar_views(writer, views=views, craters=[mapped.crater])
    return checked


def test_a_tile_store_of_the_chain_is_complete(mapped: MappedCrater) -> None:
    """A complete tile store passes, and the finding states the number of tiles."""
    found = _find("tiles_are_complete", mapped.tiles())

    assert found.passed
    assert found.metadata["tiles"] == found.metadata["planned_tiles"] > 4


def test_a_store_with_a_tile_missing_is_stopped(mapped: MappedCrater) -> None:
    """A store without one planned tile fails the check: ejecta in the tile would be lost."""
    found = _find("tiles_are_complete", _rewrite(mapped, drop=1))

    wanted = found.metadata["planned_tiles"]
    assert (found.passed, found.is_warning) == (False, False)
    assert f"holds {int(wanted) - 1} tiles, the plan {wanted}" in found.sentence


@pytest.mark.parametrize("value", [np.nan, 0.0])
def test_a_view_without_values_is_stopped(mapped: MappedCrater, value: float) -> None:
    """A polar view that is empty or not finite, as after a lost shard, fails the check."""
    found = _find("tiles_are_complete", _rewrite(mapped, view=value))

    assert not found.passed
    assert "the polar view is" in found.sentence


def test_a_missing_store_is_found(mapped: MappedCrater) -> None:
    """A missing tile store fails the check with the message of the reader."""
    found = _find("tiles_are_complete", mapped.checked("tile_store"))

    assert "there is no tile store" in found.sentence


def test_connections_of_every_tile_pass(mapped: MappedCrater) -> None:
    """A table of connections with one row for each tile passes."""
    checked = mapped.connections()

    assert _find("connections_are_sound", checked).passed
    assert _find("some_tiles_are_connected", checked).passed


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(lambda table: table[1:], "tiles, the tile store", id="a-row-missing"),
        pytest.param(lambda table: table.assign(crater_id=1), "another crater", id="of-another"),
    ],
)
def test_a_table_that_is_not_of_these_tiles_is_stopped(
    mapped: MappedCrater, change, sentence: str
) -> None:
    """A table of other tiles fails the check, because its windows lie on other ground."""
    checked = mapped.connections()
    mapped.write_connections(change(pd.read_parquet(checked.output)))

    found = _find("connections_are_sound", checked)

    assert (found.passed, found.is_warning) == (False, False)
    assert sentence in found.sentence


def test_a_table_against_its_schema_is_stopped_in_one_line(mapped: MappedCrater) -> None:
    """A table that does not fit its schema fails with one line of pandera's long report."""
    checked = mapped.connections()
    pd.read_parquet(checked.output).assign(probability=1.5).to_parquet(checked.output)

    found = _find("connections_are_sound", checked)

    assert not found.passed
    assert "probability" in found.sentence
    assert "\n" not in found.sentence


@pytest.mark.parametrize(
    ("connected", "sentence"),
    [
        pytest.param(False, "no tile is connected", id="none"),
        pytest.param(True, "tiles are connected: the model does not tell them apart", id="all"),
    ],
)
def test_connections_that_tell_nothing_are_warned_of(
    mapped: MappedCrater, connected: bool, sentence: str
) -> None:
    """A crater with all or no tiles connected warns, but is still mapped."""
    found = _find("some_tiles_are_connected", mapped.connections(connected))

    assert (found.passed, found.is_warning) == (False, True)
    assert sentence in found.sentence
    assert found.metadata["connected_share"] == float(connected)


def test_the_profile_of_a_mapped_crater_is_sound(mapped: MappedCrater) -> None:
    """The profile of a mapped crater passes and holds no more ejecta than the mask."""
    found = _find("profile_is_sound", mapped.profile())

    assert found.passed, found.sentence
    assert 0 < found.metadata["ejecta_km2"] <= found.metadata["mask_km2"] * 1.000001


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        pytest.param("crater_id", 3, "of another crater", id="another-crater"),
        pytest.param("ejecta_km2", 1e9, "the mask", id="more-than-the-mask"),
        pytest.param("ejecta_fraction", 1.5, "changed by hand", id="broken-schema"),
    ],
)
def test_a_table_that_cannot_be_is_stopped(
    mapped: MappedCrater, column: str, value: float, words: str
) -> None:
    """An impossible profile fails a blocking check that says what is wrong."""
    checked = mapped.profile()
    pd.read_parquet(checked.output).assign(**{column: value}).to_parquet(checked.output)

    found = _find("profile_is_sound", checked)

    assert (found.passed, found.is_warning) == (False, False)
    assert words in found.sentence


def test_a_pattern_of_the_crater_passes(mapped: MappedCrater) -> None:
    """Blanket and rays of a fresh pattern are all its ejecta, and its members differ."""
    checked = mapped.pattern()

    found = _find("pattern_is_sound", checked)

    assert found.passed
    assert found.metadata["ejecta_km2"] > 0
    row = read_pattern(checked.output).quantities.iloc[0]
    assert row["ejecta_km2_low"] == 0
    assert row["ejecta_km2_high"] > row["ejecta_km2"]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("crater_id", 3, "of another crater"),
        ("blanket_km2", 0.0, "blanket and rays hold"),
        ("ray_count", -1, "changed by hand"),
    ],
)
def test_a_pattern_that_was_changed_is_stopped(
    mapped: MappedCrater, column: str, value: float, sentence: str
) -> None:
    """A row of another crater, parts that do not add up, values that cannot be."""
    checked = mapped.pattern()
    path = checked.output / QUANTITIES
    pd.read_parquet(path).assign(**{column: value}).to_parquet(path, index=False)

    found = _find("pattern_is_sound", checked)

    assert not found.passed
    assert sentence in found.sentence
