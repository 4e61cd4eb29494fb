"""Values of the probe: those that the overlaps of the map are ranked by."""

from pathlib import Path

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_geo.masks.placed_mask import disc
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.files.layer_file import layer_bands, write_layers
from ejmap_project.map_page.probe_values import (
    CLAIMED,
    STEP_PERCENT,
    overlap_cells,
    probe_grids,
    probe_values,
    sampled,
)
from ejmap_project.planetwide.mapped_craters import MappedCraters
from tests.mapped_discs import CRATERS, DISC_M, GRID, SURE, write_mapped_discs

COARSE = BasemapGrid(body=MERCURY, width_px=256)


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> MappedCraters:
    """Give the craters of a map: two overlap across the antimeridian, one lies over the pole."""
    return MappedCraters.of(write_mapped_discs(tmp_path_factory.mktemp("probe")))


def _whole(mapped: MappedCraters, crater_id: int, grid: BasemapGrid) -> np.ndarray:
    values = probe_values(mapped, crater_id, grid)
    assert values is not None
    out = np.zeros(grid.shape, np.uint8)
    rows = np.arange(values.window.row, values.window.row + values.window.height)
    out[np.ix_(rows, values.window.columns(grid.width_px))] = values.cells
    return out


@pytest.mark.parametrize("crater_id", [1, 2, 3])
def test_values_on_the_mosaics_grid_are_those_of_the_map(
    mapped: MappedCraters, crater_id: int
) -> None:
    """Claimed where the mask is set, with the probability that is told of the crater."""
    cells = _whole(mapped, crater_id, GRID)

    mask = mapped.masks[crater_id].within(Window.whole(GRID.shape), GRID)
    np.testing.assert_array_equal((cells & CLAIMED) > 0, mask)
    percent = (cells[mask] & 0x7F).astype(int) * STEP_PERCENT
    assert np.abs(percent - 100 * SURE[crater_id]).max() <= STEP_PERCENT / 2
    said = mapped.probability(crater_id, Window.whole(GRID.shape), grid=GRID)
    assert said is not None
    assert np.abs(percent / 100 - said[mask]).max() <= STEP_PERCENT / 200 + 1e-6


@pytest.mark.parametrize("crater_id", [1, 2, 3])
def test_a_coarser_cell_holds_the_value_in_its_middle(
    mapped: MappedCraters, crater_id: int
) -> None:
    """Every fourth pixel, counted from the third, across the antimeridian and the pole too."""
    cells = _whole(mapped, crater_id, COARSE)

    mask = mapped.masks[crater_id].within(Window.whole(GRID.shape), GRID)
    np.testing.assert_array_equal((cells & CLAIMED) > 0, mask[2::4, 2::4])


def test_a_mask_is_sampled_in_windows_that_go_round(mapped: MappedCraters) -> None:
    """A window across the antimeridian holds what the whole grid holds there."""
    placed = disc(GRID, center=CRATERS[0].center, radius_m=DISC_M)
    window = Window(row=50, col=240, height=40, width=30)

    seen = sampled(placed, window, mosaic=GRID, grid=COARSE)

    whole = sampled(placed, Window.whole(COARSE.shape), mosaic=GRID, grid=COARSE)
    np.testing.assert_array_equal(seen, whole[50:90][:, window.columns(256)])
    assert seen.any()
    assert mapped.grid == GRID


def test_overlaps_are_counted_in_the_middle_of_cells(mapped: MappedCraters) -> None:
    """Two craters, of which both claim some cells."""
    cells = overlap_cells(mapped, COARSE)

    counts = sum(
        mapped.masks[one].within(Window.whole(GRID.shape), GRID)[2::4, 2::4].astype(int)
        for one in SURE
    )
    np.testing.assert_array_equal(cells, counts)
    assert cells.max() == 2


@pytest.mark.parametrize(
    ("width", "widths"), [(23040, [4096, 2048, 1024]), (1024, [1024, 512, 256]), (6, [6])]
)
def test_grids_are_no_finer_than_the_mosaic(width: int, widths: list[int]) -> None:
    """And each is half as wide as the one before, of an even width."""
    grids = probe_grids(BasemapGrid(body=MERCURY, width_px=width))

    assert [one.width_px for one in grids] == widths


def test_nothing_is_told_of_a_crater_without_ejecta(tmp_path: Path) -> None:
    """An empty mask and a probability of nothing leave no values."""
    project = write_mapped_discs(tmp_path)
    path = project.paths.segmentation("0001")
    grid = azimuthal_grid(CRATERS[0], GRID)
    nothing = np.zeros(grid.shape, np.float32)
    write_layers(path, layer_bands(EnsembleLayers(nothing, nothing, 1), nothing > 0), grid=grid)
    mask = project.paths.basemap_mask("0001")
    write_cog(mask, np.zeros(GRID.shape, np.uint8), grid=GRID, nodata=0)

    assert probe_values(MappedCraters.of(project), 1, GRID) is None
