"""Where not to count craters, and areas to count them in."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely import MultiPolygon

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.map_classes import crater_classes, exclusion_classes
from ejmap_geo.maps.raster_style import class_style, write_style
from ejmap_geo.maps.vector_style import area_style, outline_style
from ejmap_geo.masks.placed_mask import PlacedMask, disc
from ejmap_geo.patterns.clean_mask import clean_mask
from ejmap_geo.planetwide.areas import polygons_of, polygons_of_placed
from ejmap_geo.planetwide.buffer import buffered
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.artefact import Artefact, Markdown, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.files.geopackage import StyledLayer, write_geopackage
from ejmap_project.files.raster_tags import MODEL, inherited, meaning
from ejmap_project.open_project import OpenProject
from ejmap_project.pictures.shades import mask_over, mosaic_grey
from ejmap_project.pictures.sheet import planet_picture
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.progress import Progress

NOT_IMAGED = 255
STRIP_ROWS = 512
PICTURE_PX = 1024
OUTSIDE, BLANKETS = "outside_ejecta", "blankets"


def exclude_ejecta(
    project: OpenProject, progress: Progress, *, tags: Mapping[str, str]
) -> Artefact:
    """Write the exclusion mask, and the areas that it leaves and clean blankets as polygons.

    Args:
        project: The project.
        progress: Told of each step.
        tags: Text kept inside the raster.
    """
    mapped, paths = MappedCraters.of(project), project.paths
    grid, buffer_km = mapped.grid, project.settings.analysis.exclusion_buffer_km
    progress.say("buffer around ejecta")
    excluded = buffered(_claimed(mapped), basemap=grid, buffer_m=buffer_km * 1000)
    is_imaged, seen = _imaged(mapped)
    classes = exclusion_classes(buffer_km)
    words = [f"{one.value}: {one.name}" for one in classes]
    values = np.where(is_imaged, excluded.astype(np.uint8), np.uint8(NOT_IMAGED))
    write_cog(
        paths.exclusion_mask,
        values,
        grid=grid,
        nodata=NOT_IMAGED,
        band_names=("excluded",),
        tags={
            **tags,
            **inherited(paths.label_map, MODEL),
            **meaning(
                "where not to count craters", "; ".join([*words, "255 (nodata): not imaged"])
            ),
            "EJMAP_BUFFER_KM": f"{buffer_km:g}",
        },
    )
    write_style(paths.exclusion_mask, class_style(classes))
    progress.say("areas to count in")
    outside = _outside(mapped, is_imaged & ~excluded)
    blankets = _blankets(mapped)
    _write_layers(paths.counting_areas, outside, blankets)
    listed = pd.DataFrame(blankets.drop(columns="geometry"))
    imaged = PlacedMask.from_full(is_imaged, grid).area_m2(grid)
    left_km2 = float(outside["area_km2"].sum())
    return Artefact(
        content=content_version(values, outside.to_wkt().to_csv(), blankets.to_wkt().to_csv()),
        metadata={
            "buffer_km": buffer_km,
            "excluded_share_of_imaged": 1 - left_km2 * 1e6 / imaged if imaged else 0.0,
            "counting_areas": len(outside),
            "counting_km2": left_km2,
            "blankets": listed,
            "path": str(paths.counting_areas),
            "picture": _picture(seen, excluded, grid),
        },
    )


def _claimed(mapped: MappedCraters) -> NDArray[np.bool_]:
    """Return where any crater has ejecta, or lies."""
    claimed = np.zeros(mapped.grid.shape, np.bool_)
    for crater_id, crater in mapped.craters.items():
        placed = mapped.masks[crater_id]
        if placed.window is None:
            continue
        placed.paste_into(claimed)
        disc(mapped.grid, center=crater.center, radius_m=crater.radius_m).paste_into(claimed)
    return claimed


def _imaged(mapped: MappedCraters) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Return which pixels are imaged, and the mosaic as a small grey picture."""
    rows, cols = mapped.grid.shape
    is_imaged = np.zeros((rows, cols), np.bool_)
    step = _step(mapped.grid)
    small: list[NDArray[np.uint8]] = []
    with opened(mapped.project.paths.basemap_mosaic) as mosaic:
        for top in range(0, rows, STRIP_ROWS):
            bottom = min(top + STRIP_ROWS, rows)
            strip = mosaic.read(window=((top, bottom), (0, cols)))
            is_imaged[top:bottom] = strip.any(axis=0)
            small.append(strip[:, -top % step :: step, ::step])
    return is_imaged, mosaic_grey(np.concatenate(small, axis=1), max_side_px=PICTURE_PX)


