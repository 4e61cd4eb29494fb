"""Published tiles as samples that models learn from, where no mosaic is needed; loads torch."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import Body
from ejmap_ml.config.model_config import SmpConfig
from ejmap_ml.ejconn.data import CROP, EJECTA_PX
from ejmap_ml.ejseg.data import DISTANCE_M, IMAGE, MASK, RADIUS_M, annulus_columns
from ejmap_ml.stores.tile_store import write_tile_store
from ejmap_project.errors import SourceError
from ejmap_project.mapping.tile_plan import LABELLED_PREFIX, TilePlan
from ejmap_project.published.annulus import read_annulus
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.npy_tiles import (
    EJCONN_TILE,
    EJSEG_TILE,
    has_tile,
    read_crops,
    read_distances_m,
    read_images,
    read_tile_masks,
)

PLACE = ("crater_id", "tile_id", "row", "col", "side_px", "distance_m")


def write_published_samples(
    path: Path,
    published: PublishedFolder,
    *,
    craters: Iterable[Crater],
    labelled: pd.DataFrame,
    plan: TilePlan,
    body: Body,
    inputs: Mapping[str, str],
) -> None:
    """Write the published tiles that a model can learn from as a tile store.

    The store is laid out as one that is cut from a mosaic. Tiles whose files are not all there, and
    those that no split uses, are left out.

    Args:
        path: The tile store to write.
        published: The folder.
        craters: Craters whose tiles are wanted.
        labelled: The labelled tiles, as in the table of that name.
        plan: What the model looks at: crops of EJCONN or tiles of EJSEG.
        body: The planet.
        inputs: Data versions of what the samples are made from.

    Raises:
        SourceError: If a file does not hold what it should, or a model looks at polar views, of
            which none were published.
    """
    if plan.polar is not None:
        raise SourceError(
            "published tiles are no polar views; give the mosaic, or a model that looks at tiles"
        )
    with write_tile_store(path, provenance=inputs) as writer:
        for crater in craters:
            rows = labelled[labelled["crater_id"] == crater.crater_id]
            rows = _there(published, rows[rows["split_class"] >= 0], plan)
            if rows.empty:
                continue
            table = _table(published, crater, rows, plan=plan, body=body)
            arrays = _arrays(published, crater.crater_id, rows["tile_id"].tolist(), plan)
            writer.write_group(f"{LABELLED_PREFIX}{crater.key}", table=table, arrays=arrays)


def _there(published: PublishedFolder, rows: pd.DataFrame, plan: TilePlan) -> pd.DataFrame:
    needed = [
        *(EJCONN_TILE if plan.crop_px is not None else ()),
        *(EJSEG_TILE if plan.tile is not None else ()),
    ]
    places = rows[["crater_id", "tile_id"]].to_numpy(np.int64).tolist()
    is_there = [has_tile(published, needed, *place) for place in places]
    return rows[np.array(is_there, np.bool_)]


def _table(
    published: PublishedFolder, crater: Crater, rows: pd.DataFrame, *, plan: TilePlan, body: Body
) -> pd.DataFrame:
    table = pd.DataFrame(rows[[*PLACE, EJECTA_PX]]).reset_index(drop=True)
    table[RADIUS_M] = crater.radius_m
    if plan.tile is None or plan.tile.injection is None:
        return table
    injection = plan.tile.injection
    mean = read_annulus(
        published,
        crater,
        body=body,
        radii=(injection.inner_radii, injection.outer_radii),
        rim=plan.rims.get(crater.crater_id),
    )
    return table.assign(**dict(zip(annulus_columns(len(mean)), mean.tolist(), strict=True)))


def _arrays(
    published: PublishedFolder, crater_id: int, tile_ids: Sequence[int], plan: TilePlan
) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    if plan.crop_px is not None:
        arrays[CROP] = read_crops(published, crater_id, tile_ids, side_px=plan.crop_px)
    if plan.tile is not None:
        arrays |= _tile_arrays(published, crater_id, tile_ids, plan.tile)
    return arrays


def _tile_arrays(
    published: PublishedFolder, crater_id: int, tile_ids: Sequence[int], architecture: SmpConfig
) -> dict[str, NDArray[Any]]:
    side_px = architecture.tile.side_px
    return {
        IMAGE: read_images(published, crater_id, tile_ids, side_px=side_px),
        DISTANCE_M: read_distances_m(published, crater_id, tile_ids, side_px=side_px),
        MASK: read_tile_masks(published, crater_id, tile_ids, side_px=side_px),
    }
