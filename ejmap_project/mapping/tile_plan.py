"""The tiles of craters that models read, as groups of a tile store.

Imported by assets when they run: it loads torch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.distance import azimuthal_distance_m
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.masks.rim import Rim
from ejmap_geo.tiles.annulus import annulus_mean
from ejmap_geo.tiles.channels import attention_crops
from ejmap_geo.tiles.tiling import COLUMNS, Tile, table_of
from ejmap_ml.config.model_config import ModelConfig, SmpConfig, TimmClassifierConfig
from ejmap_ml.config.polar_config import PolarUnetConfig
from ejmap_ml.ejconn.data import CROP, EJECTA_PX
from ejmap_ml.ejseg.data import DISTANCE_M, IMAGE, MASK, RADIUS_M, annulus_columns
from ejmap_ml.stores.tile_store import TileStoreWriter
from ejmap_project.errors import StepError

MAPPING = "mapping"
# One group a crater, such as labelled_0007: craters are written and forgotten one by one.
LABELLED_PREFIX = "labelled_"


@dataclass(frozen=True, slots=True, kw_only=True)
class TilePlan:
    """What models look at.

    Attributes:
        crop_px: Side of the crops that EJCONN sees; None without EJCONN.
        tile: What a tile EJSEG sees; None without one.
        polar: What a polar EJSEG sees; None without one.
        rims: True rims in degrees by crater id, whose buffers bound the annulus; circles bound that
            of other craters.
    """

    crop_px: int | None = None
    tile: SmpConfig | None = None
    polar: PolarUnetConfig | None = None
    rims: Mapping[int, Rim] = field(default_factory=dict[int, Rim])

    @classmethod
    def of(
        cls, *, ejconn: ModelConfig | None = None, ejseg: ModelConfig | None = None
    ) -> "TilePlan":
        """Return the plan of one or both models.

        Raises:
            StepError: If one of them is of a kind that its part of the chain cannot use.
        """
        maps = None if ejseg is None else ejseg.architecture
        if isinstance(maps, TimmClassifierConfig):
            raise StepError(
                "models.ejseg must not be a tile classifier; exchange the models or choose another "
                "preset"
            )
        return cls(
            crop_px=None if ejconn is None else _crop_px(ejconn),
            tile=maps if isinstance(maps, SmpConfig) else None,
            polar=maps if isinstance(maps, PolarUnetConfig) else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TiledCrater:
    """A crater, the raster around it and its tiles.

    Attributes:
        crater: The crater.
        azimuthal: Grid of the raster.
        mosaic: ``(band, rows, cols)`` on ``azimuthal``.
        tiles: The tiles.
        annulus: Mean bands around the rim, ``(band,)``; None when no model is told them.
        ejecta: Known ejecta, ``(rows, cols)`` bool; None where they are to be found.
    """

    crater: Crater
    azimuthal: AzimuthalGrid
    mosaic: NDArray[np.uint8]
    tiles: Sequence[Tile]
    annulus: NDArray[np.float64] | None = None
    ejecta: NDArray[np.bool_] | None = None


def wanted_annulus(
    raster: NDArray[np.uint8], *, basemap: BasemapGrid, crater: Crater, plan: TilePlan
) -> NDArray[np.float64] | None:
    """Return the mean bands around a crater's rim if EJSEG is told them, ``(band,)``."""
    if plan.tile is None or plan.tile.injection is None:
        return None
    injection = plan.tile.injection
    return annulus_mean(
        raster,
        basemap=basemap,
        center=crater.center,
        radius_m=crater.radius_m,
        radii=(injection.inner_radii, injection.outer_radii),
        rim=plan.rims.get(crater.crater_id),
    )


