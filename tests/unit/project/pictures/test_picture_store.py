"""Where pictures lie, and how the history names them."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ejmap_project.artefact import Picture
from ejmap_project.figures import SERIES, new_plot
from ejmap_project.paths import ProjectPaths
from ejmap_project.pictures.picture_store import PictureStore

# Dagster's pages show longer Markdown as a button.
INLINE_LETTERS = 1000


def _store(folder: Path, *, kept: int = 0) -> PictureStore:
    return PictureStore(paths=ProjectPaths(folder), asset="tile_store", partition="0003", kept=kept)


def _flat(grey: int) -> Picture:
    return Picture(np.full((60, 80, 3), grey, np.uint8), alt=f"grey [{grey}]\n![x](y)")


def test_the_history_keeps_an_address_and_words(tmp_path: Path) -> None:
    """Short enough to be shown inline; names of others cannot break out of the words."""
    shown = _store(tmp_path).store("picture", _flat(7))

    (file,) = (tmp_path / "data/pictures/tile_store/0003").iterdir()
    assert len(shown) < INLINE_LETTERS
    assert shown.count("](") == 2
    assert str(file.relative_to(tmp_path)) in shown
    assert shown.endswith(f"](/pictures/tile_store/0003/{file.name})")
    with Image.open(file) as image:
        assert image.size == (80, 60)
        assert abs(int(np.asarray(image).mean()) - 7) <= 1


def test_every_colour_of_a_plot_is_in_its_file(tmp_path: Path) -> None:
    """Lines are a thousandth of the pixels, and colours are what tells them apart."""
    figure, axes = new_plot()
    for number, color in enumerate(SERIES):
        axes.plot([0, 1], [number, number + 1], color=color)
    _store(tmp_path).store("plot", Picture(figure, alt="lines"))

    (file,) = _store(tmp_path).folder.iterdir()
    with Image.open(file) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    assert pixels.shape[1] >= 800
    for color in SERIES:
        wanted = [int(color[start : start + 2], 16) for start in (1, 3, 5)]
        assert (np.abs(pixels - wanted).max(axis=-1) <= 2).any(), color


@pytest.mark.parametrize("kept", [0, 3])
def test_old_pictures_go_with_the_results_that_may_be_restored(tmp_path: Path, kept: int) -> None:
    """Of this name alone; the one before the present stays, in case a check rejects the present."""
    store = _store(tmp_path, kept=kept)
    store.store("picture_other", _flat(0))
    shown = [store.store("picture", _flat(grey)) for grey in range(0, 100, 10)]

    left = {one.name for one in store.folder.glob("picture-*")}
    assert left == {one.rpartition("/")[2].rstrip(")") for one in shown[-(kept + 2) :]}
    assert len(list(store.folder.glob("picture_other-*"))) == 1


def test_the_picture_of_a_restored_result_counts_as_new(tmp_path: Path) -> None:
    """A result that goes in and out of use keeps its picture."""
    store = _store(tmp_path)
    first, _ = (store.store("picture", _flat(grey)) for grey in (0, 50))
    for age, file in enumerate(sorted(store.folder.iterdir(), key=lambda one: one.stat().st_mtime)):
        os.utime(file, (age, age))

    store.use_again(first)
    store.store("picture", _flat(100))

    assert (store.folder / first.rpartition("/")[2].rstrip(")")).is_file()
