"""Drawn views as training samples: a place on a mosaic, ejecta and an appearance for each."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ejmap_geo.cores import usable_cores
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.resampling.reproject import to_polar
from ejmap_geo.synthetic.directions import place_from
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.drawn_scene import Background, draw_scene
from ejmap_ml.ejseg.drawn_views import draw_view
from ejmap_ml.ejseg.polar_data import row_weights
from ejmap_ml.ejseg.polar_view import VALID_CHANNEL
from ejmap_ml.samples import SampleBatch

# Rim radii in pixels of the mosaic, and the largest as an angle.
RADII_PX, LARGEST_RAD = (1.0, 24.0), math.radians(3.5)
# Share of samples on real mosaics; share of the others that lie among another crater's ejecta, and
# how far from it, in radii of that crater.
REAL_SHARE, BESIDE_SHARE, BESIDE_RADII = 0.5, 0.4, (3.5, 20.0)
# Samples that are read together; they are not related.
SHARD = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A mosaic on which ejecta are drawn.

    Attributes:
        layers: ``(6 or 1, rows, cols)``, see :class:`drawn_scene.Background`.
        rayed: Centres and angular radii of craters whose ejecta are in the layers.
    """

    layers: NDArray[np.generic]
    rayed: tuple[tuple[LonLat, float], ...] = ()

    @property
    def basemap(self) -> BasemapGrid:
        """Its grid; the body does not matter, angles do."""
        return BasemapGrid(body=MERCURY, width_px=self.layers.shape[2])


class DrawnSamples:
    """Samples that are drawn when they are asked for; a position always gives the same."""

    def __init__(
        self,
        planets: Sequence[Ground],
        mosaics: Sequence[Ground],
        *,
        count: int,
        config: PolarViewConfig,
        seed: int,
        bands: int = 1,
    ) -> None:
        """Say where samples come from.

        Args:
            planets: Synthetic planets.
            mosaics: Real mosaics; may be empty.
            count: Number of samples.
            config: The view that the model looks at.
            seed: Number that all chance comes from.
            bands: Number of bands that a view shows.
        """
        self._planets, self._mosaics = planets, mosaics
        self._count, self._config, self._seed = count, config, seed
        self._bands = bands
        self._row_weight = row_weights(config)

    def __len__(self) -> int:
        """Return the number of samples."""
        return self._count

    @property
    def shards(self) -> Sequence[range]:
        """Runs of positions that are read together."""
        return [
            range(first, min(first + SHARD, self._count)) for first in range(0, self._count, SHARD)
        ]

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        """Return the samples at ``positions``; cells without data weigh 0."""
        # The loops that draw let go of the interpreter, so that threads draw at the same time.
        with ThreadPoolExecutor(min(len(positions), usable_cores())) as pool:
            drawn = list(pool.map(self._sample, positions))
        view = torch.from_numpy(np.stack([one for one, _ in drawn]))
        target = torch.from_numpy(np.stack([one for _, one in drawn]))[:, None]
        weight = view[:, VALID_CHANNEL, None] * self._row_weight
        return SampleBatch(inputs=(view,), target=target, weight=weight)

    def _sample(self, position: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        rng = np.random.default_rng((self._seed, position))
        scene = draw_scene(self._background(rng), rng)
        return draw_view(scene, rng, config=self._config, bands=self._bands)

    def _background(self, rng: np.random.Generator) -> Background:
        is_real = bool(self._mosaics) and rng.random() < REAL_SHARE
        grounds = self._mosaics if is_real else self._planets
        ground = grounds[int(rng.integers(len(grounds)))]
        basemap = ground.basemap
        low, high = (math.log(one) for one in RADII_PX)
        radius_rad = math.exp(rng.uniform(low, high)) * 2 * math.pi / basemap.width_px
        config = self._config
        polar = PolarGrid(
            body=basemap.body,
            center=_place(ground, rng),
            radius_m=min(radius_rad, LARGEST_RAD) * basemap.body.radius_m,
            rows=config.rows,
            cols=config.cols,
            inner_radii=config.inner_radii,
            outer_radii=config.outer_radii,
            offset_radii=config.offset_radii,
        )
        samples = (config.range_samples, config.azimuth_samples)
        layers = to_polar(ground.layers, basemap=basemap, polar=polar, samples=samples, nodata=None)
        return Background(layers=np.nan_to_num(layers), polar=polar, basemap=basemap)


def _place(ground: Ground, rng: np.random.Generator) -> LonLat:
    """Return a place, evenly on the sphere or close to a crater with ejecta."""
    if not ground.rayed or rng.random() > BESIDE_SHARE:
        lat_deg = math.degrees(math.asin(rng.uniform(-1, 1)))
        return LonLat(float(rng.uniform(-180, 180)), lat_deg)
    center, radius_rad = ground.rayed[int(rng.integers(len(ground.rayed)))]
    away = rng.uniform(*BESIDE_RADII) * radius_rad
    return place_from(center, away, rng.uniform(0, 2 * math.pi))
