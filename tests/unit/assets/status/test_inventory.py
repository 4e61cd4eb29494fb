"""What a release freezes: files of the map, and what everything was made of."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.lineage.provenance import last_record
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.status.inventory import FROZEN, take_stock
from ejmap_project.release.made_artefact import MadeArtefact
from ejmap_project.release.make import Inventory
from tests.chunk_bench import KEYS, Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Four craters, mapped."""
    with dg.DagsterInstance.ephemeral() as instance:
        made = Bench(tmp_path, instance)
        made.map("0001", "0004")
        yield made


def _stock(bench: Bench) -> Inventory:
    return take_stock(bench.project, bench.instance)


def _made(bench: Bench) -> dict[tuple[str, str | None], MadeArtefact]:
    return {(one.note.asset, one.note.partition): one for one in _stock(bench).made}


def test_masks_are_frozen_and_what_they_are_made_of_is_named(bench: Bench) -> None:
    """Tile stores take gigabytes; their data version tells what was in them."""
    found = _made(bench)

    for key in KEYS:
        mask, store = found["basemap_mask", key], found["tile_store", key]
        assert [*mask.files()] == [LINEAGE["basemap_mask"].output(bench.project.paths, key)]
        assert store.outputs == ()
        assert store.note.data_version == f"tile_store {key}"


def test_an_artefact_carries_its_run_and_its_inputs(bench: Bench) -> None:
    """As the history has them."""
    found = _made(bench)
    event = bench.instance.fetch_materializations(
        dg.AssetRecordsFilter(dg.AssetKey("basemap_mask"), asset_partitions=["0002"]), limit=1
    ).records[0]

    mask = found["basemap_mask", "0002"].note
    record = last_record(bench.instance, "basemap_mask", "0002")

    assert record is not None
    assert (mask.run_id, mask.recipe) == (event.run_id, record.recipe)
    assert mask.inputs["segmentation_mask"] == "segmentation_mask 0002"
    assert found["azimuthal_mosaic", "0002"].note.inputs["basemap_mosaic"] == "1"
    assert mask.stale == ""
    run = _stock(bench).runs[event.run_id]
    assert run.job == "map_craters"
    assert run.started_utc <= mask.made_utc <= run.ended_utc


def test_what_is_missing_or_stale_is_said(bench: Bench) -> None:
    """There is no map yet, and then the mosaic changes."""
    assert "global_map" in _stock(bench).missing
    bench.report("basemap_mosaic", data_version="2")

    found = _made(bench)

    assert found["azimuthal_mosaic", "0001"].note.stale == "basemap_mosaic changed"
    assert found["basemap_mask", "0001"].note.stale
    # Settings of an artefact that is not up to date are not known.
    assert found["basemap_mask", "0001"].settings is None


def test_frozen_assets_exist() -> None:
    """A renamed asset would silently fall out of releases."""
    assert {*LINEAGE} >= FROZEN
