"""Damaged artefacts of every kind in the lineage, models and tile stores too."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from ejmap_assets.history import URL_VARIABLE
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.runs.instance import HOME_VARIABLE, open_instance
from ejmap_project.manifests.manifest import stamps_of
from ejmap_project.manifests.manifest_store import ArtefactFiles
from ejmap_project.open_project import PROJECT_VARIABLE, OpenProject
from tests.faults.chain import Chain
from tests.faults.history import require_at_rest
from tests.faults.record import Tried, note

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]


class Struck(NamedTuple):
    """A file of an artefact that is struck.

    Attributes:
        asset: The kind of artefact.
        path: Its largest file.
        files: All files of the artefact, with what was recorded.
        recorded: Digest in the history.
    """

    asset: str
    path: Path
    files: ArtefactFiles
    recorded: str


def _artefacts(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> Iterator[Struck]:
    """Yield the last artefact of each kind that the history knows, walking the lineage."""
    for name in (HOME_VARIABLE, PROJECT_VARIABLE, URL_VARIABLE):
        monkeypatch.setenv(name, "")
    project = OpenProject.at(chain.folder)
    with open_instance(chain.folder) as instance:
        book = book_of(project, instance).snapshot()
        for asset, row in LINEAGE.items():
            # Files that people may edit are looked at for presence alone.
            if row.is_edited:
                continue
            for key, made in list(book.records(asset).items())[-1:]:
                files = book.files(asset, key)
                stamps = stamps_of(chain.folder, files.places) or {}
                largest = max(stamps, key=lambda name: stamps[name].size_bytes, default=None)
                if largest is not None:
                    yield Struck(asset, chain.folder / largest, files, made.files)


def _flip_bit(path: Path, _other: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _truncate(path: Path, _other: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _remove(path: Path, _other: Path) -> None:
    path.unlink()


def _swap(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


FAULTS = {
    "a flipped bit": _flip_bit,
    "cut in half": _truncate,
    "removed": _remove,
    "swapped with a file of another kind": _swap,
}


@pytest.mark.parametrize("words", FAULTS)
def test_damaged_artefacts_are_named_and_made_again(
    undisturbed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """Every kind is found out alone; all of them struck at once are made again by one run."""
    chain = undisturbed.copy(tmp_path / "damaged")
    fault: Callable[[Path, Path], None] = FAULTS[words]
    artefacts = list(_artefacts(chain, monkeypatch))
    # A promoted member is the same file as the trained one.
    others = [*artefacts[3:], *artefacts[:3]]
    unnoticed: list[str] = []
    for one, other in zip(artefacts, others, strict=True):
        sound, status = one.path.read_bytes(), one.path.stat()
        fault(one.path, other.path)
        if one.files.compare(one.recorded).is_there:
            unnoticed.append(one.asset)
        one.path.write_bytes(sound)
        os.utime(one.path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert one.files.compare(one.recorded).is_there, one.asset
    assert unnoticed == []
    told = chain.run("verify")
    assert told.code == 0, told.text

    for one, other in zip(artefacts, others, strict=True):
        # The last ones are paired with the first, which a removal took.
        if one.path.exists() and (other.path.exists() or fault is _remove):
            fault(one.path, other.path)
        if one.path.exists():
            one.path.chmod(0o444)
    told = chain.run("verify")

    assert told.code == 1
    silent = [one.asset for one in artefacts if one.asset not in told.text]
    assert silent == [], told.text
    # A damaged ensemble is promoted again, which is a decision of its own.
    chain.require_same(undisturbed, besides=["models/ejseg/promotions.jsonl"])
    require_at_rest(chain, {}, monkeypatch, decisions=None)
    kinds = len(artefacts)
    note(
        *(
            Tried(f"artefact: {words}", number, "", "named, made again, same files")
            for number in range(1, kinds + 1)
        )
    )
