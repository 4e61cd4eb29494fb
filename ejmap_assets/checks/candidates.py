"""Checks of the vetting of the catalogue."""

import dagster as dg
import geopandas as gpd

from ejmap_assets.checks.finding import Finding, bad, good, warning
from ejmap_assets.checks.project_check import CheckedProject, project_check
from ejmap_geo.craters.tile_regions import reaches_any
from ejmap_project.vetting.candidates import doubtful_words
from ejmap_project.vetting.gathering import place_of_row
from ejmap_project.vetting.vetting_choice import held_back, required_vetting
from ejmap_project.vetting.vetting_tiles import (
    DOUBTFUL,
    NOT_JUDGED,
    PICTURE,
    CandidateTable,
    CraterTileTable,
    VettingTiles,
)


@project_check(asset="crater_tiles", blocking=True)
def tiles_of_regions_share_no_ground(checked: CheckedProject) -> Finding:
    """The table fits its schema, and no test tile overlaps a training tile on the ground."""
    found = VettingTiles.load(checked.project.paths)
    CraterTileTable.validate(found.table)
    body = checked.project.settings.planet
    is_ground = (found.table["kind"] != PICTURE).to_numpy()
    places = {
        number: place_of_row(row)
        for number, row in enumerate(found.table.to_dict("records"))
        if is_ground[number]
    }
    shared = 0
    for fold in found.folds:
        trains, tests = (
            [places[one] for one in part.tolist() if one in places]
            for part in (fold.trains, fold.tests)
        )
        shared += int(reaches_any(trains, tests, body=body).sum())
    numbers = {"tiles": len(places), "tiles_that_share_ground": shared}
    if shared:
        return bad(
            f"{shared} training tile(s) overlap test tiles; materialise crater_tiles again",
            **numbers,
        )
    return good(f"{len(places)} tiles of the mosaic; test tiles lie apart", **numbers)


@project_check(asset="crater_candidates", blocking=False)
def entries_look_like_craters(checked: CheckedProject) -> Finding:
    """Every entry of the catalogue that can be judged scores as a crater, or a person accepted it.

    The check names entries with low scores, the lowest first. Doubtful entries are mapped unless
    ``vetting.hold_back`` is set.
    """
    table = gpd.read_parquet(checked.project.paths.crater_candidates)
    CandidateTable.validate(table)
    vetting = required_vetting(checked.project)
    doubtful = int((table["status"] == DOUBTFUL).sum())
    unjudged = table.loc[table["status"] == NOT_JUDGED, "crater_id"].tolist()
    held = sorted(held_back(checked.project))
    numbers = {
        "entries": len(table),
        "doubtful": doubtful,
        "not_judged": dg.MetadataValue.json(unjudged),
        "held_back": dg.MetadataValue.json(held),
    }
    words = f"{len(table) - doubtful - len(unjudged)} of {len(table)} entries pass as craters"
    words += f", {len(unjudged)} cannot be judged" if unjudged else ""
    if not doubtful:
        return good(words, **numbers)
    follows = "not mapped" if vetting.hold_back else "still mapped"
    return warning(
        f"{words}; {doubtful} below {vetting.doubtful_below:g} are {follows}: "
        f"{doubtful_words(table)}. Look at the contact sheet; correct the catalogue, or name those "
        "that are craters in vetting.accepted",
        **numbers,
    )
