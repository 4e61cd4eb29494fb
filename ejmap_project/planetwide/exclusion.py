"""Where not to count craters, and areas to count them in."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely import MultiPolygon

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.map_classes import crater_classes, exclusion_classes
from ejmap_geo.maps.raster_style import class_style, write_style
from ejmap_geo.maps.vector_style import area_style, outline_style
from ejmap_geo.masks.placed_mask import PlacedMask, disc, pixel_area_m2
from ejmap_geo.patterns.clean_mask import clean_mask
from ejmap_geo.planetwide.areas import polygons_of_placed, polygons_of_value
from ejmap_geo.planetwide.buffer import buffered_rows
from ejmap_geo.rasters.raster_file import opened, read_window
from ejmap_geo.rasters.strip_file import cog_in_strips
from ejmap_project.artefact import Artefact, Markdown, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.files.geopackage import StyledLayer, write_geopackage
from ejmap_project.files.raster_tags import MODEL, inherited, meaning
from ejmap_project.open_project import OpenProject
from ejmap_project.pictures.shades import mask_over, mosaic_grey
from ejmap_project.pictures.sheet import planet_picture
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.progress import Progress

FREE, NOT_IMAGED = 0, 255
STRIP_ROWS = 512
PICTURE_PX = 1024
OUTSIDE, BLANKETS = "outside_ejecta", "blankets"


def exclude_ejecta(
    project: OpenProject, progress: Progress, *, tags: Mapping[str, str]
) -> Artefact:
    """Write the exclusion mask, and the areas that it leaves and clean blankets as polygons.

    Rasters are worked on in strips of rows; what is held is as large as a strip, the widest mask of
    a crater and the polygons.

    Args:
        project: The project.
        progress: Told of each step.
        tags: Text kept inside the raster.
    """
    mapped, paths = MappedCraters.of(project), project.paths
    grid, buffer_km = mapped.grid, project.settings.analysis.exclusion_buffer_km
    classes = exclusion_classes(buffer_km)
    words = [f"{one.value}: {one.name}" for one in classes]
    told = meaning("where not to count craters", "; ".join([*words, "255 (nodata): not imaged"]))
    strips: list[_Strip] = []
    with cog_in_strips(
        paths.exclusion_mask,
        grid=grid,
        dtype=np.uint8,
        nodata=NOT_IMAGED,
        band_names=("excluded",),
        tags={
            **tags,
            **inherited(paths.label_map, MODEL),
            **told,
            "EJMAP_BUFFER_KM": f"{buffer_km:g}",
        },
    ) as write:
        for top, values, strip in _strips(mapped, buffer_m=buffer_km * 1000):
            progress.update("buffer around ejecta", done=top, total=grid.shape[0])
            write(top, values[None])
            strips.append(strip)
    write_style(paths.exclusion_mask, class_style(classes))
    progress.say("areas to count in")
    outside = _outside(mapped)
    blankets = _blankets(mapped)
    _write_layers(paths.counting_areas, outside, blankets)
    listed = pd.DataFrame(blankets.drop(columns="geometry"))
    imaged_m2, left_km2 = sum(one.imaged_m2 for one in strips), float(outside["area_km2"].sum())
    digests = [one.digest for one in strips]
    return Artefact(
        content=content_version(*digests, outside.to_wkt().to_csv(), blankets.to_wkt().to_csv()),
        metadata={
            "buffer_km": buffer_km,
            "excluded_share_of_imaged": 1 - left_km2 * 1e6 / imaged_m2 if imaged_m2 else 0.0,
            "counting_areas": len(outside),
            "counting_km2": left_km2,
            "blankets": listed,
            "path": str(paths.counting_areas),
            "picture": _picture(strips, grid),
        },
    )


class _Strip(NamedTuple):
    """What is kept of a strip of rows.

    Attributes:
        digest: Digest of its values.
        imaged_m2: Area that was imaged.
        mosaic: Pixels of the mosaic for the picture, ``(band, rows, cols)``.
        excluded: Whether they are excluded, ``(rows, cols)``.
    """

    digest: str
    imaged_m2: float
    mosaic: NDArray[np.uint8]
    excluded: NDArray[np.bool_]


def _strips(
    mapped: MappedCraters, *, buffer_m: float
) -> Iterator[tuple[int, NDArray[np.uint8], _Strip]]:
    """Yield the first row of each strip, the values of the mask in it, and what is kept of it."""
    grid = mapped.grid
    rows, cols = grid.shape
    step = max(1, -(-cols // PICTURE_PX))
    cavities = _cavities(mapped)
    paths = mapped.project.paths
    with opened(paths.basemap_mosaic) as mosaic, opened(paths.overlap_count) as counted:

        def claimed(top: int, bottom: int) -> NDArray[np.bool_]:
            window = Window(row=top, col=0, height=bottom - top, width=cols)
            found = read_window(counted, window)[0] > 0
            for one in cavities:
                if one.window is not None and _has_rows(one.window, top, bottom):
                    found |= one.within(window, grid)
            return found

        for top in range(0, rows, STRIP_ROWS):
            bottom = min(top + STRIP_ROWS, rows)
            window = Window(row=top, col=0, height=bottom - top, width=cols)
            excluded = buffered_rows(
                claimed, top=top, bottom=bottom, basemap=grid, buffer_m=buffer_m
            )
            seen = read_window(mosaic, window)
            is_imaged = seen.any(axis=0)
            values = np.where(is_imaged, excluded.view(np.uint8), np.uint8(NOT_IMAGED))
            shown = (slice(-top % step, None, step), slice(None, None, step))
            yield (
                top,
                values,
                _Strip(
                    digest=content_version(values),
                    imaged_m2=float(is_imaged.sum(axis=1) @ pixel_area_m2(grid, window)),
                    mosaic=seen[(slice(None), *shown)],
                    excluded=excluded[shown],
                ),
            )


@drawing
def _picture(strips: Sequence[_Strip], grid: BasemapGrid) -> Picture | Markdown:
    """Show the excluded ground over the mosaic as a small grey picture."""
    seen = mosaic_grey(np.concatenate([one.mosaic for one in strips], 1), max_side_px=PICTURE_PX)
    rgb = mask_over(seen, np.concatenate([one.excluded for one in strips]))
    return planet_picture(rgb, grid, "ground where not to count craters")


def _has_rows(window: Window, top: int, bottom: int) -> bool:
    return window.row < bottom and top < window.row + window.height


def _cavities(mapped: MappedCraters) -> list[PlacedMask]:
    """Return the insides of the craters with ejecta."""
    return [
        disc(mapped.grid, center=crater.center, radius_m=crater.radius_m)
        for crater_id, crater in mapped.craters.items()
        if mapped.masks[crater_id].window is not None
    ]


def _outside(mapped: MappedCraters) -> gpd.GeoDataFrame:
    """Return the ground to count on, the largest area first."""
    with opened(mapped.project.paths.exclusion_mask) as mask:
        free = polygons_of_value(mask, FREE, basemap=mapped.grid)
        found = sorted(free, key=lambda one: -one.area_m2)
    return gpd.GeoDataFrame(
        {"area_km2": np.array([one.area_m2 / 1e6 for one in found], np.float64)},
        geometry=[one.polygon for one in found],
        crs=geographic_crs(mapped.grid.body),
    )


def _blankets(mapped: MappedCraters) -> gpd.GeoDataFrame:
    """Return the optical blanket of each crater without what others claim."""
    paths, grid = mapped.project.paths, mapped.grid
    rows: list[dict[str, object]] = []
    with opened(paths.overlap_count) as counted:

        def counts(window: Window) -> NDArray[np.unsignedinteger]:
            return read_window(counted, window)[0]

        for crater_id, reach_m in mapped.blankets_m().items():
            crater = mapped.craters[crater_id]
            blanket = _within(mapped.masks[crater_id], crater, reach_m, mapped)
            alone = clean_mask(blanket, counts, basemap=grid)
            parts = polygons_of_placed(alone, basemap=grid)
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
    near = disc(mapped.grid, center=crater.center, radius_m=reach_m)
    if near.window is None:
        return near
    mask = near.mask & placed.within(near.window, mapped.grid)
    return PlacedMask.in_window(mask, window=near.window, basemap=mapped.grid)


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
