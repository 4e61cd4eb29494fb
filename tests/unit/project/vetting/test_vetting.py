"""What vets a catalogue: settings, tiles of craters and of other ground, and who is held back."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ejmap_assets.lineage.project_stages import stages_made
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.stages import STAGES
from ejmap_assets.runs.runner import Runner
from ejmap_cli.main import main
from ejmap_geo.craters.catalogue import read_catalogue, write_catalogue
from ejmap_geo.craters.local_tiles import LIGHT_FROM_DEG
from ejmap_geo.rasters.raster import read_basemap, write_cog
from ejmap_project.errors import SettingsError, StepError
from ejmap_project.open_project import OpenProject
from ejmap_project.vetting.candidates import HeldOut, candidate_table, doubtful_words
from ejmap_project.vetting.gathering import gather_tiles
from ejmap_project.vetting.vetting_choice import (
    classifier_config,
    classifier_version,
    held_back,
    require_known_names,
)
from ejmap_project.vetting.vetting_tiles import (
    CATALOGUE,
    CRATER_FREE,
    LISTED,
    PICTURE,
    CandidateTable,
    CraterTileTable,
    VettingTiles,
)
from tests.vetting_planet import GRID, MOON, TOO_LARGE, TOO_SMALL, reopened, write_vetting_project

SMALL = "light_azimuth_deg: 270, preset: small.yaml"


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """A project whose mosaic and catalogue are there, vetted under a light from the west."""
    made = write_vetting_project(tmp_path, f"{{{SMALL}}}")
    raster, grid = read_basemap(tmp_path / "mosaic.tif", body=MOON)
    write_cog(made.paths.basemap_mosaic, raster, grid=grid, nodata=0)
    table = read_catalogue(tmp_path / "craters.csv", body=MOON)
    write_catalogue(table, made.paths.crater_catalogue)
    return made


def _with(project: OpenProject, more: str) -> OpenProject:
    return reopened(project.paths.folder, f"{{{SMALL}, {more}}}")


def _score(project: OpenProject, scores: dict[int, float]) -> None:
    path = project.paths.crater_candidates
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {"crater_id": list(scores), "score": list(scores.values())}
    pd.DataFrame(rows).to_parquet(path)


def test_a_project_that_says_nothing_is_not_vetted(project: OpenProject) -> None:
    """Its run has no such stages, it has no recipe, and who asks by hand is told what to do."""
    silent = reopened(project.paths.folder, "null")

    vetting = [name for name, row in LINEAGE.items() if row.is_optional]
    assert "vet_craters" in {stage.job.name for stage in STAGES}
    assert "vet_craters" not in {stage.job.name for stage in stages_made(silent)}
    assert held_back(silent) == frozenset()
    assert LINEAGE["global_map"].settings(silent, "") is None
    for name in vetting:
        with pytest.raises(StepError, match="add a section `vetting`"):
            LINEAGE[name].settings(silent, "crater_sgan")


def test_the_light_must_be_stated(project: OpenProject) -> None:
    """Nobody gets a classifier of shaded craters for an albedo mosaic by forgetting a line."""
    with pytest.raises(SettingsError, match="light_azimuth_deg is missing"):
        reopened(project.paths.folder, "{hold_back: true}")
    with pytest.raises(SettingsError, match="from craters or from pictures"):
        _with(project, "craters: a.csv, pictures: b")

    albedo = reopened(project.paths.folder, "{light_azimuth_deg: null}")
    shaded = reopened(project.paths.folder, "{light_azimuth_deg: 90}")
    assert classifier_version(albedo) == "crater_cnn_albedo"
    assert classifier_version(shaded) == "crater_sgan"


@pytest.mark.parametrize(
    "stated", ["light_azimuth_deg: 400", "light_azimuth_deg: 0, pictures_light_from_deg: 400"]
)
def test_no_light_comes_from_400_degrees(project: OpenProject, stated: str) -> None:
    """A slip of the finger is no direction."""
    with pytest.raises(SettingsError, match="found 400"):
        reopened(project.paths.folder, f"{{{stated}}}")


@pytest.mark.parametrize("stated", ["0022", "22", "'0022'", "'22'"])
def test_a_crater_is_accepted_by_its_number_as_messages_have_it(
    project: OpenProject, stated: str
) -> None:
    """YAML 1.1 would read 0022 as octal, and so accept crater 18."""
    vetting = _with(project, f"accepted: [{stated}]").settings.vetting
    assert vetting is not None

    assert [one for one in range(60) if vetting.accepts(crater_id=one, name="")] == [22]


def test_an_empty_name_vouches_for_no_crater(project: OpenProject) -> None:
    """Else it would accept every crater without a name."""
    vetting = _with(project, "accepted: ['']").settings.vetting
    assert vetting is not None

    assert not vetting.accepts(crater_id=3, name="")


def test_craters_that_are_not_there_cannot_be_accepted(project: OpenProject) -> None:
    """A misspelt name is told; names, keys and ids of the catalogue pass."""
    require_known_names(_with(project, "accepted: [Wrong 7, 0022, 3]"))

    with pytest.raises(StepError, match="accepted names Wrong 8, 999, which"):
        require_known_names(_with(project, "accepted: [Wrong 7, Wrong 8, 999]"))
    with pytest.raises(StepError, match="accepted names nothing"):
        require_known_names(_with(project, "accepted: ['']"))


def test_a_version_is_a_file_or_a_preset(project: OpenProject) -> None:
    """As with the other models."""
    own = project.paths.preset("mine")
    own.parent.mkdir()
    own.write_text((project.paths.folder / "small.yaml").read_text())

    assert classifier_config(project, "small").side_px == 16
    assert classifier_config(project, "mine").discriminator.filters == 8
    assert classifier_config(project, "crater_cnn").unsupervised is None
    with pytest.raises(StepError, match="no crater classifier 'other'"):
        classifier_config(project, "other")


def test_tiles_of_the_catalogue_teach_what_craters_are(project: OpenProject) -> None:
    """Too small and too large ones get no tile; the light comes from the left in all of them."""
    found = gather_tiles(project)
    found.save(project.paths)
    again = VettingTiles.load(project.paths)

    entries = found.table[found.table["kind"] == CATALOGUE]
    assert len(entries) == 60
    assert not {TOO_SMALL, TOO_LARGE} & set(entries["crater_id"])
    assert found.tiles.light_from_deg == LIGHT_FROM_DEG
    assert sorted(np.concatenate([fold.tests for fold in found.folds])) == list(range(120))
    CraterTileTable.validate(found.table)
    np.testing.assert_array_equal(again.tiles.values, found.tiles.values)
    pd.testing.assert_frame_equal(pd.DataFrame(again.table), pd.DataFrame(found.table))


def test_a_table_of_craters_teaches_and_the_catalogue_only_asks(project: OpenProject) -> None:
    """Every entry is then unlabelled."""
    listed = read_catalogue(project.paths.folder / "craters.csv", body=MOON)
    write_catalogue(listed[listed["crater_id"] < 40], project.paths.folder / "known.csv")

    found = gather_tiles(_with(project, "craters: known.csv, most_craters: 30"))

    counts = found.table.groupby("kind")["label"].agg(["size", "min", "max"])
    assert counts.loc[CATALOGUE].tolist() == [60, -1, -1]
    assert counts.loc[LISTED].tolist() == [30, 1, 1]
    assert counts.loc[CRATER_FREE].tolist() == [30, 0, 0]


def _pictures(folder: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("crater", "plain"):
        (folder / name).mkdir(parents=True)
        for number in range(6):
            values = rng.integers(0, 255, (20, 24), np.uint8)
            Image.fromarray(values).save(folder / name / f"{number}.png")


def test_pictures_teach_instead_where_their_light_is_that_of_the_mosaic(
    project: OpenProject,
) -> None:
    """Tiles of the mosaic carry no label then; each picture is tested once."""
    _pictures(project.paths.folder / "pictures")
    stated = "pictures: pictures, pictures_light_from_deg: 0"

    found = gather_tiles(_with(project, stated))

    pictured = found.table["kind"] == PICTURE
    assert found.label[pictured].tolist() == [1] * 6 + [0] * 6
    assert set(found.label[~pictured]) == {-1}
    assert all(len(fold.tests) for fold in found.folds)
    assert (len(found.table), found.tiles.side_px) == (132, 16)
    with pytest.raises(StepError, match="crater, plain, but no bowl"):
        gather_tiles(_with(project, f"{stated}, crater_class: bowl"))


def test_another_light_is_an_error_unless_asked_for(project: OpenProject) -> None:
    """Pictures of unknown light cannot teach about a shaded mosaic."""
    _pictures(project.paths.folder / "pictures")

    for stated, light in (("", "not known"), (", pictures_light_from_deg: 300", "300 degrees")):
        with pytest.raises(StepError, match=rf"pictures cannot teach .* \({light}\)"):
            gather_tiles(_with(project, f"pictures: pictures{stated}"))
    assert len(gather_tiles(_with(project, "pictures: pictures, any_light: true")).table) == 132


def test_too_few_craters_are_refused_before_anything_is_trained(project: OpenProject) -> None:
    """Four craters make no classifier."""
    table = read_catalogue(project.paths.folder / "craters.csv", body=MOON)
    write_catalogue(table.iloc[:4], project.paths.crater_catalogue)

    with pytest.raises(StepError, match=r"4 craters and .* name a larger table"):
        gather_tiles(project)


def test_broken_tiles_are_told_in_a_sentence(project: OpenProject) -> None:
    """Torn files, and tables of other tiles."""
    with pytest.raises(StepError, match="materialise crater_tiles again"):
        VettingTiles.load(project.paths)
    found = gather_tiles(project)
    found.save(project.paths)
    VettingTiles(tiles=found.tiles.chosen(np.arange(3)), table=found.table).save(project.paths)
    with pytest.raises(StepError, match="holds 3 tiles, its table 120"):
        VettingTiles.load(project.paths)
    project.paths.crater_tiles.write_bytes(b"torn")
    with pytest.raises(StepError, match="cannot be read"):
        VettingTiles.load(project.paths)


def test_doubtful_and_unseen_craters_are_held_back_and_accepted_ones_are_not(
    project: OpenProject,
) -> None:
    """What cannot be judged (no score) is not held back either."""
    scores = dict.fromkeys(range(1, 60), 0.9) | {3: 0.1, 7: 0.05, TOO_SMALL: float("nan")}
    _score(project, scores)

    assert held_back(project) == frozenset()
    held = held_back(_with(project, "hold_back: true"))
    accepted = held_back(_with(project, "hold_back: true, accepted: [3, Wrong 7]"))
    assert held == {"0000", "0003", "0007", f"{TOO_LARGE:04d}"}
    assert accepted == {"0000", f"{TOO_LARGE:04d}"}


def test_the_map_depends_on_who_is_held_back(project: OpenProject) -> None:
    """And a crater's mask does not."""
    _score(project, dict.fromkeys(range(1, 60), 0.9))
    holding = _with(project, "hold_back: true")

    held = LINEAGE["global_map"].settings(holding, "")

    assert held == ["0000", f"{TOO_SMALL:04d}", f"{TOO_LARGE:04d}"]
    assert LINEAGE["basemap_mask"].settings(holding, "0000") is None


