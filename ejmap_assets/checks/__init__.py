"""Checks of assets: what must hold before anything is made from them, and what a map should say."""

import dagster as dg

from ejmap_assets.checks.maps import map_holds_every_crater
from ejmap_assets.checks.sources import catalogue_is_valid, mosaic_is_valid


def build_checks() -> list[dg.AssetChecksDefinition]:
    """Return all checks."""
    return [mosaic_is_valid, catalogue_is_valid, map_holds_every_crater]
