"""The ejecta layers of a crater as a file, read by us and by others."""

from pathlib import Path

import numpy as np
import pytest
import rasterio

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_geo.masks.probability_levels import probability_of
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.errors import StepError
from ejmap_project.files.layer_file import BAND_NAMES, layer_bands, read_layer, write_layers

GRID = AzimuthalGrid(body=MERCURY, center=LonLat(3, 4), resolution_m=900.0, half_size_px=1100)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Layers whose probability grows from west to east."""
    path = tmp_path_factory.mktemp("layers") / "segmentation.tif"
    sure = np.tile(np.linspace(0, 1, GRID.shape[1], dtype=np.float32), (GRID.shape[0], 1))
    layers = EnsembleLayers(sure, np.rint(sure).astype(np.float32), 1)
    write_layers(path, layer_bands(layers, sure > 0.5), grid=GRID, tags={"EJMAP_RUN": "7"})
    return path


def test_layers_are_read_one_by_one(path: Path) -> None:
    """The mask is where the probability, as it was and as it is stored, is above one half."""
    levels, votes, mask = (read_layer(path, name) for name in BAND_NAMES)

    np.testing.assert_array_equal(mask == 1, probability_of(levels) > 0.5)
    np.testing.assert_array_equal(votes > 0, mask == 1)


def test_a_stranger_can_turn_levels_into_probabilities_by_the_tags(path: Path) -> None:
    """The file lies on its grid, has overviews, and says what its values mean."""
    with rasterio.open(path) as raster:
        tags, levels = raster.tags(), raster.read(1)
        assert raster.descriptions == BAND_NAMES
        assert raster.transform.almost_equals(GRID.transform)
        assert raster.overviews(1) == [4, 8]
    formula = "1 / (1 + exp((127.5 - value) / 16))"
    assert formula in tags["EJMAP_VALUES"]
    assert tags["EJMAP_RUN"] == "7"
    between = (levels > 0) & (levels < 255)
    said = 1 / (1 + np.exp((127.5 - levels[between].astype(float)) / 16))
    np.testing.assert_allclose(probability_of(levels)[between], said, rtol=1e-6)


def test_the_style_states_percent(path: Path) -> None:
    """QGIS shows levels by the probability that they stand for."""
    style = path.with_suffix(".qml").read_text()

    for label in ('label="0 %"', 'label="25 %"', 'label="75 %"', 'label="100 %"'):
        assert label in style


def test_layers_of_an_earlier_ejmap_are_refused(tmp_path: Path) -> None:
    """They held probabilities, not levels: taken for these, all would be zero."""
    path = tmp_path / "segmentation.tif"
    grid = AzimuthalGrid(body=MERCURY, center=LonLat(3, 4), resolution_m=900.0, half_size_px=8)
    former = np.full((3, *grid.shape), 0.7, np.float32)
    write_cog(path, former, grid=grid, band_names=("probability", "vote_fraction", "mask"))

    with pytest.raises(StepError, match="materialise segmentation_mask again"):
        read_layer(path, BAND_NAMES[0])


def test_blocks_of_nothing_take_no_room_and_read_as_zeros(tmp_path: Path) -> None:
    """One pixel of three bands is set: one block of full resolution is stored."""
    bands = np.zeros((3, *GRID.shape), np.uint8)
    bands[2, 700, 1900] = 1
    path = tmp_path / "segmentation.tif"

    write_layers(path, bands, grid=GRID)

    with rasterio.open(path) as raster:
        np.testing.assert_array_equal(raster.read(), bands)
        offsets = [
            raster.get_tag_item(f"BLOCK_OFFSET_{col}_{row}", "TIFF", bidx=band)
            for band in raster.indexes
            for row in range(5)
            for col in range(5)
        ]
    stored = [place for place, offset in enumerate(offsets) if offset is not None]
    assert stored == [2 * 25 + 1 * 5 + 3]
