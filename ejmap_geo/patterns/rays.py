"""Rays one by one: where likely ejecta beyond the blanket reach farther than beside it."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from ejmap_geo.patterns.orientation import Orientation
from ejmap_geo.patterns.polar_mask import PolarMask

# Narrower rays of a bundle are one ray.
SMOOTHED_DEG = 2.0
# A ray is at least two crater radii of ejecta longer than the valleys beside it (shorter ones are
# lobes of the blanket), and stands out from them by a fifth of its own length.
LEAST_RADII, LEAST_PROMINENCE = 2.0, 0.2
# Shorter pieces are specks.
PIECE_RADII = 0.5
# Its sector ends where so much of its height above the valleys is left: rays bend and fan out.
EDGE_HEIGHT = 0.25

Floats = NDArray[np.float64]


class Ray(NamedTuple):
    """One ray.

    Attributes:
        azimuth_deg: Azimuth of its middle, clockwise from north, weighted by area.
        spread_deg: Sum of the azimuths that it fills.
        start_m: Distance at which it begins.
        end_m: Distance at which it ends.
        width_m: Area over the length along which there are ejecta.
        area_m2: Area on the sphere.
        contrast: Brightness less that of the ground beside it at equal distance, in grey levels;
            NaN where there is no ground to compare.
        straightness: 1 less the rms distance of its middle from a great circle through the crater,
            in lengths of the ray.
        aligned_share: Share of its directed area that points away from the crater; NaN without any.
    """

    azimuth_deg: float
    spread_deg: float
    start_m: float
    end_m: float
    width_m: float
    area_m2: float
    contrast: float
    straightness: float
    aligned_share: float

    @property
    def length_m(self) -> float:
        """Distance from its begin to its end."""
        return self.end_m - self.start_m


def find_rays(polar: PolarMask, found: Orientation, *, radius_m: float, from_m: float) -> list[Ray]:
    """Return the rays beyond a distance, by growing azimuth.

    The length of what is likelier ejecta than not is summed in each azimuth; its peaks are rays,
    cut off at a quarter of their height above the higher valley beside them. A ring of ejecta
    without peaks holds no ray. Masks that are drawn at a lower border show fainter rays, which are
    a neighbour's or none more often than the crater's own.
    Pieces shorter than half a crater radius are specks: they neither begin nor end a ray.

    Args:
        polar: The ejecta.
        found: Their directions.
        radius_m: Rim radius, the scale of what is too short for a ray.
        from_m: Where rays begin: the radius of the blanket.
    """
    first = polar.first_row(from_m)
    length_m = polar.height_m[first:] @ polar.is_likely[first:]
    piece_m = PIECE_RADII * radius_m
    found_rays = (
        _ray(polar, found, first, *_cells(polar, first, sector, piece_m=piece_m))
        for sector in _sectors(length_m, least_m=LEAST_RADII * radius_m)
    )
    return sorted((ray for ray in found_rays if ray), key=lambda ray: ray.azimuth_deg)


class _Sector(NamedTuple):
    """A peak over azimuth, as columns counted from ``begin``.

    Attributes:
        begin: Column of the view from which the others are counted, round the circle.
        left: Column of the valley before the peak.
        start: First column above a quarter of the height.
        stop: Column after the last one above it.
        right: Column after the valley behind the peak.
    """

    begin: int
    left: int
    start: int
    stop: int
    right: int


def _sectors(length_m: Floats, *, least_m: float) -> list[_Sector]:
    cols = length_m.size
    smooth = gaussian_filter1d(length_m, SMOOTHED_DEG * cols / 360, mode="wrap")
    # Begun at the lowest place, no peak is cut in two.
    begin = int(np.argmin(smooth))
    open_ring = np.append(np.roll(smooth, -begin), smooth[begin])
    peaks, shape = find_peaks(open_ring, height=least_m, prominence=least_m)
    # A peak that hardly stands out is texture of a broader ray.
    stands_out = shape["prominences"] >= LEAST_PROMINENCE * open_ring[peaks]
    peaks, prominences = peaks[stands_out], shape["prominences"][stands_out]
    valleys = [
        int(left + np.argmin(open_ring[left : right + 1]))
        for left, right in zip([0, *peaks], [*peaks, cols], strict=True)
    ]
    sectors: list[_Sector] = []
    for k, (peak, prominence) in enumerate(zip(peaks, prominences, strict=True)):
        left, right = valleys[k], min(valleys[k + 1] + 1, cols)
        low = np.flatnonzero(open_ring < open_ring[peak] - (1 - EDGE_HEIGHT) * prominence)
        start = max(int(low[low < peak].max(initial=-1)) + 1, left)
        stop = min(int(low[low > peak].min(initial=cols)), right)
        sectors.append(_Sector(begin, left, start, stop, right))
    return sectors


def _cells(
    polar: PolarMask, first: int, sector: _Sector, *, piece_m: float
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the columns from valley to valley, and which of their cells belong to the ray.

    Near the crater a ray of constant width fills more azimuth than far out: ejecta that hang
    together with the sector along their row belong to it, as far as the valleys.
    """
    cols = (sector.begin + np.arange(sector.left, sector.right)) % polar.cols
    inside = polar.is_likely[first:, cols]
    start, last = sector.start - sector.left, sector.stop - sector.left - 1
    cells = np.zeros_like(inside)
    cells[:, start : last + 1] = inside[:, start : last + 1]
    cells[:, : start + 1] |= np.logical_and.accumulate(inside[:, start::-1], axis=1)[:, ::-1]
    cells[:, last:] |= np.logical_and.accumulate(inside[:, last:], axis=1)
    cells[_in_short_runs(cells.sum(axis=1) > 0, polar.edges_m[first:], piece_m)] = False
    return cols, cells


