"""``ejmap reference``: scores as tables or JSON, pictures, agreement and joined tables."""

import json
from pathlib import Path

import pytest
from PIL import Image

from ejmap_cli.main import main
from ejmap_cli.reference.group import reference
from ejmap_project.reference.drawing_table import COLUMNS
from ejmap_project.reference.reference_crater import part_of
from tests.constant_models import constant_bundle
from tests.tiny_presets import POLAR

ROWS = (
    "Moon,Mine,me,ray,10,5,12,9,.3,3",
    "Moon,Mine,me,clear,350,5,10,9,,3",
    "Moon,Mine,you,ray,10,5,12,9,.3,2",
)
CRATERS = "body,name,lat_deg,lon_deg,diameter_km\nMoon,Mine,10,20,60\n"


@pytest.fixture
def own(tmp_path: Path) -> list[str]:
    """Options that name a table of one's own drawings and where their crater lies."""
    drawings, craters = tmp_path / "drawings.csv", tmp_path / "craters.csv"
    drawings.write_text("\n".join([",".join(COLUMNS), *ROWS]) + "\n", encoding="utf-8")
    craters.write_text(CRATERS, encoding="utf-8")
    return ["--drawings", str(drawings), "--craters", str(craters)]


@pytest.fixture
def ensemble(tmp_path: Path) -> Path:
    """A folder of two bundles that see ejecta everywhere."""
    for iteration in range(2):
        constant_bundle(POLAR, 0.9).save(tmp_path / "models" / f"iteration_{iteration:02d}")
    return tmp_path / "models"


def test_an_ensemble_is_scored_on_own_drawings(
    own: list[str], ensemble: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As JSON, which holds what the tables show; what was not drawn is null."""
    assert main(["reference", "score", str(ensemble), *own, "--json"]) == 0

    shown = json.loads(capsys.readouterr().out)
    (crater,) = shown["craters"]
    assert (crater["crater"], crater["drawer"], crater["ray"]) == ("Mine", "me", 1)
    assert crater["blanket"] is None
    assert shown["summary"][0]["craters"] == 1
    assert shown["summary"][0]["ray_far"] is None


def test_scores_are_tables_for_people(
    own: list[str], ensemble: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row a crater and a row a body; single bundles are an ensemble too."""
    assert main(["reference", "score", str(ensemble / "iteration_00"), *own]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["body", "crater", "blanket", "rays"]
    assert lines[1].split()[:4] == ["Moon", "Mine", "-", "1.000"]
    assert lines[3].split()[:4] == ["Moon", "1", "-", "1.000"]


def test_the_reported_part_has_to_be_asked_for(
    own: list[str], ensemble: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A note says what it is for; here the part is empty, and that is told."""
    code = main(["reference", "score", str(ensemble), *own, "--part", "report"])

    shown = capsys.readouterr().err
    assert shown.startswith("note: the part `report` is for the end only")
    assert part_of("Moon", "Mine") != "report"
    assert code == 1
    assert "there is no drawn crater" in shown


def test_a_folder_without_models_is_one_sentence(
    own: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what may be named."""
    assert main(["reference", "score", str(tmp_path / "nothing"), *own]) == 1

    assert "holds neither a project nor model bundles" in capsys.readouterr().err


def test_pictures_show_mosaic_drawing_and_mask(own: list[str], ensemble: Path) -> None:
    """Two beside each other without a model, three with one."""
    out = ensemble.parent / "pictures"

    assert main(["reference", "picture", str(out), "--crater", "Kepler", "--part", "train"]) == 0
    assert main(["reference", "picture", str(ensemble), str(out), *own]) == 0

    sizes = []
    for name in ("Moon_Kepler.png", "Moon_Mine.png"):
        with Image.open(out / name) as image:
            sizes.append(image.size)
    assert sizes == [(2 * 640 + 4, 640), (3 * 640 + 8, 640)]


def test_a_crater_that_nobody_drew_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """With the way to another part."""
    assert main(["reference", "picture", "out", "--crater", "Atlantis"]) == 1

    assert "no crater Atlantis is drawn in this part" in capsys.readouterr().err


def test_two_people_agree_or_not(own: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Equal rays find each other, in both directions."""
    assert main(["reference", "agree", *own, "--json"]) == 0

    rows = json.loads(capsys.readouterr().out)["craters"]
    assert [(row["drawer"], row["mask_by"], row["ray"]) for row in rows] == [
        ("me", "you", 1),
        ("you", "me", 1),
    ]


def test_tables_are_joined(own: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And counted."""
    out = Path(own[1]).with_name("all.csv")

    assert main(["reference", "merge", own[1], str(out)]) == 0

    assert "2 drawings with 2 rays" in capsys.readouterr().out
    assert len(out.read_text(encoding="utf-8").splitlines()) == 4


def test_a_table_is_never_written_over_by_a_joined_one(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Who forgets to name the new file names a drawing in its place."""
    before = Path(own[1]).read_bytes()

    assert main(["reference", "merge", own[1], own[1]]) == 1

    assert "is there already" in capsys.readouterr().err
    assert Path(own[1]).read_bytes() == before


@pytest.mark.parametrize("word", sorted(reference.commands))
def test_every_command_has_help_with_examples(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As those of the first level."""
    assert main(["reference", word, "--help"]) == 0

    assert f"  ejmap reference {word}" in capsys.readouterr().out.split("\nExamples:\n")[1]
