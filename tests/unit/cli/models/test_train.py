"""What cannot be trained is refused before anything is made."""

from pathlib import Path

import pytest

from ejmap_cli.main import main
from ejmap_project.published import layout

SETTINGS = """
source: {kind: SOURCE}
training: {kind: own-masks}
splits: {count: 2, learning_curve: [25]}
"""
OWN = "files, mosaic: m.tif, craters: c.gpkg, masks: m"
LABELLED = """crat_FID,pos_index,distance,num_1,h_num_1,split_class,test_61
0,1,1000.0,5,5,5,1
"""


def _train(folder: Path, *, name: str = "ejseg_v200", split: int = 1) -> int:
    choice = ["--version", name, "--split", "0", "--split", str(split), "--iterations", "1"]
    return main(["train", str(folder), "--model", "ejseg", *choice])


@pytest.mark.parametrize(
    ("source", "known"),
    [
        ("ejmap-folder, folder: published", "0, 1, 61, 1025"),
        (OWN, "0, 1, 1025"),
    ],
)
def test_a_split_that_will_not_exist_is_refused(
    source: str, known: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With those that will, published ones among them; the table of splits need not be there."""
    (tmp_path / "project.yaml").write_text(SETTINGS.replace("SOURCE", source))
    table = layout.LABELLED_TILES.path(tmp_path / "published")
    table.parent.mkdir(parents=True)
    table.write_text(LABELLED)

    assert _train(tmp_path, split=7) == 1

    assert f"no split 7; the splits are {known}: name one" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_misspelt_version_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With those that are known."""
    (tmp_path / "project.yaml").write_text(SETTINGS.replace("SOURCE", OWN))

    assert _train(tmp_path, name="ejseg_v2oo") == 1

    message = capsys.readouterr().err
    assert "no model configuration 'ejseg_v2oo'; take one of " in message


@pytest.mark.parametrize("iterations", ["0", "-1", "21"])
def test_an_ensemble_of_no_members_is_wrong_usage(iterations: str, tmp_path: Path) -> None:
    """Zero members once meant those of the settings, and a training of minutes began."""
    assert main(["train", str(tmp_path), "--model", "ejseg", "--iterations", iterations]) == 2
