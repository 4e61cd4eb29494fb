"""The status of a project: which artefacts are stale, why, and what the rest takes."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.recipes import RecipeBook, book_of
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.status.costs import UNTIMED, Rates
from ejmap_assets.status.project_status import ProjectStatus, StepStatus, status_of
from ejmap_geo.cores import usable_cores
from ejmap_ml.config.model_config import load_preset
from ejmap_project.estimates import DEFAULTS
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject
from tests.chunk_bench import KEYS, STEPS, Bench

MAP_CRATERS = "map the craters"
MAP = "put the global map together"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Four craters, none mapped."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield Bench(tmp_path, instance)


def _step(status: ProjectStatus, title: str) -> StepStatus:
    return next(step for step in status.steps if step.title == title)


def test_nothing_made_is_missing(bench: Bench) -> None:
    """Every step of every crater, and the map that waits for them."""
    status = status_of(bench.book)

    step = _step(status, MAP_CRATERS)
    assert (step.current, step.stale, step.missing) == (0, 0, len(KEYS) * len(STEPS))
    assert step.why == {"not made yet": len(KEYS) * len(STEPS)}
    assert status.states == {CraterState.MISSING: len(KEYS)}
    assert _step(status, MAP).missing == 1
    assert not status.is_current


def test_what_is_mapped_is_current(bench: Bench) -> None:
    """A crater that failed is named, with what is to be made of it."""
    bench.steps.broken.add(("segmentation_mask", "0002"))
    bench.map("0001", "0004")

    status = status_of(bench.book)

    assert status.states == {CraterState.CURRENT: 3, CraterState.FAILED: 1}
    (crater,) = status.craters
    assert (crater.key, crater.state, crater.why) == ("0002", CraterState.FAILED, "not made yet")
    left = len(STEPS) - STEPS.index("segmentation_mask")
    assert _step(status, MAP_CRATERS).missing == left


def test_a_new_mosaic_is_named_and_what_follows_too(bench: Bench) -> None:
    """The first step reads the mosaic; every later one is made after it."""
    bench.map("0001", "0004")
    bench.report("basemap_mosaic", data_version="2")

    status = status_of(bench.book)

    step = _step(status, MAP_CRATERS)
    assert step.stale == len(KEYS) * len(STEPS)
    assert step.why["azimuthal_mosaic is to be made first"] == len(KEYS)
    assert [one.why for one in status.craters] == ["basemap_mosaic changed"] * len(KEYS)
    assert status.states == {CraterState.STALE: len(KEYS)}


def test_the_row_of_one_crater_is_its_own(bench: Bench) -> None:
    """Other craters stay current when one moves, although the table changed."""
    bench.map("0001", "0004")
    bench.put_craters([10_000.0, 10_000.0, 20_000.0, 10_000.0])
    bench.report("crater_catalogue", data_version="2")

    (crater,) = status_of(bench.book).craters

    assert crater.key == "0003"
    assert crater.why == "its part of crater_catalogue or a setting changed"


def test_a_setting_is_a_reason(bench: Bench, tmp_path: Path) -> None:
    """A smaller tile: the mosaics around craters stay."""
    bench.map("0001", "0004")
    with (tmp_path / "project.yaml").open("a") as settings:
        settings.write("mapping: {tile_side_px: 48}\n")

    status = status_of(book_of(OpenProject.at(tmp_path), bench.instance))

    step = _step(status, MAP_CRATERS)
    assert step.current == len(KEYS)
    assert {one.why for one in status.craters} == {"a setting changed"}


def test_a_removed_file_is_missing(bench: Bench) -> None:
    """A record alone proves nothing."""
    bench.map("0001", "0004")
    LINEAGE["segmentation_mask"].output(bench.project.paths, "0001").unlink()

    status = status_of(bench.book)

    assert [(one.key, one.why) for one in status.craters] == [("0001", "its files are gone")]


def test_states_are_those_of_the_map(bench: Bench) -> None:
    """The status counts what the table of the map counts."""
    bench.map("0001", "0002")
    LINEAGE["basemap_mask"].output(bench.project.paths, "0001").unlink()

    states = list(crater_states(bench.book).values())

    assert status_of(bench.book).states == {state: states.count(state) for state in {*states}}


def test_rates_are_those_of_the_project(bench: Bench) -> None:
    """Two craters are left, and two were made: the others will take as long, side by side."""
    bench.map("0001", "0002")
    records = bench.book.snapshot()
    spent = [
        made.seconds or 0.0
        for name in STEPS
        for key in ("0001", "0002")
        if (made := records.last(name, key)) is not None
    ]

    cost = _step(status_of(bench.book), MAP_CRATERS).cost

    assert cost.is_measured
    assert cost.seconds == pytest.approx(UNTIMED * sum(spent) / usable_cores())
    # The stand-ins write the word "made".
    assert cost.size_bytes == 2 * len(STEPS) * len("made")


def test_before_the_first_crater_rates_are_defaults(bench: Bench) -> None:
    """Twice as many craters take twice as long."""
    four = _step(status_of(bench.book), MAP_CRATERS).cost
    bench.put_craters([10_000.0] * 8)
    eight = _step(status_of(bench.book), MAP_CRATERS).cost

    assert not four.is_measured
    assert four.seconds > 0
    assert eight.seconds == pytest.approx(2 * four.seconds)
    assert eight.size_bytes == pytest.approx(2 * four.size_bytes)


def test_what_was_never_made_here_takes_time_by_how_much_there_is_to_learn(tmp_path: Path) -> None:
    """Defaults are of six planets of 2048 columns, and of 1100 steps of training."""
    (tmp_path / "project.yaml").write_text(
        "source: {kind: synthetic, seed: 5}\n"
        "training: {kind: synthetic, seeds: [1, 2], width_px: 1024}\n"
        "models: {ejseg: ejseg_polar_small}\n"
    )
    project = OpenProject.at(tmp_path)
    steps = load_preset("ejseg_polar_small").training.max_steps
    assert steps is not None
    with dg.DagsterInstance.ephemeral() as instance:
        rates = Rates(RecipeBook(project=project, instance=instance, craters={}).snapshot())

        planets = rates.cost([("training_planets", None)])
        member = rates.cost([("ejseg_model", "00|ejseg_polar_small")])

    known = {name: DEFAULTS[name].seconds * UNTIMED for name in ("training_planets", "ejseg_model")}
    assert planets.seconds == pytest.approx(known["training_planets"] / 12)
    assert member.seconds == pytest.approx(known["ejseg_model"] * steps / 1100)
    assert not member.is_measured
