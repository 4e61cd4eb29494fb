"""Chunks of craters through the real engine: a crater that fails, fails alone.

The steps are stand-ins that hand over a word; what is under test is how their results and failures
become materialisations.
"""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.plan.objects import UserFailureData

from ejmap_assets.assets.registry import crater_steps
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.provenance import last_record
from ejmap_assets.making.crater_assets import build_crater_assets
from ejmap_project.mapping.crater_state import CraterState
from tests.chunk_bench import KEYS, STEPS, Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Four craters, none mapped."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield Bench(tmp_path, instance)


def _failure(result: dg.ExecuteInProcessResult) -> UserFailureData:
    event = next(event for event in result.all_events if event.is_step_failure)
    data = event.step_failure_data.user_failure_data
    assert data is not None
    return data


def test_every_artefact_of_every_crater_is_materialised_once(bench: Bench) -> None:
    """Each artefact gets one materialisation: Dagster adds no second event to the logged one."""
    result = bench.map("0001", "0004")

    assert result.success
    assert {name: bench.events(name) for name in STEPS} == dict.fromkeys(STEPS, KEYS)


def test_each_crater_has_its_own_metadata_and_data_version(bench: Bench) -> None:
    """Each crater of a chunk has its own metadata and data version."""
    bench.put_craters([10_000.0, 20_000.0, 30_000.0, 40_000.0])

    bench.map("0001", "0004")

    record = last_record(bench.instance, "tile_store", "0003")
    assert record is not None
    seconds = record.metadata["seconds"].value
    assert record.data_version == "tile_store 0003"
    assert record.metadata["radius_m"].value == 30_000.0
    assert isinstance(seconds, float)
    assert seconds >= 0


def test_a_crater_that_another_run_maps_is_left_to_it(bench: Bench) -> None:
    """The other run is named, and the rest of the chunk is mapped."""
    other = bench.instance.create_run_for_job(
        dg.GraphDefinition(name="other").to_job(), status=dg.DagsterRunStatus.STARTED
    )
    claim = bench.project.paths.claim("0002")
    claim.parent.mkdir(parents=True)
    claim.write_text(other.run_id)

    failure = _failure(bench.map("0001", "0004"))

    assert failure.description is not None
    assert f"0002: run {other.run_id[:8]} maps this crater" in failure.description
    assert bench.events("basemap_mask") == ["0001", "0003", "0004"]
    assert claim.read_text() == other.run_id


def test_a_bad_crater_fails_alone_and_is_named(bench: Bench) -> None:
    """A failed crater stops at its failed step and is named; the others reach their masks."""
    bench.steps.broken = {("tile_store", "0002")}

    result = bench.map("0001", "0004")

    good = ["0001", "0003", "0004"]
    assert not result.success
    assert bench.events("azimuthal_mosaic") == KEYS
    assert {name: bench.events(name) for name in STEPS[1:]} == dict.fromkeys(STEPS[1:], good)
    data = _failure(result)
    assert "1 of 4 craters failed" in (data.description or "")
    assert "0002: tile_store cannot be made" in (data.description or "")
    assert data.metadata["failed_craters"].value == ["0002"]


def test_the_map_is_told_when_all_craters_fail(bench: Bench) -> None:
    """If all craters fail, the run makes the map's check warn, because no mask changes."""
    bench.steps.broken = {("azimuthal_mosaic", key) for key in KEYS}
    key = dg.AssetCheckKey(dg.AssetKey("global_map"), "map_holds_every_crater")
    history = bench.instance.event_log_storage.get_asset_check_execution_history
    bench.map("0001", "0004")
    before = history(key, limit=1)
    bench.report("global_map", data_version="1")

    bench.map("0001", "0004")

    told = history(key, limit=1)[0].evaluation
    assert before == []
    assert isinstance(told, dg.AssetCheckEvaluation)
    assert not told.passed
    assert told.severity is dg.AssetCheckSeverity.WARN
    assert told.description == (
        "4 failed (0001, 0002, 0003, 0004) since the map was drawn. Fix the cause, then run repair"
    )


def test_a_repaired_crater_is_made_without_the_others(bench: Bench) -> None:
    """A repair of one crater runs one partition and only its missing steps."""
    bench.steps.broken = {("tile_store", "0002")}
    bench.map("0001", "0004")
    bench.steps.broken, bench.steps.made = set(), []

    result = bench.map("0002", "0002", STEPS[1:])

    assert result.success
    assert bench.steps.made == [(name, "0002") for name in STEPS[1:]]


