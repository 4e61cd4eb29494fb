"""The inventory counts what is there and says what is lost without the rest."""

import shutil
from pathlib import Path

import pytest

from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.inventory import (
    PARTS,
    Finding,
    Part,
    hyperparameter_tables,
    take_inventory,
)
from ejmap_project.published.layout import PublishedFolder


def _found(published: PublishedFolder, name: str) -> Finding:
    findings = take_inventory(published).findings
    return next(one for one in findings if one.part.name.startswith(name))


def test_files_are_counted_with_the_craters_they_are_of(published: PublishedFolder) -> None:
    """Three labelled craters of four, ten labelled tiles of each."""
    assert _found(published, "manual masks").files == 3
    assert _found(published, "mapping tiles").detail == "4 craters"
    assert _found(published, "EJSEG tiles").files == 30
    assert _found(published, "connections").detail == "version 32, split 61, 4 craters"


@pytest.mark.parametrize("missing", PARTS, ids=lambda part: part.name)
def test_any_part_may_be_missing_and_is_told(missing: Part, tmp_path: Path) -> None:
    """Nothing is read, so nothing can be missed while counting; each loss has its sentence."""
    texts = {"run": "x", "name": "Basho"}
    for part in PARTS:
        for family in part.families:
            path = family.path(tmp_path, **{one: texts.get(one, 1) for one in family.blanks})
            path.parent.mkdir(parents=True, exist_ok=True)
            if part is not missing:
                path.touch()

    lines = take_inventory(PublishedFolder.at(tmp_path)).lines()

    told = [line for line in lines if line.startswith("missing") and "hyperparameter" not in line]
    assert len(told) == 1
    assert missing.name in told[0]
    assert told[0].endswith(missing.without)


def test_an_empty_folder_has_an_inventory(tmp_path: Path) -> None:
    """All of it missing."""
    (tmp_path / "data").mkdir()

    lines = take_inventory(PublishedFolder.at(tmp_path)).lines()

    assert len(lines) == len(PARTS) + 1
    assert all(line.startswith("missing") for line in lines)


def test_what_ejconn_weights_cannot_do_is_said(mine: PublishedFolder) -> None:
    """They were trained on an encoding that nobody published."""
    assert take_inventory(mine).notes == ()
    path = layout.CHECKPOINT["ejconn"].path(mine.folder, version=32, split=61, iteration=0)
    path.touch()

    (note,) = take_inventory(mine).notes

    assert "run on our own crops" in note


def test_tables_may_lie_elsewhere(mine: PublishedFolder, tmp_path: Path) -> None:
    """They come with the published code and not with the data."""
    assert set(hyperparameter_tables(mine)) == {"ejconn", "ejseg"}
    shutil.move(mine.folder / "code", tmp_path / "elsewhere")

    assert hyperparameter_tables(mine) == {}
    assert set(hyperparameter_tables(mine, tmp_path / "elsewhere")) == {"ejconn", "ejseg"}


def test_tables_are_not_followed_out_of_the_folder(mine: PublishedFolder, tmp_path: Path) -> None:
    """As no other file is."""
    table = mine.folder / "code" / layout.HYPERPARAMETERS["ejseg"]
    table.rename(tmp_path / "outside.csv")
    table.symlink_to(tmp_path / "outside.csv")

    with pytest.raises(SourceError, match="link to a file outside"):
        take_inventory(mine)