def write_tiles(
    writer: TileStoreWriter, name: str, one: TiledCrater, *, plan: TilePlan
) -> pd.DataFrame:
    """Write the tiles of a crater as one group.

    Args:
        writer: The store.
        name: Name of the group.
        one: The crater with its tiles, at least one.
        plan: What the models look at.

    Returns:
        The table of the tiles.
    """
    table = tile_table(one.crater, table_of(one.tiles), annulus=one.annulus)
    if one.ejecta is not None:
        counts = [np.count_nonzero(one.ejecta[tile.window.slices]) for tile in one.tiles]
        table[EJECTA_PX] = counts
    writer.write_group(name, table=table, arrays=tile_arrays(one, plan))
    return table


def _crop_px(ejconn: ModelConfig) -> int:
    architecture = ejconn.architecture
    if not isinstance(architecture, TimmClassifierConfig):
        raise StepError(
            f"models.ejconn must be a tile classifier, found {architecture.kind}; exchange the "
            "models or choose another preset"
        )
    if architecture.crop.height_px != architecture.crop.width_px:
        raise StepError(
            f"crops of EJCONN must be square, found {architecture.crop.height_px}x"
            f"{architecture.crop.width_px} px in {ejconn.name}; change the preset"
        )
    return architecture.crop.width_px


def tile_table(
    crater: Crater, places: pd.DataFrame, *, annulus: NDArray[np.float64] | None
) -> pd.DataFrame:
    """Return the table of the tiles of a crater, one row a tile.

    Args:
        crater: The crater.
        places: Its tiles, as :func:`table_of` returns them.
        annulus: Mean bands around the rim, ``(band,)``; None when no model is told them.
    """
    table = places[list(COLUMNS)].assign(**{RADIUS_M: crater.radius_m})
    table.insert(0, "crater_id", crater.crater_id)
    if annulus is None:
        return table
    names = annulus_columns(len(annulus))
    return table.assign(**dict(zip(names, annulus, strict=True)))


def tile_arrays(one: TiledCrater, plan: TilePlan) -> dict[str, NDArray[Any]]:
    """Return what the models see of the tiles of a crater, by the names of the tile store.

    Returns:
        ``crop`` ``(tile, band + 1, px, px)`` where EJCONN is planned; ``image``
        ``(tile, band, px, px)``, ``distance_m`` and, where ejecta are known, ``mask``
        ``(tile, px, px)`` where a tile EJSEG is.
    """
    return {name: cut() for name, cut in tile_cuts(one, plan).items()}


def tile_cuts(one: TiledCrater, plan: TilePlan) -> dict[str, Callable[[], NDArray[Any]]]:
    """Return what cuts each array of :func:`tile_arrays`: a network reads one or two of them."""
    mosaic, tiles, ejecta = one.mosaic, one.tiles, one.ejecta
    cuts: dict[str, Callable[[], NDArray[Any]]] = {}
    if plan.crop_px is not None:
        cuts[CROP] = partial(
            attention_crops,
            mosaic,
            tiles,
            azimuthal=one.azimuthal,
            radius_m=one.crater.radius_m,
            size_px=plan.crop_px,
        )
    if plan.tile is None:
        return cuts
    side_px = plan.tile.tile.side_px
    cuts[IMAGE] = lambda: np.stack([_sampled(mosaic, tile, side_px) for tile in tiles])
    cuts[DISTANCE_M] = lambda: np.stack([_distance_m(one, tile, side_px) for tile in tiles])
    if ejecta is not None:
        cuts[MASK] = lambda: np.stack([_sampled(ejecta, tile, side_px) for tile in tiles])
    return cuts


def _sampled(raster: NDArray[Any], tile: Tile, side_px: int) -> NDArray[Any]:
    """Return a tile of a raster at another size, nearest pixel."""
    place = ((np.arange(side_px) + 0.5) * tile.side_px / side_px).astype(np.intp)
    return raster[..., (tile.row + place)[:, None], tile.col + place]


def _distance_m(one: TiledCrater, tile: Tile, side_px: int) -> NDArray[np.float32]:
    distance_m = azimuthal_distance_m(one.azimuthal, tile.window)
    place = ((np.arange(side_px) + 0.5) * tile.side_px / side_px).astype(np.intp)
    return distance_m[place[:, None], place].astype(np.float32)
