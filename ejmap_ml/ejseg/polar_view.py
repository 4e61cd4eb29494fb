"""The polar view of a crater as network input: normalised bands, ranges and coverage."""

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.resampling.reproject import to_polar
from ejmap_ml.config.polar_config import PolarViewConfig

# MAD x 1.4826 is the standard deviation of normal noise; a view that is flat to a grey level is
# scaled as if its spread were one level.
MAD_TO_SIGMA = 1.4826
MIN_SPREAD = 1.0
CLIP_SIGMA = 5.0
EXTRA_CHANNELS = 4
VALID_CHANNEL = -1


def polar_grid(crater: Crater, *, body: Body, config: PolarViewConfig) -> PolarGrid:
    """Return the grid of the crater's polar view."""
    return PolarGrid(
        body=body,
        center=crater.center,
        radius_m=crater.radius_m,
        rows=config.rows,
        cols=config.cols,
        inner_radii=config.inner_radii,
        outer_radii=config.outer_radii,
        offset_radii=config.offset_radii,
    )


def polar_view(
    raster: NDArray[np.uint8], *, basemap: BasemapGrid, crater: Crater, config: PolarViewConfig
) -> NDArray[np.float32]:
    """Look at the surroundings of a crater along azimuth and log-range.

    Every band is normalised by the median and the median absolute deviation of this very view, so
    that a network trained on one mosaic can read another. Channels, in order: the bands against the
    whole view and against the ring at the same range, in robust sigmas clipped to
    :data:`CLIP_SIGMA`; half the log of range in radii, less 1; angular range over pi, at most 1;
    half the log of the mosaic's pixels a radius; 1 where the mosaic has data.

    Args:
        raster: ``(band, rows, cols)`` mosaic, 0 in all bands where there are no data.
        basemap: Grid of ``raster``.
        crater: The crater at the origin.
        config: Size and reach of the view.

    Returns:
        ``(2 * band + 4, rows, cols)``; bands are 0 where there are no data.
    """
    grid = polar_grid(crater, body=basemap.body, config=config)
    samples = (config.range_samples, config.azimuth_samples)
    bands = to_polar(raster, basemap=basemap, polar=grid, samples=samples)
    is_valid = np.isfinite(bands[0])
    whole, ring = _normalized(bands, is_valid)
    geometry = np.broadcast_to(
        np.stack(
            [
                np.log(grid.range_radii) / 2 - 1,
                np.minimum(grid.range_rad / np.pi, 1),
                np.full(grid.rows, np.log(crater.radius_m / basemap.resolution_m) / 2),
            ]
        )[:, :, None],
        (EXTRA_CHANNELS - 1, *grid.shape),
    )
    return np.concatenate([whole, ring, geometry, is_valid[None]]).astype(np.float32)


def _normalized(
    bands: NDArray[np.float32], is_valid: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the bands in robust sigmas of the view, from its and from each ring's median."""
    if not is_valid.any():
        return np.zeros_like(bands), np.zeros_like(bands)
    median = np.median(bands[:, is_valid], axis=1)[:, None, None]
    mad = np.median(np.abs(bands[:, is_valid] - median[:, 0]), axis=1)[:, None, None]
    sigma = np.maximum(mad * MAD_TO_SIGMA, MIN_SPREAD)
    # Rings with gaps are rare, and np.nanmedian takes ten times as long as np.median.
    ring_median = np.median(bands, axis=2, keepdims=True)
    has_gaps = is_valid.any(axis=1) & ~is_valid.all(axis=1)
    ring_median[:, has_gaps, 0] = np.nanmedian(bands[:, has_gaps], axis=2)
    whole, ring = (
        np.where(is_valid, np.clip((bands - center) / sigma, -CLIP_SIGMA, CLIP_SIGMA), 0)
        for center in (median, ring_median)
    )
    return whole, ring
