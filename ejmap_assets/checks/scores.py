"""Checks of scores: what models say of themselves."""

import pandas as pd

from ejmap_assets.checks.finding import Finding, good, warning
from ejmap_assets.checks.project_check import CheckedProject, project_check
from ejmap_ml.bundles.reliability import error_of

# Rough on purpose: a probability of 0.8 that comes true six times in ten still sorts tiles well.
LARGEST_ERROR = 0.2


@project_check(asset="evaluation", blocking=False)
def probabilities_come_true(checked: CheckedProject) -> Finding:
    """Of the tiles of which EJCONN says 0.7, about seven in ten hold ejecta of the crater.

    Warns when probabilities and shares lie far apart on average (expected calibration error); then
    the threshold of the vote, or the training, deserves a look. Nothing to say where no ejecta are
    known.
    """
    table = pd.read_parquet(checked.project.paths.reliability)
    tiles = int(table["samples"].sum())
    if not tiles:
        return good("no ejecta are known all over this planet; nothing to compare", tiles=0)
    error = error_of(table)
    numbers = {"tiles": tiles, "calibration_error": error, "largest_wanted": LARGEST_ERROR}
    if error > LARGEST_ERROR:
        return warning(
            f"probabilities of {tiles} tiles are off by {error:.2f} on average; look at the "
            "reliability plot of evaluation, train longer or on more craters",
            **numbers,
        )
    return good(f"probabilities of {tiles} tiles are off by {error:.2f} on average", **numbers)
