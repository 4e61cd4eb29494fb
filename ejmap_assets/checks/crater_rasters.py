"""Checks of the rasters of a crater: grid, type, values, and the change of its mask."""

import math

import numpy as np
from numpy.typing import NDArray

from ejmap_assets.checks.crater_check import CheckedCrater, crater_check
from ejmap_assets.checks.finding import Finding, bad, good, warning
from ejmap_geo.masks.denoise import largest_cluster_px
from ejmap_geo.masks.mosaic import is_voted
from ejmap_geo.masks.probability_levels import probability_of, vote_share_of
from ejmap_geo.rasters.polar_file import read_polar_view
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.rasters.raster_check import read_glance
from ejmap_geo.rasters.raster_file import opened
from ejmap_geo.scores.agreement import placed_confusion
from ejmap_project.files.layer_file import BAND_NAMES, MASK_BAND, VOTE_BAND, read_layer
from ejmap_project.mapping.azimuthal_mosaic import seen_grid
from ejmap_project.mapping.polar_prediction import COMBINED_BANDS, band_names
from ejmap_project.mapping.promised_mask import read_expected_area
from ejmap_project.settings.method import EnsembleRule

# Size of the reduced raster that checks read; it shows torn files and wrong values, not single
# pixels.
GLANCE_PX = 256
IMAGED_SHARE_WANTED = 0.5
# Intersection over union; members retrained on the same labels agree far better.
DRIFT_IOU = 0.5
NOT_FOUND: dict[EnsembleRule, str] = {
    "mean-probability": "no member finds ejecta",
    "votes": "less than half of the members vote for it",
}
# Upper over lower end of the interval of a crater's area.
WIDEST_INTERVAL = 100
# Of a mean of float32 probabilities.
ROUNDING = 1e-5


@crater_check(asset="azimuthal_mosaic")
def surroundings_are_sound(checked: CheckedCrater) -> Finding:
    """The raster lies on the crater's grid, has the mosaic's bands and type, and is imaged.

    Blocks the crater if nothing around it was imaged; warns if less than half was.
    """
    raster = checked.work.basemap.raster
    seen = read_glance(
        checked.output,
        seen_grid(checked.work.azimuthal_grid(checked.crater)),
        dtype=raster.dtype.name,
        bands=raster.shape[0],
        max_side_px=GLANCE_PX,
    )
    # The corners of the square lie beyond the reach, and off the planet on whole-planet rasters.
    imaged = float(np.mean(np.any(seen, axis=0), where=_disc(seen.shape[1])))
    numbers = {"imaged_share": imaged, "bands": seen.shape[0]}
    if imaged == 0:
        return bad(
            "nothing around this crater was imaged, so nothing can be mapped; remove it from the "
            "catalogue or provide a mosaic that shows it",
            **numbers,
        )
    if imaged < IMAGED_SHARE_WANTED:
        return warning(
            f"only {imaged:.0%} of the surroundings were imaged (wanted: "
            f"{IMAGED_SHARE_WANTED:.0%}); ejecta may be missing from the mask",
            **numbers,
        )
    return good(f"on its grid, {imaged:.0%} imaged", **numbers)


@crater_check(asset="polar_prediction")
def polar_prediction_is_sound(checked: CheckedCrater) -> Finding:
    """The prediction has the shape of the planned polar view and a band of each member.

    All values lie in 0 to 1, and the probability is the mean of the members.
    """
    bands, grid = read_polar_view(
        checked.output,
        body=checked.work.basemap.grid.body,
        center=checked.crater.center,
        radius_m=checked.crater.radius_m,
    )
    values = np.stack(list(bands.values()))
    members = len(values) - len(COMBINED_BANDS) - 1
    numbers = {"members": members, "largest_probability": float(np.nan_to_num(values[0]).max())}
    plan = checked.work.tile_plan.polar
    if plan is None or grid.shape != (plan.view.rows, plan.view.cols):
        return bad(f"the prediction is {grid.shape}, not as its model; make it again", **numbers)
    if members < 1 or tuple(bands) != band_names(members):
        return bad(f"the prediction has bands {list(bands)}; make it again", **numbers)
    if not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1):
        return bad(
            f"probabilities must lie in 0 to 1, found {np.min(values):g} to {np.max(values):g}; "
            "the model's weights are broken, promote another version",
            **numbers,
        )
    if not np.allclose(values[0], values[-members:].mean(axis=0), atol=ROUNDING):
        return bad("the probability is not the mean of the members; make it again", **numbers)
    return good(f"{members} member(s) on {grid.rows} x {grid.cols} cells", **numbers)


