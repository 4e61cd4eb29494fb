"""Published labels after edits: counts, classes and squares of the tiles that an edit touches.

Everything else stays as it was published, to the pixel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.craters.schemas import LabelledTileTable
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask, crop
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_geo.tiles.labels import ANY, OWN, label_table, windows_of
from ejmap_ml.sampling.splits import DISTANCE_CLASSES, TRAINS, UNUSED
from ejmap_project.published.added_tiles import AddedTiles, owner_of
from ejmap_project.published.tiles import PLANET

COUNTS = ("ejecta_px", "any_ejecta_px")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelEdits:
    """What a person changed of published labels.

    Attributes:
        before: Published masks of the craters whose mask was edited, by crater id; empty masks of
            craters that had none.
        after: Masks of all labelled craters as they are now; each is asked for a few times.
        added: Rectangles that were added.
    """

    before: Mapping[int, PlacedMask]
    after: Mapping[int, PlacedMask]
    added: AddedTiles


def edited_labels(
    published: gpd.GeoDataFrame,
    edits: LabelEdits,
    *,
    craters: Sequence[Crater],
    basemap: BasemapGrid,
    grids: Mapping[int, AzimuthalGrid],
) -> gpd.GeoDataFrame:
    """Return labelled tiles with the edits of a person.

    Pixels are counted anew in tiles whose rectangle holds an edited pixel: those of the crater in
    its own tiles, those of any crater in the tiles of all. Such a tile stays in its class of
    distance. Rectangles that were added, and all of a crater that had no mask, get the largest
    square in each crater's raster, counts, and the class of distance whose published interval they
    lie in; beyond the ends that is the nearest or the farthest one.

    Args:
        published: As :func:`~ejmap_project.published.tiles.read_labelled_tiles` returns them.
        edits: What was changed.
        craters: Craters of the catalogue.
        basemap: Grid of the mosaic.
        grids: The azimuthal grid of each crater by its id.

    Returns:
        Rows sorted by crater and tile, under ``LabelledTileTable``.
    """
    rectangles = windows_of(published)
    touched = _touched(edits, {**rectangles, **edits.added.shared}, basemap)
    parts = [published]
    for crater in craters:
        if crater.crater_id in edits.after:
            given = published[published["crater_id"] == crater.crater_id]
            places = _missing(crater, given, rectangles, edits)
            parts.append(_new_rows(crater, places, edits, basemap=basemap, grids=grids))
    table = gpd.GeoDataFrame(pd.concat([one for one in parts if len(one)], ignore_index=True))
    is_new = np.arange(len(table)) >= len(published)
    table = _counted(table, is_new, touched, edits.after, basemap=basemap, grids=grids)
    table["split_class"] = _classes(table, published, is_new)
    table = table.sort_values(["crater_id", "tile_id"], ignore_index=True)
    return gpd.GeoDataFrame(LabelledTileTable.validate(table), crs=published.crs)


def with_added_tiles(splits: pd.DataFrame, labelled: pd.DataFrame) -> pd.DataFrame:
    """Return published splits with rows of the labelled tiles that have none.

    Those train in every split if they are used, so that what tests is what was published.

    Args:
        splits: As :func:`~ejmap_project.published.tiles.read_splits` returns them.
        labelled: Labelled tiles, under ``LabelledTileTable``.
    """
    key = [str(name) for name in splits.columns[:3]]
    own = labelled[labelled["planet"] == PLANET]
    table = own[[*key, "split_class"]].merge(splits, on=key, how="left")
    names = splits.columns[3:]
    trains = pd.Series(np.where(table["split_class"] >= 0, TRAINS, UNUSED), table.index)
    return pd.concat(
        [table[key], *(table[name].fillna(trains).astype(np.int8) for name in names)], axis=1
    )


def _counted(
    table: gpd.GeoDataFrame,
    is_new: NDArray[np.bool_],
    touched: Mapping[int, frozenset[int]],
    after: Mapping[int, PlacedMask],
    *,
    basemap: BasemapGrid,
    grids: Mapping[int, AzimuthalGrid],
) -> gpd.GeoDataFrame:
    """Return tiles with the pixels of new and of touched ones counted."""
    masks = np.zeros((2, *basemap.shape), np.bool_)
    for crater_id in after:
        after[crater_id].paste_into(masks[ANY])
    edited = set[int]().union(*touched.values())
    is_counted = is_new | table["tile_id"].isin(edited).to_numpy()
    own, anyones = (table[name].to_numpy(np.int64).copy() for name in COUNTS)
    of_crater = table["crater_id"].to_numpy(np.int64)
    for crater_id in np.unique(of_crater[is_counted]).tolist():
        masks[OWN] = False
        if crater_id in after:
            after[crater_id].paste_into(masks[OWN])
        for at in np.flatnonzero(is_counted & (of_crater == crater_id)):
            row = table.iloc[at]
            counts = _counts(row, masks, basemap=basemap, azimuthal=grids[crater_id])
            anyones[at] = counts[ANY]
            if is_new[at] or row["tile_id"] in touched.get(crater_id, ()):
                own[at] = counts[OWN]
    return table.assign(**dict(zip(COUNTS, (own, anyones), strict=True)))


def _touched(
    edits: LabelEdits, rectangles: Mapping[int, Window], basemap: BasemapGrid
) -> dict[int, frozenset[int]]:
    """Return the rectangles that hold an edited pixel, by the crater whose mask was edited."""
    found: dict[int, frozenset[int]] = {}
    for crater_id, before in edits.before.items():
        edited = np.zeros((1, *basemap.shape), np.bool_)
        edits.after[crater_id].paste_into(edited[0])
        was = np.zeros(basemap.shape, np.bool_)
        before.paste_into(was)
        edited[0] ^= was
        found[crater_id] = frozenset(
            tile_id for tile_id, window in rectangles.items() if crop(edited, window).any()
        )
    return found


def _missing(
    crater: Crater, given: pd.DataFrame, rectangles: Mapping[int, Window], edits: LabelEdits
) -> dict[int, Window]:
    """Return the rectangles in which a crater's ejecta are known and that have no row of it."""
    one = crater.crater_id
    shared = (
        {} if len(given) else {key: at for key, at in rectangles.items() if owner_of(key) is None}
    )
    known = {**shared, **edits.added.shared, **edits.added.of_crater.get(one, {})}
    return {key: at for key, at in known.items() if key not in set(given["tile_id"])}


