"""Mapping tiles, connections and masks of a synthetic published folder."""

import math

import numpy as np
import pandas as pd

from ejmap_geo.grids.window import Window
from ejmap_geo.resampling.reproject import to_azimuthal
from tests.published_fixture import (
    EJCONN_VERSION,
    PLACEHOLDER,
    RADIUS_M,
    RUN,
    SPLIT,
    TILE_PX,
    PublishedFixture,
    made_folder,
    write_azimuthal_raster,
    write_crop,
    write_cylindrical_raster,
)

NO_CRATER = 65535


def write_mapping(made: PublishedFixture) -> None:
    """Write mapping tiles, what the networks saw of them, and which are connected."""
    for crater in made.planet.craters:
        share = 0.4 if crater.crater_id == 0 else 0.25
        table = _mapping_table(made, share=share)
        made.mapping[crater.crater_id] = table
        folder = made_folder(made.data / "conn_data" / "eval_positions")
        fid = crater.crater_id
        table.assign(filename=PLACEHOLDER, priority=1).to_csv(
            folder / f"eval_positions_crater_{fid}.csv", index_label="eval_pos_index"
        )
        basemap, grid = made.planet.basemap, made.azimuthal(crater)
        bands = to_azimuthal(made.planet.raster, basemap=basemap, azimuthal=grid)
        for number, x, y in table[["x", "y"]].itertuples():
            end = f"{number}_crater_{fid}.npy"
            window = Window(row=y, col=x, height=TILE_PX, width=TILE_PX)
            images = made_folder(made.data / "ejc_data" / "eval_images")
            np.save(images / f"eval_image_{end}", bands[:, *window.slices])
            where = {"eval_images": "eval_image", "eval_attention": "eval_att"}
            write_crop(made, window, bands, where=where, end=end)
        connected = table[(np.arange(len(table)) % 3 != 2)]
        made.connected[fid] = connected.index.tolist()
        version = made.results / "conn_results" / f"version_{EJCONN_VERSION}"
        connected.to_csv(
            made_folder(version / "conn_positions") / f"conn-pos_test-set-{SPLIT}_crater-{fid}.csv",
            index_label="eval_pos_index",
        )


def _mapping_table(made: PublishedFixture, *, share: float) -> pd.DataFrame:
    """Return the grid of mapping tiles, spaced by nine tenths of a side, edges covered."""
    size = 2 * made.half_px
    starts = [*range(0, size - TILE_PX, int(0.9 * TILE_PX)), size - TILE_PX]
    table = pd.DataFrame([(x, y) for y in starts for x in starts], columns=["x", "y"]).assign(
        height=TILE_PX, width=TILE_PX, train_intersect=0
    )
    middle = table[["x", "y"]] + TILE_PX / 2 - made.half_px
    near = np.hypot(middle["x"], middle["y"]) * made.resolution_m <= share * math.pi * RADIUS_M
    table.loc[::2, "train_intersect"] = 1
    return table[near]


def write_masks(made: PublishedFixture) -> None:
    """Write the masks of a run, the maps made of them, and a whole manual map."""
    folder = made_folder(made.results / "output_masks" / RUN)
    ids = np.zeros((1, *made.planet.basemap.shape), np.uint16)
    for crater in made.planet.craters:
        full = np.zeros(made.planet.basemap.shape, np.bool_)
        made.planet.truth[crater.crater_id].paste_into(full)
        ids[0][full] = crater.crater_id + 1
        rows, cols = (np.flatnonzero(full.any(axis)) for axis in (1, 0))
        window = Window(
            row=int(rows[0]),
            col=int(cols[0]),
            height=int(rows[-1] - rows[0]) + 1,
            width=int(cols[-1] - cols[0]) + 1,
        )
        path = folder / f"cylindrical_mask_crater_{crater.crater_id}.tif"
        cropped = full[window.slices][None].astype(np.uint8)
        write_cylindrical_raster(path, cropped, made, window=window)
        around = to_azimuthal(
            full[None], basemap=made.planet.basemap, azimuthal=made.azimuthal(crater)
        )
        path = folder / f"azimuthal_mask_crater_{crater.crater_id}.tif"
        write_azimuthal_raster(path, around.astype(np.uint8), made, crater)
    rgba = np.repeat((ids > 0).astype(np.uint8) * 255, 4, axis=0)
    write_cylindrical_raster(folder / "ejecta-map_all.tif", rgba, made)
    write_cylindrical_raster(folder / "ml_FID_map_all.tif", ids, made)
    for name in ("overlaps", "clean", "hm"):
        pd.DataFrame(
            {"radius": [crater.radius_m for crater in made.planet.craters], "area": 7},
            index=[crater.crater_id for crater in made.planet.craters],
        ).to_csv(folder / f"analysis_{name}.csv", index_label="crat_FID")
    manual = made_folder(made.data / "man_data")
    hokusai = made.planet.craters[0]
    full = np.zeros(made.planet.basemap.shape, np.bool_)
    made.planet.truth[0].paste_into(full)
    around = to_azimuthal(
        full[None], basemap=made.planet.basemap, azimuthal=made.azimuthal(hokusai)
    )
    write_azimuthal_raster(manual / "az_manual_Hokusai.tif", around.astype(np.uint8), made, hokusai)
    named = made.planet.craters[1]
    full = np.zeros(made.planet.basemap.shape, np.bool_)
    made.planet.truth[named.crater_id].paste_into(full)
    ids = np.where(full, named.crater_id, NO_CRATER)[None].astype(np.uint16)
    write_cylindrical_raster(manual / "manual_FID_map.tif", ids, made, nodata=NO_CRATER)
