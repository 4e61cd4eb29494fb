"""Craters drawn by eye as training samples: real ejecta, whose surroundings are known in part."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.resampling.reproject import to_polar
from ejmap_geo.synthetic.deposit import log_uniform
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.drawn_appearance import imaged
from ejmap_ml.ejseg.polar_data import row_weights
from ejmap_ml.ejseg.polar_view import VALID_CHANNEL, polar_grid, view_channels
from ejmap_ml.samples import SampleBatch, SampleSet
from ejmap_project.reference.drawing import Drawing
from ejmap_project.reference.masks import MaskFunction, mask_of_drawing
from ejmap_project.reference.reference_crater import ReferenceCrater
from ejmap_project.reference.reference_mosaics import reference_mosaic
from ejmap_project.reference.reference_set import DrawnCrater

Floats = NDArray[np.floating]

# Rim radii by which a crater is seen: nobody measures a worn rim to a per cent.
RADIUS_FACTORS = (0.8, 0.9, 1.0, 1.12, 1.25)
# Nobody draws every faint ray, nor an edge to a cell: what was left blank counts less than what was
# drawn, and around a drawing, so many rows and columns wide, it does not count.
BLANK_WEIGHT = 0.35
MARGIN_ROWS, MARGIN_COLS = 7, 9
# Looks across a cell, since a ray may be thinner.
LOOKS = 3
SHARD = 64


@dataclass(frozen=True, kw_only=True)
class DrawnView:
    """A drawing on the polar grid of its crater.

    Attributes:
        crater: The crater, its rim taken a little larger or smaller.
        drawing: What was drawn.
        config: The view.
    """

    crater: ReferenceCrater
    drawing: Drawing
    config: PolarViewConfig
    radius_factor: float

    @cached_property
    def polar(self) -> PolarGrid:
        """Grid of the view."""
        crater = self.crater.as_crater()
        seen = replace(crater, radius_m=crater.radius_m * self.radius_factor)
        return polar_grid(seen, body=self.crater.body, config=self.config)

    @cached_property
    def grey(self) -> Floats:
        """Grey levels, ``(1, rows, cols)``, NaN where nothing was imaged."""
        raster, basemap = reference_mosaic(self.crater.body)
        samples = (self.config.range_samples, self.config.azimuth_samples)
        return to_polar(raster, basemap=basemap, polar=self.polar, samples=samples)

    @cached_property
    def target_and_weight(self) -> tuple[Floats, Floats]:
        """What is ejecta, 0 or 1, and how much each cell counts, ``(rows, cols)``."""
        polar = self.polar
        is_ejecta = self._looked_at(mask_of_drawing(self.drawing))
        is_outside = (polar.range_rad > self.crater.rim_rad) & (polar.range_radii > 1)
        is_ejecta &= is_outside[:, None]
        margin = maximum_filter1d(is_ejecta, MARGIN_ROWS, axis=0, mode="nearest")
        margin = maximum_filter1d(margin, MARGIN_COLS, axis=1, mode="wrap")
        weight = np.where(is_ejecta, 1.0, np.where(margin, 0.0, BLANK_WEIGHT))
        for box in self.drawing.clear:
            near, far = np.radians(box.range_deg)
            begin, end = box.azimuth_deg
            away = (np.degrees(polar.azimuth_rad) - begin) % 360
            rows = (polar.range_rad >= near) & (polar.range_rad <= far)
            weight[np.outer(rows, away <= end - begin) & ~is_ejecta] = 1.0
        return is_ejecta.astype(np.float32), weight.astype(np.float32)

    def _looked_at(self, mask: MaskFunction) -> NDArray[np.bool_]:
        polar = self.polar
        step = 2 * np.pi / polar.cols / LOOKS
        found = np.zeros(polar.shape, np.bool_)
        for look in range(LOOKS):
            azimuth = polar.azimuth_rad + (look - LOOKS // 2) * step
            found |= mask(*np.broadcast_arrays(polar.range_rad[:, None], azimuth[None]))
        return found


class EyeSamples:
    """Samples of craters drawn by eye, imaged anew each time; a position always gives the same."""

    def __init__(
        self,
        craters: Sequence[DrawnCrater],
        *,
        count: int,
        config: PolarViewConfig,
        seed: int,
        bands: int = 1,
    ) -> None:
        """Say where samples come from.

        Args:
            craters: Craters that may train; every drawing of each is used.
            count: Number of samples.
            config: The view that the model looks at.
            seed: Number that all chance comes from.
            bands: Number of bands that a view shows.
        """
        self._views = [
            DrawnView(crater=one.crater, drawing=drawing, config=config, radius_factor=factor)
            for one in craters
            for drawing in one.drawings
            for factor in RADIUS_FACTORS
        ]
        self._count, self._config, self._seed, self._bands = count, config, seed, bands
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
        with ThreadPoolExecutor(min(len(positions), os.cpu_count() or 1)) as pool:
            drawn = list(pool.map(self._sample, positions))
        view, target, weight = (
            torch.from_numpy(np.stack(part)) for part in zip(*drawn, strict=True)
        )
        weight = weight[:, None] * view[:, VALID_CHANNEL, None] * self._row_weight
        return SampleBatch(inputs=(view,), target=target[:, None], weight=weight)

    def _sample(self, position: int) -> tuple[Floats, Floats, Floats]:
        rng = np.random.default_rng((self._seed, position))
        drawn = self._views[int(rng.integers(len(self._views)))]
        grey, polar = drawn.grey, drawn.polar
        is_valid = np.isfinite(grey[0])
        bands = [_imaged_anew(np.nan_to_num(grey[0]), rng)]
        while len(bands) < self._bands:
            is_new = rng.random() < 0.5
            band = _imaged_anew(np.nan_to_num(grey[0]), rng) if is_new else bands[0]
            bands.append(band if rng.random() < 0.75 else -band)
        view = view_channels(
            np.stack([bands[int(one)] for one in rng.permutation(self._bands)]),
            is_valid,
            polar=polar,
            radius_px=polar.radius_m / reference_mosaic(drawn.crater.body)[1].resolution_m,
            scaling=self._config.scaling,
        )
        turn, step = int(rng.integers(polar.cols)), -1 if rng.random() < 0.5 else 1
        view, target, weight = (
            np.ascontiguousarray(np.roll(part, turn, axis=-1)[..., ::step], np.float32)
            for part in (view, *drawn.target_and_weight)
        )
        return view, target, weight


def _imaged_anew(grey: Floats, rng: np.random.Generator) -> Floats:
    """Return grey levels as another camera would show them."""
    seen = imaged(grey * log_uniform(rng, 0.6, 1.6), rng)
    noise = log_uniform(rng, 0.2, 2.0) * rng.standard_normal(grey.shape, np.float32)
    return np.rint(seen + noise)


class Mixture:
    """Samples of one set, and now and then one of another."""

    def __init__(self, usual: SampleSet, rare: SampleSet, *, every: int) -> None:
        """Mix sets.

        Args:
            usual: Most of the samples; the mixture is as long.
            rare: Every ``every``-th sample, at the same position; at least as long.
            every: 2 or more.
        """
        self._usual, self._rare, self._every = usual, rare, every

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self._usual)

    @property
    def shards(self) -> Sequence[range]:
        """Runs of positions that are read together."""
        return self._usual.shards

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        """Return the samples at ``positions``, in their order."""
        parts = [
            (self._rare if position % self._every == 0 else self._usual).batch([position])
            for position in positions
        ]
        weights = [part.weight for part in parts if part.weight is not None]
        return SampleBatch(
            inputs=(torch.cat([part.inputs[0] for part in parts]),),
            target=torch.cat([part.target for part in parts]),
            weight=torch.cat(weights),
        )
