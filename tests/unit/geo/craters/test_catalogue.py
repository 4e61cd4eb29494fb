"""Crater tables are read from every kind of file, or refused in one sentence."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyproj import CRS, Geod
from shapely.geometry import LineString, Point, Polygon

from ejmap_geo.craters.catalogue import (
    Crater,
    catalogue_from,
    craters_of,
    read_catalogue,
    write_catalogue,
)
from ejmap_geo.errors import CatalogueError, CrsError, GeoError
from ejmap_geo.grids.body import MERCURY, MOON
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import azimuthal_crs, equidistant_cylindrical_crs, geographic_crs

HOKUSAI = Crater(crater_id=0, name="Hokusai", center=LonLat(16.65, 57.84), radius_m=57_000.0)
BASHO = Crater(
    crater_id=8,
    name="Bashō",
    center=LonLat(-170.45, -32.39),
    radius_m=37_500.0,
    labelled=True,
    reach_m=2e6,
)
GEOGRAPHIC = geographic_crs(MERCURY)


def _table(**changes: Any) -> pd.DataFrame:
    columns = {
        "crater_id": [8, 0],
        "name": ["Bashō", "Hokusai"],
        "lon_deg": [-170.45, 16.65],
        "lat_deg": [-32.39, 57.84],
        "radius_m": [37_500.0, 57_000.0],
        "labelled": [1, 0],
        "reach_m": [2e6, None],
    } | changes
    return pd.DataFrame({name: values for name, values in columns.items() if values is not None})


def _csv(folder: Path, table: pd.DataFrame) -> Path:
    table.to_csv(folder / "craters.csv", index=False)
    return folder / "craters.csv"


def _rim(lon_deg: float, lat_deg: float, radius_m: float) -> Polygon:
    # The oracle of rims is PROJ's geodesic on the sphere.
    geod = Geod(a=MERCURY.radius_m, f=0)
    azimuths = np.arange(0, 360, 5.0)
    lon, lat, _ = geod.fwd(
        np.full(72, lon_deg), np.full(72, lat_deg), azimuths, np.full(72, radius_m)
    )
    return Polygon(np.column_stack([lon, lat]))


def test_a_default_reach_is_eighty_radii_but_never_beyond_the_antipode() -> None:
    """80 x 20 km on Mercury; half the circumference for a crater of 100 km; its own when given."""
    small = Crater(crater_id=1, name="", center=LonLat(0, 0), radius_m=20_000)
    large = Crater(crater_id=2, name="", center=LonLat(0, 0), radius_m=100_000)

    assert small.reach(MERCURY) == 1_600_000
    assert large.reach(MERCURY) == pytest.approx(np.pi * 2_439_400)
    assert BASHO.reach(MERCURY) == 2e6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"crater_id": 65_534}, r"0\.\.65533, got 65534", id="reserved-id"),
        pytest.param({"crater_id": -1}, "got -1", id="negative-id"),
        pytest.param({"radius_m": float("nan")}, "positive metres, got nan", id="nan-radius"),
        pytest.param({"center": LonLat(0, 91)}, "crater 5: latitude", id="latitude"),
        pytest.param({"reach_m": 10.0}, "exceed its radius", id="short-reach"),
    ],
)
def test_a_crater_that_cannot_be_is_refused(changes: dict[str, Any], message: str) -> None:
    """Ids of label maps, sizes and places are checked at birth."""
    good: dict[str, Any] = {
        "crater_id": 5,
        "name": "x",
        "center": LonLat(0, 0),
        "radius_m": 1000.0,
    }

    with pytest.raises(CatalogueError, match=message):
        Crater(**(good | changes))


def test_keys_of_craters_have_four_digits() -> None:
    """Partition keys sort like the ids below ten thousand."""
    assert (HOKUSAI.key, BASHO.key) == ("0000", "0008")


@pytest.mark.parametrize("name", ["c.parquet", "c.gpkg", "c.csv"])
def test_a_catalogue_survives_every_format(tmp_path: Path, name: str) -> None:
    """Craters written and read again are equal, with their CRS, and sorted by id."""
    catalogue = catalogue_from([BASHO, HOKUSAI], MERCURY)

    write_catalogue(catalogue, tmp_path / "sub" / name)
    read = read_catalogue(tmp_path / "sub" / name, body=MERCURY)

    assert craters_of(read) == [HOKUSAI, BASHO]
    assert read.crs == GEOGRAPHIC
    assert [file.name for file in (tmp_path / "sub").iterdir()] == [name]


def test_a_shapefile_of_rims_is_read(tmp_path: Path) -> None:
    """Shapefiles keep bool as numbers and null as nothing; rims stay polygons."""
    rims = [_rim(-170.45, -32.39, 37_500), _rim(16.65, 57.84, 57_000)]
    gpd.GeoDataFrame(_table(), geometry=rims, crs=GEOGRAPHIC).to_file(tmp_path / "c.shp")

    read = read_catalogue(tmp_path / "c.shp", body=MERCURY)

    assert craters_of(read) == [HOKUSAI, BASHO]
    assert set(read.geom_type) == {"Polygon"}
    assert read.geometry.contains(Point(16.65, 57.84)).tolist() == [True, False]


@pytest.mark.parametrize(
    ("lon_deg", "lat_deg"), [(16.65, 57.84), (179.9, 10.0), (-60.0, 89.9), (0.0, -89.0)]
)
def test_centres_come_from_rims_even_at_poles_and_the_antimeridian(
    tmp_path: Path, lon_deg: float, lat_deg: float
) -> None:
    """The centroid lies within a hundredth of the radius of the centre the rim was drawn about."""
    table = pd.DataFrame({"crater_id": [3], "radius_m": [60_000]})
    rim = _rim(lon_deg, lat_deg, 60_000)
    gpd.GeoDataFrame(table, geometry=[rim], crs=GEOGRAPHIC).to_file(tmp_path / "c.gpkg")

    (crater,) = craters_of(read_catalogue(tmp_path / "c.gpkg", body=MERCURY))

    _, _, apart_m = Geod(a=MERCURY.radius_m, f=0).inv(*crater.center, lon_deg, lat_deg)
    assert apart_m < 600


def test_points_in_metres_are_brought_to_degrees(tmp_path: Path) -> None:
    """A point a quarter of the way round the projected equator lies at 90 degrees."""
    table = _table(lon_deg=None, lat_deg=None)
    quarter_m = MERCURY.half_circumference_m / 2
    points = gpd.GeoDataFrame(
        table,
        geometry=[Point(quarter_m, 0), Point(0, quarter_m / 2)],
        crs=equidistant_cylindrical_crs(MERCURY),
    )
    points.to_file(tmp_path / "c.gpkg")

    read = craters_of(read_catalogue(tmp_path / "c.gpkg", body=MERCURY))

    assert read[1].center == pytest.approx((90, 0))
    assert read[0].center == pytest.approx((0, 45))


def test_longitudes_of_0_to_360_are_accepted_and_said_so(tmp_path: Path) -> None:
    """189.55 E becomes -170.45, longitudes in range keep their digits, and a note tells it."""
    path = _csv(tmp_path, _table(lon_deg=[189.55, 16.65]))

    read = read_catalogue(path, body=MERCURY)

    assert read["lon_deg"].tolist() == pytest.approx([16.65, -170.45])
    assert read["lon_deg"][0] == 16.65
    assert read.attrs["notes"] == ["1 longitudes outside [-180, 180) were brought into it"]


def test_west_longitudes_are_turned_only_when_declared(tmp_path: Path) -> None:
    """170.45 W is -170.45; without the declaration it stays 170.45 E."""
    path = _csv(tmp_path, _table(lon_deg=[170.45, 343.35]))

    west = read_catalogue(path, body=MERCURY, west_positive=True)
    east = read_catalogue(path, body=MERCURY)

    assert west["lon_deg"].tolist() == pytest.approx([16.65, -170.45])
    assert east["lon_deg"].tolist() == pytest.approx([-16.65, 170.45])
    assert "west-positive as declared" in west.attrs["notes"][0]


def test_optional_columns_may_be_missing_and_others_are_left_out(
    tmp_path: Path,
) -> None:
    """Four columns are enough; a diameter beside the radius is ignored."""
    table = _table(name=None, labelled=None, reach_m=None).assign(diameter_km=[75, 114])

    craters = craters_of(read_catalogue(_csv(tmp_path, table), body=MERCURY))

    assert [(crater.name, crater.labelled, crater.reach_m) for crater in craters] == [
        ("", False, None),
        ("", False, None),
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param(
            _table(radius_m=None).assign(size=[1, 2]),
            r"no column radius_m; found .*size; state which it is \(--column radius_m=NAME",
            id="no-size",
        ),
        pytest.param(
            _table(lon_deg=None, lat_deg=None).assign(lon_degg=[1, 2], Latt_deg=[1, 2]),
            "no column lon_deg, lat_deg; .*rename lon_degg to lon_deg, or rename Latt_deg",
            id="misspelt",
        ),
        pytest.param(_table().iloc[:0], "is empty; give at least one crater", id="empty"),
        pytest.param(
            _table(radius_m=[37.5, 57.0]),
            "at least 500, found 37.5 at crater 8, 57 at crater 0; these look like kilometres",
            id="radius-in-km",
        ),
        pytest.param(
            _table(radius_m=[3.75e6, 57_000]),
            r"half the radius of Mercury \(1219700 m\), found 3.75e\+06 at crater 8",
            id="radius-too-large",
        ),
        pytest.param(_table(radius_m=[-5.0, 57_000]), "must be positive", id="negative-radius"),
        pytest.param(
            _table(radius_m=[None, 57_000]),
            "radius_m must be a number in every row, found nan at crater 8",
            id="nan-radius",
        ),
        pytest.param(
            _table(radius_m=["37,5 km", "57000"]),
            "holds 37,5 km with a unit and 57000 without one",
            id="text-radius",
        ),
        pytest.param(
            _table(lon_deg=[410.0, 1.0]),
            r"-180\.\.180 or 0\.\.360, found 410",
            id="longitude",
        ),
        pytest.param(
            _table(lat_deg=[123.8, 1.0]),
            r"found 123.8 at crater 8.*swapped\?",
            id="latitude",
        ),
        pytest.param(_table(crater_id=[8, 8]), "unique, but 8 occur more than once", id="doubles"),
        pytest.param(_table(crater_id=[-1, 8]), r"0\.\.65533 .*found -1", id="negative-id"),
        pytest.param(_table(crater_id=[65_534, 8]), "16-bit.*found 65534", id="reserved-id"),
        pytest.param(_table(crater_id=[1.5, 8]), "whole number.*found 1.5", id="fraction-id"),
        pytest.param(_table(crater_id=[None, 8]), "whole number.*found nan", id="missing-id"),
        pytest.param(_table(labelled=["maybe", 0]), "found maybe at crater 8", id="labelled"),
        pytest.param(_table(reach_m=[30.0, None]), "larger than radius_m, found 30", id="reach"),
    ],
)
def test_a_wrong_table_is_refused_in_one_sentence(
    tmp_path: Path, table: pd.DataFrame, message: str
) -> None:
    """What was wrong, what was found and what to do, with the file's name."""
    with pytest.raises(CatalogueError, match=f"crater table craters.csv.*{message}"):
        read_catalogue(_csv(tmp_path, table), body=MERCURY)


