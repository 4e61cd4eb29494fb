"""With a bucket, a folder without files is as good as one that has them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.provenance import last_record
from ejmap_assets.status.verification import verify
from ejmap_project.digest import is_strong
from ejmap_project.manifests.stored_files import put_away
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.object_store.address import VARIABLE
from ejmap_project.progress import Silence
from tests.chunk_bench import KEYS, STEPS, Bench

KEY = "0002"
LAST = STEPS[-1]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Four craters, all mapped with a bucket."""
    monkeypatch.setenv(VARIABLE, f"file://{tmp_path}/bucket")
    (tmp_path / "project").mkdir()
    with dg.DagsterInstance.ephemeral() as instance:
        found = Bench(tmp_path / "project", instance)
        assert found.map("0001", "0004").success
        yield found


def test_craters_whose_files_are_in_the_bucket_alone_are_current(bench: Bench) -> None:
    """No plan makes them again, and to verify the folder finds no fault."""
    shutil.rmtree(bench.project.paths.all_craters)

    states = crater_states(bench.book)
    faults = verify(bench.book.snapshot(), Silence()).faults

    assert states == dict.fromkeys(KEYS, CraterState.CURRENT)
    assert [one for one in faults if KEY in one.artefact] == []
    assert not bench.project.paths.all_craters.exists()


def test_a_step_gets_its_inputs_from_the_bucket(bench: Bench) -> None:
    """Those that it reads, and no others."""
    shutil.rmtree(bench.project.paths.all_craters)
    before = list(bench.steps.made)

    assert bench.map(KEY, KEY, ("basemap_mask",)).success

    assert bench.steps.made == [*before, ("basemap_mask", KEY)]
    there = {one.name for one in bench.project.paths.crater(KEY).iterdir() if one.is_file()}
    assert there == {"segmentation.tif", "basemap_mask.tif"}


def test_an_artefact_that_cannot_be_put_is_not_recorded(bench: Bench, tmp_path: Path) -> None:
    """The history names nothing that the bucket lacks; the sentence says what is wrong."""
    recorded = last_record(bench.instance, LAST, KEY)
    bench.steps.words[LAST, KEY] = "another result"
    shutil.rmtree(tmp_path / "bucket" / "files")
    (tmp_path / "bucket" / "files").write_text("no folder")

    result = bench.map(KEY, KEY, (LAST,))

    assert not result.success
    event = next(one for one in result.all_events if one.is_step_failure)
    described = event.step_failure_data.user_failure_data.description
    assert f"file://{tmp_path}/bucket cannot be used" in described
    assert last_record(bench.instance, LAST, KEY) == recorded


def test_a_catalogue_in_the_bucket_alone_names_the_craters(bench: Bench) -> None:
    """Plans need it; it is fetched when a project is planned."""
    catalogue = bench.project.paths.crater_catalogue
    files = bench.book.files("crater_catalogue")
    put_away(files, files.take())
    catalogue.unlink()

    assert {*bench.book.craters} == {*KEYS}
    assert catalogue.is_file()


def test_digests_are_cryptographic_where_a_bucket_gets_the_files(bench: Bench) -> None:
    """Whoever can write into the bucket cannot write the history."""
    record = last_record(bench.instance, LAST, KEY)

    assert record is not None
    assert is_strong(record.files)
    assert len(record.files) < 64
