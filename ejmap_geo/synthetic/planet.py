"""The demo planet: mosaic, catalogue and the true ejecta of every catalogued crater."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import DEFAULT_REACH_RADII, Crater
from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import MERCURY, Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.synthetic.deposit import reach_radii
from ejmap_geo.synthetic.directions import (
    Directions,
    cap_window,
    directions,
    unit_vector,
)
from ejmap_geo.synthetic.ejecta import burial, intensity
from ejmap_geo.synthetic.imaging import COLOUR_BANDS, Scene, colour_bands, expose, grey_band
from ejmap_geo.synthetic.impacts import Giants, Impact, draw_impacts
from ejmap_geo.synthetic.relief import Bowls, draw_old_craters, shade
from ejmap_geo.synthetic.spots import draw_spots, spot_brightness
from ejmap_geo.synthetic.terrain import (
    SEAM_LEVELS,
    Seams,
    draw_seams,
    make_surface,
    nearest_cell,
)

# Share of older ejecta that the brightest ray buries.
RAY_BURIAL = np.float32(0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanetConfig:
    """What kind of planet to make.

    Attributes:
        body: The sphere it lies on.
        width_px: Columns of the mosaic; rows are half as many.
        craters: Number of catalogued fresh craters.
        giants: How many of them have rays that run up to 80 crater radii.
        giant_ray_width: Factor on the width of those rays; 1 is easy to see.
        bands: 3 for PC2, PC1 and the 430/1000 nm ratio; 1 for a grey mosaic.
        old_craters: Number of worn craters without ejecta.
        distractors: Number of faded ray systems without a catalogued crater.
        bright_spots: Number of small fresh craters that nobody catalogues.
        smallest_radius_m: Smallest rim radius of a catalogued crater.
        largest_radius_m: Largest rim radius, giants apart.
        visible_intensity: Share of full fresh brightness that an eye can tell from its
            surroundings: the border of the true ejecta.
        superposed: Younger ejecta bury older ones: all of them inside rim and blanket, half of them
            under the light of a ray. Else all lie beside each other, whatever their age.
    """

    body: Body = MERCURY
    width_px: int = 2048
    craters: int = 24
    giants: int = 1
    giant_ray_width: float = 1.0
    bands: Literal[1, 3] = 3
    old_craters: int = 6000
    distractors: int = 6
    bright_spots: int = 1800
    smallest_radius_m: float = 18_000.0
    largest_radius_m: float = 60_000.0
    visible_intensity: float = 0.15
    # Not part of what names a planet without it: EJMAP-Bench knows its planets by these words.
    superposed: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.giants <= self.craters:
            raise GridError(
                f"giants are some of the {self.craters} craters, got {self.giants}; ask for fewer"
            )
        if not 0 < self.smallest_radius_m < self.largest_radius_m:
            raise GridError(
                f"crater radii must satisfy 0 < smallest < largest, got "
                f"{self.smallest_radius_m} and {self.largest_radius_m} m"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Planet:
    """A planet whose ejecta are known.

    Attributes:
        raster: ``(band, row, col)`` uint8, 1 to 255 (0 would mean no data).
        basemap: The grid of the raster.
        craters: The catalogued craters by id, all labelled.
        truth: Ejecta of each catalogued crater by its id, the cavity excluded.
        impact_order: Ids of the catalogued craters from the first impact to the last: ejecta fade
            with time, so the faintest are the oldest. Empty if it is not known.
    """

    raster: NDArray[np.uint8]
    basemap: BasemapGrid
    craters: tuple[Crater, ...]
    truth: dict[int, PlacedMask]
    impact_order: tuple[int, ...] = ()


def make_planet(
    config: PlanetConfig, *, seed: int, progress: Callable[[str], None] | None = None
) -> Planet:
    """Make the planet of a seed; the same seed gives the same planet.

    Args:
        config: What kind of planet.
        seed: Any non-negative integer.
        progress: Called with a sentence before each step.
    """
    tell = progress or (lambda _: None)
    streams = iter(np.random.default_rng(seed).spawn(8))
    made = _survey(config, streams, tell)
    bands = colour_bands(made.scene) if config.bands == COLOUR_BANDS else grey_band(made.scene)
    cells = nearest_cell(made.at, made.seams.centers)
    raster = expose(bands, cells=cells, seams=made.seams, rng=next(streams))
    return Planet(
        raster=raster,
        basemap=BasemapGrid(body=config.body, width_px=config.width_px),
        craters=_catalogue(made.catalogued),
        truth=made.truth,
        impact_order=_impact_order(made.catalogued),
    )


def make_layers(config: PlanetConfig, *, seed: int) -> tuple[NDArray[np.float32], list[Impact]]:
    """Make what the mosaic of a planet is composed of, for views whose appearance is drawn later.

    Args:
        config: What kind of planet.
        seed: Any non-negative integer.

    Returns:
        Albedo, plains, shade, light of ejecta, light of spots and offsets of seams, each in its own
        unit of about 1, ``(6, rows, cols)``; and the craters with ejecta.
    """
    streams = iter(np.random.default_rng(seed).spawn(8))
    made = _survey(config, streams, lambda _: None)
    surface, cells = made.scene.surface, nearest_cell(made.at, made.seams.centers)
    seams = made.seams.offset[cells, 0] / SEAM_LEVELS
    layers = (surface.albedo, surface.plains, made.scene.shade, made.ejecta, made.spots, seams)
    return np.stack(layers).astype(np.float32), made.catalogued


class _Survey(NamedTuple):
    """A planet before its picture is taken."""

    at: Directions
    scene: Scene
    ejecta: NDArray[np.float32]
    spots: NDArray[np.float32]
    seams: Seams
    catalogued: list[Impact]
    truth: dict[int, PlacedMask]


def _survey(
    config: PlanetConfig, streams: Iterator[np.random.Generator], tell: Callable[[str], None]
) -> _Survey:
    basemap = BasemapGrid(body=config.body, width_px=config.width_px)
    at = directions(basemap, Window.whole(basemap.shape))
    tell("drawing albedo and units")
    surface = make_surface(at, rng=next(streams))
    tell("throwing fresh ejecta")
    radii_m = (config.smallest_radius_m, config.largest_radius_m)
    throw = partial(draw_impacts, config.body, radius_m=radii_m)
    giants = Giants(config.giants, config.giant_ray_width)
    catalogued = throw(
        count=config.craters, giants=giants, brightness=(0.6, 1.0), rng=next(streams)
    )
    faded = throw(
        count=config.distractors, giants=Giants(0), brightness=(0.3, 0.55), rng=next(streams)
    )
    layers, truth = _lay_ejecta(config, basemap, catalogued, faded)
    tell("scattering bright spots")
    spots = _spots(config, at, rng=next(streams))
    tell("cratering and shading")
    shaded = _relief(
        config, at, catalogued + faded, roughness=1 - 0.6 * surface.plains, rng=next(streams)
    )
    brightness = 1 - (1 - layers[0]) * (1 - spots)
    scene = Scene(surface, shaded, brightness, 1 - (1 - layers[1]) * (1 - 0.8 * spots))
    tell("taking pictures")
    seams = draw_seams(config.bands, rng=next(streams))
    return _Survey(at, scene, layers[0], spots, seams, catalogued, truth)


def _lay_ejecta(
    config: PlanetConfig, basemap: BasemapGrid, catalogued: list[Impact], faded: list[Impact]
) -> tuple[NDArray[np.float32], dict[int, PlacedMask]]:
    """Return brightness and colour of all ejecta, ``(2, rows, cols)``, and the true masks."""
    clear = np.ones((2, *basemap.shape), np.float32)
    # What the ejecta of later impacts leave to be seen.
    left = np.ones(basemap.shape, np.float32) if config.superposed else None
    truth: dict[int, PlacedMask] = {}
    listed = [*enumerate(catalogued + faded, start=1)]
    if config.superposed:
        listed.sort(key=lambda item: -item[1].brightness)
    for crater_id, impact in listed:
        outer_radii = min(reach_radii(impact.deposit), DEFAULT_REACH_RADII)
        window = cap_window(
            basemap, center=impact.center, radius_rad=outer_radii * impact.deposit.radius_rad
        )
        at = directions(basemap, window)
        fresh = intensity(at, impact.place, impact.deposit, outer_radii)
        rows, cols = window.slices[0], window.columns(config.width_px)
        is_cavity = fresh == 1
        laid = np.where(is_cavity, np.float32(impact.cavity), fresh)
        if left is not None:
            buried = np.maximum(burial(at, impact.place, impact.deposit), RAY_BURIAL * fresh)
            fresh, laid = fresh * left[rows, cols], laid * left[rows, cols]
            left[rows, cols] *= 1 - buried
        clear[0][rows, cols] *= 1 - impact.brightness * laid
        clear[1][rows, cols] *= 1 - impact.colour * laid
        if crater_id <= len(catalogued):
            visible = (impact.brightness * fresh > config.visible_intensity) & ~is_cavity
            truth[crater_id] = PlacedMask.in_window(visible, window=window, basemap=basemap)
    return 1 - clear, dict(sorted(truth.items()))


def _spots(
    config: PlanetConfig, at: Directions, *, rng: np.random.Generator
) -> NDArray[np.float32]:
    spots = draw_spots(
        config.bright_spots,
        smallest_rad=30_000.0 / config.body.radius_m,
        largest_rad=260_000.0 / config.body.radius_m,
        rng=rng,
    )
    return spot_brightness(at, spots, int(rng.integers(1 << 30)))


def _relief(
    config: PlanetConfig,
    at: Directions,
    fresh: list[Impact],
    *,
    roughness: NDArray[np.float32],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    old = draw_old_craters(
        config.old_craters,
        smallest_rad=9_500.0 / config.body.radius_m,
        largest_rad=240_000.0 / config.body.radius_m,
        rng=rng,
    )
    bowls = Bowls(
        np.concatenate([old.centers, *(unit_vector(one.center)[None] for one in fresh)]),
        np.concatenate([old.radius_rad, [one.deposit.radius_rad for one in fresh]]),
        np.concatenate([old.depth, np.ones(len(fresh))]),
    )
    # The colour mosaic was taken under a high sun; the grey one took what there was.
    polar_shade = 0.4 if config.bands == COLOUR_BANDS else 1.8
    return shade(at, bowls, roughness, polar_shade, int(rng.integers(1 << 30)))


def _catalogue(impacts: list[Impact]) -> tuple[Crater, ...]:
    return tuple(
        Crater(
            crater_id=crater_id,
            name=f"Demo {crater_id}",
            center=impact.center,
            radius_m=impact.radius_m,
            labelled=True,
        )
        for crater_id, impact in enumerate(impacts, start=1)
    )


def _impact_order(impacts: list[Impact]) -> tuple[int, ...]:
    """Return ids by the freshness that is left, the oldest first; of equals, the lower id."""
    left = [impact.brightness for impact in impacts]
    return tuple(int(one) + 1 for one in np.argsort(left, kind="stable"))