POINTS = [Point(-170.45, -32.39), Point(16.65, 57.84)]


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        pytest.param(
            gpd.GeoDataFrame(_table(), geometry=POINTS),
            CrsError,
            "has no CRS; assign .*ESRI:104974",
            id="no-crs",
        ),
        pytest.param(
            gpd.GeoDataFrame(_table(), geometry=POINTS, crs="EPSG:4326"),
            CrsError,
            "6378137.*Mercury here is a sphere of 2439400",
            id="the-earth",
        ),
        pytest.param(
            gpd.GeoDataFrame(_table(), geometry=POINTS, crs=geographic_crs(MOON)),
            CrsError,
            "1737400",
            id="the-moon",
        ),
        pytest.param(
            gpd.GeoDataFrame(
                _table(),
                geometry=POINTS,
                crs=CRS.from_dict({"proj": "longlat", "R": 2_440_530}),
            ),
            CrsError,
            "2440530.*never relabel",
            id="iau-radius",
        ),
        pytest.param(
            gpd.GeoDataFrame(
                _table(),
                geometry=[POINTS[0], LineString([(0, 0), (1, 1)])],
                crs=GEOGRAPHIC,
            ),
            CatalogueError,
            "row 2 is a LineString; craters are points or rim polygons",
            id="a-line",
        ),
        pytest.param(
            gpd.GeoDataFrame(
                _table(), geometry=gpd.GeoSeries([POINTS[0], Point()], crs=GEOGRAPHIC)
            ),
            CatalogueError,
            "row 2 has no geometry",
            id="empty-geometry",
        ),
        pytest.param(
            gpd.GeoDataFrame(_table(), geometry=POINTS[::-1], crs=GEOGRAPHIC),
            CatalogueError,
            r"crater 8 lie \d+\.\d km from its geometry \(2 such",
            id="columns-elsewhere",
        ),
        pytest.param(
            gpd.GeoDataFrame(
                _table(radius_m=[75_000, 57_000]),
                geometry=[_rim(-170.45, -32.39, 37_500), POINTS[1]],
                crs=GEOGRAPHIC,
            ),
            CatalogueError,
            r"crater 8 is 75000, but its rim polygon has a radius of 374\d\d m.*not the diameter",
            id="a-diameter",
        ),
        pytest.param(
            gpd.GeoDataFrame(_table(), geometry=POINTS, crs=GEOGRAPHIC).iloc[:0],
            CatalogueError,
            "is empty",
            id="empty",
        ),
    ],
)
def test_wrong_geometries_are_refused_in_one_sentence(
    tmp_path: Path, table: gpd.GeoDataFrame, error: type[GeoError], message: str
) -> None:
    """Planets are told apart by their radius, and columns must agree with what is drawn."""
    table.to_parquet(tmp_path / "c.parquet")

    with pytest.raises(error, match=message):
        read_catalogue(tmp_path / "c.parquet", body=MERCURY)