def test_the_table_of_candidates_follows_from_the_scores(project: OpenProject) -> None:
    """Row by row: likely, doubtful, accepted, or not judged and why."""
    found = gather_tiles(project)
    scores = np.full(len(found.table), 0.8)
    ids = found.table["crater_id"].to_numpy()
    scores[np.isin(ids, [4, 5])] = 0.1
    said = HeldOut(scores, found.label, found.table["fold"].to_numpy(np.int64))
    vetting = _with(project, "accepted: [5]").settings.vetting
    assert vetting is not None

    table = candidate_table(
        project.craters(), found, said, vetting=vetting, basemap=GRID, version="small"
    )

    CandidateTable.validate(table)
    by_id = table.set_index("crater_id")
    assert by_id.loc[[3, 4, 5, TOO_SMALL], "status"].tolist() == [
        "likely",
        "doubtful",
        "accepted",
        "not judged",
    ]
    assert by_id.loc[TOO_SMALL, ["reason", "fold", "teaches"]].tolist() == [
        "less than 4 pixels across",
        -1,
        False,
    ]
    assert doubtful_words(table) == "0004 (0.10)"


def test_scores_are_counted_by_hand() -> None:
    """Two of three craters and one of two places are right; one tile has no label."""
    said = HeldOut(
        np.array([0.9, 0.8, 0.2, 0.1, 0.7, 0.5]),
        np.array([1, 1, 1, 0, 0, -1]),
        np.array([0, 1, 1, 0, 0, 2]),
    )

    numbers = said.numbers

    assert numbers["test_accuracy"] == pytest.approx(3 / 5)
    assert numbers["test_recall"] == pytest.approx(2 / 3)
    assert numbers["test_specificity"] == pytest.approx(1 / 2)
    assert numbers["test_accuracy_0"] == pytest.approx(2 / 3)
    assert numbers["test_accuracy_1"] == pytest.approx(1 / 2)
    assert "test_accuracy_2" not in numbers