def _new_rows(
    crater: Crater,
    places: Mapping[int, Window],
    edits: LabelEdits,
    *,
    basemap: BasemapGrid,
    grids: Mapping[int, AzimuthalGrid],
) -> gpd.GeoDataFrame:
    rows = label_table(
        [crater],
        {crater.crater_id: edits.after[crater.crater_id]},
        basemap=basemap,
        locations=places,
        grid_of=lambda one: grids[one.crater_id],
    )
    rows.insert(0, "planet", PLANET)
    return rows.assign(split_class=UNUSED)


def _counts(
    row: pd.Series, masks: NDArray[np.bool_], *, basemap: BasemapGrid, azimuthal: AzimuthalGrid
) -> tuple[int, int]:
    """Return the pixels of this and of any crater in a square; in the rectangle without one."""
    side_px = int(row["side_px"])
    if side_px:
        square = Window(row=int(row["row"]), col=int(row["col"]), height=side_px, width=side_px)
        inside = to_azimuthal(masks, basemap=basemap, azimuthal=azimuthal, window=square)
    else:
        inside = crop(masks, next(iter(windows_of(pd.DataFrame([row])).values())))
    return int(inside[OWN].sum()), int(inside[ANY].sum())


def _classes(
    table: pd.DataFrame, published: pd.DataFrame, is_new: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return connected * 5 + class of distance; below 0 where a tile is not used."""
    classes = table["split_class"].to_numpy(np.int64)
    near = classes % DISTANCE_CLASSES
    used = published.loc[published["split_class"] >= 0, "distance_m"].to_numpy()
    distance_m = table["distance_m"].to_numpy()
    given = used if len(used) else distance_m
    ends = np.linspace(given.min(), given.max(), DISTANCE_CLASSES + 1)
    interval = np.clip(np.digitize(distance_m, ends, right=True) - 1, 0, DISTANCE_CLASSES - 1)
    near = np.where(is_new, interval, near)
    is_used = np.where(is_new, table["side_px"].to_numpy() > 0, classes >= 0)
    is_connected = table["ejecta_px"].to_numpy() > 0
    return np.where(is_used, DISTANCE_CLASSES * is_connected + near, UNUSED)
