"""The map for other programs, read back by geopandas and rasterio."""

from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from pyproj import CRS

from ejmap_cli.main import main
from ejmap_cli.projects.export import FORMATS as OFFERED
from ejmap_cli.projects.export import PUBLISHED
from ejmap_geo.grids.body import MERCURY, Body
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_project.errors import ExportError
from ejmap_project.files.mask_file import write_mask
from ejmap_project.files.table_file import write_table
from ejmap_project.gis_export.formats import FORMATS, export_map
from ejmap_project.gis_export.iau_sphere import iau_crs
from ejmap_project.gis_export.map_tables import LAYERS
from ejmap_project.global_map.planet_map import draw_planet_map
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject
from tests.mapped_discs import CRATERS, GRID, write_mapped_discs

LONGEST_NAME = 10


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Three discs, one over a pole, one with a hole and with a ray over the pole."""
    project = write_mapped_discs(tmp_path_factory.mktemp("formats"))
    paths, crater = project.paths, CRATERS[1]
    full = np.zeros(GRID.shape, np.bool_)
    at = GRID.position(crater.center)
    row, col = int(at.row), int(at.col)
    full[row - 20 : row + 20, col - 20 : col + 20] = True
    full[row - 5 : row + 5, col - 5 : col + 5] = False
    holed = PlacedMask.from_full(full, GRID)
    write_mask(paths.basemap_mask(crater.key), holed, basemap=GRID, center=crater.center)
    ray = {"azimuth_deg": 350.0, "start_km": 100.0, "end_km": 4500.0, "length_km": 4400.0}
    row_of_ray = {"crater_id": 2, "crater": "Holed", **ray, "width_km": 20.0, "spread_deg": 5.0}
    paths.crater_rays(crater.key).parent.mkdir()
    write_table(pd.DataFrame([row_of_ray]), paths.crater_rays(crater.key))
    draw_planet_map(project, {one.key: CraterState.CURRENT for one in CRATERS}, tags={"A": "b"})
    return project


@pytest.fixture(scope="module")
def of_map(project: OpenProject) -> dict[str, gpd.GeoDataFrame]:
    """The layers of the map."""
    return {name: gpd.read_file(project.paths.map_layers, layer=name) for name in LAYERS}


def _radius_m(crs: CRS | None) -> float:
    ellipsoid = CRS.from_user_input(crs).ellipsoid
    assert ellipsoid is not None
    return ellipsoid.semi_major_metre


def _area(table: gpd.GeoDataFrame) -> float:
    """Return the area in square degrees, which geopandas warns of."""
    return float(shapely.area(table.geometry.to_numpy()).sum())


def test_the_formats_that_can_be_asked_for_are_those_that_can_be_exported() -> None:
    """The command names them again, because importing the exports takes a second."""
    assert (PUBLISHED, *FORMATS) == OFFERED


def test_shapefiles_hold_the_layers_under_short_names_with_their_meaning(
    project: OpenProject, of_map: dict[str, gpd.GeoDataFrame], tmp_path: Path
) -> None:
    """On the sphere, with valid geometry; every column of every layer has a stated meaning."""
    export_map(project, tmp_path / "out", form="shapefile")

    columns = pd.read_csv(tmp_path / "out/columns.csv", keep_default_na=False)
    assert columns["meaning"].str.len().min() > 0
    for name, table in of_map.items():
        read = gpd.read_file(tmp_path / f"out/{name}.shp")
        told = columns[columns["layer"] == name]
        assert told["column"].tolist() == [*table.columns.drop("geometry")]
        assert [*read.columns.drop("geometry")] == told["shapefile"].tolist()
        assert told["shapefile"].is_unique
        assert told["shapefile"].str.len().max() <= LONGEST_NAME
        assert read.is_valid.all()
        assert _area(read) == pytest.approx(_area(table))
        assert _radius_m(read.crs) == MERCURY.radius_m
        assert read["crater_id"].tolist() == table["crater_id"].tolist()


def test_jmars_gets_simple_shapes_in_degrees(
    project: OpenProject, of_map: dict[str, gpd.GeoDataFrame], tmp_path: Path
) -> None:
    """No parts, no holes, no metres; the ground is the same."""
    export_map(project, tmp_path / "out", form="jmars")

    assert any(part.interiors for one in of_map["ejecta"].geometry for part in one.geoms)
    for name in ("ejecta", "rims", "rays"):
        read = gpd.read_file(tmp_path / f"out/{name}.shp")
        assert {*read.geom_type} <= {"Polygon", "LineString"}
        assert all(not getattr(one, "interiors", ()) for one in read.geometry)
        assert read.is_valid.all()
        west, south, east, north = read.total_bounds
        assert west >= -180
        assert east <= 180
        assert south >= -90
        assert north <= 90
        for crater_id, parts in read.groupby("crater_id"):
            whole = of_map[name].set_index("crater_id").geometry.loc[crater_id]
            assert _area(parts) == pytest.approx(whole.area)
            length = shapely.length(parts.geometry.to_numpy()).sum()
            assert name != "rays" or length == pytest.approx(whole.length)
    craters = pd.read_csv(tmp_path / "out/craters.csv")
    assert craters["lon"].tolist() == [one.center.lon_deg for one in CRATERS]
    assert craters["lat"].tolist() == [one.center.lat_deg for one in CRATERS]


def test_on_the_sphere_of_the_iau_degrees_stay_and_metres_grow(
    project: OpenProject, of_map: dict[str, gpd.GeoDataFrame], tmp_path: Path
) -> None:
    """IAU_2015:19900 is a sphere of 2440530 m; pixels, colours and tags are the same."""
    export_map(project, tmp_path / "out", form="iau")

    for name, table in of_map.items():
        read = gpd.read_file(tmp_path / "out/ejecta.gpkg", layer=name)
        assert _radius_m(read.crs) == 2_440_530
        assert shapely.equals(read.geometry.to_numpy(), table.geometry.to_numpy()).all()
    parquet = gpd.read_parquet(tmp_path / "out/ejecta.parquet")
    assert CRS.from_user_input(parquet.crs).to_authority() == ("IAU_2015", "19900")
    with (
        rasterio.open(project.paths.label_map) as before,
        rasterio.open(tmp_path / "out/label_map.tif") as after,
    ):
        np.testing.assert_array_equal(before.read(), after.read())
        assert after.bounds.right == pytest.approx(np.pi * 2_440_530)
        assert _radius_m(CRS.from_wkt(after.crs.to_wkt())) == 2_440_530
        assert (after.nodata, after.colormap(1)) == (before.nodata, before.colormap(1))
        assert after.tags()["A"] == "b"
        assert "multiplied by 1.000463229" in after.tags()["EJMAP_SPHERE"]
        assert after.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert (tmp_path / "out/label_map.qml").is_file()


def test_a_body_without_a_code_is_not_exported_for_it() -> None:
    """The sentence says that another format will do."""
    with pytest.raises(ExportError, match="IAU_2015 lists no sphere of Nowhere"):
        iau_crs(Body(name="Nowhere", radius_m=1e6))


def test_labels_of_pds4_describe_the_rasters_byte_by_byte(
    project: OpenProject, tmp_path: Path
) -> None:
    """Read at the stated offset without any library of rasters; GDAL places them as before."""
    export_map(project, tmp_path / "out", form="pds4")

    for name in ("label_map", "overlap_count"):
        label = tmp_path / f"out/{name}.xml"
        root = ET.parse(label).getroot()  # noqa: S314 - GDAL has just written it
        array = root.find(".//{*}Array_3D_Image")
        if array is None:
            array = root.find(".//{*}Array_2D_Image")
        assert array is not None
        offset = int(array.findtext("{*}offset") or 0)
        with rasterio.open(project.paths.map_layers.with_name(f"{name}.tif")) as before:
            expected = before.read(1)
        content = (tmp_path / f"out/{name}.tif").read_bytes()
        told = np.frombuffer(content, expected.dtype.newbyteorder("<"), expected.size, offset)
        np.testing.assert_array_equal(told.reshape(expected.shape), expected)
        assert root.findtext(".//{*}a_axis_radius") == "2439400"
        assert root.findtext(".//{*}logical_identifier") == f"urn:nasa:pds:ejmap:map:{name}"
        assert root.findtext(".//{*}Target_Identification/{*}type") == "Planet"
        with (
            rasterio.open(label) as read,
            rasterio.open(project.paths.map_layers.with_name(f"{name}.tif")) as before,
        ):
            assert read.driver == "PDS4"
            assert (read.transform, read.shape) == (before.transform, before.shape)
            assert read.nodata == before.nodata


@pytest.mark.parametrize("form", FORMATS)
def test_without_a_map_nothing_is_written(project: OpenProject, tmp_path: Path, form: str) -> None:
    """Neither a folder nor a part of one."""
    (tmp_path / "project.yaml").write_text(project.paths.settings.read_text())
    empty = OpenProject.at(tmp_path)

    with pytest.raises(ExportError, match="has no map to export yet; make it with `ejmap run"):
        export_map(empty, tmp_path / "out", form=form)
    assert not (tmp_path / "out").exists()


def test_options_of_the_published_layout_go_with_no_other_format(tmp_path: Path, capsys) -> None:
    """The message names the option."""
    words = ["export", str(tmp_path), str(tmp_path / "out"), "--format", "jmars", "--split", "1"]

    assert main(words) == 2
    assert "--split goes with --format published alone" in capsys.readouterr().err
