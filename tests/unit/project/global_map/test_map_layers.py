"""Layers of the map: what is in them, on which sphere, and in which style."""

import json
import sqlite3

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from pyproj import CRS
from shapely import segmentize, transform

from ejmap_geo.craters.catalogue import catalogue_from
from ejmap_project.files.table_file import write_table
from ejmap_project.global_map.map_layers import CRATERS, EJECTA, RAYS, RIMS, write_map_layers
from ejmap_project.open_project import OpenProject

LAYERS = (EJECTA, RAYS, RIMS, CRATERS)


def _write(project: OpenProject, planet, masks) -> None:
    craters = project.craters()
    table = catalogue_from(craters.values(), planet.basemap.body).assign(
        mask_km2=1.0, state="current"
    )
    write_map_layers(project.paths, table, masks, craters, grid=planet.basemap)


def test_every_crater_has_a_valid_outline_of_the_area_of_its_mask(
    project: OpenProject, planet
) -> None:
    """To a few per cent, in the cylindrical equal-area projection; the tolerance is stated."""
    _write(project, planet, planet.truth)

    table = gpd.read_file(project.paths.map_layers, layer=EJECTA).set_index("crater_id")
    assert table.is_valid.all()
    assert (table["tolerance_m"] == 0.75 * planet.basemap.resolution_m).all()
    radius_m = planet.basemap.body.radius_m
    for crater_id, geometry in table.geometry.items():
        flat = transform(
            segmentize(geometry, 0.5),
            lambda at: np.stack([np.radians(at[:, 0]), np.sin(np.radians(at[:, 1]))], axis=1),
        )
        expected_m2 = planet.truth[crater_id].area_m2(planet.basemap)
        assert flat.area * radius_m**2 == pytest.approx(expected_m2, rel=0.1)


def test_layers_keep_the_sphere_and_carry_their_styles(project: OpenProject, planet) -> None:
    """GDAL lists four layers; QGIS takes the one default style of each from ``layer_styles``."""
    _write(project, planet, planet.truth)

    path = project.paths.map_layers
    listed = {name: kind for name, kind in pyogrio.list_layers(path) if kind is not None}
    areas = {EJECTA: "MultiPolygon", RIMS: "MultiPolygon"}
    assert listed == {**areas, RAYS: "MultiLineString", CRATERS: "Point"}
    for name in listed:
        crs = CRS.from_user_input(pyogrio.read_info(path, layer=name)["crs"])
        assert crs.ellipsoid is not None
        assert crs.ellipsoid.semi_major_metre == planet.basemap.body.radius_m
    with sqlite3.connect(path) as database:
        styles = database.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles "
            "WHERE f_table_schema = '' ORDER BY update_time"
        ).fetchall()
        broken = database.execute("PRAGMA integrity_check").fetchone()
    database.close()
    assert {(name, column, default) for name, column, default, _ in styles} == {
        (name, "geom", 1) for name in listed
    }
    assert all(qml.startswith("<!DOCTYPE qgis") for *_, qml in styles)
    assert broken == ("ok",)


def test_measured_rays_are_lines_of_their_length(project: OpenProject, planet) -> None:
    """Along the meridian to the north, in degrees of arc; a crater that is not drawn has none."""
    crater, hidden = planet.craters[:2]
    ray = {"azimuth_deg": 0.0, "start_km": 50.0, "end_km": 250.0, "length_km": 200.0}
    for one in (crater, hidden):
        row = {"crater_id": one.crater_id, "crater": one.name, **ray}
        path = project.paths.crater_rays(one.key)
        path.parent.mkdir(parents=True)
        write_table(pd.DataFrame([{**row, "width_km": 5.0, "spread_deg": 2.0}]), path)
    _write(project, planet, {crater.crater_id: planet.truth[crater.crater_id]})

    rays = gpd.read_file(project.paths.map_layers, layer=RAYS)

    assert rays["crater_id"].tolist() == [crater.crater_id]
    length_deg = np.degrees(200_000 / planet.basemap.body.radius_m)
    assert rays.geometry[0].length == pytest.approx(length_deg)
    assert rays.geometry[0].bounds[0] == pytest.approx(crater.center.lon_deg)


def test_the_parquet_file_states_its_sphere_as_projjson(project: OpenProject, planet) -> None:
    """A GeoParquet without a CRS would be taken for the Earth."""
    _write(project, planet, planet.truth)

    stored = pq.read_schema(project.paths.ejecta_outlines).metadata[b"geo"]
    crs = json.loads(stored)["columns"]["geometry"]["crs"]
    assert crs["datum"]["ellipsoid"]["radius"] == planet.basemap.body.radius_m


def test_a_map_without_masks_has_empty_layers(project: OpenProject, planet) -> None:
    """Rims and craters are there all the same."""
    _write(project, planet, {})

    path = project.paths.map_layers
    counts = [pyogrio.read_info(path, layer=name)["features"] for name in LAYERS]
    assert counts == [0, 0, 3, 3]
    assert gpd.read_parquet(project.paths.ejecta_outlines).empty
