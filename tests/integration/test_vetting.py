"""A catalogue with wrong entries, from its mosaic to craters that are held back."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ejmap_assets.definitions import runner_of
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.provenance import Record, last_record
from ejmap_assets.lineage.recipes import book_of
from ejmap_cli.console import Console
from ejmap_ml.sgan.classifier import CraterClassifier
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject
from ejmap_project.vetting.vetting_choice import held_back
from ejmap_project.vetting.vetting_tiles import CRATER_FREE, VettingTiles
from tests.vetting_planet import TOO_LARGE, TOO_SMALL, WRONG, reopened, write_vetting_project

VETTING = "{light_azimuth_deg: 270, preset: small.yaml, hold_back: true, doubtful_below: 0.5}"


@dataclass
class Vetted:
    """A project whose catalogue was scored, and its instance."""

    project: OpenProject
    instance: dg.DagsterInstance

    def vet(self, project: OpenProject | None = None) -> str:
        """Score what is new; return what the console showed."""
        stream = io.StringIO()
        complaints = runner_of(project or self.project, self.instance, Console(stream)).vet()
        assert complaints == [], stream.getvalue()
        return stream.getvalue()

    def record(self, name: str, key: str | None = None) -> Record:
        """Return the last materialisation of an asset."""
        found = last_record(self.instance, name, key)
        assert found is not None
        return found

    @property
    def table(self) -> gpd.GeoDataFrame:
        """The scores, by crater id."""
        return gpd.read_parquet(self.project.paths.crater_candidates).set_index("crater_id")


@pytest.fixture(scope="module")
def vetted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vetted]:
    """Sixty craters, three of them wrong, scored once."""
    project = write_vetting_project(tmp_path_factory.mktemp("vetted"), VETTING)
    with dg.DagsterInstance.ephemeral() as instance:
        one = Vetted(project, instance)
        one.vet()
        yield one


def test_wrong_entries_score_lowest(vetted: Vetted) -> None:
    """Although the classifiers of other regions, and only those, learnt without them."""
    table = vetted.table

    wrong = table.loc[sorted(WRONG), "score"]
    right = table.drop(index=[*WRONG, TOO_SMALL, TOO_LARGE])["score"]
    assert wrong.max() < 0.5 < right.median()
    assert (right > wrong.max()).mean() > 0.9
    assert set(table.loc[sorted(WRONG), "status"]) == {"doubtful"}


def test_what_cannot_be_judged_says_why(vetted: Vetted) -> None:
    """It has no score, and is not held back."""
    rows = vetted.table.loc[[TOO_SMALL, TOO_LARGE]]

    assert rows["score"].isna().all()
    assert rows["reason"].tolist() == [
        "less than 4 pixels across",
        "its tile is wider than a region",
    ]
    assert not held_back(vetted.project) & {f"{TOO_SMALL:04d}", f"{TOO_LARGE:04d}"}


def test_scores_are_those_of_saved_classifiers_that_did_not_see_the_entry(vetted: Vetted) -> None:
    """What is on disk is what was evaluated."""
    found = VettingTiles.load(vetted.project.paths)
    folder = vetted.project.paths.crater_classifier("small")
    for number in range(3):
        member = CraterClassifier.load(folder / f"fold_{number}")
        rows = found.table[(found.table["fold"] == number) & (found.table["crater_id"] >= 0)]
        assert not rows[f"trains_{number}"].any()
        np.testing.assert_array_equal(
            vetted.table.loc[rows["crater_id"], "score"],
            member.scores(found.tiles.chosen(rows.index.to_numpy())),
        )


def test_tiles_carry_their_light_and_the_table_is_for_a_gis(vetted: Vetted) -> None:
    """Every crater that is learnt from has a crater-free place; places have a CRS of the Moon."""
    found = VettingTiles.load(vetted.project.paths)

    assert found.tiles.light_from_deg == 270
    assert (found.table["light_azimuth_deg"] == 270).all()
    assert (found.table["kind"] == CRATER_FREE).sum() == (found.label == 1).sum() == 60
    assert vetted.table.crs is not None
    csv = pd.read_csv(vetted.project.paths.crater_candidates.with_suffix(".csv"))
    assert csv["crater_id"].tolist() == vetted.table.index.tolist()


def test_the_ui_shows_pictures_and_numbers(vetted: Vetted) -> None:
    """Examples, a learning curve, a row of generated tiles an epoch, and the least sure."""
    model = vetted.record("crater_classifier", "small").metadata
    pictures = [
        vetted.record("crater_tiles").metadata["picture"],
        vetted.record("crater_candidates").metadata["picture"],
        model["picture"],
        model["picture_generated"],
    ]

    assert all(str(one.value).startswith("[![") for one in pictures)
    assert float(str(model["test_accuracy"].value)) > 0.85
    epochs = sorted((vetted.project.paths.crater_classifier("small") / "epochs").iterdir())
    assert [one.name for one in epochs] == ["epoch_000.png", "epoch_001.png", "epoch_002.png"]
    with Image.open(vetted.project.paths.least_sure) as sheet:
        assert sheet.width > 4 * 3 * 16


def test_the_check_warns_and_names_the_wrong_entries(vetted: Vetted) -> None:
    """It blocks nothing."""
    key = dg.AssetCheckKey(dg.AssetKey("crater_candidates"), "entries_look_like_craters")

    last = vetted.instance.event_log_storage.get_asset_check_execution_history(key, limit=1)[0]

    evaluation = last.evaluation
    assert isinstance(evaluation, dg.AssetCheckEvaluation)
    assert not evaluation.passed
    assert evaluation.severity is dg.AssetCheckSeverity.WARN
    assert all(f"Wrong {number}" in (evaluation.description or "") for number in WRONG)


def test_doubtful_craters_are_held_back_until_they_are_accepted(vetted: Vetted) -> None:
    """By name or by id, at once; the scores are not made anew by another classifier."""
    keys = {f"{number:04d}" for number in WRONG}
    states = crater_states(book_of(vetted.project, vetted.instance))
    accepting = VETTING.replace("}", ", accepted: [Wrong 7, 22]}")

    assert keys <= held_back(vetted.project)
    assert {states[key] for key in keys} == {CraterState.HELD_BACK}
    released = reopened(vetted.project.paths.folder, accepting)
    try:
        assert held_back(vetted.project) - held_back(released) == {"0007", "0022"}
        shown = vetted.vet(released)
        assert shown.count("there and up to date") == 3
        assert vetted.table.loc[[7, 22], "status"].tolist() == ["accepted"] * 2
    finally:
        reopened(vetted.project.paths.folder, VETTING)
        vetted.vet()


def test_a_second_time_nothing_is_made(vetted: Vetted) -> None:
    """Tiles, classifier and scores are current."""
    runs = vetted.instance.get_runs_count()

    assert vetted.vet().count("there and up to date") == 4
    assert vetted.instance.get_runs_count() == runs
