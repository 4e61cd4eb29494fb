"""Checks of assets: what must hold before anything is made from them, and what a map should say."""

import dagster as dg

from ejmap_assets.checks.candidates import (
    entries_look_like_craters,
    tiles_of_regions_share_no_ground,
)
from ejmap_assets.checks.labels import splits_match_the_tiles, tiles_are_valid
from ejmap_assets.checks.maps import map_covers_the_planet, map_holds_every_crater
from ejmap_assets.checks.models import build_model_checks
from ejmap_assets.checks.scores import probabilities_come_true
from ejmap_assets.checks.sources import (
    catalogue_is_valid,
    masks_lie_on_the_mosaic,
    mosaic_is_valid,
    planets_show_ejecta,
)


def build_checks() -> list[dg.AssetChecksDefinition]:
    """Return all checks but those of craters, which run where a crater is mapped."""
    return [
        mosaic_is_valid,
        catalogue_is_valid,
        masks_lie_on_the_mosaic,
        tiles_of_regions_share_no_ground,
        entries_look_like_craters,
        planets_show_ejecta,
        tiles_are_valid,
        splits_match_the_tiles,
        *build_model_checks(),
        map_covers_the_planet,
        map_holds_every_crater,
        probabilities_come_true,
    ]
