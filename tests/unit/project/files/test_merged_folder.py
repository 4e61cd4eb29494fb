"""Files are added to a folder all together or not at all, and never elsewhere."""

from pathlib import Path

import pytest

from ejmap_project.errors import ExportError
from ejmap_project.files import merged_folder as module
from ejmap_project.files.merged_folder import merged_folder


def _write(folder: Path, *names: str, text: str = "new") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_files_join_those_that_are_there(tmp_path: Path) -> None:
    """Folders of the same name are shared."""
    _write(tmp_path / "f", "a/one", text="old")

    with merged_folder(tmp_path / "f", force=False) as scratch:
        _write(scratch, "a/two", "b/three")

    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"f/a/one", "f/a/two", "f/b/three"}
    assert (tmp_path / "f" / "a" / "one").read_text() == "old"


def test_a_failure_while_moving_undoes_what_was_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replaced files come back, new ones go away."""
    _write(tmp_path / "f", "one", text="old")
    moves = module._into

    def fail_at_three(source: Path, target: Path) -> None:
        if target == tmp_path / "f" / "three":
            raise OSError("disk full")
        moves(source, target)

    monkeypatch.setattr(module, "_into", fail_at_three)

    with (
        pytest.raises(OSError, match="disk full"),
        merged_folder(tmp_path / "f", force=True) as scratch,
    ):
        _write(scratch, "one", "three", "two")

    assert [path.name for path in (tmp_path / "f").iterdir()] == ["one"]
    assert (tmp_path / "f" / "one").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_links_lead_nowhere(tmp_path: Path) -> None:
    """A folder that somebody else made may hold a link to a place that is not meant."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "data").symlink_to(tmp_path / "elsewhere")

    with (
        pytest.raises(ExportError, match="by a link"),
        merged_folder(tmp_path / "f", force=True) as scratch,
    ):
        _write(scratch, "data/one")

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """Whatever force says."""
    _write(tmp_path, "f")

    with (
        pytest.raises(ExportError, match="is a file"),
        merged_folder(tmp_path / "f", force=True) as scratch,
    ):
        _write(scratch, "one")
