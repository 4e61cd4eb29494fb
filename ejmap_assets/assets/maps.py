"""The map of the whole planet, from the masks of all craters."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import dagster as dg
import geopandas as gpd
import numpy as np

from ejmap_assets.lineage.crater_state import CraterState, crater_states
from ejmap_assets.making.declare import Making, project_asset
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.color import crater_color
from ejmap_geo.maps.composite import color_composite, over_basemap
from ejmap_geo.maps.label_map import NODATA, LabelMap, label_map
from ejmap_geo.maps.preview import LegendEntry, shrink, with_legend
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.whole_file import whole_file
from ejmap_project.artefact import Artefact, Facts, Picture
from ejmap_project.basemap import Basemap, read_project_basemap
from ejmap_project.digest import content_version
from ejmap_project.files.mask_folder import MaskFolder

PREVIEW_WIDTH_PX = 2048
LINKED = ("basemap_mosaic", "promoted_ejconn", "promoted_ejseg")
LINKED_CRATERS = 100


@project_asset(group="map", kinds={"geotiff", "geopackage"}, kind="map")
def global_map(making: Making) -> Artefact:
    """Ejecta of all craters on the whole planet.

    A label map that tells the craters apart, a count of overlaps, a colour composite (one colour a
    crater, half transparent where ejecta overlap), a preview picture, and a table of craters with
    their areas. Craters that could not be mapped, or that are held back as doubtful, are left
    out and named; craters whose data have changed since are drawn and named.
    """
    project = making.project
    basemap = read_project_basemap(project)
    craters = project.craters()
    states = crater_states(making.book)
    shown = {key: one for key, one in craters.items() if states[key] is not CraterState.HELD_BACK}
    masks = MaskFolder.of(shown, making.paths.basemap_mask, basemap.grid).readable()
    damaged = {key: one for key, one in craters.items() if one.crater_id in masks.unreadable}
    states |= dict.fromkeys(damaged, CraterState.FAILED)
    drawn = {key: crater for key, crater in craters.items() if crater.crater_id in masks}
    labels = label_map(masks, basemap=basemap.grid)
    names = {crater.crater_id: crater.name for crater in drawn.values()}
    composite = color_composite(masks, labels, names=names)
    _write_rasters(making, labels, composite, basemap.grid)
    table = _crater_table(masks, craters, states, basemap.grid)
    write_catalogue(table, making.paths.map_craters)
    preview = _write_preview(making.paths.preview, composite, basemap, drawn)
    return Artefact(
        content=content_version(labels.labels, labels.overlap_count),
        metadata={
            **_state_metadata(states),
            **_damage(masks.unreadable.values()),
            **_area_metadata(table, labels, basemap.grid),
            **_made_of(craters, states, table),
            "path": str(making.paths.composite),
            "picture": Picture(preview, alt="ejecta of all craters over the mosaic"),
        },
        table=table,
    )


def _made_of(
    craters: Mapping[str, Crater], states: Mapping[str, CraterState], table: gpd.GeoDataFrame
) -> Facts:
    """Link the mosaic, the models and every crater that the map is made of."""
    parts: Facts = {name: dg.MetadataValue.asset(dg.AssetKey(name)) for name in LINKED}
    areas = dict(zip(table["crater_id"], table["ejecta_km2"], strict=True))
    rows = [
        f"| [{_plain(crater.name) or key}](/assets/basemap_mask?view=partitions&partition={key}) "
        f"| {states[key].value} | {_rounded(areas[crater.crater_id])} |"
        for key, crater in sorted(craters.items())[:LINKED_CRATERS]
    ]
    more = len(craters) - len(rows)
    note = [f"\n{more} more in craters.gpkg"] if more else []
    head = ["| crater | state | ejecta, km2 |", "| --- | --- | ---: |"]
    return {**parts, "made_of": dg.MetadataValue.md("\n".join([*head, *rows, *note]))}


def _plain(name: str) -> str:
    """Leave out what Markdown would take for its own: names come from other people's tables."""
    return re.sub(r"[^\w .,'-]", " ", name).strip()


def _rounded(area_km2: float) -> str:
    return "" if np.isnan(area_km2) else f"{area_km2:.0f}"


def _write_rasters(
    making: Making, labels: LabelMap, composite: np.ndarray, grid: BasemapGrid
) -> None:
    tags = {"EJMAP_RECIPE": making.recipe.digest}
    write_cog(making.paths.label_map, labels.labels, grid=grid, nodata=NODATA, tags=tags)
    write_cog(making.paths.overlap_count, labels.overlap_count, grid=grid, tags=tags)
    write_cog(
        making.paths.composite,
        composite,
        grid=grid,
        band_names=("red", "green", "blue", "alpha"),
        tags=tags,
    )


def _crater_table(
    masks: MaskFolder,
    craters: Mapping[str, Crater],
    states: Mapping[str, CraterState],
    grid: BasemapGrid,
) -> gpd.GeoDataFrame:
    table = catalogue_from(craters.values(), grid.body)
    ids = table["crater_id"]
    areas = {crater_id: masks[crater_id].area_m2(grid) / 1e6 for crater_id in masks}
    by_id = {crater.crater_id: states[key].value for key, crater in craters.items()}
    return table.assign(
        ejecta_km2=[areas.get(one, np.nan) for one in ids], state=[by_id[one] for one in ids]
    )


def _write_preview(
    path: Path, composite: np.ndarray, basemap: Basemap, drawn: Mapping[str, Crater]
) -> np.ndarray:
    small = shrink(over_basemap(composite, basemap.raster), max_width_px=PREVIEW_WIDTH_PX)
    entries = [
        LegendEntry(crater.name or key, crater_color(crater.crater_id, crater.name))
        for key, crater in sorted(drawn.items())
    ]
    with whole_file(path) as unfinished:
        with_legend(small, entries).save(unfinished, "PNG")
    return np.moveaxis(small, 0, -1)


def _state_metadata(states: Mapping[str, CraterState]) -> Facts:
    counts = Counter(states.values())
    named = {
        f"{_word(state)}_craters": sorted(key for key, found in states.items() if found is state)
        for state in CraterState
        if state is not CraterState.CURRENT
    }
    return {**{f"{_word(state)}_count": counts[state] for state in CraterState}, **named}


def _damage(files: Iterable[Path]) -> Facts:
    """Say which masks cannot be read, and what to do; nothing where all can."""
    listed = [str(path) for path in files]
    if not listed:
        return {}
    return {
        "damaged_masks": listed,
        "what_to_do": "masks that cannot be read are left out: delete them and run repair",
    }


def _word(state: CraterState) -> str:
    return state.value.replace(" ", "_")


def _area_metadata(table: gpd.GeoDataFrame, labels: LabelMap, grid: BasemapGrid) -> Facts:
    covered = PlacedMask.from_full(labels.overlap_count > 0, grid)
    contested = PlacedMask.from_full(labels.overlap_count > 1, grid)
    planet_m2 = 4 * np.pi * grid.body.radius_m**2
    return {
        "ejecta_km2": covered.area_m2(grid) / 1e6,
        "share_of_planet": covered.area_m2(grid) / planet_m2,
        "overlap_km2": contested.area_m2(grid) / 1e6,
        "largest_ejecta_km2": float(table["ejecta_km2"].max()),
    }
