"""The former file of an artefact while a new one is made, and its restoration."""

from pathlib import Path

import pytest

from ejmap_project.errors import RejectedError
from ejmap_project.files.former_result import replacing


def _write(path: Path, word: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(word)


def _reject_file(place: Path, word: str) -> None:
    with replacing(place):
        _write(place, word)
        raise RejectedError(word)


def _reject_folder(place: Path, word: str) -> None:
    with replacing(place):
        place.mkdir()
        (place / "tile").write_text(word)
        raise RejectedError(word)


def test_the_former_file_can_be_read_until_the_new_one_is_accepted(tmp_path: Path) -> None:
    """The former file can be read until the new one is accepted, and is then deleted."""
    place = tmp_path / "mask.tif"
    place.write_text("before")

    with replacing(place) as former:
        _write(place, "after")
        seen = former.read_text()

    assert seen == "before"
    assert place.read_text() == "after"
    assert list(tmp_path.iterdir()) == [place]


def test_a_rejected_file_lies_beside_the_one_that_returns(tmp_path: Path) -> None:
    """After a rejection the former file is restored and one rejected file stays beside it."""
    place = tmp_path / "mask.tif"
    place.write_text("before")

    for word in ("bad", "worse"):
        with pytest.raises(RejectedError):
            _reject_file(place, word)

    assert place.read_text() == "before"
    assert (tmp_path / "rejected_mask.tif").read_text() == "worse"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_rejected_file_that_lies_aside_already_does_not_stay_in_its_place(tmp_path: Path) -> None:
    """A rejected file is moved aside even if it is a hard link of the file already there."""
    place = tmp_path / "mask.tif"
    aside = tmp_path / "rejected_mask.tif"
    aside.write_text("bad")

    def put_back() -> None:
        with replacing(place):
            place.hardlink_to(aside)
            raise RejectedError("bad")

    with pytest.raises(RejectedError):
        put_back()

    assert not place.exists()
    assert aside.read_text() == "bad"


def test_a_rejected_folder_is_set_aside_twice_over(tmp_path: Path) -> None:
    """A rejected folder replaces the one rejected before; former folders are not kept."""
    place = tmp_path / "tiles.zarr"
    for word in ("bad", "worse"):
        with pytest.raises(RejectedError):
            _reject_folder(place, word)

    assert not place.exists()
    assert (tmp_path / "rejected_tiles.zarr" / "tile").read_text() == "worse"


def test_another_failure_leaves_things_as_they_are(tmp_path: Path) -> None:
    """Another error than a rejection leaves the file in place, because writers are atomic."""
    place = tmp_path / "mask.tif"
    place.write_text("before")

    with pytest.raises(OSError, match="full"), replacing(place):
        raise OSError("the disk is full")

    assert place.read_text() == "before"
    assert list(tmp_path.iterdir()) == [place]
