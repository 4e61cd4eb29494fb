"""The cache of materialisations: an event is read once, by this command or an earlier one."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.lineage.provenance import Ingredient, Recipe, event_tags
from ejmap_assets.lineage.records import RecordCache

ASSET = "tile_store"
RECIPE = Recipe(
    code_version="2",
    ingredients=(
        Ingredient(asset="basemap_mosaic", partition=None, data_version="m", storage_id=1),
    ),
)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """Two craters, each made once."""
    with dg.DagsterInstance.ephemeral() as instance:
        for key in ("0001", "0002"):
            _report(instance, key, content=f"of {key}")
        yield instance


def _report(instance: dg.DagsterInstance, key: str, *, content: str) -> None:
    instance.report_runless_asset_event(
        dg.AssetMaterialization(
            ASSET,
            partition=key,
            tags=event_tags(RECIPE, data_version=content, files="f"),
            metadata={"seconds": 0.5, "picture": dg.MetadataValue.md("large")},
        )
    )


def test_a_record_says_what_was_made_from_what(instance: dg.DagsterInstance) -> None:
    """Content, recipe, code, inputs and duration; the picture is not kept."""
    record = RecordCache().last(instance, ASSET)["0002"]

    assert (record.data_version, record.recipe) == ("of 0002", RECIPE.digest)
    assert (record.code_version, dict(record.inputs), record.files) == (
        "2",
        {"basemap_mosaic": "m"},
        "f",
    )
    assert record.seconds == 0.5
    assert set(record.metadata) == {"seconds"}


def test_the_next_command_reads_only_what_is_new(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records that an earlier one kept are equal to those of the history."""
    file = tmp_path / "records.json"
    first = RecordCache(file)
    before = first.last(instance, ASSET)
    first.keep()
    _report(instance, "0001", content="another")
    asked: list[object] = []
    fetch = instance.fetch_materializations

    def count(wanted: dg.AssetRecordsFilter, **how: int):
        asked.extend(wanted.storage_ids or [])
        return fetch(wanted, **how)

    monkeypatch.setattr(instance, "fetch_materializations", count)
    after = RecordCache(file).last(instance, ASSET)

    assert len(asked) == 1
    assert after["0001"].data_version == "another"
    assert after["0002"] == before["0002"]


@pytest.mark.parametrize("text", ["", "[1, [[1]]]", "{}", "[0, []]", "[1, 7]"])
def test_a_damaged_file_costs_time_alone(
    instance: dg.DagsterInstance, tmp_path: Path, text: str
) -> None:
    """As one that is missing, or of another version of EJMAP."""
    file = tmp_path / "records.json"
    file.write_text(text)

    assert RecordCache(file).last(instance, ASSET) == RecordCache().last(instance, ASSET)


def test_a_value_of_another_type_costs_time_alone(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    """A file is read as a whole or not at all, whichever value of a row was damaged."""
    file = tmp_path / "records.json"
    cache = RecordCache(file)
    sound = cache.last(instance, ASSET)
    cache.keep()
    version, [row, *rows] = json.loads(file.read_text())

    for place, value in product(range(len(row)), ("x", [], True)):
        if type(row[place]) is not type(value):
            damaged = [*row[:place], value, *row[place + 1 :]]
            file.write_text(json.dumps([version, [damaged, *rows]]))
            assert RecordCache(file).last(instance, ASSET) == sound, (place, value)


def test_a_file_that_cannot_be_written_is_no_error(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    """The answer is there all the same."""
    (tmp_path / "file").write_text("")
    cache = RecordCache(tmp_path / "file" / "records.json")

    assert len(cache.last(instance, ASSET)) == 2
    cache.keep()
