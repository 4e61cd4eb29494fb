"""The surroundings of a crater: mask, mosaic and rim about its centre."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placement import mask_to_azimuthal
from ejmap_geo.masks.rim import Rim, circular_rim, drawn_rim
from ejmap_geo.patterns.rings import farthest_px
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_geo.resampling.shrink import is_imaged
from ejmap_project.basemap import Basemap
from ejmap_project.files.layer_file import MASK_BAND, PROBABILITY_BAND, read_layer
from ejmap_project.mapping.crater_inputs import CraterWork

Scalar = TypeVar("Scalar", bound=np.generic)
# Ground beyond the farthest ejecta that is looked at: coverage ends there, and asymmetry is
# measured out to 8 radii.
MARGIN_PX, LEAST_RADII = 8, 8.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surroundings:
    """A crater in the middle of its rasters.

    Attributes:
        crater: The crater.
        grid: Grid of mask and mosaic, a little wider than the ejecta.
        mask: Ejecta as mapped, ``(rows, cols)``.
        mosaic: ``(band, rows, cols)``, 0 in all bands where nothing was imaged.
        rim: Inside of the rim, ``(2 m, 2 m)`` about the same centre.
        probability: Probability of ejecta or its levels, ``(rows, cols)``; None where masks are
            published.
    """

    crater: Crater
    grid: AzimuthalGrid
    mask: NDArray[np.bool_]
    mosaic: NDArray[np.uint8]
    rim: NDArray[np.bool_]
    probability: NDArray[np.float32 | np.uint8] | None = None

    @property
    def radius_px(self) -> float:
        """Rim radius in pixels."""
        return self.crater.radius_m / self.grid.resolution_m

    @property
    def imaged(self) -> NDArray[np.bool_]:
        """Pixels with data, ``(rows, cols)``."""
        return is_imaged(self.mosaic)

    def with_mask(self, mask: NDArray[np.bool_]) -> "Surroundings":
        """Return the same place with another mask of the same grid."""
        return replace(self, mask=mask)


class Mapped(NamedTuple):
    """What was mapped around a crater, ``(rows, cols)`` as far as ejecta are looked for.

    Attributes:
        mask: Ejecta.
        read_levels: Returns the levels of the probability of ejecta in a window; None where the
            mask is published or corrected.
    """

    mask: NDArray[np.bool_]
    read_levels: Callable[[Window], NDArray[np.uint8]] | None


def read_mapped(work: CraterWork, crater: Crater) -> Mapped:
    """Read the final mask of a crater about its centre, and say how its probability is read.

    Those of ``segmentation_mask``, or a published or corrected mask of the basemap carried here.

    Raises:
        GeoError: If its file is missing or does not lie on the mosaic.
    """
    is_published = work.settings.source.traits.masks_run is not None
    if not is_published and work.corrected_mask(crater) is None:
        path = work.paths.segmentation(crater.key)
        read_levels = partial(read_layer, path, PROBABILITY_BAND)
        values = read_layer(path, MASK_BAND)
        # In place: of the largest craters a second array takes some hundred megabytes.
        return Mapped(np.greater(values, 0, out=values.view(np.bool_)), read_levels)
    basemap = work.basemap.grid
    placed = read_mask_on(work.paths.basemap_mask(crater.key), basemap)
    azimuthal = work.azimuthal_grid(crater)
    return Mapped(mask_to_azimuthal(placed, basemap=basemap, azimuthal=azimuthal), None)


def surroundings(
    mapped: Mapped, *, basemap: Basemap, crater: Crater, grid: AzimuthalGrid, rim: Rim | None
) -> Surroundings:
    """Return the surroundings of a crater, no wider than its ejecta need.

    Args:
        mapped: Mask and probability on ``grid``.
        basemap: The mosaic.
        crater: The crater.
        grid: Grid about the crater, as far as ejecta are looked for.
        rim: Its rim in degrees if somebody drew it; else a circle.
    """
    # A circle about all ejecta has to fit: rings and rows of the polar view end at its edge.
    content_px = math.ceil(farthest_px(mapped.mask))
    least_px = int(LEAST_RADII * crater.radius_m / grid.resolution_m)
    half_px = min(grid.half_size_px, max(content_px + MARGIN_PX, least_px))
    near = replace(grid, half_size_px=half_px)
    read, place = mapped.read_levels, window_about(mapped.mask.shape, near)
    size = {"radius_m": crater.radius_m, "resolution_m": grid.resolution_m}
    return Surroundings(
        crater=crater,
        grid=near,
        mask=cut_about(mapped.mask, near),
        probability=None if read is None else read(place),
        mosaic=to_azimuthal(basemap.raster, basemap=basemap.grid, azimuthal=near),
        rim=circular_rim(grid.body, **size)
        if rim is None
        else drawn_rim(rim, body=grid.body, center=crater.center, **size),
    )


def cut_about(raster: NDArray[Scalar], grid: AzimuthalGrid) -> NDArray[Scalar]:
    """Return the middle of a raster about a crater as far as a smaller grid of its pixels goes.

    Args:
        raster: ``(rows, cols)`` about the same centre.
        grid: The smaller grid.
    """
    return np.ascontiguousarray(raster[window_about(raster.shape, grid).slices])


def window_about(shape: tuple[int, ...], grid: AzimuthalGrid) -> Window:
    """Return the middle of a raster of ``(rows, cols)`` as far as a smaller grid goes."""
    first, side_px = shape[0] // 2 - grid.half_size_px, 2 * grid.half_size_px
    return Window(row=first, col=first, height=side_px, width=side_px)
