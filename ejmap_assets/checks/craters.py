"""All checks of the artefacts of a crater, by asset."""

from ejmap_assets.checks.crater_check import CraterCheck
from ejmap_assets.checks.crater_rasters import (
    DRIFT_IOU,
    IMAGED_SHARE_WANTED,
    layers_are_sound,
    mask_did_not_drift,
    mask_is_sound,
    surroundings_are_sound,
)
from ejmap_assets.checks.crater_tables import (
    connections_are_sound,
    some_tiles_are_connected,
    tiles_are_complete,
)

# Each costs some ten milliseconds of the event log a crater, so that there are few.
CRATER_CHECKS = (
    CraterCheck(
        asset="azimuthal_mosaic",
        name="surroundings_are_sound",
        description="The raster is centred on the crater, in the pixels, bands and type of the "
        "mosaic, and shows something. Stops the crater when nothing around it was imaged; warns "
        f"when less than {IMAGED_SHARE_WANTED:.0%} was.",
        find=surroundings_are_sound,
    ),
    CraterCheck(
        asset="tile_store",
        name="tiles_are_complete",
        description="The store holds every tile of the plan, and a polar view without gaps where "
        "the model looks at one.",
        find=tiles_are_complete,
    ),
    CraterCheck(
        asset="connection_predictions",
        name="connections_are_sound",
        description="The table fits its schema, is of this crater and has one row for each tile of "
        "the store.",
        find=connections_are_sound,
    ),
    CraterCheck(
        asset="connection_predictions",
        name="some_tiles_are_connected",
        description="Some tiles are connected to the crater and some are not. None or all of them: "
        "look at the crater; the mask may still be right.",
        find=some_tiles_are_connected,
        blocking=False,
    ),
    CraterCheck(
        asset="segmentation_mask",
        name="layers_are_sound",
        description="Probability, vote fraction and mask are on the crater's grid; probabilities "
        "lie in 0 to 1, the mask holds 0 and 1 and is set only where the probability is above one "
        "half.",
        find=layers_are_sound,
    ),
    CraterCheck(
        asset="basemap_mask",
        name="mask_is_sound",
        description="The mask is 8 bit, holds 0 and 1 and lies exactly on the mosaic's pixels. "
        "Warns when it sets nothing.",
        find=mask_is_sound,
    ),
    CraterCheck(
        asset="basemap_mask",
        name="mask_did_not_drift",
        description="The mask agrees with the one it replaces: intersection over union of at least "
        f"{DRIFT_IOU}. A larger change after another model or mosaic deserves a look.",
        find=mask_did_not_drift,
        blocking=False,
    ),
)


def checks_of(asset: str) -> tuple[CraterCheck, ...]:
    """Return the checks of an asset of a crater."""
    return tuple(check for check in CRATER_CHECKS if check.asset == asset)
