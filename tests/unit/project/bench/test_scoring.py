"""The bench gives the same table every time, and does nothing twice."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.synthetic.planet import Planet
from ejmap_project.bench.ensemble_entry import EnsembleEntry
from ejmap_project.bench.entries import bench_entries, named_entry
from ejmap_project.bench.entry import Entry, PlanetAnswer
from ejmap_project.bench.planets import BenchPlanet, BenchSet
from ejmap_project.bench.rule_entries import rule_entries
from ejmap_project.bench.scoring import score_entries
from ejmap_project.bench.table import bench_document
from ejmap_project.errors import SettingsError, StepError
from ejmap_project.progress import Silence
from ejmap_project.reference.masks import MaskFunction
from ejmap_project.reference.reference_set import DrawnCrater
from tests.constant_models import constant_bundle
from tests.tiny_presets import EJCONN, POLAR


@dataclass
class _Counting:
    """An entry that maps nothing and counts how often it is asked."""

    name: str = "nothing"
    asked: int = 0
    model_version: str | None = None
    members: Sequence[Entry] = ()

    def version(self, scene: str, bands: int) -> str | None:
        return None if bands == 3 else scene

    def planet_answer(self, scene: BenchPlanet, planet: Planet) -> PlanetAnswer:
        del scene
        self.asked += 1
        return PlanetAnswer({one.crater_id: PlacedMask.empty() for one in planet.craters})

    def crater_masks(self, body: str, craters: Sequence[DrawnCrater]) -> Sequence[MaskFunction]:
        del body
        self.asked += 1
        return [lambda ranges, _: np.zeros(ranges.shape, np.bool_) for _ in craters]


def _table(bench: BenchSet, work: Path) -> str:
    ensemble = EnsembleEntry(
        "two", [constant_bundle(f"{POLAR}bands: 1\n", one) for one in (0.9, 0.3)]
    )
    entries = [*rule_entries(bench, work), ensemble]
    scores = score_entries(entries, bench, work=work, progress=Silence())
    return json.dumps(bench_document(scores, bench))


def test_two_runs_from_nothing_give_one_table(bench: BenchSet, work: Path, tmp_path: Path) -> None:
    """To the last digit: planets, tuning, networks and the resampling are frozen."""
    tables = [_table(bench, folder) for folder in (work, tmp_path)]

    assert tables[0] == tables[1]
    rows = {row["entry"]: row for row in json.loads(tables[0])["entries"]}
    # Half of .9 and .3 is above one half, so everything is mapped that is in view.
    assert rows["two"]["real"]["ray"] == pytest.approx(1, abs=0.02)
    assert rows["two"]["grey"]["recall"] > 0.95
    assert rows["two"]["colour"]["recall"] > 0.95
    assert rows["two"]["spread"]["members"]["real"]["ray"] == [0, rows["two"]["real"]["ray"]]
    assert max(rows[name]["grey"]["lead"] for name in list(rows)[:3]) == 0
    assert rows["Otsu's threshold"]["colour"]["pixel_f1"] > 0


def test_what_was_scored_is_not_scored_again(bench: BenchSet, tmp_path: Path) -> None:
    """Nor is a planet made for it; a planet that an entry does not map is left out."""
    entry = _Counting()

    tables = [
        bench_document(score_entries([entry], bench, work=tmp_path, progress=Silence()), bench)
        for _ in range(2)
    ]

    assert entry.asked == 3
    assert tables[0] == tables[1]
    assert tables[0]["entries"][0]["colour"] is None
    assert tables[0]["entries"][0]["real"]["ray"] == 0
    assert not (tmp_path / "planets" / "colour_2").exists()


def test_places_are_projects_bundles_ready_made_models_or_masks(
    bench: BenchSet, tmp_path: Path
) -> None:
    """A name before an equals sign is what tables call it."""
    constant_bundle(POLAR, 0.9).save(tmp_path / "model")

    texts = (f"mine={tmp_path / 'model'}", "ready_grey")

    entries = [named_entry(text, bench) for text in texts]

    assert [one.name for one in entries] == ["mine", "ready_grey"]
    assert entries[1].model_version
    assert len(entries[1].members) > 1


@pytest.mark.parametrize("text", ["=", "mine=", ""])
def test_a_place_that_is_none_is_refused(bench: BenchSet, text: str) -> None:
    """With the form that is expected."""
    with pytest.raises(SettingsError, match="names no entry; write FOLDER or NAME=FOLDER"):
        named_entry(text, bench)


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["mine=ready_grey", "mine=ready_colour"], "mine"),
        (["ready_grey"], "ready_grey"),
        (["distance only=ready_colour"], "distance only"),
    ],
)
def test_two_entries_of_one_name_are_refused(
    bench: BenchSet, tmp_path: Path, texts: list[str], name: str
) -> None:
    """Rows could not be told apart, and what is called like a rule would count as one."""
    with pytest.raises(SettingsError, match=f"two entries are called {name}"):
        bench_entries(texts, bench, tmp_path)


def test_a_model_of_tiles_enters_by_its_masks(bench: BenchSet, tmp_path: Path) -> None:
    """It needs tile stores, which a project makes."""
    constant_bundle(EJCONN.replace("resnet10t", "test_resnet"), 0.9).save(tmp_path / "model")

    with pytest.raises(StepError, match="looks at tiles; map the planets of `ejmap bench write`"):
        named_entry(str(tmp_path / "model"), bench)


@pytest.mark.parametrize(
    ("reads", "is_scored"),
    [("grey", True), ("colour", True), ("mercury-enhanced", True), ("rgb", False)],
)
def test_a_model_of_other_colours_is_not_scored_on_planets_in_colour(
    reads: Literal["grey", "colour", "mercury-enhanced", "rgb"], *, is_scored: bool
) -> None:
    """Their bands are PC2, PC1 and a ratio, whatever the number of bands says."""
    entry = EnsembleEntry("one", [constant_bundle(POLAR, 0.9, reads=reads)])

    assert (entry.version("colour_1", 3) is not None) is is_scored
    assert entry.version("grey_1", 1) is not None
