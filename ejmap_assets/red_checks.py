"""Checks that failed on what a model was made from."""

import dagster as dg

from ejmap_assets.lineage import LINEAGE


def red_checks(instance: dg.DagsterInstance, asset: str) -> list[str]:
    """Return the names of checks upstream of an asset whose last evaluation failed.

    Warnings are not counted: they tell of something to look at, not of wrong data.
    """
    from ejmap_assets.checks import build_checks

    upstream = _upstream(asset)
    keys = [
        key
        for check in build_checks()
        for key in check.check_keys
        if key.asset_key.to_user_string() in upstream
    ]
    found = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    evaluated = [(key, record.evaluation) for key, record in found.items()]
    return sorted(
        f"{key.asset_key.to_user_string()}: {key.name}"
        for key, evaluation in evaluated
        if evaluation is not None
        and not evaluation.passed
        and evaluation.severity is dg.AssetCheckSeverity.ERROR
    )


def _upstream(asset: str) -> set[str]:
    found: set[str] = set()
    unseen = [asset]
    while unseen:
        for name in LINEAGE[unseen.pop()].inputs:
            if name not in found:
                found.add(name)
                unseen.append(name)
    return found
