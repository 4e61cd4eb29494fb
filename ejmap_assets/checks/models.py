"""Checks of samples, of trained members and of their probabilities."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from dagster import AssetChecksDefinition

from ejmap_assets.checks.finding import Finding, bad, good, warning
from ejmap_assets.checks.project_check import CheckedProject, project_check
from ejmap_ml.calibration.reliability import error_of
from ejmap_project.models.model_version import version_and_iteration
from ejmap_project.paths import ModelKind

if TYPE_CHECKING:
    from ejmap_ml.stores.tile_group import TileGroup

# Samples to read of each store: a torn file shows in the first shard or in none.
CHECKED_SAMPLES = 64
# Coarse on purpose: if 60 % of the tiles with probability 0.8 hold ejecta, the order is still good.
LARGEST_ERROR = 0.2


@project_check(asset="evaluation", blocking=False)
def probabilities_come_true(checked: CheckedProject) -> Finding:
    """Of the tiles to which EJCONN gives probability 0.7, about 70 % hold ejecta of the crater.

    Warns if probabilities and shares differ by more than 0.2 on average (expected calibration
    error): then check the threshold of the vote and the training. The check compares nothing if no
    ejecta are known.
    """
    table = pd.read_parquet(checked.project.paths.reliability)
    tiles = int(table["samples"].sum())
    if not tiles:
        return good("no ejecta are known all over this planet; nothing to compare", tiles=0)
    error = error_of(table)
    numbers = {"tiles": tiles, "calibration_error": error, "largest_wanted": LARGEST_ERROR}
    words = f"probabilities of {tiles} tiles are off by {error:.2f} on average"
    if error > LARGEST_ERROR:
        return warning(
            f"{words}; look at the reliability plot of evaluation, train longer or on more craters",
            **numbers,
        )
    return good(words, **numbers)


def samples_are_complete(checked: CheckedProject, kind: ModelKind) -> Finding:
    """Every usable labelled tile has its sample.

    All values are finite, and each store holds as many samples as its planet has usable tiles (or
    labelled craters, for polar views).
    """
    from ejmap_ml.ejseg.polar_data import GROUP
    from ejmap_ml.stores.tile_group import TileStore

    paths = checked.project.paths
    note = json.loads(paths.samples_note(kind, checked.partition).read_bytes())
    labelled = pd.read_parquet(paths.labelled_tiles)
    counts: dict[str, int] = {}
    wanted: dict[str, int] = {}
    broken: list[str] = []
    short: list[str] = []
    for path in sorted(paths.samples(note["look"]).glob("*.zarr")):
        store = TileStore.open(path)
        is_polar = store.group_names == (GROUP,)
        counts[path.stem] = sum(store[name].tile_count for name in store.group_names)
        own = labelled[labelled["planet"] == path.stem]
        usable = own[(own["side_px"] > 0) & (own["split_class"] >= 0)]
        wanted[path.stem] = own["crater_id"].nunique() if is_polar else len(usable)
        # A labelled crater outside all tile locations has a view and no tile, so more is fine.
        surplus = counts[path.stem] - wanted[path.stem]
        short += [path.stem] if surplus < 0 or (surplus and not is_polar) else []
        broken += [f"{path.stem}/{name}" for name in store.group_names if _is_broken(store[name])]
    numbers = {"samples": sum(counts.values()), "labelled": sum(wanted.values())}
    if broken:
        return bad(
            f"samples of {', '.join(broken[:5])} are not finite or empty; cut them again", **numbers
        )
    if short or not counts:
        return bad(
            f"{', '.join(short) or 'no planet'}: {sum(counts.values())} samples of "
            f"{sum(wanted.values())} labelled; cut them again",
            **numbers,
        )
    return good(f"{sum(counts.values())} samples of {len(counts)} planet(s)", **numbers)


def member_is_sound(checked: CheckedProject, kind: ModelKind) -> Finding:
    """The member can be loaded, its weights are finite, and it learned something.

    Warns if its F1 on validation or test samples is 0: it calls everything or nothing ejecta.
    """
    from ejmap_ml.bundles.bundle import ModelBundle

    version, iteration = version_and_iteration(checked.partition)
    bundle = ModelBundle.load(
        checked.project.paths.model_bundle(kind, version=version, iteration=iteration)
    )
    scores = {name: float(value) for name, value in bundle.provenance.scores.items()}
    floats = {name: value for name, value in bundle.weights.items() if value.is_floating_point()}
    numbers = {
        "weights": sum(value.numel() for value in bundle.weights.values()),
        **{name: value for name, value in scores.items() if np.isfinite(value)},
    }
    broken = sorted(name for name, value in floats.items() if not bool(value.isfinite().all()))
    if broken:
        return bad(
            f"weights {', '.join(broken[:3])} are not finite: training diverged; lower the "
            "learning rate and train again",
            **numbers,
        )
    idle = sorted(name for name in ("val_f1", "test_f1") if scores.get(name) == 0)
    if idle:
        return warning(
            f"{' and '.join(idle)} is 0: the member calls everything or nothing ejecta; train "
            "longer",
            **numbers,
        )
    return good("weights are finite", **numbers)


def _is_broken(group: "TileGroup") -> bool:
    positions = range(min(group.tile_count, CHECKED_SAMPLES))
    arrays = (group.read(name, positions) for name in group.array_names)
    return not group.tile_count or not all(np.isfinite(values).all() for values in arrays)


def _of_kind(
    find: Callable[[CheckedProject, ModelKind], Finding], asset: str, kind: ModelKind
) -> AssetChecksDefinition:
    def of_kind(checked: CheckedProject) -> Finding:
        return find(checked, kind)

    of_kind.__name__, of_kind.__doc__ = find.__name__, find.__doc__
    return project_check(asset=asset, blocking=True)(of_kind)


ejconn_samples_are_complete = _of_kind(samples_are_complete, "ejconn_samples", "ejconn")
ejseg_samples_are_complete = _of_kind(samples_are_complete, "ejseg_samples", "ejseg")
ejconn_member_is_sound = _of_kind(member_is_sound, "ejconn_model", "ejconn")
ejseg_member_is_sound = _of_kind(member_is_sound, "ejseg_model", "ejseg")
