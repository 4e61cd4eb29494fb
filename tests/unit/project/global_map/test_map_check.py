"""Whether rasters of a map agree: with each other, with the mosaic and with the catalogue."""

from pathlib import Path

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.errors import GeoError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.label_map import label_map
from ejmap_geo.masks.placed_mask import disc
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.global_map.map_check import map_agreement
from ejmap_project.open_project import OpenProject

GRID = BasemapGrid(body=MERCURY, width_px=128)
CRATERS = [
    Crater(crater_id=one, name="", center=LonLat(lon, 10), radius_m=50_000.0)
    for one, lon in ((1, -20.0), (2, 0.0))
]


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """Give a project with the map of two overlapping discs."""
    (tmp_path / "project.yaml").write_text(
        "source: {kind: files, mosaic: m.tif, craters: c.csv}\nmodels: {ejseg: ready_grey}\n"
    )
    project = OpenProject.at(tmp_path)
    paths = project.paths
    write_cog(paths.basemap_mosaic, np.ones((1, *GRID.shape), np.uint8), grid=GRID, nodata=0)
    write_catalogue(catalogue_from(CRATERS, MERCURY), paths.crater_catalogue)
    masks = {one.crater_id: disc(GRID, center=one.center, radius_m=600_000) for one in CRATERS}
    drawn = label_map(masks, basemap=GRID)
    write_cog(paths.composite, np.zeros((4, *GRID.shape), np.uint8), grid=GRID)
    _write(project, drawn.labels, drawn.overlap_count)
    return project


def _write(project: OpenProject, labels: np.ndarray, overlaps: np.ndarray) -> None:
    write_cog(project.paths.label_map, labels, grid=GRID)
    write_cog(project.paths.overlap_count, overlaps, grid=GRID)


def test_a_map_of_discs_agrees(project: OpenProject) -> None:
    """No conflict, no strange label, and the share of pixels that the discs cover."""
    found = map_agreement(project)

    assert (found.conflicts_px, found.strange_ids) == (0, [])
    assert 0 < found.covered_share < 0.1
    assert found.grid == GRID


def test_labels_and_counts_that_disagree_are_counted(project: OpenProject) -> None:
    """One pixel with a label that nobody claims, and one crater of no catalogue."""
    labels = np.full(GRID.shape, 65535, np.uint16)
    overlaps = np.zeros(GRID.shape, np.uint16)
    labels[3, 4] = 1
    labels[5, 6], overlaps[5, 6] = 9, 1
    _write(project, labels, overlaps)

    found = map_agreement(project)

    assert (found.conflicts_px, found.strange_ids) == (1, [9])


def test_a_map_of_another_size_is_refused(project: OpenProject) -> None:
    """Rasters have to cover the mosaic pixel by pixel."""
    other = BasemapGrid(body=MERCURY, width_px=64)
    write_cog(project.paths.overlap_count, np.zeros(other.shape, np.uint16), grid=other)

    with pytest.raises(GeoError):
        map_agreement(project)
