"""``ejmap bench``: a table or JSON, and files for other programs."""

import json
from pathlib import Path

import pytest

from ejmap_cli.bench.group import bench
from ejmap_cli.main import main
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.rasters.raster import read_basemap
from ejmap_geo.synthetic.planet import PlanetConfig
from ejmap_project.bench import planets
from ejmap_project.bench.planets import BenchPlanet, BenchSet
from ejmap_project.reference.reference_set import reference_set
from tests.constant_models import constant_bundle
from tests.tiny_presets import POLAR


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> BenchSet:
    """A bench of one planet and one crater in the place of the frozen one."""
    config = PlanetConfig(width_px=128, craters=2, giants=0, old_craters=10, bands=1)
    small = BenchSet(
        planets=(BenchPlanet("grey", 1, config),),
        tuning=(BenchPlanet("grey", 2, config),),
        craters=tuple(one for one in reference_set(part="decide") if one.crater.name == "Ohm"),
    )
    monkeypatch.setattr(planets, "BenchSet", lambda: small)
    return small


@pytest.mark.usefixtures("tiny")
def test_entries_are_rows_of_a_table_or_of_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rules, ready-made models, and what was named; the second time nothing is computed."""
    constant_bundle(POLAR, 0.9).save(tmp_path / "model")
    words = ["bench", "score", f"all={tmp_path / 'model'}", "--work", str(tmp_path / "work")]

    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert main([*words, "--parts"]) == 0
    lines = capsys.readouterr().out.splitlines()

    names = [row["entry"] for row in document["entries"]]
    assert names[:4] == [
        "brightness threshold",
        "distance only",
        "brightness within k radii",
        "Otsu's threshold",
    ]
    assert "ready_grey" in names
    assert names[-1] == "all"
    assert document["entries"][-1]["real"]["false_area"] == pytest.approx(1, abs=0.02)
    assert lines[0].startswith("entry")
    assert sum(line.startswith("all ") for line in lines) == 2


def test_mosaics_and_craters_are_written_for_others(
    tiny: BenchSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder for each planet and body, whose mosaic any project can take."""
    assert main(["bench", "write", str(tmp_path / "out"), "--work", str(tmp_path / "work")]) == 0

    raster, _ = read_basemap(tmp_path / "out" / "grey_1" / "mosaic.tif", body=MERCURY)
    assert raster.shape == (1, 64, 128)
    assert capsys.readouterr().out.split() == [
        str(tmp_path / "out" / name) for name in ("grey_1", "moon")
    ]
    rows = (tmp_path / "out" / "moon" / "craters.csv").read_text(encoding="utf-8").splitlines()
    (ohm,) = tiny.craters
    assert rows[0] == "crater_id,name,lon_deg,lat_deg,radius_m"
    assert rows[1].startswith(f"1,Ohm,{ohm.crater.center.lon_deg}")


@pytest.mark.usefixtures("tiny")
def test_a_folder_of_nothing_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what could be entered."""
    assert main(["bench", "score", str(tmp_path), "--work", str(tmp_path / "work")]) == 1

    assert "is no project, holds no model bundles and no masks of the bench" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("word", sorted(bench.commands))
def test_every_command_has_help_with_examples(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As those of the first level."""
    assert main(["bench", word, "--help"]) == 0

    assert f"  ejmap bench {word}" in capsys.readouterr().out.split("\nExamples:\n")[1]
