"""All checks, found in the modules of this folder."""

from functools import cache

import dagster as dg

from ejmap_assets import checks
from ejmap_assets.checks.crater_check import CraterCheck
from ejmap_assets.discovery import defined_in


@cache
def project_checks() -> tuple[dg.AssetChecksDefinition, ...]:
    """Return the checks of assets of the whole project; each is an op."""
    return tuple(defined_in(checks, dg.AssetChecksDefinition))


@cache
def crater_checks() -> tuple[CraterCheck, ...]:
    """Return the checks of a crater's assets; they run in the op that makes the assets."""
    return tuple(defined_in(checks, CraterCheck))


def checks_of(asset: str) -> tuple[CraterCheck, ...]:
    """Return the checks of an asset of a crater."""
    return tuple(check for check in crater_checks() if check.asset == asset)
