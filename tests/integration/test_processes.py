"""Craters of a tiny planet mapped in processes of their own: the same results and records."""

import io
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg
import pytest

from ejmap_assets.definitions import runner_of
from ejmap_assets.lineage.provenance import last_record
from ejmap_assets.lineage.selection import crater_steps_of
from ejmap_assets.lineage.stages import CRATERS
from ejmap_assets.runs.parts import Part, promotion
from ejmap_cli.console import Console
from ejmap_geo.worker_processes import WorkerLostError, WorkerProcesses
from ejmap_project.mapping import side_by_side
from ejmap_project.open_project import OpenProject
from tests.ready_ensemble import PROMISES, write_ready

SETTINGS = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 3}
models: {ejseg: ready_views, iterations: 1}
mapping: {tile_side_px: 32}
"""
# What a run knows that nobody could tell again.
OF_THE_RUN = {"seconds", "path", "size_bytes"}


class Mapped(NamedTuple):
    """A project that was mapped, and how many artefacts were made in another process."""

    project: OpenProject
    instance: dg.DagsterInstance
    complaints: list[str]
    calls: list[str]


@contextmanager
def _mapped(folder: Path, lost: str = "") -> Generator[Mapped]:
    """Map a tiny planet; the process that makes the artefact of one crater may be lost."""
    folder.mkdir()
    (folder / "project.yaml").write_text(SETTINGS)
    write_ready(folder / "models", "ready_views", conformal=PROMISES)
    project, calls = OpenProject.at(folder), []
    call = WorkerProcesses.call

    def watched(processes: WorkerProcesses, function: Any, *args: Any, **kwargs: Any) -> Any:
        key = args[2].key
        calls.append(key)
        if key == lost:
            raise WorkerLostError("the process that worked on it was ended")
        return call(processes, function, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch, dg.DagsterInstance.ephemeral() as instance:
        patch.setattr(WorkerProcesses, "call", watched)
        runner = runner_of(project, instance, Console(io.StringIO()))
        runner.make_part(promotion(project))
        complaints = runner.make_part(Part(stages=(CRATERS,)))
        yield Mapped(project, instance, complaints, calls)


def _told(mapped: Mapped) -> dict[tuple[str, str], tuple[str, Mapping[str, object]]]:
    """Return the digest and the facts of each artefact of each crater."""
    told: dict[tuple[str, str], tuple[str, Mapping[str, object]]] = {}
    for asset in crater_steps_of(mapped.project):
        for key in mapped.project.craters():
            made = last_record(mapped.instance, asset, key)
            assert made is not None, (asset, key)
            facts = {
                name: value
                for name, value in made.metadata.items()
                # Pictures and paths name the folder of the project.
                if name not in OF_THE_RUN and not isinstance(value, dg.MarkdownMetadataValue)
            }
            told[asset, key] = (made.data_version, facts)
    return told


def test_processes_make_what_threads_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Artefacts, facts, pictures and findings of checks."""
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with _mapped(tmp_path / "threads") as mapped:
        assert mapped.calls == []
        wanted, findings = _told(mapped), _findings(mapped.instance)
        pictures = _pictures(mapped.project)

    monkeypatch.setattr(side_by_side, "WORTH_PX", 1)
    with _mapped(tmp_path / "processes") as mapped:
        assert mapped.complaints == []
        assert len(mapped.calls) == len(wanted)
        assert _told(mapped) == wanted
        assert _findings(mapped.instance) == findings
        assert _pictures(mapped.project) == pictures


def test_a_lost_process_costs_the_crater_that_it_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are mapped, and the complaint says why one is not."""
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.setattr(side_by_side, "WORTH_PX", 1)
    with _mapped(tmp_path / "lost", lost="0002") as mapped:
        (complaint,) = mapped.complaints
        made = mapped.instance.get_materialized_partitions(dg.AssetKey("basemap_mask"))

    assert "1 of 3 craters failed, the others are kept. 0002: the process that" in complaint
    assert made == {"0001", "0003"}


def _pictures(project: OpenProject) -> set[Path]:
    folder = project.paths.all_pictures / "basemap_mask"
    return {path.relative_to(folder) for path in folder.rglob("*.jpg")}


def _findings(instance: dg.DagsterInstance) -> list[tuple[str, str | None, bool, str | None]]:
    records = instance.get_records_for_run
    found: list[tuple[str, str | None, bool, str | None]] = []
    for run in instance.get_runs():
        for record in records(
            run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        ).records:
            event = record.event_log_entry.get_dagster_event().asset_check_evaluation_data
            found.append((event.check_name, event.partition, event.passed, event.description))
    return sorted(found, key=str)
