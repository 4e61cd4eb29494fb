"""Every body from two files to a map: each file lies on its sphere, and measures are to scale."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from pyproj import CRS, Geod

from ejmap_geo.grids.body import BODIES, Body, body_named
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.analysis.crater_pattern import measure_pattern, read_pattern
from ejmap_project.analysis.crater_patterns import measure_patterns
from ejmap_project.analysis.crater_profile import measure_profile
from ejmap_project.errors import SettingsError
from ejmap_project.gis_export.formats import export_map
from ejmap_project.global_map.planet_map import draw_planet_map
from ejmap_project.intake.new_project import new_project
from ejmap_project.mapping.azimuthal_mosaic import cut_azimuthal_mosaic
from ejmap_project.mapping.basemap_mask import place_mask
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.mapping.ejecta_layers import segment_ejecta
from ejmap_project.mapping.polar_prediction import predict_polar
from ejmap_project.mapping.segmenter import ejseg_ensemble
from ejmap_project.mapping.tile_store import cut_tile_store
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.exclusion import exclude_ejecta
from ejmap_project.planetwide.overlaps import rank_overlaps
from ejmap_project.planetwide.planet_statistics import measure_planet
from ejmap_project.planetwide.qgis_project import write_qgis_project
from ejmap_project.progress import Silence
from ejmap_project.sources.source_artefacts import take_catalogue, take_mosaic
from tests.constant_models import constant_bundle
from tests.tiny_presets import POLAR

WIDTH_PX = 128
# Of the radius of the body: a crater, and how far from it ejecta are looked for.
CRATER_SIZE, REACH = 1 / 40, 0.3
PLACES = ((178.0, 10.0), (-60.0, -85.0))
STATED = [*(body.name for body in BODIES.values()), "Mars:3389.5"]


def _files(folder: Path, body: Body) -> tuple[Path, Path]:
    """Write a mosaic of noise on the body's sphere, and a table of two craters."""
    grid = BasemapGrid(body=body, width_px=WIDTH_PX)
    noise = np.random.default_rng(0).integers(60, 200, (1, *grid.shape), np.uint8)
    write_cog(folder / "mosaic.tif", noise, grid=grid)
    table = pd.DataFrame(PLACES, columns=["lon_deg", "lat_deg"])
    table["radius_m"], table["reach_m"] = CRATER_SIZE * body.radius_m, REACH * body.radius_m
    table.to_csv(folder / "craters.csv", index_label="crater_id")
    return folder / "mosaic.tif", folder / "craters.csv"


def _mapped(folder: Path, body: Body) -> OpenProject:
    """Map two craters by a network that says everywhere that there are ejecta."""
    mosaic, craters = _files(folder, body)
    new_project(folder / "p", mosaic=mosaic, craters=craters, body=body.stated)
    settings = folder / "p/project.yaml"
    text = settings.read_text(encoding="utf-8").replace('"ready_grey"', "polar.yaml")
    settings.write_text(text, encoding="utf-8")
    settings.with_name("polar.yaml").write_text(POLAR, encoding="utf-8")
    project = OpenProject.at(folder / "p")
    take_mosaic(project, Silence())
    take_catalogue(project)
    work = CraterWork(project)
    work.ejseg = ejseg_ensemble([constant_bundle(POLAR, 0.9, reads="grey")])
    for crater in work.craters.values():
        cut_azimuthal_mosaic(work, crater, tags={})
        cut_tile_store(work, crater, recipe="r", inputs={})
        predict_polar(work, crater, tags={})
        segment_ejecta(work, crater, tags={})
        place_mask(work, crater, tags={})
    measure_profile(work, work.craters["0000"])
    measure_pattern(work, work.craters["0000"])
    states = dict.fromkeys(work.craters, CraterState.CURRENT)
    draw_planet_map(project, states, tags={})
    rank_overlaps(project, Silence(), tags={})
    measure_patterns(project, Silence())
    exclude_ejecta(project, Silence(), tags={})
    measure_planet(project)
    write_qgis_project(project)
    return project


