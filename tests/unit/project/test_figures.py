"""Plots: colours are told apart, files are those of now, and pyplot stays out of it."""

import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from ejmap_project.artefact import Picture
from ejmap_project.figures import (
    FILE_DPI,
    log_scale,
    new_plot,
    saved_figures,
    training_curve,
)
from ejmap_project.scoring.score_plots import MATRIX_CODES, crater_plot, matrix_plot, scale_plot
from ejmap_project.scoring.tile_scoring import MAP_SCORE_COLUMNS


def _pixels(picture: Picture) -> np.ndarray:
    """Return the pixels of a plot."""
    assert isinstance(picture.image, Figure)
    canvas = FigureCanvasAgg(picture.image)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].astype(int)


def _shows(pixels: np.ndarray, color: str) -> bool:
    """Return whether a colour is there, to within what smooth edges change."""
    wanted = [int(color[start : start + 2], 16) for start in (1, 3, 5)]
    return bool((np.abs(pixels - wanted).max(axis=-1) <= 8).any())


def test_files_of_plots_that_are_no_longer_made_go_away(tmp_path: Path) -> None:
    """A plot of yesterday's models beside today's table would mislead."""
    (tmp_path / "old.png").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("mine")
    figure, _ = new_plot()

    shown = saved_figures({"F1 over loss.kind": figure}, tmp_path)

    assert list(shown) == ["picture_F1_over_loss_kind"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "F1_over_loss_kind.png",
        "notes.txt",
    ]
    with Image.open(tmp_path / "F1_over_loss_kind.png") as image:
        assert image.width >= 800


def test_the_picture_of_a_saved_plot_is_its_file(tmp_path: Path) -> None:
    """It is drawn once, and layout and pixels are those of matplotlib's own way to save it."""
    table = pd.DataFrame({"step": [1, 2], "train_loss": [0.7, 0.5], "val_f1": [0.2, 0.4]})
    figure, again = (training_curve(table).image for _ in range(2))

    shown = saved_figures({"curve": figure}, tmp_path)

    assert shown["picture_curve"].image == (tmp_path / "curve.png").read_bytes()
    FigureCanvasAgg(again)
    again.savefig(tmp_path / "again.png", dpi=FILE_DPI)
    with Image.open(tmp_path / "curve.png") as ours, Image.open(tmp_path / "again.png") as theirs:
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def test_the_event_log_gets_the_first_plots_only(tmp_path: Path) -> None:
    """All of them are files."""
    figures = {f"plot {number}": new_plot()[0] for number in range(3)}

    shown = saved_figures(figures, tmp_path, most=2)

    assert list(shown) == ["picture_plot_0", "picture_plot_1"]
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_a_training_without_validation_is_plotted_too() -> None:
    """Only the loss is there then."""
    history = pd.DataFrame({"step": [1, 2], "train_loss": [0.7, 0.5]})

    assert _pixels(training_curve(history)).any()


def test_cells_of_the_connection_matrix_have_the_colours_of_their_codes() -> None:
    """Looked up in the drawn picture at the middle of every cell."""
    matrix = pd.DataFrame({"tile_id": [3, 9], "0": [0, 1], "7": [2, 3], "8": [None, 0]})
    figure = matrix_plot(matrix.astype({"0": "Int8", "7": "Int8", "8": "Int8"}))

    pixels = _pixels(Picture(figure, alt="matrix"))

    axes = figure.axes[0]
    height = figure.bbox.height
    for row, col, color in (
        (0, 0, MATRIX_CODES[0][1]),
        (1, 0, MATRIX_CODES[1][1]),
        (0, 1, MATRIX_CODES[2][1]),
        (1, 1, MATRIX_CODES[3][1]),
        (0, 2, "#FFFFFF"),
        (1, 2, MATRIX_CODES[0][1]),
    ):
        x, y = axes.transData.transform((col, row))
        middle = pixels[int(height - y), int(x)][None, None]
        assert _shows(middle, color)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["3", "9"]


@pytest.mark.parametrize("draw", [scale_plot, crater_plot])
def test_scores_without_a_value_leave_an_empty_plot(draw) -> None:
    """A project in which nothing is known yet is no error."""
    nothing = pd.DataFrame(columns=pd.Index(MAP_SCORE_COLUMNS)).astype({"crater_id": "Int64"})

    assert _pixels(Picture(draw(nothing), alt="nothing")).any()


def test_nothing_that_draws_needs_pyplot() -> None:
    """Its global figures would pile up in a process that serves for days."""
    script = "import sys, ejmap_assets.definitions; print('matplotlib.pyplot' in sys.modules)"

    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert run.stdout.strip() == "False"


@pytest.mark.parametrize("limits", [(1, 60), (1.8, 9), (2, 4000), (1, 2e6), (0.03, 0.2)])
def test_labels_of_a_logarithmic_axis_are_few_plain_numbers(limits: tuple[float, float]) -> None:
    """Whether it spans a part of a power of ten or several; none lies over another."""
    figure, axes = new_plot()
    log_scale(axes, "x")
    axes.set_xlim(*limits)
    figure.draw_without_rendering()

    shown = [one for one in axes.get_xticklabels(which="both") if one.get_text()]
    inside = [one for one in shown if limits[0] <= one.get_position()[0] <= limits[1]]
    boxes = sorted((one.get_window_extent() for one in inside), key=lambda box: box.x0)
    assert len(inside) >= 2
    assert all(float(one.get_text().replace(",", "")) > 0 for one in inside)
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))
