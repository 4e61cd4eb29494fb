"""The grey mosaics that come with the reference set, so that it can be scored anywhere."""

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ejmap_geo.grids.body import MERCURY, MOON, Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.errors import SourceError
from ejmap_project.reference.reference_crater import packaged

WIDTH_PX = 2048
# Where they come from: README.md beside the files.
FILES = {MERCURY.name: "mosaics/mercury.jpg", MOON.name: "mosaics/moon.jpg"}


@cache
def reference_mosaic(body: Body) -> tuple[NDArray[np.uint8], BasemapGrid]:
    """Return the packaged mosaic of a body; do not write into it.

    Returns:
        ``(1, 1024, 2048)``, longitude -180 to 180, 0 where nothing was imaged, and its grid.

    Raises:
        SourceError: If there is none of this body.
    """
    if body.name not in FILES:
        raise SourceError(
            f"no mosaic of {body.name} comes with the reference set, only of {', '.join(FILES)}"
        )
    with Image.open(io.BytesIO(packaged(FILES[body.name]))) as image:
        grey = np.asarray(image.convert("L"))
    # Black is shadow, which is data.
    grey = np.maximum(grey, 1)
    if body == MERCURY:
        # The file runs from 0 to 360 degrees; its last row, next to the south pole, is not imaged.
        grey = np.roll(grey, WIDTH_PX // 2, axis=1)
        grey[-1] = 0
    grey.setflags(write=False)
    return grey[None], BasemapGrid(body=body, width_px=WIDTH_PX)
