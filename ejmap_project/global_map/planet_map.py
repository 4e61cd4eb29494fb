"""Step 6: the masks of all craters as one map of the planet."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater, catalogue_from, craters_of, write_catalogue
from ejmap_geo.craters.observed_share import observed_shares
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.composite import color_composite
from ejmap_geo.maps.label_map import LabelMap, label_map
from ejmap_geo.masks.placed_mask import pixel_area_m2
from ejmap_project.artefact import Artefact, Facts
from ejmap_project.basemap import Basemap, read_project_basemap
from ejmap_project.digest import content_version
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.global_map.map_layers import write_map_layers
from ejmap_project.global_map.map_picture import map_picture
from ejmap_project.global_map.map_rasters import write_map_rasters
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.mapping.origin import models_of
from ejmap_project.mapping.promised_mask import ExpectedArea, read_expected_area
from ejmap_project.models.mapping_models import promises_recall
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths
from ejmap_project.pictures.picture_store import write_picture
from ejmap_project.sources.corrected_masks import corrected_mask


def draw_planet_map(
    project: OpenProject, states: Mapping[str, CraterState], *, tags: Mapping[str, str]
) -> Artefact:
    """Write label map, overlap count, colour composite, outlines, preview and crater table.

    Craters that are held back are left out, and so are those whose mask is missing or cannot be
    read; a mask that cannot be read counts as failed.

    Args:
        project: The project.
        states: That of every crater of the catalogue, by key.
        tags: Text kept inside the rasters.
    """
    basemap = read_project_basemap(project)
    craters = project.craters()
    shown = {key: one for key, one in craters.items() if states[key] is not CraterState.HELD_BACK}
    masks = MaskFolder.of(shown, project.paths.basemap_mask, basemap.grid).readable()
    damaged = [key for key, one in craters.items() if one.crater_id in masks.unreadable]
    states = {**states, **dict.fromkeys(damaged, CraterState.FAILED)}
    drawn = {key: crater for key, crater in craters.items() if crater.crater_id in masks}
    labels = label_map(masks, basemap=basemap.grid)
    names = {crater.crater_id: crater.name for crater in drawn.values()}
    composite = color_composite(masks, labels, names=names)
    told = models_of(project.paths.basemap_mask(key) for key in drawn)
    write_map_rasters(
        project.paths,
        labels,
        composite,
        names=names,
        grid=basemap.grid,
        tags={**tags, **told},
    )
    table = _crater_table(masks, craters, states, basemap)
    # Masks come and go without the table of craters, which says what its author knew.
    table = table.assign(labelled=[project.is_labelled(one) for one in craters_of(table)])
    # A mask of a former ensemble may lie there when the present one promises nothing.
    is_promised = promises_recall(project)
    promised = {
        key: one
        for key, one in drawn.items()
        if is_promised and corrected_mask(project, key) is None
    }
    table = table.assign(**_promised_columns(project.paths, promised, table, basemap.grid))
    write_catalogue(table, project.paths.map_craters)
    write_map_layers(project.paths, table, masks, craters, grid=basemap.grid)
    preview = map_picture(labels, basemap, drawn, body=basemap.grid.body.name)
    write_picture(project.paths.preview, preview)
    return Artefact(
        content=content_version(labels.labels, labels.overlap_count),
        metadata={
            **_state_facts(states),
            **_damage(masks.unreadable.values()),
            **_area_facts(table, labels, basemap.grid),
            "path": str(project.paths.composite),
            "picture": preview,
        },
        table=table,
    )


def _crater_table(
    masks: MaskFolder,
    craters: Mapping[str, Crater],
    states: Mapping[str, CraterState],
    basemap: Basemap,
) -> gpd.GeoDataFrame:
    raster, grid = basemap
    table = catalogue_from(craters.values(), grid.body)
    ids = table["crater_id"]
    areas = {crater_id: masks.area_m2(crater_id) / 1e6 for crater_id in masks}
    by_id = {crater.crater_id: states[key].value for key, crater in craters.items()}
    return table.assign(
        observed_share=observed_shares(raster, grid, craters_of(table)),
        mask_km2=[areas.get(one, np.nan) for one in ids],
        state=[by_id[one] for one in ids],
    )


def _promised_columns(
    paths: ProjectPaths,
    drawn: Mapping[str, Crater],
    table: gpd.GeoDataFrame,
    grid: BasemapGrid,
) -> dict[str, list[float]]:
    """Return expected areas and areas at the promised recall, NaN where nothing is promised."""
    masks = MaskFolder.of(drawn, paths.promised_recall_mask, grid).readable()
    wide = {one: masks.area_m2(one) / 1e6 for one in masks}
    expected = {
        crater.crater_id: read_expected_area(paths.promised_recall_mask(key))
        for key, crater in drawn.items()
        if crater.crater_id in masks
    }
    nothing = ExpectedArea(np.nan, np.nan, np.nan)
    areas = [expected.get(one, nothing) for one in table["crater_id"]]
    return {
        "promised_recall_km2": [wide.get(one, np.nan) for one in table["crater_id"]],
        **{name: [getattr(one, name) for one in areas] for name in ExpectedArea._fields},
    }


def _state_facts(states: Mapping[str, CraterState]) -> Facts:
    counts = Counter(states.values())
    named = {
        f"{_word(state)}_craters": sorted(key for key, found in states.items() if found is state)
        for state in CraterState
        if state is not CraterState.CURRENT
    }
    return {**{f"{_word(state)}_count": counts[state] for state in CraterState}, **named}


def _word(state: CraterState) -> str:
    return state.value.replace(" ", "_")


def _damage(files: Iterable[Path]) -> Facts:
    """Say which masks cannot be read, and what to do; nothing where all can."""
    listed = [str(path) for path in files]
    if not listed:
        return {}
    return {
        "damaged_masks": listed,
        "what_to_do": "masks that cannot be read are left out: delete them and run repair",
    }


def _area_facts(table: gpd.GeoDataFrame, labels: LabelMap, grid: BasemapGrid) -> Facts:
    covered_m2, contested_m2 = (_area_m2(labels.overlap_count, least, grid) for least in (1, 2))
    planet_m2 = 4 * np.pi * grid.body.radius_m**2
    return {
        "ejecta_km2": covered_m2 / 1e6,
        "share_of_planet": covered_m2 / planet_m2,
        "overlap_km2": contested_m2 / 1e6,
        "largest_mask_km2": float(table["mask_km2"].max()),
    }


def _area_m2(overlap_count: NDArray[np.uint16], least: int, grid: BasemapGrid) -> float:
    """Return the area on the sphere that so many craters or more claim."""
    row_px = np.array([np.count_nonzero(row >= least) for row in overlap_count])
    held = np.flatnonzero(row_px)
    if not held.size:
        return 0.0
    top, bottom = int(held[0]), int(held[-1]) + 1
    window = Window(row=top, col=0, height=bottom - top, width=grid.width_px)
    return float(row_px[top:bottom] @ pixel_area_m2(grid, window))
