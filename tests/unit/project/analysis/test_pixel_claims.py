"""A pixel leads to the craters that claim it, and to what their masks are made of."""

from pathlib import Path

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_geo.masks.placed_mask import PlacedMask, disc
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.analysis.pixel_claims import explain_pixel
from ejmap_project.errors import StepError
from ejmap_project.files.layer_file import layer_bands, write_layers
from ejmap_project.files.mask_file import write_mask
from ejmap_project.open_project import OpenProject

BASEMAP = BasemapGrid(body=MERCURY, width_px=360)
RADIUS_M = 30_000.0
# Degrees along the equator of Mercury's sphere.
KM_A_DEGREE = 42.575
EAST, WEST = LonLat(176, 0), LonLat(-178, 2)
SETTINGS = "source: {kind: files, mosaic: mosaic.tif, craters: craters.csv}\nbands: grey\n"


def _crater(crater_id: int, center: LonLat) -> Crater:
    return Crater(crater_id=crater_id, name=f"No {crater_id}", center=center, radius_m=RADIUS_M)


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """Two craters on both sides of the antimeridian, whose discs of ejecta overlap there."""
    (tmp_path / "project.yaml").write_text(SETTINGS)
    made = OpenProject.at(tmp_path)
    write_cog(made.paths.basemap_mosaic, np.full(BASEMAP.shape, 9, np.uint8), grid=BASEMAP)
    craters = [_crater(1, EAST), _crater(2, WEST)]
    write_catalogue(catalogue_from(craters, MERCURY), made.paths.crater_catalogue)
    for crater, share in zip(craters, (0.7, 0.9), strict=True):
        mask = disc(BASEMAP, center=crater.center, radius_m=8 * KM_A_DEGREE * 1000)
        _write_mask(made, crater, mask)
        _write_layers(made, crater, share)
    return made


def _write_mask(project: OpenProject, crater: Crater, mask: PlacedMask) -> None:
    write_mask(
        project.paths.basemap_mask(crater.key),
        mask,
        basemap=BASEMAP,
        center=crater.center,
        tags={"EJMAP_MODEL": f"model {crater.key}", "EJMAP_RUN": "run-1"},
    )


def _write_layers(project: OpenProject, crater: Crater, share: float) -> None:
    """Probability is the share east of the crater, and a tenth of it west of the crater."""
    grid = AzimuthalGrid(
        body=MERCURY, center=crater.center, resolution_m=BASEMAP.resolution_m, half_size_px=12
    )
    sure = np.full(grid.shape, share, np.float32)
    sure[:, :12] = share / 10
    path = project.paths.segmentation(crater.key)
    write_layers(path, layer_bands(EnsembleLayers(sure, sure, 1), sure > 0.5), grid=grid)


def test_craters_that_claim_a_pixel_come_by_probability(project: OpenProject) -> None:
    """179.5 E 0.5 N is 3.5 degrees east of one and 2.9 west of the other, across 180."""
    found = explain_pixel(project, LonLat(179.6, 0.4))

    assert (found.lon_deg, found.lat_deg) == pytest.approx((179.5, 0.5))
    assert (found.row, found.col) == (89, 359)
    assert [one.crater_id for one in found.claims] == [1, 2]
    assert all(one.is_claimed for one in found.claims)
    first, second = found.claims
    assert first.probability == pytest.approx(0.7, abs=0.008)
    assert second.probability == pytest.approx(0.09, abs=0.008)
    assert first.distance_km == pytest.approx(np.hypot(3.5, 0.5) * KM_A_DEGREE, rel=1e-3)
    assert first.distance_radii == pytest.approx(first.distance_km * 1000 / RADIUS_M)
    assert (first.model, first.mosaic, first.run) == ("model 0001", "", "run-1")
    assert Path(first.mask) == project.paths.basemap_mask("0001")


def test_a_crater_that_might_claim_a_pixel_is_named_after_those_that_do(
    project: OpenProject,
) -> None:
    """Its mask is empty there, its probability is not small; far craters are not named."""
    _write_mask(project, _crater(2, WEST), PlacedMask.empty())

    found = explain_pixel(project, LonLat(-177.4, 2.4))

    assert [(one.crater_id, one.is_claimed) for one in found.claims] == [(1, True), (2, False)]
    assert explain_pixel(project, LonLat(0, 60)).claims == ()


def test_beyond_the_layers_of_a_crater_there_is_no_probability(project: OpenProject) -> None:
    """So with published masks, which come without any."""
    project.paths.segmentation("0001").unlink()

    found = explain_pixel(project, LonLat(168.6, 0.5))

    assert [(one.crater_id, one.probability) for one in found.claims] == [(1, None)]


@pytest.mark.parametrize("lat_deg", [-90.0, 90.0])
@pytest.mark.parametrize("lon_deg", [-180.0, 180.0])
def test_corners_of_the_map_are_pixels_of_it(
    project: OpenProject, lon_deg: float, lat_deg: float
) -> None:
    """The poles and both names of the antimeridian."""
    found = explain_pixel(project, LonLat(lon_deg, lat_deg))

    assert (found.row, found.col) == (0 if lat_deg > 0 else 179, 0)


def test_nothing_is_explained_where_nothing_is_mapped(project: OpenProject) -> None:
    """A project without a mosaic, and a place that is none."""
    with pytest.raises(GridError, match="latitude"):
        explain_pixel(project, LonLat(0, 91))
    project.paths.basemap_mosaic.unlink()
    with pytest.raises(StepError, match="ejmap run"):
        explain_pixel(project, LonLat(0, 0))
