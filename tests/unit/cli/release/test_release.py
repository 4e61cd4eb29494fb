"""``ejmap release``: which command a word means, and what is asked before something is removed."""

import json
from pathlib import Path

import pytest

from ejmap_cli.main import main
from ejmap_cli.release.group import release
from ejmap_project.release.release_folder import COMMANDS
from ejmap_project.release_metadata.release_manifest import MANIFEST, MosaicNote, ReleaseManifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with three releases that hold nothing."""
    (tmp_path / "project.yaml").write_text("source: {kind: synthetic, seed: 1}\n")
    for number, name in enumerate(("one", "two", "three"), start=1):
        manifest = ReleaseManifest(
            number=number,
            name=name,
            note="why",
            made_utc="2026-01-01T00:00:00+00:00",
            project="p",
            body="Mercury",
            packages={},
            mosaic=MosaicNote(words="a mosaic", terms="", doi="", data_version="m"),
            craters={"current": 2},
            artefacts=(),
            files=(),
        )
        place = tmp_path / "data" / "releases" / manifest.label
        place.mkdir(parents=True)
        (place / MANIFEST).write_text(manifest.model_dump_json())
    return tmp_path


def test_a_slip_in_the_order_of_words_makes_no_release(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No command is a name: numbers of releases are never given again."""
    assert {*release.commands} == COMMANDS

    assert main(["release", str(folder), "list"]) == 1

    told = capsys.readouterr().err
    assert "`ejmap release list PROJECT`" in told
    assert len(list((folder / "data" / "releases").glob("0*"))) == 3


def test_list_and_show_tell_the_same_to_programs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers, notes and counts."""
    assert main(["release", "list", str(folder), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert main(["release", "show", str(folder), "two", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)

    assert [one["number"] for one in listed] == [1, 2, 3]
    assert shown.pop("folder").endswith("0002_two")
    assert shown == listed[1]


def test_a_project_as_first_word_makes_a_release(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name is checked before anything is opened."""
    assert main(["release", str(folder), "two"]) == 1

    assert "0002_two has that name already" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["{}", "first"],
        ["list", "{}"],
        ["show", "{}", "1"],
        ["diff", "{}", "1", "2"],
        ["verify", "{}"],
        ["prune", "{}", "--keep", "1"],
    ],
    ids=lambda words: words[0],
)
def test_what_is_no_project_is_refused(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No instance is made in a folder that is none."""
    assert main(["release", *(word.format(tmp_path) for word in words)]) == 1

    assert "is no project" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_pruning_asks(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a yes nothing is removed."""
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    assert main(["release", "prune", str(folder), "--keep", "1"]) == 1
    assert "nothing was removed" in capsys.readouterr().out
    assert len(list((folder / "data" / "releases").glob("0*"))) == 3

    assert main(["release", "prune", str(folder), "--keep", "1", "--yes"]) == 0
    assert [one.name for one in (folder / "data" / "releases").glob("0*")] == ["0003_three"]


def test_verify_fails_where_something_is_altered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is named, and other releases are whole."""
    (folder / "data" / "releases" / "0002_two" / "added.txt").write_text("x")

    assert main(["release", "verify", str(folder)]) == 1

    said = capsys.readouterr().out
    assert "added.txt was added" in said
    assert said.count("as it was made") == 2