@crater_check(asset="segmentation_mask")
def layers_are_sound(checked: CheckedCrater) -> Finding:
    """Probability, votes and mask lie on the crater's grid and agree with each other.

    Votes are shares; the mask holds 0 and 1 and is set only where the ensemble finds ejecta, and in
    holes that are small enough for denoising to fill them.
    """
    levels, vote_levels, mask = read_glance(
        checked.output,
        checked.work.azimuthal_grid(checked.crater),
        dtype="uint8",
        bands=len(BAND_NAMES),
        band_names=BAND_NAMES,
        max_side_px=GLANCE_PX,
    )
    votes = vote_share_of(vote_levels)
    numbers = {
        "mean_probability": float(probability_of(levels).mean()),
        "mask_share": float(np.mean(mask > 0)),
    }
    if votes.max() > 1:
        return bad(f"votes must be shares, found {votes.max():g}; make it again", **numbers)
    if mask.max() > 1:
        return bad("the mask holds other values than 0 and 1; make it again", **numbers)
    rule = checked.work.settings.used_method.ensemble
    is_found = _may_be_ejecta(votes, rule=rule)
    # What denoising may have filled cannot be told from every n-th pixel.
    if (mask[~is_found] > 0).any() and _largest_filled_px(checked) >= max(
        1, checked.work.settings.mapping.denoise_px
    ):
        return bad(f"the mask is set where {NOT_FOUND[rule]}; make it again", **numbers)
    return good("probability, votes and mask agree", **numbers)


@crater_check(asset="basemap_mask")
def mask_is_sound(checked: CheckedCrater) -> Finding:
    """The mask is 8 bit, holds 0 and 1 and lies exactly on the mosaic's pixels.

    Warns if it sets no pixel.
    """
    basemap = checked.work.basemap.grid
    placed = read_mask_on(checked.output, basemap)
    with opened(checked.output) as raster:
        dtype = raster.dtypes[0]
    numbers = {"ejecta_px": placed.area_px, "area_km2": placed.area_m2(basemap) / 1e6}
    if dtype != "uint8":
        return bad(f"the mask is of {dtype}, not uint8; make it again", **numbers)
    if not placed.area_px:
        return warning(
            "no ejecta were found; look at the crater, it may not be fresh, or may be too small "
            "for the mosaic",
            **numbers,
        )
    return good(f"on the mosaic's pixels, {placed.area_px} px of ejecta", **numbers)


@crater_check(asset="promised_recall_mask")
def promised_recall_mask_is_sound(checked: CheckedCrater) -> Finding:
    """The mask lies on the mosaic's pixels, and its tags hold the expected area and its interval.

    Warns if the interval is wider than a factor of 100: the mask depends on its threshold.
    """
    basemap = checked.work.basemap.grid
    placed = read_mask_on(checked.output, basemap)
    area = read_expected_area(checked.output)
    numbers = {"ejecta_px": placed.area_px, **area._asdict()}
    if not 0 <= area.low_km2 <= area.high_km2 < math.inf:
        return bad("the interval of the area is none; make the mask again", **numbers)
    if area.high_km2 > WIDEST_INTERVAL * max(area.low_km2, 1.0):
        return warning(
            f"the area of its ejecta may be {area.low_km2:.0f} to {area.high_km2:.0f} km2; look at "
            "the crater before you use its area",
            **numbers,
        )
    return good(
        f"{area.low_km2:.0f} to {area.high_km2:.0f} km2, {area.expected_km2:.0f} expected",
        **numbers,
    )


@crater_check(asset="basemap_mask", blocking=False)
def mask_did_not_drift(checked: CheckedCrater) -> Finding:
    """The mask agrees with the one it replaces: intersection over union of at least 0.5.

    Compare both masks after a larger change of model or mosaic. A mask that a person corrected may
    differ by any amount.
    """
    if not checked.former.is_file():
        return good("nothing to compare with: there is no former mask of this crater")
    basemap = checked.work.basemap.grid
    former, now = read_mask_on(checked.former, basemap), read_mask_on(checked.output, basemap)
    counts = placed_confusion(now, former, basemap=basemap)
    # Two empty masks agree, but their union is empty.
    iou = counts.iou if counts.total > counts.true_negative else 1.0
    numbers = {
        "iou_with_former_mask": iou,
        "threshold": DRIFT_IOU,
        "former_ejecta_px": former.area_px,
        "ejecta_px": now.area_px,
        "gained_px": counts.false_positive,
        "lost_px": counts.false_negative,
    }
    corrected = checked.work.corrected_mask(checked.crater)
    if corrected is not None:
        return good(f"{corrected.words}; IoU of {iou:.2f} with the former mask", **numbers)
    if iou < DRIFT_IOU:
        return warning(
            f"the mask has an IoU of {iou:.2f} with the former one (wanted: {DRIFT_IOU}); "
            "compare both pictures, and roll the model back if the new one is worse",
            **numbers,
        )
    return good(f"IoU of {iou:.2f} with the former mask", **numbers)


def _largest_filled_px(checked: CheckedCrater) -> int:
    """Return the size of the largest part of a mask where the ensemble finds no ejecta."""
    votes = vote_share_of(read_layer(checked.output, VOTE_BAND))
    mask = read_layer(checked.output, MASK_BAND)
    rule = checked.work.settings.used_method.ensemble
    return largest_cluster_px((mask > 0) & ~_may_be_ejecta(votes, rule=rule))


def _may_be_ejecta(votes: NDArray[np.float32], *, rule: EnsembleRule) -> NDArray[np.bool_]:
    """Return where a mask can be set: members whose mean is past the border do not all lack it."""
    return votes > 0 if rule == "mean-probability" else is_voted(votes)


def _disc(side_px: int) -> np.ndarray:
    """Return the pixels within the circle that fits a square, ``(side, side)`` bool."""
    along = (np.arange(side_px) + 0.5) / side_px * 2 - 1
    return np.hypot(along[:, None], along) <= 1
