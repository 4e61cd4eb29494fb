"""Pruning: what nothing needs goes, and what says how a project stands stays."""

import os
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.runs.instance import open_instance
from ejmap_cli.main import main
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_project.settings.project import ProjectPaths, create_project

CRATERS = dg.DynamicPartitionsDefinition(name="craters")


@dg.asset(partitions_def=CRATERS)
def basemap_mask() -> None:
    """An asset of craters, by a name of the lineage."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectPaths:
    """A project with crater 1 in the catalogue, and files of crater 2, which left it."""
    monkeypatch.setenv("DAGSTER_HOME", "unused")
    monkeypatch.setenv("EJMAP_PROJECT", "unused")
    paths = create_project(tmp_path / "mine", profile="demo")
    paths.damaged.mkdir(parents=True)
    for key in ("0001", "0002"):
        paths.manifest("basemap_mask", key).parent.mkdir(parents=True, exist_ok=True)
        paths.manifest("basemap_mask", key).write_text("{}")
        for folder in (paths.crater(key), paths.pictures("basemap_mask", key)):
            folder.mkdir(parents=True)
            (folder / "file").write_bytes(bytes(1000))
    crater = Crater(crater_id=1, name="", center=LonLat(1, 0), radius_m=40_000.0)
    write_catalogue(catalogue_from([crater], MERCURY), paths.crater_catalogue)
    return paths


def _run(instance: dg.DagsterInstance, key: str) -> str:
    return dg.materialize([basemap_mask], instance=instance, partition_key=key).run_id


def test_files_of_a_crater_that_left_the_catalogue_go(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its folder, pictures and manifests; those of the others stay, and damaged files go too."""
    assert main(["prune", str(project.folder), "--yes"]) == 0

    assert [one.name for one in (project.data / "craters").iterdir()] == ["0001"]
    assert [one.name for one in (project.all_pictures / "basemap_mask").iterdir()] == ["0001"]
    assert not project.manifest("basemap_mask", "0002").exists()
    assert project.manifest("basemap_mask", "0001").exists()
    assert not project.damaged.exists()
    assert "crater 0002 left the catalogue" in capsys.readouterr().out
    assert main(["prune", str(project.folder), "--yes"]) == 0
    assert capsys.readouterr().out == "nothing to remove\n"


def test_old_output_of_slurm_jobs_goes(project: ProjectPaths) -> None:
    """That of younger jobs stays, and so does which craters each maps."""
    project.slurm.mkdir()
    for name in ("old.log", "young.log", "chunks.json"):
        (project.slurm / name).write_text("told")
    for name in ("old.log", "chunks.json"):
        os.utime(project.slurm / name, (0, 0))

    assert main(["prune", str(project.folder), "--days", "7", "--yes"]) == 0

    assert {one.name for one in project.slurm.iterdir()} == {"young.log", "chunks.json"}


def test_without_a_catalogue_every_crater_stays(project: ProjectPaths) -> None:
    """A table that is gone says nothing about craters."""
    project.crater_catalogue.unlink()

    assert main(["prune", str(project.folder), "--yes"]) == 0

    assert len(list((project.data / "craters").iterdir())) == 2


def test_runs_go_whose_artefacts_were_made_again(project: ProjectPaths) -> None:
    """The last run of every crater of the catalogue stays, and so does its materialisation."""
    with open_instance(project.folder) as instance:
        instance.add_dynamic_partitions("craters", ["0001", "0002"])
        former, last, of_former_crater = (_run(instance, key) for key in ("0001", "0001", "0002"))
        instance.delete_dynamic_partition("craters", "0002")
        logs = project.dagster_home / "storage" / former

        assert logs.is_dir()
        assert main(["prune", str(project.folder), "--days", "0", "--yes"]) == 0

        assert {run.run_id for run in instance.get_runs()} == {last}
        found = instance.fetch_materializations(dg.AssetKey("basemap_mask"), limit=9).records
        assert [event.run_id for event in found] == [last]
    assert of_former_crater != last
    assert not logs.exists()


def test_young_runs_stay_and_nothing_goes_unasked(
    project: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No for an answer leaves everything as it is."""
    with open_instance(project.folder) as instance:
        instance.add_dynamic_partitions("craters", ["0001"])
        runs = {_run(instance, "0001"), _run(instance, "0001")}
        assert main(["prune", str(project.folder), "--yes"]) == 0
        assert {run.run_id for run in instance.get_runs()} == runs
        monkeypatch.setattr("click.confirm", lambda *_, **__: False)

        assert main(["prune", str(project.folder), "--days", "0"]) == 1

        assert {run.run_id for run in instance.get_runs()} == runs
