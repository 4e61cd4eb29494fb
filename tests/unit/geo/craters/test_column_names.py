"""Names of columns, as catalogues write them."""

import pytest

from ejmap_geo.craters.column_names import meaning_of


@pytest.mark.parametrize(
    ("name", "role", "factor"),
    [
        ("D (km)", "diameter", 1000),
        ("Diam_km", "diameter", 1000),
        ("diameter [m]", "diameter", 1),
        ("Diameter", "diameter", None),
        ("DIAM_CIRC_IMG", "diameter", 1000),
        ("DIAM_CIRCLE_IMAGE", "diameter", 1000),
        ("DIAM_CIRC_", "diameter", 1000),
        ("R_km", "radius_m", 1000),
        ("rim radius / m", "radius_m", 1),
        ("Center_Lat", "lat_deg", 1),
        ("clat", "lat_deg", 1),
        ("LATITUDE_CIRCLE_IMAGE", "lat_deg", 1),
        ("LAT_CIRC_I", "lat_deg", 1),
        ("Latitude (\u00b0)", "lat_deg", 1),
        ("Center Longitude", "lon_deg", 1),
        ("LON_CIRC_IMG", "lon_deg", 1),
        ("lon_rad", "lon_deg", pytest.approx(57.29577951)),
        ("Feature_Name", "name", 1),
        ("crat_FID", "crater_id", 1),
        ("Diameter in km", "diameter", 1000),
        ("Latitude (\u00b0N)", "lat_deg", 1),
        ("planetographic_latitude", "lat_deg", 1),
        ("Longitude (planetocentric)", "lon_deg", 1),
    ],
)
def test_a_name_says_what_it_holds_and_in_which_unit(
    name: str, role: str, factor: float | None
) -> None:
    """Case, blanks and brackets do not matter; a bare diameter has no unit."""
    meaning = meaning_of(name)

    assert meaning is not None
    assert (meaning.role, meaning.factor) == (role, factor)


@pytest.mark.parametrize(
    ("name", "is_west"),
    [("lon_w", True), ("lon_e", False), ("West Longitude", True), ("Lon (\u00b0E)", False),
     ("lonE", False), ("Longitude", None), ("lon (0-360W)", True), ("lon_360E", False),
     ("planetographic longitude (W)", True)],
)  # fmt: skip
def test_a_name_may_say_where_longitudes_grow(name: str, is_west: bool | None) -> None:
    """To the west, to the east, or nothing of it."""
    meaning = meaning_of(name)

    assert meaning is not None
    assert (meaning.role, meaning.is_west) == ("lon_deg", is_west)


@pytest.mark.parametrize(
    "name",
    ["LAT_ELLI_IMG", "DIAM_CIRC_SD_IMG", "DIAM_ELLI_MAJOR_IMG", "Depth (km)", "x", "km", "",
     "radius_deg", "Diameter (rad)", "planetographic_longitude", "lat 2"],
)  # fmt: skip
def test_other_names_say_nothing(name: str) -> None:
    """Errors and ellipses of the same fit, and sizes that are angles, are not taken for it."""
    assert meaning_of(name) is None
