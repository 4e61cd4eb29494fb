"""Backup and restore: a project and its history as one file, whole or refused."""

import io
import shutil
import tarfile
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.runs.instance import open_instance
from ejmap_cli.main import main
from ejmap_project.settings.project import ProjectPaths, create_project


@dg.asset
def rim() -> dg.MaterializeResult[None]:
    """An asset that leaves one event."""
    return dg.MaterializeResult(metadata={"radius_m": 57_000})


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a crater and one run; to be copied."""
    paths = create_project(tmp_path_factory.mktemp("made") / "mine", profile="demo")
    mask = paths.basemap_mask("0001")
    mask.parent.mkdir(parents=True)
    mask.write_bytes(b"ejecta" * 1000)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DAGSTER_HOME", "unused")
        environment.setenv("EJMAP_PROJECT", "unused")
        with open_instance(paths.folder) as instance:
            instance.add_dynamic_partitions("craters", ["0001"])
            dg.materialize([rim], instance=instance)
    return paths.folder


@pytest.fixture
def project(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectPaths:
    """The project, with a file that two names share and a link."""
    monkeypatch.setenv("DAGSTER_HOME", "unused")
    monkeypatch.setenv("EJMAP_PROJECT", "unused")
    paths = ProjectPaths(Path(shutil.copytree(made_once, tmp_path / "mine")))
    mask = paths.basemap_mask("0001")
    kept = paths.kept_results("0001") / "a.tif"
    kept.parent.mkdir()
    kept.hardlink_to(mask)
    (paths.folder / "newest.tif").symlink_to(mask.relative_to(paths.folder))
    return paths


def test_a_restored_project_has_its_files_and_its_history(
    project: ProjectPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also while the instance is open, and names that share a file share it again."""
    with open_instance(project.folder):
        assert main(["backup", str(project.folder), str(tmp_path / "mine.tar")]) == 0
    there = ProjectPaths(tmp_path / "there")

    assert main(["restore", str(tmp_path / "mine.tar"), str(there.folder)]) == 0

    files = {path.relative_to(project.data) for path in project.data.rglob("*")}
    assert {path.relative_to(there.data) for path in there.data.rglob("*")} == files
    mask = there.basemap_mask("0001")
    assert mask.read_bytes() == b"ejecta" * 1000
    assert mask.samefile(there.kept_results("0001") / "a.tif")
    assert (there.folder / "newest.tif").resolve() == mask
    with open_instance(there.folder) as instance:
        assert list(instance.get_dynamic_partitions("craters")) == ["0001"]
        (event,) = instance.fetch_materializations(dg.AssetKey("rim"), limit=9).records
        assert [run.run_id for run in instance.get_runs()] == [event.run_id]
    assert "next: ejmap run" in capsys.readouterr().out


def test_a_file_of_a_person_is_no_database_of_dagster(
    project: ProjectPaths, tmp_path: Path
) -> None:
    """Whatever its name ends with; Windows leaves such files in folders of pictures."""
    (project.folder / "Thumbs.db").write_bytes(b"thumbnails")

    assert main(["backup", str(project.folder), str(tmp_path / "mine.tar")]) == 0

    assert main(["restore", str(tmp_path / "mine.tar"), str(tmp_path / "there")]) == 0
    assert (tmp_path / "there" / "Thumbs.db").read_bytes() == b"thumbnails"


def test_no_backup_is_made_while_a_run_is_in_progress(
    project: ProjectPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The history would not describe the files; nothing is left behind."""
    with open_instance(project.folder) as instance:
        job = dg.Definitions(assets=[rim], jobs=[dg.define_asset_job("map")])
        instance.create_run_for_job(job.resolve_job_def("map"), status=dg.DagsterRunStatus.STARTED)

    assert main(["backup", str(project.folder), str(tmp_path / "mine.tar")]) == 1

    assert "is in progress" in capsys.readouterr().err
    assert not (tmp_path / "mine.tar").exists()


def test_nothing_is_overwritten(
    project: ProjectPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither a file by a backup nor a folder by restoring; and a backup never holds itself."""
    file, taken = tmp_path / "mine.tar", tmp_path / "taken"
    assert main(["backup", str(project.folder), str(file)]) == 0
    taken.mkdir()

    assert main(["backup", str(project.folder), str(file)]) == 1
    assert main(["restore", str(file), str(taken)]) == 1
    assert main(["backup", str(project.folder), str(project.folder / "own.tar")]) == 1

    told = capsys.readouterr().err.splitlines()
    assert [line.partition(str(tmp_path))[2].split(";")[0] for line in told] == [
        "/mine.tar is there already",
        "/taken is there already",
        "/mine/own.tar lies in the project",
    ]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9])
def test_a_file_that_was_cut_short_is_refused(
    project: ProjectPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str], share: float
) -> None:
    """Wherever it was cut, also between two entries; no folder is left behind."""
    file = tmp_path / "mine.tar"
    assert main(["backup", str(project.folder), str(file)]) == 0
    size = int(file.stat().st_size * share) // 512 * 512
    with file.open("r+b") as stream:
        stream.truncate(size)

    assert main(["restore", str(file), str(tmp_path / "there")]) == 1

    assert capsys.readouterr().err.startswith(f"ejmap: {file} ")
    assert not (tmp_path / "there").exists()


def test_a_flipped_bit_is_refused(
    project: ProjectPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the content of a file: TAR itself has checksums of headers alone."""
    file = tmp_path / "mine.tar"
    assert main(["backup", str(project.folder), str(file)]) == 0
    data = bytearray(file.read_bytes())
    data[data.index(b"ejectaejecta")] ^= 1
    file.write_bytes(data)

    assert main(["restore", str(file), str(tmp_path / "there")]) == 1

    assert "basemap_mask.tif is not what was written" in capsys.readouterr().err
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize(
    ("name", "target", "content"),
    [
        ("project/../../outside", None, b""),
        ("project/link", "/etc/passwd", b""),
        ("elsewhere/file", None, b""),
        ("backup.json", None, b""),
        ("backup.json", None, b'{"format": 1}'),
        ("backup.json", None, b'{"format": 1, "has_dump": false, "files": []}'),
        ("backup.json", None, b"[" * 100_000),
    ],
)
def test_a_backup_of_a_stranger_writes_nothing_elsewhere(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    target: str | None,
    content: bytes,
) -> None:
    """Neither by a name nor by a link, and a list that is none is an own error."""
    with tarfile.open(tmp_path / "foreign.tar", "w") as archive:
        member = tarfile.TarInfo(name)
        if target is not None:
            member.type, member.linkname = tarfile.SYMTYPE, target
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))

    assert main(["restore", str(tmp_path / "foreign.tar"), str(tmp_path / "a" / "there")]) == 1

    assert capsys.readouterr().err.startswith(f"ejmap: {tmp_path / 'foreign.tar'} ")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "foreign.tar"]


def test_a_link_that_leads_out_of_the_project_is_named(
    project: ProjectPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it leads to is not in the backup."""
    (tmp_path / "mosaic.tif").write_bytes(b"pixels")
    (project.folder / "mosaic.tif").symlink_to(tmp_path / "mosaic.tif")

    assert main(["backup", str(project.folder), str(tmp_path / "mine.tar")]) == 0

    link = project.folder / "mosaic.tif"
    assert f"not in it: what {link} leads to" in capsys.readouterr().out
