"""What a published folder holds, as JSON."""

import json
from pathlib import Path

import pytest

from ejmap_cli.main import main
from ejmap_project.published import layout


def test_the_list_as_json_holds_the_facts_of_the_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every part is found or missing, with its count or what cannot be done without it."""
    table = layout.LABELLED_TILES.path(tmp_path)
    table.parent.mkdir(parents=True)
    table.write_text("")
    assert main(["import", str(tmp_path), "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert main(["import", str(tmp_path), "--list", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["found"] == [
        {"part": "tiles and splits (az_positions_all.csv)", "files": 1, "detail": ""}
    ]
    assert {"part": "craters (fresh_craters.shp)", "without": "nothing can be imported"} in (
        told["missing"]
    )
    assert told["notes"] == []
    assert len(told["found"]) == sum(line.startswith("found ") for line in lines)
    assert len(told["missing"]) == sum(line.startswith("missing ") for line in lines)


def test_an_import_is_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON is of the list only."""
    assert main(["import", str(tmp_path), "--json"]) == 2

    assert "--json goes with --list" in capsys.readouterr().err


def test_no_published_folder_leaves_standard_output_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program that reads JSON sees nothing, and the exit code."""
    assert main(["import", str(tmp_path / "none"), "--list", "--json"]) == 1

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("ejmap: ")
