"""Factors around what is measured of a mask, between which the true value of most craters lies.

Fitted by ``benchmarks/patterns_against_truth.py --fit 9300 9301 9302 9303`` on 192 craters as
``ready_grey`` maps them, and widened by a twentieth. Masks of other origin err otherwise, and real
craters may.
"""

# The true value of 95 in 100 craters lies between these times the measured one.
FACTORS = {
    # Some craters have no blanket or no ray in truth.
    "optical_blanket_radii": (0.0, 2.2),
    "coverage_radius_radii": (0.43, 1.9),
    "reach_99_radii": (0.07, 1.7),
    "longest_ray_radii": (0.0, 2.5),
    "ray_count": (0.0, 2.5),
    "total_ray_length_km": (0.0, 3.1),
}
