"""Polar views as training samples: view, share of ejecta and weight of every cell."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.resampling.reproject import to_polar
from ejmap_geo.tiles.labels import windows_of
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_view import VALID_CHANNEL, polar_grid, polar_view
from ejmap_ml.errors import SampleError
from ejmap_ml.samples import SampleBatch
from ejmap_ml.stores.tile_group import TileGroup
from ejmap_ml.stores.tile_sequence import TileSequence
from ejmap_ml.stores.tile_store import TileStoreWriter

GROUP = "polar"
VIEW = "view"
STORED_TYPE = np.float16
TARGET = "target"
# (view, row, col): labelled tile that a cell lies in, -1 for none.
TILE_ID = "tile_id"
NO_TILE = -1
TARGET_LEVELS = 255
# Cells grow with the square of range, so weights by area leave almost nothing of the blanket, and
# equal weights almost nothing of the far rays. The root of the area is in between.
AREA_POWER = 0.5


def write_polar_views(
    writer: TileStoreWriter,
    *,
    views: NDArray[np.float32],
    craters: Sequence[Crater],
    targets: NDArray[np.float32] | None = None,
    tile_ids: NDArray[np.int32] | None = None,
) -> None:
    """Write polar views as a group of a tile store.

    Args:
        writer: The store.
        views: ``(crater, channel, rows, cols)`` of :func:`polar_view.polar_view`; kept as float16,
            far finer than the grey levels they come from.
        craters: The crater of each view.
        targets: ``(crater, rows, cols)`` share of each cell that is ejecta; None where unknown.
        tile_ids: ``(crater, rows, cols)`` labelled tile that each cell lies in, -1 for none.
    """
    table = pd.DataFrame(
        {
            "crater_id": [crater.crater_id for crater in craters],
            "radius_m": [crater.radius_m for crater in craters],
        }
    )
    arrays: dict[str, NDArray[np.generic]] = {VIEW: views.astype(STORED_TYPE)}
    if targets is not None:
        arrays[TARGET] = np.rint(targets * TARGET_LEVELS).astype(np.uint8)
    if tile_ids is not None:
        arrays[TILE_ID] = tile_ids
    writer.write_group(GROUP, table=table, arrays=arrays)


def polar_target(
    truth: PlacedMask, *, basemap: BasemapGrid, crater: Crater, config: PolarViewConfig
) -> NDArray[np.float32]:
    """Return the share of each cell of a view that is ejecta, ``(rows, cols)``.

    Cells off the planet hold none.
    """
    full = np.zeros(basemap.shape, np.bool_)
    truth.paste_into(full)
    share = to_polar(
        full[None],
        basemap=basemap,
        polar=polar_grid(crater, body=basemap.body, config=config),
        samples=(config.range_samples, config.azimuth_samples),
        nodata=None,
    )
    return np.nan_to_num(share[0])


def labelled_view(
    raster: NDArray[np.uint8],
    truth: PlacedMask,
    *,
    basemap: BasemapGrid,
    crater: Crater,
    config: PolarViewConfig,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the view of a labelled crater and its target."""
    return (
        polar_view(raster, basemap=basemap, crater=crater, config=config),
        polar_target(truth, basemap=basemap, crater=crater, config=config),
    )


def tile_id_view(
    labelled: pd.DataFrame, *, basemap: BasemapGrid, crater: Crater, config: PolarViewConfig
) -> NDArray[np.int32]:
    """Return the labelled tile that the centre of each cell lies in.

    Only the rectangles on the basemap matter, not whether the crater's raster has a square there.

    Args:
        labelled: Labelled tiles of the crater: ``tile_id`` and rectangle (``basemap_row``, ...).
            Where rectangles overlap the later row is taken.
        basemap: Grid of the rectangles.
        crater: The crater at the origin.
        config: Size and reach of the view.

    Returns:
        ``(rows, cols)`` tile ids; -1 in cells that lie in no tile or off the planet.
    """
    windows = windows_of(labelled)
    tile_ids = np.array([NO_TILE, *windows], np.int32)
    # Their order instead of ids: on the published basemap int32 would be a gigabyte.
    order = np.zeros((1, *basemap.shape), np.min_scalar_type(len(windows)))
    for number, window in enumerate(windows.values(), start=1):
        for there, _ in window.pieces(basemap.width_px):
            order[(0, *there)] = number
    polar = polar_grid(crater, body=basemap.body, config=config)
    seen = to_polar(order, basemap=basemap, polar=polar, nodata=None)[0]
    return tile_ids[np.nan_to_num(seen).astype(np.intp)]


def row_weights(config: PolarViewConfig) -> Tensor:
    """Return what the cells of each row weigh in training, 1 in the mean, ``(rows, 1)``."""
    # The area of a cell relative to its neighbours depends on its row alone as long as the view is
    # small against the planet; where it is not, the true weight only gets smaller.
    edges = np.arange(config.rows + 1) / config.rows
    start, stop = (
        radii + config.offset_radii for radii in (config.inner_radii, config.outer_radii)
    )
    ranges = start * (stop / start) ** edges - config.offset_radii
    weight = np.diff(ranges**2) ** AREA_POWER
    return torch.from_numpy((weight / weight.mean()).astype(np.float32))[:, None]


class PolarSamples(TileSequence):
    """Labelled polar views of one or more stores, as :class:`ejmap_ml.samples.SampleSet`."""

    def __init__(
        self,
        groups: Sequence[TileGroup],
        *,
        config: PolarViewConfig,
        tiles: Sequence[NDArray[np.int_]] | None = None,
    ) -> None:
        """Choose the views and which of their cells count.

        Args:
            groups: Groups of tile stores.
            config: The view that the model looks at.
            tiles: Labelled tiles whose cells count, one array of tile ids a view (-1 counts what
                lies in no tile); None counts all cells.

        Raises:
            SampleError: If a store holds views of another size than the configuration asks for.
        """
        for group in groups:
            size = group.tile_shape(VIEW)[1:]
            if size != (config.rows, config.cols):
                raise SampleError(
                    f"views must have {config.rows} rows and {config.cols} columns, but the store "
                    f"holds {size}; write the store again for this model"
                )
        names = (VIEW, TARGET) if tiles is None else (VIEW, TARGET, TILE_ID)
        super().__init__(groups, names=names)
        self._counted = tiles
        self._row_weight = row_weights(config)

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        """Return the samples at ``positions``; cells without data or not to count weigh 0."""
        tiles = self.take(positions)
        view = torch.from_numpy(tiles[VIEW].astype(np.float32))
        target = torch.from_numpy(tiles[TARGET].astype(np.float32) / TARGET_LEVELS)[:, None]
        weight = view[:, VALID_CHANNEL, None] * self._row_weight
        if self._counted is not None:
            counted = [
                np.isin(ids, self._counted[position])
                for ids, position in zip(tiles[TILE_ID], positions, strict=True)
            ]
            weight = weight * torch.from_numpy(np.stack(counted).astype(np.float32))[:, None]
        return SampleBatch(inputs=(view,), target=target, weight=weight)
