"""``ejmap storage``: what is where, what is sent, what is fetched."""

import json
import shutil
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.lineage.provenance import FILES_TAG
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.runs.instance import open_instance
from ejmap_cli.main import main
from ejmap_project.object_store.address import VARIABLE
from ejmap_project.settings.project import ProjectPaths, create_project


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose mosaic and training planet were made before there was a bucket."""
    paths = create_project(tmp_path_factory.mktemp("made") / "mine", profile="demo")
    paths.basemap_mosaic.parent.mkdir(parents=True)
    paths.basemap_mosaic.write_bytes(bytes(1000))
    paths.training_planet(1).mkdir(parents=True)
    (paths.training_planet(1) / "planet.json").write_text("{}")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DAGSTER_HOME", "unused")
        environment.setenv("EJMAP_PROJECT", "unused")
        with open_instance(paths.folder) as instance:
            for name in ("basemap_mosaic", "training_planets"):
                files = LINEAGE[name].files(name, paths, None)
                manifest = files.take()
                files.write(manifest)
                tags = {FILES_TAG: manifest.digest}
                instance.report_runless_asset_event(dg.AssetMaterialization(name, tags=tags))
    return paths.folder


@pytest.fixture
def project(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectPaths:
    """A copy of the project, and a bucket."""
    monkeypatch.setenv("DAGSTER_HOME", "unused")
    monkeypatch.setenv("EJMAP_PROJECT", "unused")
    monkeypatch.setenv(VARIABLE, f"file://{tmp_path}/bucket")
    return ProjectPaths(Path(shutil.copytree(made_once, tmp_path / "mine")))


def _counts(project: ProjectPaths, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    capsys.readouterr()
    assert main(["storage", "status", str(project.folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    return {name: told[name] for name in ("both", "bucket", "folder", "neither")}


def test_a_folder_is_pushed_and_pulled(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also artefacts whose places follow from the files that are there."""
    folder = str(project.folder)
    seen = [_counts(project, capsys)]

    assert main(["storage", "push", folder]) == 0
    seen.append(_counts(project, capsys))
    shutil.rmtree(project.data)
    seen.append(_counts(project, capsys))
    assert main(["storage", "pull", folder, "--asset", "basemap_mosaic"]) == 0
    seen.append(_counts(project, capsys))
    assert main(["storage", "pull", folder]) == 0
    assert "1 artefact(s), 1 MB, fetched from file://" in capsys.readouterr().err
    seen.append(_counts(project, capsys))

    assert [tuple(one.values()) for one in seen] == [
        *((0, 0, 2, 0), (2, 0, 0, 0), (0, 2, 0, 0), (1, 1, 0, 0), (2, 0, 0, 0))
    ]
    assert project.basemap_mosaic.read_bytes() == bytes(1000)
    assert (project.training_planet(1) / "planet.json").read_text() == "{}"


def test_what_is_not_as_recorded_is_named_and_not_sent(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code says so."""
    project.basemap_mosaic.write_bytes(bytes(999))

    assert main(["storage", "push", str(project.folder)]) == 1

    assert (
        "not sent, since it is not as recorded: basemap_mosaic: data/basemap/mosaic.tif has 999 "
        "bytes, not 1000\n" in capsys.readouterr().err
    )
    assert _counts(project, capsys) == {"both": 1, "bucket": 0, "folder": 0, "neither": 1}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "EJMAP_OBJECT_STORE names no bucket; set it to an address: s3://bucket/prefix"),
        ("https://key:s3cret@maps", "EJMAP_OBJECT_STORE must look like s3://bucket/prefix"),
        ("file:///dev/null/maps", "file:///dev/null/maps cannot be used: Not a directory"),
    ],
)
def test_a_bucket_that_is_none_is_told_in_a_sentence(
    project: ProjectPaths,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    address: str,
    told: str,
) -> None:
    """And no word of a password."""
    monkeypatch.setenv(VARIABLE, address)

    assert main(["storage", "push", str(project.folder)]) == 1

    found = capsys.readouterr().err
    assert f"ejmap: {told}" in found
    assert "s3cret" not in found


def test_an_asset_that_is_none_is_told(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    """With those that there are."""
    assert main(["storage", "pull", str(project.folder), "--asset", "global_maps"]) == 2

    assert "there is no asset global_maps; assets are basemap_mosaic" in capsys.readouterr().err
