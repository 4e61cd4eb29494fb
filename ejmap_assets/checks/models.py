"""Checks of what models learn from and of the trained members."""

import inspect
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from dagster import AssetChecksDefinition

from ejmap_assets.checks.finding import Finding, bad, good, warning
from ejmap_assets.checks.project_check import CheckedProject, declared
from ejmap_project.models.model_version import version_and_iteration
from ejmap_project.paths import ModelKind

if TYPE_CHECKING:
    from ejmap_ml.stores.tile_group import TileGroup

# Read of each store: torn files show in the first shard or in none.
CHECKED_SAMPLES = 64


def samples_are_complete(checked: CheckedProject, kind: ModelKind) -> Finding:
    """Every labelled tile that can be used has its sample, with the values it should have.

    Images are finite, masks hold 0 to 1, and the stores hold as many samples as the labelled tiles
    (or craters, for polar views) of their planets.
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
        # A labelled crater that no tile location reaches has a view and no tile.
        is_whole = (
            counts[path.stem] >= wanted[path.stem]
            if is_polar
            else (counts[path.stem] == wanted[path.stem])
        )
        short += [] if is_whole else [path.stem]
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
    """The member can be loaded, its weights are numbers, and it learned something.

    Warns when its F1 on validation or test samples is 0: it calls everything, or nothing, ejecta.
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
    return declared(
        lambda checked: find(checked, kind),
        name=find.__name__,
        description=inspect.getdoc(find) or "",
        asset=asset,
        blocking=True,
    )


ejconn_samples_are_complete = _of_kind(samples_are_complete, "ejconn_samples", "ejconn")
ejseg_samples_are_complete = _of_kind(samples_are_complete, "ejseg_samples", "ejseg")
ejconn_member_is_sound = _of_kind(member_is_sound, "ejconn_model", "ejconn")
ejseg_member_is_sound = _of_kind(member_is_sound, "ejseg_model", "ejseg")
