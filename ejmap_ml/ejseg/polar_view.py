"""The polar view of a crater as network input: normalised bands, ranges and coverage."""

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.resampling.reproject import to_polar
from ejmap_ml.config.polar_config import PolarViewConfig, ViewScaling
from ejmap_ml.ejseg.view_scaling import scaled_bands

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

    Every band is normalised by medians and median absolute deviations of this very view, so that a
    network trained on one mosaic can read another. Channels, in order: the bands against the whole
    view and against the ring at the same range (see :func:`view_scaling.scaled_bands`); half the
    log of range in radii, less 1; angular range over pi, at most 1; half the log of the mosaic's
    pixels a radius; 1 where the mosaic has data.

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
    radius_px = crater.radius_m / basemap.resolution_m
    return view_channels(bands, is_valid, polar=grid, radius_px=radius_px, scaling=config.scaling)


def view_channels(
    bands: NDArray[np.floating],
    is_valid: NDArray[np.bool_],
    *,
    polar: PolarGrid,
    radius_px: float,
    scaling: ViewScaling,
) -> NDArray[np.float32]:
    """Return the channels of :func:`polar_view` for bands that are on the polar grid already.

    Args:
        bands: ``(band, rows, cols)`` grey levels.
        is_valid: ``(rows, cols)``, where there are data.
        polar: Grid of the view.
        radius_px: Rim radius in pixels of the mosaic.
        scaling: How grey levels become sigmas.
    """
    whole, ring = scaled_bands(bands, is_valid, scaling)
    geometry = np.broadcast_to(
        np.stack(
            [
                np.log(polar.range_radii) / 2 - 1,
                np.minimum(polar.range_rad / np.pi, 1),
                np.full(polar.rows, np.log(radius_px) / 2),
            ]
        )[:, :, None],
        (EXTRA_CHANNELS - 1, *polar.shape),
    )
    return np.concatenate([whole, ring, geometry, is_valid[None]]).astype(np.float32)