def test_a_step_without_its_input_says_what_to_make_first(bench: Bench) -> None:
    """A step with a missing input fails with the name of the asset to materialise first."""
    result = bench.map("0001", "0001", ("basemap_mask",))

    assert (_failure(result).description or "").endswith(
        "0001: basemap_mask needs segmentation_mask of 0001, which was never made; "
        f"materialise it first, or all with `ejmap run {bench.book.project.paths.folder}`"
    )


def test_the_state_of_craters_follows_their_inputs(bench: Bench) -> None:
    """A crater is missing, then current or failed, then stale after a promotion."""
    bench.steps.broken = {("tile_store", "0002")}
    before = crater_states(bench.book)
    bench.map("0001", "0004")
    mapped = crater_states(bench.book)
    bench.report("promoted_ejseg", data_version="2")
    promoted = crater_states(bench.book)

    current, stale, failed = CraterState.CURRENT, CraterState.STALE, CraterState.FAILED
    assert list(before.values()) == [CraterState.MISSING] * 4
    assert list(mapped.values()) == [current, failed, current, current]
    assert list(promoted.values()) == [stale, failed, stale, stale]


def test_promoting_equal_weights_leaves_every_crater_current(bench: Bench) -> None:
    """A promotion of equal weights makes no crater stale: content decides, not time."""
    bench.map("0001", "0004")

    bench.report("promoted_ejseg", data_version="1")

    assert set(crater_states(bench.book).values()) == {CraterState.CURRENT}


def test_a_promotion_in_between_changes_neither_recipes_nor_models(bench: Bench) -> None:
    """A promotion during a run does not change its models, so masks match their recipes."""
    bench.map("0001", "0001")
    book = bench.book
    opened = book.mapping_project()

    bench.report("promoted_ejseg", data_version="2")

    named = book.recipe("segmentation_mask", "0001").input_versions["promoted_ejseg"]
    assert named == opened.promoted["ejseg"] == "1"
    assert bench.book.mapping_project().promoted == {"ejconn": "1", "ejseg": "2"}


def test_a_changed_crater_leaves_the_others_current(bench: Bench) -> None:
    """An edited row of the catalogue makes only its own crater stale."""
    bench.map("0001", "0004")

    bench.put_craters([10_000.0, 10_000.0, 12_000.0, 10_000.0, 10_000.0])
    bench.report("crater_catalogue", data_version="2")

    current, stale = CraterState.CURRENT, CraterState.STALE
    assert crater_states(bench.book) == {
        "0001": current,
        "0002": current,
        "0003": stale,
        "0004": current,
        "0005": CraterState.MISSING,
    }


def test_a_lost_file_makes_its_crater_stale(bench: Bench) -> None:
    """A crater whose file was deleted is not current, although a record says that it was made."""
    bench.map("0001", "0004")

    bench.project.paths.tile_store("0004").unlink()

    assert crater_states(bench.book)["0004"] is CraterState.STALE


def test_a_lost_mask_is_missing_from_the_map_and_from_its_recipe(bench: Bench) -> None:
    """The map's recipe omits a lost mask, so the map is stale once the mask is back."""
    bench.map("0001", "0004")
    for name in ("basemap_mosaic", "crater_catalogue"):
        bench.report(name, data_version="1")
    whole = bench.book.recipe("global_map").digest

    bench.project.paths.basemap_mask("0004").unlink()

    assert crater_states(bench.book)["0004"] is CraterState.MISSING
    assert bench.book.recipe("global_map").digest != whole


def test_the_chunk_size_is_a_setting() -> None:
    """The project's setting chunk_craters sets the backfill policy."""
    assets = build_crater_assets(steps=crater_steps(), chunk_craters=7)

    assert assets.backfill_policy == dg.BackfillPolicy.multi_run(7)


def test_the_job_promote_skips_a_model_that_the_project_does_not_train(bench: Bench) -> None:
    """Connections follow from the polar prediction: the missing EJCONN is no failure of the job."""
    result = bench.promote()

    failed = {event.step_key for event in result.all_events if event.is_step_failure}
    assert failed == {"promoted_ejseg"}


def test_a_model_that_is_promoted_alone_is_told_what_it_lacks(bench: Bench) -> None:
    """Whoever asks for EJCONN by name must not be told that all is well."""
    result = bench.promote("promoted_ejconn")

    assert "was never made" in (_failure(result).description or "")


def test_a_tile_ejseg_skips_the_polar_prediction(tmp_path: Path) -> None:
    """The job selects all steps; a project whose EJSEG looks at tiles cannot make that one."""
    with dg.DagsterInstance.ephemeral() as instance:
        bench = Bench(tmp_path, instance, settings="models: {ejseg: ejseg_tiny}\n")

        result = bench.map("0001", "0001")

        assert result.success
        assert bench.events("polar_prediction") == []
        assert bench.events("basemap_mask") == ["0001"]
