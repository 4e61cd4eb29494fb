"""Files that are not what was recorded count as not there: nothing is made from them."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.provenance import last_record
from ejmap_assets.making.inputs import set_damaged_craters_aside
from ejmap_assets.status.project_status import status_of
from ejmap_assets.status.verification import Fault, verify
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.progress import Silence
from tests.chunk_bench import KEYS, STEPS, Bench

KEY = "0002"
MASK = "segmentation_mask"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Four craters, all mapped."""
    with dg.DagsterInstance.ephemeral() as instance:
        found = Bench(tmp_path, instance)
        assert found.map("0001", "0004").success
        yield found


def _swap(bench: Bench, name: str = MASK) -> Path:
    """Put other bytes of the same size in the place of a file of a crater."""
    path = bench.book.files(name, KEY).places[0]
    path.write_text("MADE")
    return path


def _remove(bench: Bench) -> Path:
    """Remove a file of a crater."""
    path = bench.book.files(MASK, KEY).places[0]
    path.unlink()
    return path


def _faults(bench: Bench) -> list[Fault]:
    """Return what is wrong with a crater; sources of the bench are reported without files."""
    found = verify(bench.book.snapshot(), Silence()).faults
    return [one for one in found if KEY in one.artefact]


def test_a_materialisation_records_size_and_digest(bench: Bench) -> None:
    """The digest is that of the manifest, which names each file."""
    record = last_record(bench.instance, MASK, KEY)
    assert record is not None

    assert record.files == bench.book.files(MASK, KEY).take().digest
    assert record.metadata["size_bytes"].value == len("made")


def test_a_file_that_was_swapped_is_missing_and_named(bench: Bench) -> None:
    """And what was made from it is to be made after it."""
    path = _swap(bench)

    status = status_of(bench.book)

    (crater,) = status.craters
    named = path.relative_to(bench.project.paths.folder)
    assert crater.why == f"{named} has other bytes"
    assert crater_states(bench.book)[KEY] is not CraterState.CURRENT
    assert _faults(bench) == [(f"{MASK} {KEY}", crater.why)]


@pytest.mark.parametrize("damage", [_swap, _remove])
def test_craters_are_verified_without_a_catalogue(
    bench: Bench, damage: Callable[[Bench], Path]
) -> None:
    """It names them, and it may be damaged or lost as well."""
    damage(bench)
    bench.project.paths.crater_catalogue.write_bytes(b"PAR1")

    (named,) = _faults(bench)

    assert named.artefact == f"{MASK} {KEY}"


def test_nothing_is_made_from_a_file_that_was_swapped(bench: Bench) -> None:
    """The step that would read it says what to do; no result is recorded."""
    _swap(bench)
    before = len(bench.events("basemap_mask"))

    result = bench.map(KEY, KEY, ("basemap_mask",))

    assert not result.success
    event = next(one for one in result.all_events if one.is_step_failure)
    described = event.step_failure_data.user_failure_data.description
    assert f"{MASK}[{KEY}] is not what was recorded" in described
    assert "`ejmap run` makes it again" in described
    assert len(bench.events("basemap_mask")) == before


def test_what_was_swapped_is_made_again(bench: Bench) -> None:
    """The file that a person may have edited is moved away, and everything is as recorded."""
    path = _swap(bench)

    assert bench.map(KEY, KEY, STEPS[STEPS.index(MASK) :]).success

    paths = bench.project.paths
    assert path.read_text() == "made"
    assert (paths.damaged / path.relative_to(paths.data)).read_text() == "MADE"
    assert _faults(bench) == []
    assert set(crater_states(bench.book).values()) == {CraterState.CURRENT}


def test_a_damaged_catalogue_counts_as_not_there(bench: Bench) -> None:
    """It is named, and no command stops at a file that a run can make again."""
    assert {*bench.book.craters} == {*KEYS}
    catalogue = bench.project.paths.crater_catalogue
    os.truncate(catalogue, catalogue.stat().st_size // 2)

    book = bench.book

    assert book.craters == {}
    assert not book.is_current("crater_catalogue")
    named = [one for one in status_of(book).steps if "catalogue.parquet has" in str(one)]
    assert len(named) == 1
    assert "crater_catalogue" in [one.artefact for one in verify(book, Silence()).faults]


def test_a_failed_attempt_leaves_the_former_file_as_recorded(bench: Bench) -> None:
    """It was not touched."""
    bench.steps.broken = {("azimuthal_mosaic", KEY)}

    assert not bench.map(KEY, KEY, ("azimuthal_mosaic",)).success

    assert _faults(bench) == []
    assert bench.book.is_current("azimuthal_mosaic", KEY)


def test_a_map_is_made_without_the_damaged_mask(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """It leaves out craters without a file; so a damaged one is moved away before."""
    path = _swap(bench, "basemap_mask")

    set_damaged_craters_aside(bench.book, "global_map", logging.getLogger("damage"))

    assert not path.exists()
    assert "basemap_mask 0002 is not what was recorded" in caplog.text
