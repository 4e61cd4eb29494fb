"""All quantities that are measured of the ejecta of one crater."""

from ejmap_geo.patterns.ejecta_thickness import LAWS
from ejmap_project.analysis.quantity import (
    BY_MEMBERS,
    EXACT,
    OF_MASK,
    Quantity,
    area,
    quantity,
    stated_interval,
    table_of,
)

PUBLISHED = "published study"
_AVOIDANCE = "Herrick & Forsberg-Taylor 2003"
TENSOR = "Bigun & Granlund 1987"
BALLISTIC = "Nat. Commun. 14:1173"
_PLANE = "none: the spread over the laws is larger than any error of the radius"
_NEAR = "ejecta of 1.2 to 8 radii, extent in ln(distance) capped at the median"
_JOINT = (
    "sum of probability of 1.2 to 4 radii and brightness of 1.2 to 2 radii less the median of its "
    "circle, each in standard deviations over azimuth, added up"
)
_PERCENTS = (99, 95, 90, 75, 50, 25)


SIZE = (
    quantity("radius_km", "km", "Rim radius R", "the catalogue", "catalogue", EXACT),
    quantity(
        "imaged_share",
        "1",
        "Share of the surroundings within reach that was imaged",
        "imaged pixels / pixels beyond the rim",
    ),
)
AREAS = (
    area(
        "ejecta_km2",
        "Area of the ejecta beyond the rim, out to reach_m; mask_km2 of the map is the area of the "
        "whole mask on the pixels of the mosaic",
        "sum of s^2 sin(c)/c over pixels of side s at arc c",
        BY_MEMBERS,
    ),
    area("inside_rim_km2", "Area of the mask inside the rim", "the same sum within the rim"),
    area("blanket_km2", "Area of the optical blanket", "the same sum up to the blanket's radius"),
    area("rays_km2", "Area of the rays", "the same sum beyond the blanket's radius"),
    quantity("ejecta_rim_areas", "1", "Ejecta in areas of the rim's disc", "ejecta_km2 / (pi R^2)"),
    quantity("ejecta_share_of_planet", "1", "Share of the planet", "ejecta_km2 / (4 pi R_body^2)"),
    area(
        "expected_km2",
        "Expected area of the ejecta",
        "sum of probability times area",
        "expected_low_km2 to expected_high_km2 hold the true area of 95 in 100 craters",
    ),
    area("expected_low_km2", "Lower end of its interval", "conformal", "is one itself"),
    area("expected_high_km2", "Upper end of its interval", "conformal", "is one itself"),
)
COVERAGE = (
    quantity(
        "coverage_radius_km",
        "km",
        "Farthest distance at which half of the circle is ejecta",
        "C(r) = 1/2, C being the imaged share of a circle that is ejecta",
        interval=BY_MEMBERS,
    ),
    quantity("coverage_radius_radii", "radii", "In crater radii", "coverage_radius_km / R"),
    quantity("coverage_slope", "1", "How fast the coverage falls there", "dC / d ln r within 10 %"),
    quantity(
        "optical_blanket_km",
        "km",
        "Radius of the optical blanket; 0 without one",
        "rings of 4 px from 4 R outwards, else inwards, more than half ejecta",
        PUBLISHED,
    ),
    quantity("optical_blanket_radii", "radii", "In crater radii", "optical_blanket_km / R"),
    quantity(
        "continuous_ejecta_km",
        "km",
        "Where continuous ejecta end as a rule",
        "2.348 R^1.006 km on the Moon, 0.65 of it on Mercury",
        "Moore et al. 1974; Gault et al. 1975",
        EXACT,
    ),
    quantity(
        "optical_to_continuous",
        "1",
        "Optical blanket over continuous ejecta",
        "optical_blanket_km / continuous_ejecta_km",
    ),
)
REACH = (
    quantity("reach_max_km", "km", "Farthest ejecta", "maximum", interval=BY_MEMBERS),
    quantity("reach_max_radii", "radii", "In crater radii", "reach_max_km / R"),
    quantity("reach_max_deg", "degrees of arc", "The same as an arc", "reach_max_km / R_body"),
    *(
        quantity(
            f"reach_{percent}_km",
            "km",
            f"Distance within which {percent} % of the area of the ejecta lie",
            "quantile of distance by area on the sphere",
            interval=BY_MEMBERS if percent in (99, 50) else OF_MASK,
        )
        for percent in _PERCENTS
    ),
    quantity("reach_99_radii", "radii", "99 % in crater radii", "reach_99_km / R"),
    quantity("reach_50_radii", "radii", "50 % in crater radii", "reach_50_km / R"),
    quantity("offset_km", "km", "Distance of the centre of area from the crater", "mean of (x, y)"),
    quantity("offset_azimuth_deg", "degrees", "Its azimuth, clockwise from north", "atan2(x, y)"),
)
RAYS = (
    Quantity(
        name="ray_count",
        unit="1",
        meaning="Number of rays beyond the optical blanket",
        formula="peaks over azimuth of the length of what is likelier ejecta than not",
        source="this platform",
        interval=stated_interval("ray_count"),
        kind="count",
        least=0,
        is_always_there=True,
    ),
    *(
        quantity(
            f"longest_ray_{unit}",
            words,
            "Distance at which the longest ray ends",
            formula,
        )
        for unit, words, formula in (
            ("km", "km", "maximum of end_km"),
            ("radii", "radii", "longest_ray_km / radius_km"),
            ("deg", "degrees of arc", "longest_ray_km / radius of the body"),
        )
    ),
    quantity("longest_ray_azimuth_deg", "degrees", "Its azimuth from north", "of the ray"),
    *(
        quantity(
            f"ray_length_{percent}_km",
            "km",
            f"Length that {percent} % of the rays do not exceed",
            "percentile of length_km",
        )
        for percent in (99, 95, 90, 50)
    ),
    quantity("total_ray_length_km", "km", "Length of all rays", "sum of length_km"),
    quantity("mean_ray_width_km", "km", "Width of rays", "mean of width_km weighted by length"),
    quantity(
        "mean_ray_contrast",
        "grey levels",
        "How much brighter rays are than ground at equal distance",
        "mean of contrast weighted by area",
    ),
    quantity("mean_ray_straightness", "1", "Straightness of rays", "mean weighted by length"),
    quantity(
        "off_centre_share",
        "1",
        "Share of the directed area of rays that does not point away from the crater",
        "structure tensor in conformal polar view, turned by more than 15 degrees",
        TENSOR,
    ),
    quantity(
        "launch_speed_max_km_s",
        "km/s",
        "Launch speed of the farthest ejecta at 45 degrees",
        "v^2 = g R z / (sin a cos a + z cos^2 a), z = tan(d / 2R)",
        BALLISTIC,
        "none: the launch angle is assumed",
    ),
)
ASYMMETRY = (
    quantity("area_dipole", "1", "First harmonic of the area over azimuth", "|mean of exp(i a)|"),
    quantity("area_quadrupole", "1", "Second harmonic", "|mean of exp(2 i a)|"),
    quantity("near_dipole", "1", "First harmonic close to the crater", _NEAR),
    quantity("near_dipole_deg", "degrees", "Azimuth of its maximum", _NEAR),
    quantity("near_quadrupole", "1", "Second harmonic close to the crater", _NEAR),
    quantity("near_quadrupole_axis_deg", "degrees", "Azimuth of its axis, 0 to 180", _NEAR),
    quantity("longest_empty_deg", "degrees", "Longest sector without ejecta", "1.2 to 8 radii"),
    quantity(
        "avoidance_azimuth_deg",
        "degrees",
        "Middle of the zone of avoidance; empty if none is found",
        "sector that explains the variance over azimuth best",
        _AVOIDANCE,
    ),
    quantity("avoidance_width_deg", "degrees", "Its width", "of the same sector", _AVOIDANCE),
    quantity("gap_explained", "1", "Variance that the emptiest sector explains", _NEAR),
    quantity("gap_left", "1", "Extent of ejecta in it over that outside", _NEAR),
    quantity(
        "joint_explained",
        "1",
        "Variance of probability and light together that one sector explains",
        _JOINT,
    ),
    quantity(
        "joint_left", "1", "Probability of ejecta in it over that outside", "mean of 1.2 to 4 radii"
    ),
    quantity(
        "downrange_deg",
        "degrees",
        "Direction in which the impactor flew; empty where not told",
        "opposite of the zone of avoidance: a sector of little probability and light that explains "
        ".7 and leaves .7 or less; of masks without probabilities one that leaves .5 or less, too",
        _AVOIDANCE,
        "none: within 20 degrees for 17 of 22 oblique impacts that were told",
    ),
    Quantity(
        name="impact_class",
        unit="class",
        meaning="What the pattern says about the angle of the impact",
        formula="zone of avoidance, two wings, first harmonic above .25, or not told",
        source=_AVOIDANCE,
        interval="none: a class, which abstains where less than .8 was imaged",
        kind="word",
        is_always_there=True,
    ),
)
THICKNESS = (
    *(
        one
        for law, given in LAWS.items()
        for one in (
            quantity(
                f"{law}_rim_m",
                "m",
                "Thickness at the rim",
                f"{given.formula}, R in m",
                given.reference,
                _PLANE,
            ),
            quantity(
                f"{law}_edge_m",
                "m",
                "Thickness at the edge of the optical blanket",
                f"{given.formula}, R in m",
                given.reference,
                _PLANE,
            ),
            quantity(
                f"{law}_volume_km3",
                "km3",
                "Volume beyond the rim",
                f"2 pi R^2 T0 / {given.power - 2:.2f}",
                given.reference,
                _PLANE,
            ),
        )
    ),
    quantity("volume_spread", "1", "Largest over smallest volume", "ratio", "these laws", EXACT),
)
BRIGHTNESS = tuple(
    quantity(
        f"{part}_brightness",
        "grey levels",
        f"Brightness of the {words}",
        "mean over its imaged pixels and the bands of the mosaic",
    )
    for part, words in (("blanket", "optical blanket"), ("rays", "rays"))
)
# Measured on the mask of each member, too.
OF_MEMBERS = ("ejecta_km2", "coverage_radius_km", "reach_max_km", "reach_99_km", "reach_50_km")
MEMBERS = tuple(
    quantity(
        f"{name}_{end}",
        "km2" if name.endswith("2") else "km",
        f"{word} {name} of the members",
        "of the mask of each member in polar view",
        interval="is one itself",
    )
    for name in OF_MEMBERS
    for end, word in (("low", "Lowest"), ("high", "Highest"))
)
GROUPS: dict[str, tuple[Quantity, ...]] = {
    "Crater": SIZE,
    "Areas on the sphere": AREAS,
    "Coverage and blanket": COVERAGE,
    "Reach": REACH,
    "Rays": RAYS,
    "Asymmetry": ASYMMETRY,
    "Thickness and volume": THICKNESS,
    "Brightness": BRIGHTNESS,
    "Members of the ensemble": MEMBERS,
}
OF_CRATER = tuple(one for group in GROUPS.values() for one in group)
PatternTable = table_of(
    "PatternTable", "What is measured of the ejecta of a crater.", OF_CRATER, key=("crater_id",)
)
