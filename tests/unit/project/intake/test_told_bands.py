"""What a file tells of its bands, and what it has to be asked for."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp

from ejmap_geo.grids.body import MERCURY, MOON, Body
from ejmap_ml.config.bands import Bands
from ejmap_project.errors import SettingsError
from ejmap_project.intake.told_bands import told_bands

NO_NAMES = ("", "", "")
MARKED = ("red", "green", "blue")
COUNTED = ("Band 1", "Band 2", "Band 3")
PLAIN = ("gray", "undefined", "undefined")


def _mosaic(folder: Path, names: Sequence[str], colors: Sequence[str]) -> Path:
    path = folder / "mosaic.tif"
    profile = {"driver": "GTiff", "dtype": "uint8", "width": 4, "height": 2}
    profile["transform"] = Affine.scale(90, -90)
    photometric = "RGB" if tuple(colors[:3]) == MARKED else "MINISBLACK"
    with rasterio.open(path, "w", count=len(names), photometric=photometric, **profile) as raster:
        raster.colorinterp = [ColorInterp[color] for color in colors]
        raster.write(np.ones((len(names), 2, 4), np.uint8))
        for number, name in enumerate(names, start=1):
            raster.set_band_description(number, name)
    return path


@pytest.mark.parametrize(
    ("names", "colors", "body", "meaning"),
    [
        pytest.param(("",), ("gray",), MERCURY, "grey", id="one-band"),
        pytest.param(("", ""), ("gray", "alpha"), MERCURY, "grey", id="alpha-is-no-band"),
        pytest.param(NO_NAMES, MARKED, MOON, "rgb", id="marked-as-rgb"),
        pytest.param((*NO_NAMES, ""), (*MARKED, "alpha"), MOON, "rgb", id="rgb-and-alpha"),
        pytest.param(("Red", "Green", "Blue"), PLAIN, MERCURY, "rgb", id="named-rgb"),
        pytest.param(
            ("PC2", "PC1", "430/1000"), MARKED, MERCURY, "mercury-enhanced", id="named-enhanced"
        ),
        pytest.param(COUNTED, MARKED, MOON, "rgb", id="counted-and-marked-as-rgb"),
        pytest.param(("1000", "750", "433"), MARKED, MOON, ("1000", "750", "433"), id="named"),
    ],
)
def test_a_file_tells_by_its_descriptions_and_its_colours(
    tmp_path: Path, names: Sequence[str], colors: Sequence[str], body: Body, meaning: Bands
) -> None:
    """Descriptions come first: somebody wrote them."""
    assert told_bands(_mosaic(tmp_path, names, colors), body=body) == meaning


@pytest.mark.parametrize(
    ("names", "colors", "body", "advice"),
    [
        pytest.param(
            NO_NAMES,
            MARKED,
            MERCURY,
            r"has 3 bands.*marked red, green, blue.*--bands.*rgb, mercury-enhanced",
            id="rgb-or-enhanced",
        ),
        pytest.param(
            NO_NAMES, PLAIN, MOON, "state with --bands .* rgb, or their names", id="no-marks"
        ),
        pytest.param(
            ("", ""), PLAIN[:2], MERCURY, "their names, such as band1,band2;", id="two-bands"
        ),
        pytest.param(COUNTED, MARKED, MERCURY, "--bands .*mercury-enhanced", id="counted"),
        pytest.param(("a", "a", "b"), PLAIN, MOON, "state with --bands .*rgb", id="equal-names"),
    ],
)
def test_a_file_that_does_not_tell_is_asked_about(
    tmp_path: Path, names: Sequence[str], colors: Sequence[str], body: Body, advice: str
) -> None:
    """In one sentence, with what was found and what may be stated."""
    with pytest.raises(SettingsError, match=advice) as caught:
        told_bands(_mosaic(tmp_path, names, colors), body=body)

    assert "\n" not in str(caught.value)
