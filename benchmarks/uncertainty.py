"""Which uncertainty finds the errors of a ready-made ensemble best: risk-coverage curves.

Cells are left out from the most uncertain one on; the risk is the share of the remaining area that
the balanced mask has wrong. AURC is the mean risk over coverage (Geifman et al., Bias-reduced
uncertainty estimation for deep neural classifiers, 2019), lower is better. Beside the confidence
|p - 1/2|: how far members disagree, and how far the ensemble disagrees with itself when it sees the
crater mirrored and turned, or with a radius that is a fifth smaller or a quarter larger.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import nn

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.synthetic.planet import Planet, make_planet
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_data import labelled_view
from ejmap_ml.ejseg.polar_predict import predict_view
from ejmap_ml.ejseg.polar_view import VALID_CHANNEL, polar_grid, polar_view
from ejmap_project.models.asked_ensemble import asked_bundles
from ejmap_project.training.calibrated import polar_view_of
from ejmap_project.training.ready_kinds import GREY

Floats = NDArray[np.floating]

TURN_COLS = 193
RADIUS_FACTORS = (0.8, 1.25)
CLOSEST = 1e-9


def main() -> None:
    """Print a table, a row an uncertainty."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[501, 502])
    chosen = parser.parse_args()
    bundles = asked_bundles([Path(GREY.name)])
    networks, view = [bundle.build() for bundle in bundles], polar_view_of(bundles)
    rows: list[Mapping[str, float]] = []
    for seed in chosen.seeds:
        planet = make_planet(GREY.planet, seed=seed)
        rows += [_risks(networks, planet, one, config=view) for one in planet.craters]
    table = pd.DataFrame(rows)
    better = table.lt(table["confidence"], axis=0)
    summary = pd.DataFrame({"AURC x 1000": table.mean() * 1000, "better craters": better.mean()})
    print(f"{len(table)} craters")
    print(summary.to_string(float_format="{:.4f}".format))


def _risks(
    networks: Sequence[nn.Module], planet: Planet, crater: Crater, *, config: PolarViewConfig
) -> dict[str, float]:
    """Return the area under the risk-coverage curve of a crater for each uncertainty."""
    truth = planet.truth[crater.crater_id]
    view, target = labelled_view(
        planet.raster, truth, basemap=planet.basemap, crater=crater, config=config
    )
    grid = polar_grid(crater, body=planet.basemap.body, config=config)
    area = view[VALID_CHANNEL] * grid.cell_area_m2[:, None]
    members = np.stack([predict_view(one, view) for one in networks])
    said = members.mean(axis=0)
    turned = [
        _mean(networks, view[:, :, ::-1])[:, ::-1],
        np.roll(_mean(networks, np.roll(view, TURN_COLS, axis=2)), -TURN_COLS, axis=1),
    ]
    resized = [_resized(networks, planet, crater, one, said, config) for one in RADIUS_FACTORS]
    mask = said > 0.5
    wrong = np.abs(mask - target)
    spread = {
        "members": members,
        "turned and mirrored": np.stack([said, *turned]),
        "other radii": np.stack([said, *resized]),
        "all views": np.stack([said, *turned, *resized]),
    }
    uncertain = {
        "confidence": 0.5 - np.abs(said - 0.5),
        "information of members": _entropy(said) - _entropy(members).mean(axis=0),
        **{f"spread of {name}": values.std(axis=0) for name, values in spread.items()},
        **{
            f"confidence, mean of {name}": np.where(mask, 1 - mean, mean)
            for name, values in spread.items()
            for mean in [values.mean(axis=0)]
            if name != "members"
        },
    }
    seen = area > 0
    return {
        name: _aurc(values[seen], wrong[seen], area[seen]) for name, values in uncertain.items()
    }


def _mean(networks: Sequence[nn.Module], view: Floats) -> Floats:
    given = np.ascontiguousarray(view)
    return np.stack([predict_view(one, given) for one in networks]).mean(axis=0)


def _resized(
    networks: Sequence[nn.Module],
    planet: Planet,
    crater: Crater,
    factor: float,
    said: Floats,
    config: PolarViewConfig,
) -> Floats:
    """Return what is said with another radius, on the rows of the crater's own view."""
    other = replace(crater, radius_m=crater.radius_m * factor)
    view = polar_view(planet.raster, basemap=planet.basemap, crater=other, config=config)
    mean = _mean(networks, view)
    grid = polar_grid(crater, body=planet.basemap.body, config=config)
    start = grid.inner_radii + grid.offset_radii
    row = np.log((grid.range_radii / factor + grid.offset_radii) / start) / grid.log_step - 0.5
    lower = np.clip(np.floor(row), 0, grid.rows - 2).astype(np.intp)
    share = np.clip(row - lower, 0, 1)[:, None]
    # Beyond the other view it says nothing, so nothing new.
    is_seen = ((row >= -0.5) & (row <= grid.rows - 0.5))[:, None]
    return np.where(is_seen, (1 - share) * mean[lower] + share * mean[lower + 1], said)


def _entropy(probability: Floats) -> Floats:
    shares = np.clip(np.stack([probability, 1 - probability]), CLOSEST, 1)
    return -(shares * np.log(shares)).sum(axis=0)


def _aurc(uncertainty: Floats, wrong: Floats, area: Floats) -> float:
    order = np.argsort(uncertainty, kind="stable")
    kept, errors = area[order].cumsum(), (area * wrong)[order].cumsum()
    return float(np.average(errors / kept, weights=area[order]))


if __name__ == "__main__":
    main()
