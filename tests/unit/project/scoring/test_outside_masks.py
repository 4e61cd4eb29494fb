"""Masks from outside in labelled tiles: one split, a split a crater, and a filter."""

from pathlib import Path

import pytest

from ejmap_cli.main import main
from ejmap_geo.errors import RasterError
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_project.errors import SourceError, StepError
from ejmap_project.files.mask_file import write_mask
from ejmap_project.progress import Silence
from ejmap_project.scoring.outside_masks import read_crater_splits, score_outside_masks
from tests.mapped_discs import write_settings
from tests.unit.project.scoring.test_map_scores import BASEMAP, CRATERS, Bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Give a project: each crater has 8 true pixels, 8 mapped ones, and 6 of them are right."""
    return Bench(tmp_path_factory.mktemp("outside"))


def _score(bench: Bench, folder: Path, splits: dict[int, int] | int | None, filter_px: int = 1):
    return score_outside_masks(
        bench.project, folder, splits=splits, filter_px=filter_px, progress=Silence()
    )


def test_masks_of_a_project_score_as_its_own_map(bench: Bench) -> None:
    """By hand: F1 of 6 right, 2 missed and 2 invented pixels; six used tiles."""
    found = _score(bench, bench.paths.folder, 0)

    assert found.scores["map_tvt_pixel_f1"] == pytest.approx(12 / 16)
    assert found.scores["map_tvt_tile_recall"] == 1
    assert (found.masks, found.tiles) == (2, 6)


def test_before_the_first_run_the_run_is_what_is_missing(tmp_path: Path) -> None:
    """Nobody named the mosaic of the project, so no name is to be corrected."""
    project = write_settings(tmp_path)

    with pytest.raises(StepError, match=r"nothing is mapped yet; map with `ejmap run /"):
        score_outside_masks(project, tmp_path, splits=None, filter_px=1, progress=Silence())


def test_each_crater_may_have_its_own_split(bench: Bench, tmp_path: Path) -> None:
    """Only the craters of the table are scored."""
    path = tmp_path / "splits.csv"
    path.write_text("crater_id,split\n3,0\n")

    found = _score(bench, bench.paths.folder, read_crater_splits(path))

    assert (found.masks, found.tiles) == (1, 3)
    # The one tile with ejecta of this crater tests.
    assert found.scores["map_test_pixel_f1"] == pytest.approx(12 / 16)


def test_a_filter_takes_thin_masks_away(bench: Bench) -> None:
    """Two rows of four pixels are no majority of nine by nine."""
    found = _score(bench, bench.paths.folder, 0, filter_px=9)

    assert found.scores["map_tvt_pixel_accuracy"] == 1
    with pytest.raises(RasterError, match="odd number, got 4"):
        _score(bench, bench.paths.folder, 0, filter_px=4)


def test_masks_in_the_names_of_the_study_and_of_a_person_are_found(
    bench: Bench, tmp_path: Path
) -> None:
    """A perfect mask of one crater each."""
    for name in (
        f"cylindrical_mask_crater_{CRATERS[0].crater_id}.tif",
        f"mask_{CRATERS[1].key}.tif",
    ):
        crater = CRATERS[0] if name.startswith("cyl") else CRATERS[1]
        target = tmp_path / name
        target.write_bytes(bench.paths.manual_mask(crater.key).read_bytes())

    found = _score(bench, tmp_path, None)

    assert found.masks == 2
    assert found.scores["map_test_pixel_f1"] == 1


def test_a_folder_without_masks_is_refused(bench: Bench, tmp_path: Path) -> None:
    """Empty masks of everything would score as a bad model."""
    with pytest.raises(SourceError, match="holds no mask of a crater with labelled tiles"):
        _score(bench, tmp_path, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("crater_id\n3\n", "no column split; found crater_id; give a table of"),
        ("crater_id,split\n3,0\n3,1\n", "crater_id 3 more than once"),
        ("crater_id,split\n3,x\n", "column split must hold whole numbers, found 'x' in row 1"),
    ],
)
def test_a_table_of_splits_that_says_too_little_is_refused(
    tmp_path: Path, text: str, words: str
) -> None:
    """Columns, whole numbers, and each crater once."""
    path = tmp_path / "splits.csv"
    path.write_text(text)

    with pytest.raises(SourceError, match=rf"splits\.csv.*{words}"):
        read_crater_splits(path)


def test_the_command_prints_a_row_a_folder(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The project's own masks, then those of a person."""
    write_mask(
        tmp_path / f"mask_{CRATERS[0].key}.tif",
        read_mask_on(bench.paths.manual_mask(CRATERS[0].key), BASEMAP),
        basemap=BASEMAP,
        center=CRATERS[0].center,
    )
    folder = str(bench.paths.folder)

    assert main(["score-masks", folder, folder, str(tmp_path), "--split", "0"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith(f"which count as without ejecta: {CRATERS[1].key}")
    assert "0.750" in lines[1]
    assert lines[2].split()[-6:][0] == "1"
    assert main(["score-masks", folder, folder, "--split", "0", "--splits", "a.csv"]) == 2