def test_west_positive_is_about_columns_only(tmp_path: Path) -> None:
    """A geometry's CRS says where east is, so the declaration would be ambiguous."""
    table = gpd.GeoDataFrame(_table(lon_deg=None), geometry=POINTS, crs=GEOGRAPHIC)
    table.to_parquet(tmp_path / "c.parquet")

    with pytest.raises(CatalogueError, match="leave out --west-positive"):
        read_catalogue(tmp_path / "c.parquet", body=MERCURY, west_positive=True)


@pytest.mark.parametrize("name", ["c.csv", "c.gpkg", "c.parquet", "c.shp"])
def test_a_missing_or_broken_file_is_named(tmp_path: Path, name: str) -> None:
    """The path is part of both messages."""
    with pytest.raises(CatalogueError, match=f"{name} does not exist; correct its path"):
        read_catalogue(tmp_path / name, body=MERCURY)

    (tmp_path / name).write_bytes(b"\x00\xff\x00broken")
    with pytest.raises(CatalogueError, match=f"crater table .*{name}"):
        read_catalogue(tmp_path / name, body=MERCURY)


def test_several_layers_are_ambiguous(tmp_path: Path) -> None:
    """A GeoPackage of two layers is refused; the table of styles that QGIS adds does not count."""
    craters = gpd.GeoDataFrame(_table(), geometry=POINTS, crs=GEOGRAPHIC)
    craters.to_file(tmp_path / "c.gpkg", layer="craters")
    pd_styles = gpd.GeoDataFrame({"styleName": ["x"]}, geometry=[Point(0, 0)], crs=GEOGRAPHIC)
    pd_styles.to_file(tmp_path / "c.gpkg", layer="layer_styles")
    assert len(read_catalogue(tmp_path / "c.gpkg", body=MERCURY)) == 2

    craters.to_file(tmp_path / "c.gpkg", layer="other")

    with pytest.raises(CatalogueError, match=r"holds 2 layers \(craters, other\)"):
        read_catalogue(tmp_path / "c.gpkg", body=MERCURY)