def _in_short_runs(is_set: NDArray[np.bool_], edges_m: Floats, least_m: float) -> NDArray[np.bool_]:
    """Return which rows belong to unbroken runs shorter than a length, ``(row,)``."""
    steps = np.diff(np.concatenate([[False], is_set, [False]]).astype(np.int8))
    starts, stops = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    is_short = np.zeros(is_set.size, np.bool_)
    for start, stop in zip(starts, stops, strict=True):
        is_short[start:stop] = edges_m[stop] - edges_m[start] < least_m
    return is_short


def _ray(
    polar: PolarMask,
    found: Orientation,
    first: int,
    cols: NDArray[np.intp],
    cells: NDArray[np.bool_],
) -> Ray | None:
    """Measure a ray; None if it has no cells."""
    in_row = cells.sum(axis=1)
    rows = np.flatnonzero(in_row)
    if not rows.size:
        return None
    area_m2 = in_row * polar.cell_m2[first:]
    offset_deg = (np.arange(cols.size) + 0.5) * (360 / polar.cols)
    # Rows without ejecta have no middle.
    middle_deg = (cells @ offset_deg)[rows] / in_row[rows]
    mean_deg = float(np.average(middle_deg, weights=area_m2[rows]))
    edges_m = polar.edges_m[first:]
    begin_m, end_m = float(edges_m[rows[0]]), float(edges_m[rows[-1] + 1])
    aside_m = (middle_deg - mean_deg) / 360 * polar.across_m[first:][rows]
    rms_m = math.sqrt(float(np.average(aside_m**2, weights=area_m2[rows])))
    filled_m = float(polar.height_m[first:][rows].sum())
    return Ray(
        azimuth_deg=(cols[0] * 360 / polar.cols + mean_deg) % 360,
        spread_deg=float(np.count_nonzero(cells.any(axis=0))) * 360 / polar.cols,
        start_m=begin_m,
        end_m=end_m,
        width_m=float(area_m2.sum()) / filled_m,
        area_m2=float(area_m2.sum()),
        contrast=_contrast(polar, first, cols, cells),
        straightness=max(0.0, 1 - rms_m / (end_m - begin_m)),
        aligned_share=_aligned_share(polar, found, first, cols, cells),
    )


def _contrast(
    polar: PolarMask, first: int, cols: NDArray[np.intp], cells: NDArray[np.bool_]
) -> float:
    """Return how much brighter the ejecta of a ray are than the ground at equal distance."""
    bright = polar.brightness[first:]
    ground = _row_means(bright, polar.is_imaged[first:] & ~polar.is_ejecta[first:])
    ray = _row_means(bright[:, cols], cells)
    is_known = ~np.isnan(ground) & ~np.isnan(ray)
    if not is_known.any():
        return math.nan
    area_m2 = cells.sum(axis=1) * polar.cell_m2[first:]
    return float(np.average((ray - ground)[is_known], weights=area_m2[is_known]))


def _row_means(values: NDArray[np.float32], chosen: NDArray[np.bool_]) -> Floats:
    count = chosen.sum(axis=1)
    total = (values * chosen).sum(axis=1, dtype=np.float64)
    return np.divide(total, count, out=np.full(count.size, np.nan), where=count > 0)


def _aligned_share(
    polar: PolarMask,
    found: Orientation,
    first: int,
    cols: NDArray[np.intp],
    cells: NDArray[np.bool_],
) -> float:
    cell_m2 = polar.cell_m2[first:]
    directed, off = (
        float((one[first:, cols] & cells).sum(axis=1) @ cell_m2)
        for one in (found.is_directed, found.is_off_centre)
    )
    return 1 - off / directed if directed else math.nan
