"""Masks as a person brings them back: pixels or polygons, whichever were edited."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from shapely import MultiPolygon, Polygon, get_parts, is_valid_reason

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.errors import GeoError
from ejmap_geo.grids.crs import require_body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.polygons import rasterized_on_planet
from ejmap_geo.rasters.raster import mask_window_of, read_mask_on
from ejmap_geo.tables.layer_kind import require_kind
from ejmap_geo.tables.vector_table import LayerError
from ejmap_project.corrections.package import mask_digest
from ejmap_project.corrections.package_note import (
    POLYGONS,
    HandedOut,
    PackageNote,
    layer_name,
    mosaic_name,
)
from ejmap_project.errors import SourceError
from ejmap_project.files.raster_tags import crater_words
from ejmap_project.paths import mask_name
from ejmap_project.published.file_family import require_inside

MOST_NAMED = 5


def edited_masks(
    package: Path, note: PackageNote, craters: Mapping[int, Crater], basemap: BasemapGrid
) -> dict[int, PlacedMask]:
    """Return the masks that were edited, by crater id; those left as they were are left out.

    Args:
        package: The folder.
        note: Its note.
        craters: Craters of the project by id.
        basemap: Grid of the project.

    Raises:
        SourceError: If anything in the package does not fit: all mistakes are one error.
    """
    found: dict[int, PlacedMask] = {}
    wrong: list[str] = []
    for one in note.craters:
        try:
            mask = _edited(package, one, craters, basemap)
        except (GeoError, SourceError) as error:
            wrong.append(str(error))
            continue
        if mask is not None:
            found[one.crater_id] = mask
    wrong += _of_other_names(package, note, craters)
    if wrong:
        raise SourceError("; and ".join(wrong))
    return found


def _of_other_names(
    package: Path, note: PackageNote, craters: Mapping[int, Crater]
) -> Iterator[str]:
    """Yield what is wrong with rasters beside the masks: an edit may have been saved there."""
    known = {
        name(craters[one.crater_id].key)
        for one in note.craters
        if one.crater_id in craters
        for name in (mask_name, mosaic_name)
    }
    others = sorted(one.name for one in package.glob("*.tif") if one.name not in known)
    if others:
        yield (
            f"{package} has {', '.join(others[:MOST_NAMED])}, which it was not made with; save an "
            "edited mask under the name that it had, and move other rasters away"
        )


def _edited(
    package: Path, one: HandedOut, craters: Mapping[int, Crater], basemap: BasemapGrid
) -> PlacedMask | None:
    crater = craters.get(one.crater_id)
    if crater is None:
        raise SourceError(
            f"crater {one.crater_id} of the package is not in the catalogue of the project; import "
            "into the project that the package is from"
        )
    pixels, drawn = _pixels(package, one, crater, basemap), _drawn(package, crater, basemap)
    changed = {mask_digest(mask): mask for mask in (pixels, drawn)}
    changed.pop(one.digest, None)
    if len(changed) > 1:
        raise SourceError(
            f"crater {crater_words(crater)} was edited twice, as polygons and as pixels, and the "
            f"two differ; put back {mask_name(crater.key)} or its layer from the package as made"
        )
    return next(iter(changed.values()), None)


def _pixels(package: Path, one: HandedOut, crater: Crater, basemap: BasemapGrid) -> PlacedMask:
    path = package / mask_name(crater.key)
    require_inside(path, package)
    place, expected = mask_window_of(path, basemap), one.window
    is_same = place.shape == expected.shape and place.row == expected.row
    if not is_same or (place.col - expected.col) % basemap.width_px:
        raise SourceError(
            f"{path.name} has {place.height}x{place.width} px from row {place.row}, column "
            f"{place.col}, but was handed out with {expected.height}x{expected.width} px from row "
            f"{expected.row}, column {expected.col}; save it with its whole extent"
        )
    return read_mask_on(path, basemap)


def _drawn(package: Path, crater: Crater, basemap: BasemapGrid) -> PlacedMask:
    path, layer = package / POLYGONS, layer_name(crater.key)
    require_inside(path, package)
    try:
        require_kind(path)
        table = pyogrio.read_dataframe(path, layer=layer, columns=[])
    except (LayerError, DataSourceError, DataLayerError) as error:
        raise SourceError(
            f"layer {layer} of {path.name} cannot be read ({error}); put it back from the package "
            "as made"
        ) from error
    if not isinstance(table, gpd.GeoDataFrame):
        raise SourceError(f"layer {layer} of {path.name} has no polygons; put back the layer")
    if table.empty:
        return PlacedMask.empty()
    crs = require_body(table.crs, basemap.body, what=f"layer {layer}")
    present = [one for one in table.geometry if one is not None and not one.is_empty]
    shapes = [
        _polygon(shape, f"polygon {number} of layer {layer}")
        for number, shape in enumerate(present, start=1)
    ]
    # Parts that may overlap, and no union: that would join those on both sides of the antimeridian
    # wrongly.
    whole = MultiPolygon([part for shape in shapes for part in get_parts(shape)])
    try:
        return rasterized_on_planet(whole, basemap=basemap, drawn_in=crs)
    except GeoError as error:
        raise SourceError(f"layer {layer} of {path.name}: {error}") from error


def _polygon(shape: object, what: str) -> Polygon | MultiPolygon:
    if not isinstance(shape, Polygon | MultiPolygon):
        raise SourceError(f"{what} is a {type(shape).__name__}; draw polygons alone")
    if not shape.is_valid:
        raise SourceError(
            f"{what} is not valid ({is_valid_reason(shape)}); repair it in QGIS with "
            "Vector geometry > Fix geometries"
        )
    return shape
