"""Two of everything at once: runs, promotions, a run beside a training, edits during a run."""

import json
import time
from pathlib import Path

import pytest

from tests.faults.chain import Chain
from tests.faults.history import require_at_rest
from tests.faults.record import Tried, note

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
MAKES = ("segmentation.tif", "basemap_mask.tif")


def _unmapped(undisturbed: Chain, folder: Path) -> Chain:
    """Return a copy of which two craters and the map have to be made again."""
    chain = undisturbed.copy(folder)
    for crater in ("0001", "0002"):
        for name in MAKES:
            (chain.folder / "data" / "craters" / crater / name).unlink()
    (chain.folder / "data" / "map" / "label_map.tif").unlink()
    return chain


def test_two_runs_at_once_end_with_the_same_files(
    undisturbed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither takes what the other is making for damage, and nothing is mixed."""
    chain = _unmapped(undisturbed, tmp_path / "project")
    ended = [one.end() for one in (chain.start(), chain.start())]

    assert [one.code for one in ended] == [0, 0], "\n".join(one.text for one in ended)
    chain.require_same(undisturbed)
    require_at_rest(chain, {}, monkeypatch)
    note(Tried("two `ejmap run`", 1, "", "same files"))


def test_two_promotions_at_once_are_two_decisions(
    undisturbed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record has a whole line of each, and the map stays as it is: the members are the same."""
    chain = undisturbed.copy(tmp_path / "project")
    words = ("promote", "--model", "ejseg", "--by-hand", "--reason")
    ended = [one.end() for one in (chain.start(*words, "one"), chain.start(*words, "two"))]

    record = chain.folder / "data" / "models" / "ejseg" / "promotions.jsonl"
    decisions = [json.loads(line) for line in record.read_text().splitlines()]
    assert [one.code for one in ended] == [0, 0], "\n".join(one.text for one in ended)
    assert {one["reason"] for one in decisions} >= {"one", "two"}, record.read_text()
    done = chain.run()
    assert done.code == 0, done.text
    require_at_rest(chain, {}, monkeypatch, decisions=len(decisions))
    note(Tried("two promotions", 1, "", "both recorded"))


def test_a_run_beside_a_training_ends_with_the_same_files(
    undisturbed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them waits for its place; the craters are mapped by the ensemble that is promoted."""
    chain = _unmapped(undisturbed, tmp_path / "project")
    member = chain.folder / "data" / "models" / "ejseg" / "ejseg_test" / "iteration_00"
    (member / "weights.safetensors").unlink()
    ended = [one.end() for one in (chain.start("train", "--model", "ejseg"), chain.start())]

    assert [one.code for one in ended] == [0, 0], "\n".join(one.text for one in ended)
    chain.require_same(undisturbed)
    require_at_rest(chain, {}, monkeypatch)
    note(Tried("`ejmap run` beside a training", 1, "", "same files"))


def test_an_edit_during_a_run_is_made_good(
    undisturbed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The catalogue of the project is overwritten while craters are mapped from it."""
    chain = _unmapped(undisturbed, tmp_path / "project")
    catalogue = chain.folder / "data" / "catalogue.parquet"
    command = chain.start()
    while not command.has_ended and not _is_mapping(chain):
        time.sleep(0.05)
    assert not command.has_ended
    catalogue.write_bytes(catalogue.read_bytes()[:-9])
    told = command.end()

    assert "Traceback" not in told.text, told.text
    chain.require_same(undisturbed)
    require_at_rest(chain, {}, monkeypatch)
    note(Tried("catalogue overwritten during a run", 1, "", f"code {told.code}, then same files"))


def _is_mapping(chain: Chain) -> bool:
    return (chain.folder / "data" / "craters" / "0001" / MAKES[0]).is_file()
