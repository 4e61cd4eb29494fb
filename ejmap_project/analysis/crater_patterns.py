"""The patterns of all craters of the map, alone and where no other crater claims their ejecta."""

import numpy as np
import pandas as pd
import rasterio
from numpy.typing import NDArray

from ejmap_geo.masks.denoise import denoised_by_sides
from ejmap_geo.masks.placement import mask_to_azimuthal
from ejmap_geo.patterns.clean_mask import ReadCounts, clean_mask
from ejmap_geo.patterns.published_pattern import COLUMNS, Row, is_invalid
from ejmap_geo.patterns.ring_sums import ring_sums
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.rasters.raster_file import opened, read_window
from ejmap_project.analysis.crater_pattern import CraterPattern, read_pattern
from ejmap_project.analysis.map_quantities import CLEAN, MapRayTable, PatternsTable
from ejmap_project.analysis.own_ray_ends import OwnPixels, own_values, with_own_ends
from ejmap_project.analysis.surroundings import Mapped, Surroundings, surroundings
from ejmap_project.artefact import Artefact
from ejmap_project.basemap import azimuthal_grid, read_project_basemap
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.files.table_file import write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.vetting.vetting_choice import held_back

# The table has more columns than a page of the UI.
SHOWN = (
    *("crater_id", "crater", "radius_km", "ejecta_km2", "clean_km2", "is_clean"),
    *("optical_blanket_radii", "coverage_radius_radii", "ray_count", "longest_ray_km"),
    *("downrange_deg", "impact_class"),
)

# Quantities of a crater that need the other craters, and its published row of the clean mask.
CleanValues = tuple[dict[str, float | bool], Row]


def measure_patterns(project: OpenProject, progress: Progress) -> Artefact:
    """Write the patterns of all craters of the map, with what is clean of them.

    A crater without a pattern or a mask is left out, and so is one that the map holds back.

    Raises:
        StepError: If no crater has a pattern.
    """
    paths, basemap = project.paths, read_project_basemap(project)
    rims, held = project.drawn_rims(), held_back(project)
    is_published = project.settings.source.traits.masks_run is not None
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
    with opened(paths.overlap_count) as counted, opened(paths.overlaps) as ranked:
        for done, (key, crater) in enumerate(made.items()):
            progress.update(f"crater {key}", done=done, total=len(made))
            pattern = read_pattern(paths.crater_pattern(key))
            placed = read_mask_on(paths.basemap_mask(key), basemap.grid)
            alone = clean_mask(placed, _counts(counted), basemap=basemap.grid)
            grid = azimuthal_grid(crater, basemap.grid)
            mask = mask_to_azimuthal(alone, basemap=basemap.grid, azimuthal=grid)
            around = surroundings(
                Mapped(mask, None), basemap=basemap, crater=crater, grid=grid, rim=rims.get(key)
            )
            values, published = clean_values(around, pattern)
            own = OwnPixels(
                crater_id=crater.crater_id, placed=placed, ranked=ranked, basemap=basemap.grid
            )
            # Published masks have no probabilities to rank them by.
            rays = with_own_ends(
                pattern.rays, None if is_published else own, crater, basemap.grid.body
            )
            values |= own_values(rays, crater)
            measured.append((pattern._replace(rays=rays), (values, published)))
    progress.update("patterns", done=len(made), total=len(made))
    return _write(project, measured)


def _counts(counted: rasterio.DatasetReader) -> ReadCounts:
    return lambda window: read_window(counted, window)[0]


def clean_values(around: Surroundings, pattern: CraterPattern) -> CleanValues:
    """Return what is clean of a crater, and its published row of the clean mask.

    Args:
        around: The crater with what no other crater claims.
        pattern: What was measured of all its ejecta; the radius of its blanket is taken.
    """
    from ejmap_project.analysis.crater_measures import published_row

    row, published = pattern.quantities.iloc[0], pattern.published.iloc[0]
    blanket_px = float(published["blanket_radius"])
    denoised = around.with_mask(denoised_by_sides(around.mask))
    of_clean = published_row(denoised, blanket_px=blanket_px)
    sums = ring_sums(around.mask, around.imaged, rim=around.rim, azimuthal=around.grid)
    blanket_m = blanket_px * around.grid.resolution_m
    whole_km2 = float(row["ejecta_km2"])
    # The mask went to the basemap and back: rounding may add a pixel.
    clean_km2 = min(sums.area_m2() / 1e6, whole_km2)
    return {
        "clean_km2": clean_km2,
        "clean_blanket_km2": sums.area_m2(to_m=blanket_m) / 1e6,
        "clean_rays_km2": sums.area_m2(from_m=blanket_m) / 1e6,
        "shared_km2": whole_km2 - clean_km2,
        "shared_share": (whole_km2 - clean_km2) / whole_km2 if whole_km2 else np.nan,
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
