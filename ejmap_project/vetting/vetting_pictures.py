"""Pictures of the catalogue's vetting: what is learnt from, what is generated, what is doubtful."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ejmap_project.artefact import Facts, Picture
from ejmap_project.vetting.candidates import HeldOut
from ejmap_project.vetting.vetting_tiles import CATALOGUE, IS_CRATER, VettingTiles

if TYPE_CHECKING:
    from ejmap_ml.sgan.config import StretchConfig

# As tile sheets have it, which would load torch.
GAP_PX = 2
PICTURED_TILES = 32
FILM_EPOCHS = 10
SHEET_TILES, SHEET_COLUMNS = 16, 4


class Film:
    """Keeps what a generator makes: a picture every epoch."""

    def __init__(self, side_px: int) -> None:
        self._row_px = side_px + GAP_PX
        self._pictures: list[NDArray[np.uint8]] = []

    def __call__(self, epoch: int, picture: NDArray[np.uint8]) -> None:  # noqa: ARG002 - in turn
        """Add the picture of the next epoch."""
        self._pictures.append(picture)

    @property
    def shown(self) -> Facts:
        """The same tiles epoch by epoch, a row each, the first on top; nothing without a game."""
        if not self._pictures:
            return {}
        last = len(self._pictures) - 1
        chosen = sorted(set(np.linspace(0, last, FILM_EPOCHS).round().astype(int).tolist()))
        rows = np.concatenate([self._pictures[number][: self._row_px] for number in chosen])
        rgb = np.repeat(rows[..., None], 3, axis=-1)
        return {"picture_generated": Picture(rgb, alt="generated tiles, a row an epoch")}

    def save(self, folder: Path) -> None:
        """Write every picture whole."""
        folder.mkdir()
        for epoch, one in enumerate(self._pictures):
            Image.fromarray(one).save(folder / f"epoch_{epoch:03d}.png")


def examples(found: VettingTiles) -> NDArray[np.uint8]:
    """Return some craters, then as many tiles of other ground or without a label."""
    from ejmap_ml.sgan.config import StretchConfig
    from ejmap_ml.sgan.data import stretched
    from ejmap_ml.sgan.tile_sheet import tile_sheet

    rng = np.random.default_rng(0)
    chosen: list[NDArray[np.intp]] = []
    for is_one in (found.label == IS_CRATER, found.label != IS_CRATER):
        places = np.flatnonzero(is_one)
        chosen.append(np.sort(rng.permutation(places)[:PICTURED_TILES]))
    tiles = found.tiles.chosen(np.concatenate(chosen))
    shown = stretched(tiles.values, StretchConfig())[:, 0]
    sheet = tile_sheet(shown.numpy())
    return np.repeat(sheet[..., None], 3, axis=-1)


def least_sure(
    found: VettingTiles, said: HeldOut, *, stretch: "StretchConfig"
) -> NDArray[np.uint8]:
    """Return the entries of the catalogue with the lowest scores, each over score and name."""
    from ejmap_ml.sgan.tile_sheet import contact_sheet

    is_entry = (found.table["kind"] == CATALOGUE).to_numpy()
    entries = found.table[is_entry]
    numbered = zip(entries["crater_id"], entries["name"], strict=True)
    return contact_sheet(
        found.tiles.chosen(is_entry),
        said.scores[is_entry],
        [name or f"#{number}" for number, name in numbered],
        count=SHEET_TILES,
        columns=SHEET_COLUMNS,
        stretch=stretch,
    )
