"""The patterns of all craters of the map, alone and where no other crater claims their ejecta."""

from functools import cache, partial
from typing import NamedTuple

import numpy as np
import pandas as pd
import rasterio
from numpy.typing import NDArray

from ejmap_geo.cores import two_at_a_time
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.masks.denoise import denoised_by_sides
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import mask_to_azimuthal
from ejmap_geo.patterns.clean_mask import ReadCounts, claimed_by_others, clean_mask
from ejmap_geo.patterns.published_pattern import COLUMNS, Row, is_invalid
from ejmap_geo.patterns.ring_sums import ring_sums
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.rasters.raster_file import opened, read_window
from ejmap_project.analysis.crater_pattern import CraterPattern, read_pattern
from ejmap_project.analysis.map_quantities import CLEAN, MapRayTable, PatternsTable
from ejmap_project.analysis.own_ray_ends import OwnPixels, own_values, with_own_ends
from ejmap_project.analysis.surroundings import (
    Surroundings,
    read_mapped,
    surroundings,
    window_about,
)
from ejmap_project.artefact import Artefact
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.files.table_file import write_table
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.vetting.vetting_choice import held_back

# The table has more columns than a page of the UI.
SHOWN = (
    *("crater_id", "crater", "radius_km", "ejecta_km2", "clean_km2", "is_clean"),
    *("optical_blanket_radii", "coverage_radius_radii", "ray_count", "longest_ray_km"),
    *("downrange_deg", "impact_class"),
)

# Of a raster about a crater; its bands, masks and claims take some ten bytes a pixel.
LARGE_PX = 100_000_000
# Quantities of a crater that need the other craters, and its published row of the clean mask.
CleanValues = tuple[dict[str, float | bool], Row]


class Claims(NamedTuple):
    """What the map says of the ejecta of a crater, ``(rows, cols)`` about it.

    Attributes:
        alone: Its ejecta on the map that no other crater claims.
        others: Ground that other craters claim.
    """

    alone: NDArray[np.bool_]
    others: NDArray[np.bool_]


def measure_patterns(project: OpenProject, progress: Progress) -> Artefact:
    """Write the patterns of all craters of the map, with what is clean of them.

    A crater without a pattern or a mask is left out, and so is one that the map holds back.

    Raises:
        GeoError: If a mask is missing or does not lie on the mosaic.
        StepError: If no crater has a pattern.
    """
    paths, work = project.paths, CraterWork(project)
    held = held_back(project)
    made = {
        key: crater
        for key, crater in sorted(project.craters().items())
        if paths.crater_pattern(key).is_dir()
        and paths.basemap_mask(key).is_file()
        and key not in held
    }
    if not made:
        raise StepError("no crater has a pattern yet; materialise crater_pattern of some first")
    measured: list[tuple[CraterPattern, CleanValues]] = []
    found = two_at_a_time(
        partial(_measured, work), made.values(), is_large=partial(_is_large, work)
    )
    for done, (crater, one) in enumerate(zip(made.values(), found, strict=True), start=1):
        measured.append(one)
        progress.update(f"crater {crater.key}", done=done, total=len(made))
    return _write(project, measured)


def _is_large(work: CraterWork, crater: Crater) -> bool:
    rows, cols = work.azimuthal_grid(crater).shape
    return rows * cols > LARGE_PX


def _measured(work: CraterWork, crater: Crater) -> tuple[CraterPattern, CleanValues]:
    """Return the pattern of a crater with its own ends of rays, and what is clean of it."""
    paths, grid = work.paths, work.basemap.grid
    is_published = work.settings.source.traits.masks_run is not None
    pattern = read_pattern(paths.crater_pattern(crater.key))
    placed = read_mask_on(paths.basemap_mask(crater.key), grid)
    # An open file is for one thread.
    with opened(paths.overlap_count) as counted, opened(paths.overlaps) as ranked:
        around, claims = _claims(work, crater, placed, _counts(counted))
        values, published = clean_values(around, claims, pattern)
        own = OwnPixels(crater_id=crater.crater_id, placed=placed, ranked=ranked, basemap=grid)
        # Published masks have no probabilities to rank them by.
        rays = with_own_ends(pattern.rays, None if is_published else own, crater, grid.body)
    return pattern._replace(rays=rays), (values | own_values(rays, crater), published)


def _counts(counted: rasterio.DatasetReader) -> ReadCounts:
    return lambda window: read_window(counted, window)[0]