def test_the_command_says_what_to_do_where_a_project_is_not_vetted(
    project: OpenProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, and nothing is made."""
    reopened(project.paths.folder, "null")

    assert main(["vet", str(project.paths.folder)]) == 1

    assert "add a section `vetting`" in capsys.readouterr().err
    assert not project.paths.dagster_home.exists()


def test_the_command_names_the_doubtful(
    project: OpenProject, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the work, of which a stand-in writes the table."""

    def vetted(_: Runner) -> list[str]:
        path = project.paths.crater_candidates
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = {
            "crater_id": [1, 2],
            "name": ["Alpha", "Beta"],
            "score": [0.9, 0.04],
            "status": ["likely", "doubtful"],
        }
        pd.DataFrame(rows).to_parquet(path)
        return []

    monkeypatch.setattr(Runner, "vet", vetted)

    assert main(["vet", str(project.paths.folder)]) == 0

    shown = capfd.readouterr().err
    assert "1 of 2, 0 cannot be judged" in shown
    assert "0002 Beta (0.04)" in shown


def test_longitudes_of_the_learned_table_may_grow_to_the_west(project: OpenProject) -> None:
    """A table in west-positive longitudes gives the same tiles as the one it was made from."""
    folder = project.paths.folder
    table = pd.read_csv(folder / "craters.csv")
    table.to_csv(folder / "east.csv", index=False)
    # Not the names of the columns: they would say the direction by themselves.
    table.assign(lon_deg=-table["lon_deg"]).to_csv(folder / "west.csv", index=False)

    east = gather_tiles(_with(project, "craters: east.csv"))
    west = gather_tiles(_with(project, "craters: west.csv, west_positive: true"))

    is_listed = east.table["kind"] == LISTED
    assert is_listed.sum() > 20
    pd.testing.assert_series_equal(east.table["lon_deg"], west.table["lon_deg"])
    np.testing.assert_array_equal(east.tiles.values, west.tiles.values)


def test_tiles_are_as_wide_as_the_settings_say(project: OpenProject) -> None:
    """At 4 diameters a crater fills a fourth of its tile: the bright wall a sixteenth of a half."""
    narrow = gather_tiles(_with(project, "side_diameters: 2"))
    wide = gather_tiles(_with(project, "side_diameters: 4"))

    shares = []
    for found, diameters in ((narrow, 2.0), (wide, 4.0)):
        own = found.table["kind"] == CATALOGUE
        assert set(found.table.loc[own, "side_diameters"]) == {diameters}
        is_crater = own & ~found.table["name"].str.startswith("Wrong")
        tiles = found.tiles.chosen(is_crater.to_numpy())
        shares.append(float(np.greater(tiles.values, 170).mean()))
    # Of a disc of diameter 1 half is bright: pi / 8 over the square of the side.
    assert shares == pytest.approx([np.pi / 8 / 4, np.pi / 8 / 16], rel=0.15)
