"""Quantities of single rays, and those that need the masks of all craters."""

from ejmap_project.analysis.quantities import BALLISTIC, OF_CRATER, PUBLISHED, TENSOR
from ejmap_project.analysis.quantity import EXACT, Quantity, area, quantity, table_of

JACKKNIFE = "eight sectors of azimuth, each left out in turn"


def _word(name: str, meaning: str, formula: str) -> Quantity:
    return Quantity(
        name=name,
        unit="word",
        meaning=meaning,
        formula=formula,
        source="project.yaml",
        interval=EXACT,
        kind="word",
        is_always_there=True,
    )


def _field(name: str, meaning: str, formula: str, interval: str) -> Quantity:
    """Declare a value of a raster, which may be negative."""
    return Quantity(
        name=name,
        unit="of the raster",
        meaning=meaning,
        formula=formula,
        source="geometry",
        interval=interval,
    )


# What needs the masks of all craters.
CLEAN = (
    area(
        "clean_km2",
        "Part of ejecta_km2 that no other crater claims",
        "the same sum where no other mask of the map lies",
    ),
    area("clean_blanket_km2", "Clean part of the blanket", "the same up to its radius"),
    area("clean_rays_km2", "Clean part of the rays", "the same beyond its radius"),
    area(
        "shared_km2",
        "Part of ejecta_km2 that other craters claim too; 0 where none does",
        "the same sum where other masks of the map lie, too; clean_km2 + shared_km2 = ejecta_km2",
    ),
    quantity("shared_share", "1", "Share of the ejecta that is shared", "shared_km2 / ejecta_km2"),
    *(
        quantity(
            f"own_longest_ray_{unit}",
            unit,
            "Distance at which the longest ray ends that is the crater's own; empty if there is "
            "none, and where masks are published",
            "maximum of own_end_km: as far as no other crater is more probable",
        )
        for unit in ("km", "radii")
    ),
    Quantity(
        name="is_clean",
        unit="flag",
        meaning="Whether the crater has a blanket, four fifths of which are clean",
        formula="clean_blanket_km2 / blanket_km2 >= .8",
        source=PUBLISHED,
        interval="none: a flag",
        kind="flag",
        is_always_there=True,
    ),
)
OF_RAY = (
    quantity("azimuth_deg", "degrees", "Azimuth of its middle from north", "mean by area"),
    quantity("spread_deg", "degrees", "Azimuth that it fills", "columns with ejecta of the ray"),
    quantity("start_km", "km", "Distance at which it begins", "first ejecta beyond the blanket"),
    quantity("end_km", "km", "Distance at which it ends", "last ejecta"),
    quantity("length_km", "km", "Length", "end_km - start_km"),
    quantity("length_radii", "radii", "Length in crater radii", "length_km / R"),
    quantity("length_deg", "degrees of arc", "Length as an arc", "length_km / R_body"),
    quantity("width_km", "km", "Width", "area / length along which there are ejecta"),
    area("area_km2", "Area", "cells of a conformal polar view"),
    quantity("contrast", "grey levels", "Brightness less that beside it", "at equal distance"),
    quantity("straightness", "1", "Straightness", "1 - rms distance from a great circle / length"),
    quantity("aligned_share", "1", "Share that points away", "structure tensor", TENSOR),
    quantity(
        "launch_speed_km_s",
        "km/s",
        "Launch speed of its end at 45 degrees",
        "v^2 = g R z / (sin a cos a + z cos^2 a), z = tan(d / 2R)",
        BALLISTIC,
        "none: the launch angle is assumed",
    ),
)
# Of all craters' rays, beside each other.
OF_MAP_RAY = (
    *OF_RAY,
    quantity(
        "own_end_km",
        "km",
        "Distance at which its last part ends that no other crater claims more probably",
        "points along three great circles",
    ),
)
BY_SECTORS = "none: difference_low to difference_high are that of the difference"
_BY_ROW = "mean by row of equal distance, rows by the area of their ejecta"
# A field in the ejecta of a crater and on the ground beside them.
OF_SPECTRUM = (
    _word("band", "Name of the band", "as stated in project.yaml"),
    _word("part", "blanket, rays (beyond it), or a ring", "by distance"),
    quantity("inner_radii", "radii", "Where the part begins", "crater radii", interval=EXACT),
    quantity("outer_radii", "radii", "Where it ends", "crater radii", interval=EXACT),
    _field("ejecta", "Mean on ejecta", _BY_ROW, BY_SECTORS),
    _field("beside", "Mean on the ground beside them at equal distance", _BY_ROW, BY_SECTORS),
    _field(
        "difference",
        "Ejecta less the ground beside them",
        "ejecta - beside",
        "difference_low to difference_high",
    ),
    _field("difference_low", "Lower end of its 95 % interval", JACKKNIFE, "is one itself"),
    _field("difference_high", "Upper end of its 95 % interval", JACKKNIFE, "is one itself"),
    area("compared_km2", "Ejecta with ground beside them", "cells of a conformal polar view"),
)
OF_SUMMARY = (
    _word("raster", "Name of the raster", "as stated in project.yaml"),
    *OF_SPECTRUM,
)

PatternsTable = table_of(
    "PatternsTable",
    "What is measured of the ejecta of each crater, alone and where no other crater claims them.",
    (*OF_CRATER, *CLEAN),
    key=("crater_id",),
)
RayTable = table_of(
    "RayTable", "The rays of craters, one row each.", OF_RAY, key=("crater_id", "azimuth_deg")
)
MapRayTable = table_of(
    "MapRayTable",
    "The rays of all craters of the map, one row each.",
    OF_MAP_RAY,
    key=("crater_id", "azimuth_deg"),
)
SpectrumTable = table_of(
    "SpectrumTable",
    "Bands of the mosaic on the ejecta of craters and on the ground beside them.",
    OF_SPECTRUM,
    key=("crater_id", "band", "part", "inner_radii"),
)
RasterSummaryTable = table_of(
    "RasterSummaryTable",
    "Rasters of the user on the ejecta of craters and on the ground beside them.",
    OF_SUMMARY,
    key=("raster", "crater_id", "band", "part", "inner_radii"),
)
