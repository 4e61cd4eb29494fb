"""What ``ejmap export`` offers, and what it refuses."""

from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.lineage.provenance import FILES_TAG
from ejmap_assets.runs.instance import open_instance
from ejmap_cli.main import main
from ejmap_cli.projects.export import FORMATS, PARTS
from ejmap_project.export import folder
from ejmap_project.settings.project import create_project


def test_the_parts_that_can_be_asked_for_are_those_that_can_be_exported() -> None:
    """The command names them again, because importing the exports takes a second."""
    assert tuple(folder.PARTS) == PARTS


def test_a_part_that_does_not_exist_is_wrong_usage(tmp_path, capsys) -> None:
    """The message names the parts that there are."""
    assert main(["export", str(tmp_path), str(tmp_path / "out"), "--what", "nonsense"]) == 2
    assert "azimuthal-mosaics" in capsys.readouterr().err


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_takes_files_that_are_not_those_recorded(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The history knows of a catalogue with other bytes."""
    monkeypatch.setenv("DAGSTER_HOME", "unused")
    monkeypatch.setenv("EJMAP_PROJECT", "unused")
    paths = create_project(tmp_path / "mine", profile="demo")
    paths.crater_catalogue.parent.mkdir(parents=True)
    paths.crater_catalogue.write_bytes(b"other bytes")
    with open_instance(paths.folder) as instance:
        instance.report_runless_asset_event(
            dg.AssetMaterialization("crater_catalogue", tags={FILES_TAG: "0123456789abcdef"})
        )

    code = main(["export", str(paths.folder), str(tmp_path / "out"), "--format", form])

    told = capsys.readouterr().err
    assert code == 1
    assert "crater_catalogue of" in told
    assert "is not what was recorded" in told
    assert not (tmp_path / "out").exists()