def _radius_m(crs: object) -> float:
    ellipsoid = CRS.from_user_input(crs).ellipsoid
    assert ellipsoid is not None
    assert ellipsoid.semi_major_metre == ellipsoid.semi_minor_metre
    return ellipsoid.semi_major_metre


@pytest.mark.parametrize("stated", STATED)
def test_a_body_is_mapped_on_its_own_sphere(stated: str, tmp_path: Path) -> None:
    """Ejecta that fill the view have its area on that sphere; every file states the sphere."""
    body = body_named(stated)

    project = _mapped(tmp_path, body)

    paths = project.paths
    assert project.settings.planet == body
    rasters = [
        *(paths.basemap_mosaic, paths.label_map, paths.composite, paths.overlap_count),
        *(paths.overlaps, paths.exclusion_mask, paths.segmentation("0000")),
        *(paths.basemap_mask("0000"), paths.azimuthal_mosaic("0001")),
    ]
    for path in rasters:
        with rasterio.open(path) as raster:
            assert _radius_m(raster.crs.to_wkt()) == body.radius_m, path.name
            assert body.name in raster.crs.to_wkt(), path.name
    square_km2 = _square_km2(body)
    layer = gpd.read_file(paths.map_layers, layer="ejecta")
    assert _radius_m(layer.crs) == body.radius_m
    assert layer["mask_km2"].tolist() == pytest.approx([square_km2] * 2, rel=0.1)
    geod = Geod(a=body.radius_m, b=body.radius_m)
    drawn_km2 = [abs(geod.geometry_area_perimeter(one)[0]) / 1e6 for one in layer.geometry]
    assert drawn_km2[0] == pytest.approx(square_km2, rel=0.1)
    speed = read_pattern(paths.crater_pattern("0000")).quantities["launch_speed_max_km_s"][0]
    slow_km_s, fast_km_s = (np.sqrt((body.gravity_m_s2 or 0) * d) / 1000 for d in _reach_m(body))
    assert slow_km_s < speed < fast_km_s
    tested = pd.read_parquet(paths.planet_tests).to_csv()
    assert ("apex" in tested) is (body.apex_lon_deg is not None)
    assert "label_map.tif" in export_map(project, tmp_path / "iau", form="iau")


def _square_km2(body: Body) -> float:
    """Return the area of the view around a crater: a square of whole pixels, azimuthal."""
    pixel = 2 * np.pi / WIDTH_PX
    half = np.ceil(REACH / pixel) * pixel
    along = (np.arange(200) + 0.5) / 200 * half
    # Areas shrink by sin(distance) / distance.
    shrunk = np.sinc(np.hypot(along[:, None], along) / np.pi).mean()
    return float(shrunk * (2 * half * body.radius_m / 1000) ** 2)


def _reach_m(body: Body) -> tuple[float, float]:
    """Return half of the reach, and twice of it: on a plain, v^2 = g d at 45 degrees."""
    return 0.5 * REACH * body.radius_m, 2 * REACH * body.radius_m


def test_a_mosaic_of_the_ellipsoid_is_refused_with_the_sphere_that_is_meant(tmp_path: Path) -> None:
    """Ceres of the IAU is flattened by 41 km: the sentence names both, and what to do."""
    ceres = body_named("Ceres")
    mosaic, craters = _files(tmp_path, ceres)
    with rasterio.open(mosaic) as raster:
        values = raster.read()
    with rasterio.open(
        tmp_path / "flat.tif",
        "w",
        driver="GTiff",
        dtype="uint8",
        count=1,
        width=values.shape[2],
        height=values.shape[1],
        crs=rasterio.CRS.from_wkt(CRS.from_user_input("IAU_2015:200000102").to_wkt()),
        transform=Affine(360 / WIDTH_PX, 0, -180, 0, -360 / WIDTH_PX, 90),
    ) as raster:
        raster.write(values)

    with pytest.raises(SettingsError, match=r"axes 487300 and 446000 m .* Ceres here is a sphere"):
        new_project(tmp_path / "p", mosaic=tmp_path / "flat.tif", craters=craters, body="Ceres")
    assert mosaic.is_file()
