"""Pictures never fail what they show: whoever draws one leaves a note where it cannot be drawn."""

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ejmap_project
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project import figures
from ejmap_project.artefact import Markdown, Picture, drawing
from ejmap_project.pictures.picture_store import write_picture
from ejmap_project.pictures.sheet import ejecta_picture

PACKAGE = Path(ejmap_project.__file__).parent


def _undecorated(tree: ast.AST) -> Iterator[str]:
    """Yield the functions that make a picture and are no drawing."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            calls = (one.func for one in ast.walk(function) if isinstance(one, ast.Call))
            makes = any(isinstance(one, ast.Name) and one.id == "Picture" for one in calls)
            marks = {one.id for one in function.decorator_list if isinstance(one, ast.Name)}
            if makes and "drawing" not in marks:
                yield function.name


def test_every_picture_is_made_by_a_drawing() -> None:
    """So no asset can fail by what is drawn of it, whoever adds one."""
    found = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in PACKAGE.rglob("*.py")
        for name in _undecorated(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set()


def test_what_cannot_be_drawn_leaves_a_note(caplog: pytest.LogCaptureFixture) -> None:
    """The note names the kind of error, the log has all of it; what can be drawn stays as it is."""

    @drawing
    def draw(width: int) -> Picture:
        return Picture(np.zeros((2, width, 3), np.uint8), alt="nothing")

    assert draw(3).image.shape == (2, 3, 3)
    assert draw(-1) == Markdown("not drawn (ValueError)")
    assert "draw cannot be drawn" in caplog.text


def test_a_mask_of_another_size_fails_no_picture(caplog: pytest.LogCaptureFixture) -> None:
    """What is computed for a picture alone counts as drawing too."""
    grid = BasemapGrid(body=MERCURY, width_px=64)
    raster = np.ones((1, *grid.shape), np.uint8)

    found = ejecta_picture(raster, np.ones((3, 3), np.bool_), grid, what="ejecta")

    assert found == Markdown("not drawn (RasterError)")
    assert "shrink both alike" in caplog.text


def test_a_file_of_an_artefact_is_there_without_its_picture(tmp_path: Path) -> None:
    """Else the artefact would count as missing, and be made again and again."""
    write_picture(tmp_path / "preview.png", Markdown("not drawn (KeyError)"))

    with Image.open(tmp_path / "preview.png") as picture:
        assert picture.size == (1, 1)


def test_a_plot_that_cannot_be_written_leaves_out_itself_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A label that is no mathematics fails only when the figure is written."""
    sound, broken = figures.new_plot()[0], figures.new_plot()[0]
    broken.suptitle("$\\frac{$")

    shown = figures.saved_figures(
        {"sound": sound, "broken": broken, "gone": Markdown("not drawn (KeyError)")}, tmp_path
    )

    assert [path.name for path in tmp_path.glob("*.png")] == ["sound.png"]
    assert isinstance(shown["picture_sound"], Picture)
    assert shown["picture_broken"] == Markdown("not drawn (ValueError)")
    assert shown["picture_gone"] == Markdown("not drawn (KeyError)")
    assert caplog.text