def test_other_formats_are_refused(tmp_path: Path) -> None:
    """Unknown endings are refused for reading and writing, naming what is understood."""
    (tmp_path / "c.xlsx").touch()

    with pytest.raises(CatalogueError, match="unknown kind; save the sheet as"):
        read_catalogue(tmp_path / "c.xlsx", body=MERCURY)
    with pytest.raises(CatalogueError, match=r"use \.parquet, \.gpkg or \.csv"):
        write_catalogue(catalogue_from([BASHO], MERCURY), tmp_path / "c.shp")


def test_a_list_with_doubles_makes_no_catalogue() -> None:
    """Ids are unique in catalogues made from craters too."""
    with pytest.raises(CatalogueError, match="8 occur more than once"):
        catalogue_from([BASHO, BASHO], MERCURY)


def test_azimuthal_points_about_a_crater_are_at_its_centre(tmp_path: Path) -> None:
    """The origin of a projection about Basho is Basho."""
    table = _table(lon_deg=None, lat_deg=None).iloc[:1]
    crs = azimuthal_crs(MERCURY, center=BASHO.center)
    gpd.GeoDataFrame(table, geometry=[Point(0, 0)], crs=crs).to_file(tmp_path / "c.gpkg")

    (crater,) = craters_of(read_catalogue(tmp_path / "c.gpkg", body=MERCURY))

    assert crater.center == pytest.approx(BASHO.center)


