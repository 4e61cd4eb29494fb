"""Ejecta beside the ground at equal distance, band by band: blanket, rays, and by distance."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.patterns.equal_distance import SectorSums, at_equal_distance, sector_sums
from ejmap_geo.patterns.polar_mask import PolarCells, PolarMask
from ejmap_project.analysis.map_quantities import OF_SPECTRUM, SpectrumTable

BLANKET, RAYS, RING = "blanket", "rays", "ring"
# Edges of rings in crater radii, about evenly spaced in the logarithm.
RING_EDGES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 80.0)


def spectra_table(
    polar: PolarMask, bands: tuple[str, ...], crater: Crater, *, blanket_m: float
) -> pd.DataFrame:
    """Compare the ejecta of a crater with the ground beside them in each band of the mosaic.

    Args:
        polar: Ejecta and mosaic about the crater.
        bands: Names of the bands.
        crater: The crater.
        blanket_m: Radius of its optical blanket.

    Returns:
        Valid under ``SpectrumTable``; without rows where nothing can be compared.
    """
    has_data = polar.bands.any(axis=0)
    rows: list[dict[str, object]] = []
    for name, band in zip(bands, polar.bands, strict=True):
        values = np.where(has_data, band, np.float32(np.nan))
        sums = sector_sums(values, polar.is_ejecta, ~polar.is_ejecta, cells=polar)
        rows += [
            {
                "crater_id": crater.crater_id,
                "crater": crater.name or crater.key,
                "band": name,
                **row,
            }
            for row in compared(sums, polar, radius_m=crater.radius_m, blanket_m=blanket_m)
        ]
    columns = pd.Index(["crater_id", "crater", *(one.name for one in OF_SPECTRUM)])
    return SpectrumTable.validate(pd.DataFrame(rows, columns=columns))


def compared(
    sums: SectorSums, cells: PolarCells, *, radius_m: float, blanket_m: float
) -> Iterator[dict[str, object]]:
    """Yield blanket, rays and rings that hold ejecta with ground beside them.

    Args:
        sums: A field, summed by row and sector.
        cells: Places of its rows.
        radius_m: Rim radius.
        blanket_m: Radius of the optical blanket; rays lie beyond.
    """
    farthest_radii = float(cells.edges_m[-1]) / radius_m
    blanket_radii = max(blanket_m / radius_m, 1.0)
    parts = [
        (BLANKET, 1.0, blanket_radii),
        (RAYS, blanket_radii, farthest_radii),
        *((RING, *edges) for edges in pairwise(RING_EDGES)),
    ]
    for part, inner, outer in parts:
        rows = slice(cells.first_row(inner * radius_m), cells.first_row(outer * radius_m))
        found = at_equal_distance(sums, rows)
        if found.area_m2 > 0:
            yield {
                "part": part,
                "inner_radii": inner,
                "outer_radii": outer,
                "ejecta": found.ejecta,
                "beside": found.beside,
                "difference": found.difference,
                "difference_low": found.low,
                "difference_high": found.high,
                "compared_km2": found.area_m2 / 1e6,
            }
