"""Where not to count craters, as files: the mask with its buffer, and areas that fill the rest."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.rasters.raster import read_basemap, read_raster, write_cog
from ejmap_project.files.table_file import write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.exclusion import BLANKETS, NOT_IMAGED, OUTSIDE, exclude_ejecta
from ejmap_project.progress import Silence
from tests.mapped_discs import DISC_M, GRID, RADIUS_M, SETTINGS, write_mapped_discs

BUFFER_M = 100_000.0
BLANKET_RADII = 5.0
UNSEEN_ROWS = 20


def _cap_m2(radius_m: float) -> float:
    return 2 * math.pi * MERCURY.radius_m**2 * (1 - math.cos(radius_m / MERCURY.radius_m))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Give a project of three discs with a buffer of 100 km; the far south was not imaged."""
    folder = tmp_path_factory.mktemp("exclusion")
    plain = write_mapped_discs(folder)
    raster, _ = read_basemap(plain.paths.basemap_mosaic, body=MERCURY)
    raster[:, -UNSEEN_ROWS:] = 0
    write_cog(plain.paths.basemap_mosaic, raster, grid=GRID, nodata=0)
    blankets = pd.DataFrame(
        {"crater_id": [1, 2, 3], "optical_blanket_radii": [np.nan, BLANKET_RADII, BLANKET_RADII]}
    )
    write_table(blankets, plain.paths.patterns)
    text = SETTINGS + f"analysis: {{exclusion_buffer_km: {BUFFER_M / 1000:g}}}\n"
    (folder / "project.yaml").write_text(text)
    project = OpenProject.at(folder)
    exclude_ejecta(project, Silence(), tags={})
    return project


def test_a_disc_is_excluded_with_its_buffer(project: OpenProject) -> None:
    """North of 70 degrees lies one disc: the area of the cap that is wider by the buffer."""
    with read_raster(project.paths.exclusion_mask) as mask:
        values = mask.to_numpy()[0]

    lat = np.radians(90 - (np.arange(GRID.shape[0]) + 0.5) * 180 / GRID.shape[0])
    row_m2 = GRID.resolution_m**2 * np.cos(lat)
    is_north = lat > math.radians(70)
    excluded_m2 = float(((values == 1).sum(1) * row_m2)[is_north].sum())
    # Distances run between centres of pixels of 15 km, so that the edge lies up to half of one in.
    assert excluded_m2 == pytest.approx(_cap_m2(DISC_M + BUFFER_M), rel=0.05)
    assert (values[-UNSEEN_ROWS:] == NOT_IMAGED).all()
    assert {*np.unique(values[:-UNSEEN_ROWS])} == {0, 1}


def test_counting_areas_are_the_rest_of_what_is_imaged(project: OpenProject) -> None:
    """Valid polygons between -180 and 180 with the area of the pixels that are free."""
    areas = gpd.read_file(project.paths.counting_areas, layer=OUTSIDE)

    with read_raster(project.paths.exclusion_mask) as mask:
        free = mask.to_numpy()[0] == 0
    edges = np.sin(np.radians(90 - np.arange(GRID.shape[0] + 1) * 180 / GRID.shape[0]))
    pixel_km2 = -np.diff(edges) * MERCURY.radius_m**2 * 2 * np.pi / GRID.width_px / 1e6
    assert areas["area_km2"].sum() == pytest.approx(float(free.sum(1) @ pixel_km2), rel=1e-9)
    assert areas.is_valid.all()
    assert areas["area_km2"].is_monotonic_decreasing
    assert areas.total_bounds.tolist()[::2] == [-180, 180]


def test_blankets_are_those_that_one_crater_alone_claims(project: OpenProject) -> None:
    """A blanket over the pole is a ring with the rim inside; one that overlaps loses a part."""
    blankets = gpd.read_file(project.paths.counting_areas, layer=BLANKETS).set_index("crater_id")

    whole_km2 = _cap_m2(BLANKET_RADII * RADIUS_M) / 1e6
    assert [*blankets.index] == [2, 3]
    assert blankets.loc[3, "area_km2"] == pytest.approx(whole_km2, rel=0.02)
    assert blankets["blanket_radius_km"].tolist() == [300, 300]
    assert blankets.is_valid.all()


def test_a_planet_that_is_all_ejecta_leaves_no_area(project: OpenProject) -> None:
    """A buffer of half of the planet excludes everything: no area to count in, no error."""
    text = SETTINGS + "analysis: {exclusion_buffer_km: 1000}\n"
    (project.paths.folder / "project.yaml").write_text(text)
    wide = OpenProject.at(project.paths.folder)
    raster, _ = read_basemap(wide.paths.basemap_mosaic, body=MERCURY)
    raster[:, 10:] = 0
    write_cog(wide.paths.basemap_mosaic, raster, grid=GRID, nodata=0)

    made = exclude_ejecta(wide, Silence(), tags={})

    assert made.metadata["counting_areas"] == 0
    assert len(gpd.read_file(wide.paths.counting_areas, layer=OUTSIDE)) == 0
