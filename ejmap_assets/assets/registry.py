"""All assets, found in the modules of this folder, in the order of the lineage."""

import dagster as dg

from ejmap_assets import assets
from ejmap_assets.discovery import defined_in
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.making.crater_step import CraterStep


def project_assets() -> list[dg.AssetsDefinition]:
    """Return the assets of the whole project."""
    return sorted(defined_in(assets, dg.AssetsDefinition), key=lambda one: _place(one.key))


def crater_steps() -> list[CraterStep]:
    """Return the assets of a crater, upstream first."""
    return sorted(defined_in(assets, CraterStep), key=lambda one: _place(one.spec.key))


def _place(key: dg.AssetKey) -> int:
    return list(LINEAGE).index(key.to_user_string())
