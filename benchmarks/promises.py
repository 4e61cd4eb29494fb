"""Whether a ready-made ensemble keeps its promises on planets that nothing was fitted on.

Calibration by distance; recall of masks at promised recalls, in the mean and planet by planet; how
often and how wide intervals of area hold the true one.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ejmap_geo.synthetic.planet import make_planet
from ejmap_ml.calibration.area_interval import AreaInterval
from ejmap_ml.calibration.band_reliability import band_reliability, summary_table
from ejmap_ml.calibration.promised_recall import THRESHOLDS, RecallCurve
from ejmap_project.models.asked_ensemble import asked_bundles
from ejmap_project.training.calibrated import polar_view_of
from ejmap_project.training.promised import Outcome, outcome_of
from ejmap_project.training.ready_kinds import GREY, KINDS

SHORT = "{:.3f}".format
PROMISED = (0.8, 0.9, 0.95)


def main() -> None:
    """Print three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[*range(501, 521)])
    parser.add_argument("--ensemble", choices=[one.name for one in KINDS], default=GREY.name)
    chosen = parser.parse_args()
    bundles = asked_bundles([Path(chosen.ensemble)])
    conformal = bundles[0].conformal
    if conformal is None:
        raise SystemExit(f"{chosen.ensemble} promises nothing; make it anew with `make models`")
    view, networks = polar_view_of(bundles), [bundle.build() for bundle in bundles]
    config = next(one for one in KINDS if one.name == chosen.ensemble).planet
    outcomes: dict[int, list[Outcome]] = {}
    for seed in chosen.seeds:
        planet = make_planet(config, seed=seed)
        outcomes[seed] = [outcome_of(networks, planet, one, config=view) for one in planet.craters]
    everything = [one for found in outcomes.values() for one in found]
    print("calibration by distance, cells of probability .05 to .95")
    table = summary_table(band_reliability(one.stated for one in everything))
    print(table.to_string(index=False, float_format=SHORT))
    print("\nmasks at a promised recall")
    print(_recalls(outcomes, conformal.recall).to_string(float_format=SHORT))
    print("\nintervals of area")
    print(_intervals(everything, conformal.area).to_string(float_format=SHORT))


def _recalls(outcomes: dict[int, list[Outcome]], curve: RecallCurve) -> pd.DataFrame:
    rows = {}
    for promised in PROMISED:
        threshold = curve.threshold(promised)
        place = int(np.flatnonzero(np.isclose(THRESHOLDS, threshold))[0])
        by_planet = [
            np.mean([one.recall[place] for one in found if one.recall is not None])
            for found in outcomes.values()
        ]
        craters = [
            one.recall[place]
            for found in outcomes.values()
            for one in found
            if one.recall is not None
        ]
        rows[promised] = {
            "threshold": threshold,
            "recall": np.mean(craters),
            "lowest planet": np.min(by_planet),
            "highest planet": np.max(by_planet),
            "craters below it": np.mean(np.array(craters) < promised),
        }
    return pd.DataFrame(rows).T.rename_axis("promised")


def _intervals(outcomes: Sequence[Outcome], interval: AreaInterval) -> pd.Series:
    ends = np.array([interval.around(one.estimate) for one in outcomes])
    true = np.array([one.true_m2 for one in outcomes])
    expected = np.array([one.estimate.expected_m2 for one in outcomes])
    return pd.Series(
        {
            "craters": len(true),
            "hold the truth": np.mean((ends[:, 0] <= true) & (true <= ends[:, 1])),
            "truth below": np.mean(true < ends[:, 0]),
            "truth above": np.mean(true > ends[:, 1]),
            "median width / expected": np.median((ends[:, 1] - ends[:, 0]) / expected),
            "sum expected / sum true": expected.sum() / true.sum(),
        }
    )


if __name__ == "__main__":
    main()