def _claims(
    work: CraterWork, crater: Crater, placed: PlacedMask, counts: ReadCounts
) -> tuple[Surroundings, Claims]:
    """Return a crater in the middle of its ejecta, and what the map says of them."""
    basemap, grid = work.basemap, work.azimuthal_grid(crater)
    around = surroundings(
        # Nothing that is measured here needs its probability.
        read_mapped(work, crater)._replace(read_levels=None),
        basemap=basemap,
        crater=crater,
        grid=grid,
        rim=work.drawn_rims.get(crater.key),
    )
    near = window_about(grid.shape, around.grid)
    # Both look at the window of the mask, which is read once.
    counts = cache(counts)
    alone, others = (
        mask_to_azimuthal(one, basemap=basemap.grid, azimuthal=grid, window=near)
        for one in (
            clean_mask(placed, counts, basemap=basemap.grid),
            claimed_by_others(placed, counts, basemap=basemap.grid),
        )
    )
    return around, Claims(alone, others)


def clean_values(around: Surroundings, claims: Claims, pattern: CraterPattern) -> CleanValues:
    """Return what is clean of a crater and what is shared, and its published row when clean.

    Clean and shared are parts of one mask on one grid, so that they sum to its area: a mask that
    is carried to the map and back loses pixels, which nobody shares.

    Args:
        around: The crater with its ejecta as mapped.
        claims: What the map says of them.
        pattern: What was measured of all its ejecta; the radius of its blanket is taken.
    """
    from ejmap_project.analysis.crater_measures import published_row

    published = pattern.published.iloc[0]
    blanket_px = float(published["blanket_radius"])
    denoised = around.with_mask(denoised_by_sides(claims.alone))
    of_clean = published_row(denoised, blanket_px=blanket_px)
    imaged = around.imaged
    clean, shared = (
        ring_sums(mask, imaged, rim=around.rim, azimuthal=around.grid)
        for mask in (around.mask & ~claims.others, around.mask & claims.others)
    )
    blanket_m = blanket_px * around.grid.resolution_m
    clean_km2, shared_km2 = clean.area_m2() / 1e6, shared.area_m2() / 1e6
    whole_km2 = clean_km2 + shared_km2
    return {
        "clean_km2": clean_km2,
        "clean_blanket_km2": clean.area_m2(to_m=blanket_m) / 1e6,
        "clean_rays_km2": clean.area_m2(from_m=blanket_m) / 1e6,
        "shared_km2": shared_km2,
        "shared_share": shared_km2 / whole_km2 if whole_km2 else np.nan,
        "is_clean": not is_invalid({str(k): v for k, v in published.items()}, of_clean),
    }, of_clean


def _write(project: OpenProject, measured: list[tuple[CraterPattern, CleanValues]]) -> Artefact:
    from ejmap_project.analysis.pattern_page import patterns_plot, radius_histogram

    paths = project.paths
    patterns, clean = [one for one, _ in measured], [one for _, one in measured]
    quantities = pd.concat([one.quantities for one in patterns], ignore_index=True)
    of_clean = pd.DataFrame([values for values, _ in clean])[[one.name for one in CLEAN]]
    table = PatternsTable.validate(pd.concat([quantities, of_clean], axis=1))
    rays = MapRayTable.validate(pd.concat([one.rays for one in patterns], ignore_index=True))
    spectra = pd.concat([one.spectra for one in patterns], ignore_index=True)
    with_overlaps = pd.concat([one.published for one in patterns], ignore_index=True)
    clean_rows = pd.DataFrame([row for _, row in clean]).assign(
        crater_id=with_overlaps["crater_id"].to_numpy()
    )
    is_clean = table["is_clean"].to_numpy(np.bool_)
    tables = (
        (table, paths.patterns),
        (rays, paths.pattern_rays),
        (spectra, paths.pattern_spectra),
        (_published(with_overlaps, is_clean), paths.published_overlaps),
        (_published(clean_rows, is_clean), paths.published_clean),
    )
    for one, path in tables:
        write_table(one, path)
    return Artefact(
        content=content_version(*(one.to_csv(index=False) for one, _ in tables)),
        metadata={
            "craters": len(table),
            "clean_craters": int(is_clean.sum()),
            "rays": len(rays),
            "craters_with_downrange_direction": int(table["downrange_deg"].notna().sum()),
            "median_optical_blanket_radii": float(table["optical_blanket_radii"].median()),
            "patterns": table[list(SHOWN)],
            "path": str(paths.patterns),
            "picture": patterns_plot(table),
            "picture_of_radii": radius_histogram(
                with_overlaps["radius"].to_numpy(np.float64), is_clean
            ),
        },
        table=table,
    )


def _published(table: pd.DataFrame, is_clean: NDArray[np.bool_]) -> pd.DataFrame:
    return table.assign(invalid=~is_clean)[["crater_id", *COLUMNS]]