@drawing
def _picture(
    seen: NDArray[np.uint8], excluded: NDArray[np.bool_], grid: BasemapGrid
) -> Picture | Markdown:
    """Show the excluded ground over the mosaic as a small grey picture."""
    rgb = mask_over(seen, excluded[:: _step(grid), :: _step(grid)])
    return planet_picture(rgb, grid, "ground where not to count craters")


def _step(grid: BasemapGrid) -> int:
    """Return how many pixels of the mosaic there are for one of the picture."""
    return max(1, -(-grid.width_px // PICTURE_PX))


def _outside(mapped: MappedCraters, free: NDArray[np.bool_]) -> gpd.GeoDataFrame:
    """Return the ground to count on, the largest area first."""
    found = sorted(polygons_of(free, basemap=mapped.grid), key=lambda one: -one.area_m2)
    return gpd.GeoDataFrame(
        {"area_km2": np.array([one.area_m2 / 1e6 for one in found], np.float64)},
        geometry=[one.polygon for one in found],
        crs=geographic_crs(mapped.grid.body),
    )


def _blankets(mapped: MappedCraters) -> gpd.GeoDataFrame:
    """Return the optical blanket of each crater without what others claim."""
    paths, grid = mapped.project.paths, mapped.grid
    patterns = pd.read_parquet(paths.patterns, columns=["crater_id", "optical_blanket_radii"])
    radii = dict(zip(patterns["crater_id"], patterns["optical_blanket_radii"], strict=True))
    with opened(paths.overlap_count) as counted:
        overlap_count = counted.read(1)
    rows: list[dict[str, object]] = []
    for crater_id, crater in mapped.craters.items():
        reach_m = radii.get(crater_id, np.nan) * crater.radius_m
        if not reach_m > 0:
            continue
        alone = clean_mask(mapped.masks[crater_id], overlap_count, basemap=grid)
        parts = polygons_of_placed(_within(alone, crater, reach_m, mapped), basemap=grid)
        if parts:
            rows.append(
                {
                    "crater_id": crater_id,
                    "crater": crater.name or crater.key,
                    "blanket_radius_km": reach_m / 1000,
                    "area_km2": sum(one.area_m2 for one in parts) / 1e6,
                    "geometry": MultiPolygon([one.polygon for one in parts]),
                }
            )
    names = ["crater_id", "crater", "blanket_radius_km", "area_km2", "geometry"]
    return gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=pd.Index(names)),
        geometry="geometry",
        crs=geographic_crs(grid.body),
    )


def _within(
    placed: PlacedMask, crater: Crater, reach_m: float, mapped: MappedCraters
) -> PlacedMask:
    if placed.window is None:
        return placed
    near = disc(mapped.grid, center=crater.center, radius_m=reach_m)
    mask = placed.mask & near.within(placed.window, mapped.grid)
    return PlacedMask.in_window(mask, window=placed.window, basemap=mapped.grid)


def _write_layers(path: Path, outside: gpd.GeoDataFrame, blankets: gpd.GeoDataFrame) -> None:
    names = dict(zip(blankets["crater_id"], blankets["crater"], strict=True))
    write_geopackage(
        path,
        [
            StyledLayer(
                name=OUTSIDE,
                table=outside,
                geometry="Polygon",
                style=area_style(),
                description="Ground outside of ejecta, their craters and a buffer around both",
            ),
            StyledLayer(
                name=BLANKETS,
                table=blankets,
                geometry="MultiPolygon",
                style=outline_style(crater_classes(names), column="crater_id"),
                description="Of each crater the part of its optical blanket that no other claims",
            ),
        ],
    )
