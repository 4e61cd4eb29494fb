"""How good the ready-made models are: unseen planets, calibration by distance, real craters.

Planets are of seeds that neither trained nor calibrated; the rules beside them are tuned on the
planets of the calibration. Real craters are those of the deciding part of the reference set.
"""

import argparse
import time

import pandas as pd
from unseen_planets import counted, print_summary, scores_of

from ejmap_geo.synthetic.planet import make_planet
from ejmap_ml.baselines import score_rule, tune_rules
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.calibration.band_reliability import Stated, band_reliability, summary_table
from ejmap_ml.config.model_config import PolarUnetConfig
from ejmap_ml.ready.ensembles import ready_ensemble
from ejmap_project.reference.ensemble_masks import score_ensemble
from ejmap_project.reference.reference_set import reference_set
from ejmap_project.training.calibrated import told_of
from ejmap_project.training.make_ready_models import CALIBRATION_SEEDS
from ejmap_project.training.ready_kinds import GREY, KINDS

SHORT = "{:.3f}".format


def main() -> None:
    """Print three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[401, 402, 403, 404, 405])
    parser.add_argument("--ensemble", choices=[one.name for one in KINDS], default=GREY.name)
    chosen = parser.parse_args()
    kind = next(one for one in KINDS if one.name == chosen.ensemble)
    ready = ready_ensemble(kind.name)
    if ready is None:
        raise SystemExit(f"{kind.name} is not in the package; make it with `make models`")
    bundles = [ModelBundle.load(ready.member(one)) for one in range(ready.member_count)]
    architecture = bundles[0].config.architecture
    assert isinstance(architecture, PolarUnetConfig)  # noqa: S101 - ready-made are polar
    networks = [bundle.build() for bundle in bundles]
    tuned = tune_rules(counted(make_planet(kind.planet, seed=one) for one in CALIBRATION_SEEDS))
    rows: list[dict[str, float]] = []
    told = []
    for seed in chosen.seeds:
        planet = make_planet(kind.planet, seed=seed)
        row = scores_of(planet, networks, view=architecture.view)
        rules = counted([planet])
        row |= {setting.rule: score_rule(setting, rules) for setting in tuned}
        best = max(row[setting.rule] for setting in tuned)
        rows.append({"seed": seed, **row, "lead": row["pixel F1"] - best})
        told += [told_of(networks, planet, one, config=architecture.view) for one in planet.craters]
    print_summary(pd.DataFrame(rows).set_index("seed"))
    print("\ncalibration by distance, cells of probability .05 to .95")
    table = summary_table(band_reliability(Stated.of(one) for one in told))
    print(table.to_string(index=False, float_format=SHORT))
    begun_s = time.process_time()
    scores = score_ensemble(bundles, reference_set(part="decide"))
    print(f"\nreal craters, deciding part, {time.process_time() - begun_s:.0f} CPU s")
    print(scores.summary.T.to_string(float_format=SHORT))


if __name__ == "__main__":
    main()
