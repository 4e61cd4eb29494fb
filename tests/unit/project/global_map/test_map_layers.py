"""Layers of the map: what is in them, on which sphere, and in which style."""

import json
import sqlite3

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pyogrio
import pytest
from pyproj import CRS
from shapely import segmentize, transform

from ejmap_geo.craters.catalogue import catalogue_from
from ejmap_project.global_map.map_layers import CRATERS, EJECTA, RIMS, write_map_layers
from ejmap_project.open_project import OpenProject


def _write(project: OpenProject, planet, masks) -> None:
    craters = project.craters()
    table = catalogue_from(craters.values(), planet.basemap.body).assign(
        ejecta_km2=1.0, state="current"
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
    """GDAL lists three layers; QGIS takes the one default style of each from ``layer_styles``."""
    _write(project, planet, planet.truth)

    path = project.paths.map_layers
    listed = {name: kind for name, kind in pyogrio.list_layers(path) if kind is not None}
    assert listed == {EJECTA: "MultiPolygon", RIMS: "MultiPolygon", CRATERS: "Point"}
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
    counts = [pyogrio.read_info(path, layer=name)["features"] for name in (EJECTA, RIMS, CRATERS)]
    assert counts == [0, 3, 3]
    assert gpd.read_parquet(project.paths.ejecta_outlines).empty
