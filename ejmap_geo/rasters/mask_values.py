"""The pixels of a mask file: 0 and 1 in one band, and nothing else."""

from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.rasters.stated_bands import has_zeros_as_gaps


def mask_values(raster: rasterio.DatasetReader, *, what: str) -> NDArray[np.bool_]:
    """Read a mask of 0 and 1 as it lies in the file, wherever that is.

    Args:
        raster: The mask.
        what: The mask in words, for messages.

    Returns:
        ``(rows, cols)`` of the file; False where nothing is stated.

    Raises:
        RasterError: If the mask has several bands, holds other values than 0, 1 and its nodata
            value, or the nodata value may be what means ejecta.
    """
    require_mask(raster, what=what)
    values = raster.read(1)
    if has_zeros_as_gaps(raster, 1) and values.max(initial=0) <= 1:
        # As every mask of ours: no other array is made of a raster that may cover the planet.
        return values.view(np.bool_)
    is_stated = raster.read_masks(1) != 0
    if raster.nodata is not None:
        is_stated &= values != raster.nodata
    found = np.unique(values[is_stated]).tolist()
    if not set(found) <= {0, 1}:
        raise RasterError(
            f"{what} must hold 0 (no ejecta) and 1 (ejecta) only, found "
            f"{', '.join(f'{value:g}' for value in found[:6])}; "
            "recode it, and give craters one file each"
        )
    mask = np.equal(values, 1) & is_stated
    if not mask.any():
        _require_nothing_is_hidden(values[~is_stated], what=what)
    return mask


def _require_nothing_is_hidden(unstated: NDArray[Any], *, what: str) -> None:
    """Refuse numbers without a statement that may be ejecta: the mask would be empty silently."""
    # NaN is no number that could mean ejecta.
    hidden = unstated[np.nan_to_num(unstated) != 0]
    if hidden.size:
        raise RasterError(
            f"{what} has no pixel of 1 (ejecta) but such of {hidden[0]:g}, which it states as "
            "nodata; if they are ejecta, write 1 there and state no nodata value (gdal_edit.py "
            "-unsetnodata); if they are not, write 0"
        )


def require_mask(raster: rasterio.DatasetReader, *, what: str) -> None:
    """Check without reading pixels that a file can be a mask.

    Raises:
        RasterError: If it has several bands, or its numbers are not what they mean.
    """
    if raster.count != 1:
        raise RasterError(f"{what} has {raster.count} bands; a mask has one, of 0 and 1")
    if raster.scales != (1.0,) or raster.offsets != (0.0,):
        raise RasterError(
            f"{what} states scale {raster.scales[0]} and offset {raster.offsets[0]}, but a mask "
            "holds 0 and 1; write it without (gdal_edit.py -scale 1 -offset 0)"
        )
    if raster.tags(ns="IMAGE_STRUCTURE").get("MINISWHITE") == "YES":
        raise RasterError(
            f"{what} is stored with 0 as white (photometric min-is-white); write 1 for ejecta as "
            "min-is-black (gdal_translate -co PHOTOMETRIC=MINISBLACK)"
        )
