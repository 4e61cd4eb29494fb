"""Draw real craters as ensembles map them: a row a crater, one picture.

Columns: the mosaic, what was drawn by eye, and the mask of each ensemble.

    benchmarks/real_craters.py OUT.jpg models/old ready_grey
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ejmap_project.models.asked_ensemble import asked_bundles
from ejmap_project.reference.ensemble_masks import mapped_craters
from ejmap_project.reference.overlay import drawing_picture
from ejmap_project.reference.reference_mosaics import reference_mosaic
from ejmap_project.reference.reference_set import DrawnCrater, reference_set

CRATERS = ("Tycho", "Copernicus", "Kepler", "Debussy", "Hokusai")
SIDE_PX, GAP_PX = 288, 4
QUALITY = 76


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("ensembles", nargs="+", type=Path)
    parser.add_argument("--craters", nargs="+", default=CRATERS)
    chosen = parser.parse_args()
    known = {one.crater.name: one for one in reference_set()}
    craters = [known[name] for name in chosen.craters]
    columns = [_column(place, craters) for place in chosen.ensembles]
    rows = [
        _named(np.concatenate(row, axis=1), row_of.crater.name)
        for row_of, *row in zip(craters, *_first_whole(columns), strict=True)
    ]
    gap = np.full((GAP_PX, rows[0].shape[1], 3), 255, np.uint8)
    whole = np.concatenate([part for row in rows for part in (row, gap)][:-1])
    Image.fromarray(whole).save(chosen.out, "JPEG", quality=QUALITY, optimize=True)


def _column(place: Path, craters: list[DrawnCrater]) -> list[NDArray[np.uint8]]:
    """Return mosaic, drawing and mask side by side, a picture a crater."""
    return [
        drawing_picture(
            one.crater,
            one.drawing,
            mosaic=reference_mosaic(one.crater.body),
            mask=mask,
            side_px=SIDE_PX,
        )
        for one, mask in mapped_craters(asked_bundles([place]), craters)
    ]


def _first_whole(columns: list[list[NDArray[np.uint8]]]) -> list[list[NDArray[np.uint8]]]:
    """Keep mosaic and drawing of the first column only."""
    first, *others = columns
    return [first, *([one[:, -SIDE_PX - GAP_PX :] for one in other] for other in others)]


def _named(row: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    image = Image.fromarray(row)
    font = ImageFont.load_default(size=18)
    ImageDraw.Draw(image).text(
        (8, 6), name, fill="white", stroke_fill="black", stroke_width=2, font=font
    )
    return np.asarray(image)


if __name__ == "__main__":
    main()