@pytest.mark.parametrize("kind", [np.dtype(object), pd.StringDtype(), pd.CategoricalDtype()])
def test_rows_of_other_bodies_are_left_out_however_text_is_kept(tmp_path: Path, kind: Any) -> None:
    """Parquet keeps the kind of text that a program used."""
    table = _table()
    table["target"] = pd.Series(["Mercury", "Moon"]).astype(kind)
    table.to_parquet(tmp_path / "craters.parquet")

    catalogue = read_catalogue(tmp_path / "craters.parquet", body=MERCURY)

    assert catalogue["crater_id"].tolist() == [8]


def test_sizes_beside_the_radius_have_the_decimal_sign_of_the_table(tmp_path: Path) -> None:
    """A diameter of 75,000 is read by the decimal comma of a longitude."""
    rows = ["crater_id;lon_deg;lat_deg;radius_m;D_km", "8;-170,45;-32,39;37500;75,000"]
    (tmp_path / "craters.csv").write_text("\n".join(rows))

    (crater,) = craters_of(read_catalogue(tmp_path / "craters.csv", body=MERCURY))

    assert crater.radius_m == 37_500


GEO = '{"version": "1.0.0", "primary_column": "name", "columns": {"name": %s}}'


@pytest.mark.parametrize(
    "stated",
    [
        "[1]",
        '{"primary_column": ["name"], "columns": {}}',
        GEO % '{"encoding": "WKB", "crs": 7}',
        GEO % '{"encoding": "WKB", "crs": null}',
    ],
)
def test_what_a_file_says_of_its_geometries_may_be_anything(tmp_path: Path, stated: str) -> None:
    """It comes from elsewhere: each ends in one sentence."""
    table = pa.Table.from_pandas(_table()).replace_schema_metadata({"geo": stated})
    pq.write_table(table, tmp_path / "craters.parquet")

    with pytest.raises(CatalogueError, match="cannot be read"):
        read_catalogue(tmp_path / "craters.parquet", body=MERCURY)


def test_geometries_in_a_crs_that_proj_cannot_compute_with_are_refused(tmp_path: Path) -> None:
    """It is valid as text, but no centre lies beyond a pole."""
    wkt = azimuthal_crs(MERCURY, center=LonLat(lon_deg=0.0, lat_deg=80.0)).to_wkt()
    places = [Point(1_000, 2_000), Point(300_000, 400_000)]
    table = gpd.GeoDataFrame(_table(), geometry=places, crs=CRS(wkt.replace(",80,", ",95,")))
    table.drop(columns=["lon_deg", "lat_deg"]).to_parquet(tmp_path / "craters.parquet")

    with pytest.raises(CrsError, match="a CRS that PROJ cannot compute with"):
        read_catalogue(tmp_path / "craters.parquet", body=MERCURY)


def test_a_body_of_no_size_is_refused(tmp_path: Path) -> None:
    """A count names the radius of its body in words."""
    text = "a_axis_radius = 2.4.4 <km>\ncrater = {diam, lon, lat\n75 -170.45 -32.39\n}\n"
    (tmp_path / "craters.scc").write_text(text)

    with pytest.raises(CatalogueError, match="radius is no number"):
        read_catalogue(tmp_path / "craters.scc", body=MERCURY)


def test_nobody_is_told_to_rename_an_angle_to_a_length(tmp_path: Path) -> None:
    """A radius in degrees has nearly the name of one in metres."""
    table = _table().rename(columns={"radius_m": "radius_deg"})

    with pytest.raises(CatalogueError, match="no column radius_m") as caught:
        read_catalogue(_csv(tmp_path, table), body=MERCURY)

    assert "rename" not in str(caught.value)
    assert "NAME*NUMBER for other units" in str(caught.value)
