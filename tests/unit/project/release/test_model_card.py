"""Model cards, against what the bundles of a ready-made ensemble hold."""

import json
import shutil
from pathlib import Path

import pytest

from ejmap_ml.ready.ensembles import PACKAGED
from ejmap_project.errors import StepError
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import iteration_name
from ejmap_project.release.model_card import model_card
from ejmap_project.release_metadata.release_manifest import ModelNote

READY = PACKAGED / "ready_grey"
NOTE = ModelNote(version="ready_grey", digest="0123456789abcdef", members=("a", "b", "c"))


@pytest.fixture
def ensemble(mapped: OpenProject) -> Path:
    """The ready-made ensemble among those that mapped, without its weights."""
    folder = mapped.paths.stored_ensemble("ejseg", NOTE.digest)
    for number, member in enumerate(sorted(READY.glob("member_*"))):
        without = shutil.ignore_patterns("*.safetensors")
        shutil.copytree(member, folder / iteration_name(number), ignore=without)
    return folder


def _provenance(number: int) -> dict[str, object]:
    file = READY / f"member_{number:02d}" / "provenance.json"
    return json.loads(file.read_text())["provenance"]


def test_a_card_says_what_the_members_say_of_themselves(
    mapped: OpenProject, ensemble: Path
) -> None:
    """Seed, samples and steps of each, what it learned from, and the card of its authors."""
    card = model_card(mapped, "ejseg", NOTE)

    assert len(list(ensemble.iterdir())) == len(NOTE.members)
    for number, version in enumerate(NOTE.members):
        told = _provenance(number)
        words = [told[name] for name in ("created_utc", "seed", "samples", "steps")]
        assert f"| {number} | `{version}` | {' | '.join(map(str, words))} | " in card
    inputs = _provenance(0)["inputs"]
    assert isinstance(inputs, dict)
    assert all(f"- {name}: {value}\n" in card for name, value in inputs.items())
    assert (READY / "CARD.md").read_text().splitlines()[-1] in card


def test_a_member_that_does_not_say_where_it_comes_from_is_named(
    mapped: OpenProject, ensemble: Path
) -> None:
    """The sentence has its file."""
    (ensemble / iteration_name(1) / "provenance.json").write_text("{}")

    with pytest.raises(StepError, match=r"iteration_\d+1/provenance.json does not say"):
        model_card(mapped, "ejseg", NOTE)
