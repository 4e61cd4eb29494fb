"""Checks inside a chunk of craters, through the real engine.

The checks are stand-ins that look at the word a stand-in step wrote; what is under test is what
follows from their findings.
"""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.event_api import PartitionKeyFilter

from ejmap_assets.checks.crater_check import CheckedCrater, CraterCheck
from ejmap_assets.checks.finding import Finding, bad, good, warning
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_project.errors import SourceError
from ejmap_project.mapping.crater_state import CraterState
from tests.chunk_bench import KEYS, STEPS, Bench

CHECKED = "tile_store"


def _is_sound(checked: CheckedCrater) -> Finding:
    word = checked.output.read_text()
    if word == "torn":
        raise SourceError("the file is torn; fetch it again")
    return bad("the word is bad; write another", word=word) if word == "bad" else good("fine", n=1)


def _is_calm(checked: CheckedCrater) -> Finding:
    former = checked.former.read_text() if checked.former.exists() else "nothing"
    is_odd = checked.output.read_text() == "odd"
    return warning("the word is odd", former=former) if is_odd else good("calm", former=former)


CHECKS = (
    CraterCheck(asset=CHECKED, name="is_sound", description="x", find=_is_sound),
    CraterCheck(asset=CHECKED, name="is_calm", description="x", find=_is_calm, blocking=False),
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Four craters with two checks, none mapped."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield Bench(tmp_path, instance, CHECKS)


def _found(bench: Bench, check: CraterCheck, key: str) -> dg.AssetCheckEvaluation:
    history = bench.instance.event_log_storage.get_asset_check_execution_history(
        check.key, limit=1, partition_filter=PartitionKeyFilter(key=key)
    )
    evaluation = history[0].evaluation
    assert isinstance(evaluation, dg.AssetCheckEvaluation)
    return evaluation


def _say(bench: Bench, word: str, key: str) -> None:
    """Make the checked step of one crater write a word to its file."""
    bench.steps.words[CHECKED, key] = word


def test_a_finding_names_its_crater_and_the_materialisation_it_is_about(bench: Bench) -> None:
    """A finding names its crater and materialisation and has numbers, even if the check passed."""
    bench.map("0001", "0004")

    found = _found(bench, CHECKS[0], "0003")
    places = bench.instance.event_log_storage.get_latest_storage_id_by_partition(
        dg.AssetKey(CHECKED), dg.DagsterEventType.ASSET_MATERIALIZATION
    )
    assert found.passed
    assert found.partition == "0003"
    assert found.metadata["n"].value == 1
    assert found.target_materialization_data is not None
    assert found.target_materialization_data.storage_id == places["0003"]


def test_a_blocking_check_stops_the_next_steps_of_its_crater_only(bench: Bench) -> None:
    """A rejected artefact is not recorded and stops its crater; the other craters are mapped."""
    _say(bench, "bad", "0002")

    result = bench.map("0001", "0004")

    good_keys = ["0001", "0003", "0004"]
    assert not result.success
    assert bench.events("azimuthal_mosaic") == KEYS
    assert {name: bench.events(name) for name in STEPS[1:]} == dict.fromkeys(STEPS[1:], good_keys)
    found = _found(bench, CHECKS[0], "0002")
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert found.description == "the word is bad; write another"
    assert found.metadata["word"].value == "bad"


def test_the_failure_of_a_run_says_what_the_check_found(bench: Bench) -> None:
    """The failure of a run repeats the sentence of the failed check."""
    _say(bench, "bad", "0002")

    result = bench.map("0001", "0004")

    failure = next(event for event in result.all_events if event.is_step_failure)
    data = failure.step_failure_data.user_failure_data
    assert data is not None
    assert data.description == (
        "1 of 4 craters failed, the others are kept. 0002: check is_sound of tile_store failed: "
        "the word is bad; write another"
    )


def test_a_file_that_cannot_be_read_is_a_finding(bench: Bench) -> None:
    """An unreadable file fails the check with the message of the reader."""
    _say(bench, "torn", "0001")

    bench.map("0001", "0001")

    assert _found(bench, CHECKS[0], "0001").description == "the file is torn; fetch it again"


def test_a_warning_stops_nothing(bench: Bench) -> None:
    """A warning does not block: the crater is mapped and its finding asks for a look."""
    _say(bench, "odd", "0002")

    result = bench.map("0001", "0004")

    assert result.success
    assert bench.events("basemap_mask") == KEYS
    found = _found(bench, CHECKS[1], "0002")
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)


def test_a_rejected_result_leaves_the_former_one_in_its_place(bench: Bench) -> None:
    """A rejection restores the former file and record, and keeps the rejected file beside it."""
    _say(bench, "first", "0001")
    bench.map("0001", "0001")
    _say(bench, "bad", "0001")
    bench.report("basemap_mosaic", data_version="2")

    bench.map("0001", "0001")

    path = bench.project.paths.tile_store("0001")
    assert path.read_text() == "first"
    assert path.with_name(f"rejected_{path.name}").read_text() == "bad"
    assert bench.events(CHECKED) == ["0001"]
    assert crater_states(bench.book)["0001"] is CraterState.FAILED


def test_a_check_sees_the_file_that_is_replaced(bench: Bench) -> None:
    """A check receives the former file; on the first run there is none."""
    _say(bench, "first", "0001")
    bench.map("0001", "0001")
    first = _found(bench, CHECKS[1], "0001")
    _say(bench, "second", "0001")
    bench.map("0001", "0001")

    assert first.metadata["former"].value == "nothing"
    assert _found(bench, CHECKS[1], "0001").metadata["former"].value == "first"


def test_a_check_can_be_asked_for_alone(bench: Bench) -> None:
    """A check can run alone on an edited file, without materialising anything."""
    bench.map("0001", "0001")
    bench.project.paths.tile_store("0001").write_text("bad")
    bench.steps.made = []

    bench.check("0001", CHECKS[0].key)

    assert bench.steps.made == []
    assert not _found(bench, CHECKS[0], "0001").passed


def test_no_crater_is_mapped_from_a_mosaic_that_was_rejected_in_an_earlier_run(
    bench: Bench,
) -> None:
    """A mosaic rejected in an earlier run blocks the craters; Dagster blocks only within a run."""
    evaluation = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("basemap_mosaic"),
        check_name="mosaic_is_valid",
        passed=False,
        blocking=True,
        description="it is of another planet",
    )
    bench.instance.report_runless_asset_event(evaluation)

    result = bench.map("0001", "0004")

    failure = next(event for event in result.all_events if event.is_step_failure)
    assert bench.steps.made == []
    assert failure.step_failure_data.user_failure_data.description == (
        "basemap_mosaic must not be used: its check mosaic_is_valid failed (it is of another "
        "planet); fix the cause and materialise basemap_mosaic again"
    )


@pytest.mark.parametrize(
    "harmless",
    [
        pytest.param({"severity": dg.AssetCheckSeverity.WARN}, id="a-warning"),
        pytest.param({"blocking": False}, id="a-check-that-does-not-block"),
        pytest.param({"passed": True}, id="a-check-that-passed"),
    ],
)
def test_other_findings_upstream_hold_nothing_back(bench: Bench, harmless: dict) -> None:
    """Warnings and failures of non-blocking checks upstream do not block craters."""
    found = {"passed": False, "blocking": True, **harmless}
    bench.instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey("basemap_mosaic"), check_name="mosaic_is_valid", **found
        )
    )

    assert bench.map("0001", "0001").success
