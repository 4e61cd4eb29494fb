"""Pictures of tile locations show where they are and what they hold."""

import numpy as np
import pandas as pd

from ejmap_project.pictures.sheet import SHEET_WIDTH_PX, TITLE_PX
from ejmap_project.training.tile_pictures import location_picture

# Three locations on 200 x 400 px, the last across the antimeridian; two craters have rows of each.
TILES = pd.DataFrame(
    {
        "tile_id": [5, 6, 7] * 2,
        "basemap_row": [20, 100, 140] * 2,
        "basemap_col": [40, 100, 380] * 2,
        "basemap_height_px": [40, 40, 40] * 2,
        "basemap_width_px": [40, 60, 60] * 2,
    }
)
BLACK = np.zeros((1, 200, 400), np.uint8)


def _drawn(share: dict[int, float]) -> np.ndarray:
    """Return the picture without title and legend, in the pixels of the mosaic."""
    shown = location_picture(BLACK, TILES, pd.Series(share, dtype=float), what="share", alt="x")
    assert isinstance(shown.image, np.ndarray)
    times = SHEET_WIDTH_PX / 400
    rows, cols = (((np.arange(count) + 0.5) * times).astype(int) for count in (200, 400))
    return shown.image[TITLE_PX:][np.ix_(rows, cols)].astype(int)


def test_shares_run_from_blue_to_orange() -> None:
    """Blue where the share is 0, orange where it is largest, black outside."""
    drawn = _drawn({5: 0.0, 6: 0.4, 7: 0.4})

    (red, _, blue), orange = drawn[40, 60], drawn[120, 130]
    assert blue > 2 * red
    assert orange[0] > 2 * orange[2]
    # The location across the antimeridian is drawn on both sides.
    for col in (390, 20):
        assert abs(drawn[160, col] - orange).max() < 12
    assert drawn[80, 200].max() < 12


def test_locations_without_a_share_are_only_outlined() -> None:
    """They are not used in what is shown."""
    drawn = _drawn({5: 1.0})

    assert drawn[120, 130].max() < 12
    assert drawn[100, 130].min() > 60


def test_without_shares_there_is_still_a_picture() -> None:
    """Nothing tests in a split of models that learned elsewhere."""
    assert _drawn({})[100, 130].min() > 60
