"""What is known tile by tile, and which of the tiles train and which test."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_assets.making.declare import Making, project_asset
from ejmap_ml.sampling.splits import TESTS, UNUSED
from ejmap_project.artefact import Artefact, Facts, Picture
from ejmap_project.basemap import read_project_basemap
from ejmap_project.digest import content_version
from ejmap_project.files.planet_files import read_planet_mosaic
from ejmap_project.files.table_file import write_table, write_table_and_csv
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.known_planets import OWN_PLANET
from ejmap_project.training.labelled_tiles import labelled_tiles_of
from ejmap_project.training.split_choice import split_column
from ejmap_project.training.split_table import split_tables
from ejmap_project.training.tile_pictures import location_picture

MAX_PICTURES = 3


@project_asset(group="training", kinds={"parquet"}, kind="prepare")
def labelled_tiles(making: Making) -> Artefact:
    """Tiles in which the ejecta of every labelled crater are known.

    One row for each crater and tile location: the rectangle on the mosaic, the largest square in it
    on the crater's own azimuthal raster, its distance, and the pixels of this crater's and of any
    ejecta in it. Locations beyond a crater's reach have no square and are not used. The table lies
    on the mosaic, so that QGIS can show it.
    """
    table = labelled_tiles_of(making.project, making.progress)
    write_table_and_csv(table, making.paths.labelled_tiles)
    return Artefact(
        content=content_version(pd.DataFrame(table.drop(columns="geometry")).to_csv(index=False)),
        metadata=_described(making, table),
        table=table,
    )


@project_asset(group="training", kinds={"parquet"}, kind="prepare")
def split_table(making: Making) -> Artefact:
    """Which labelled tiles train and which test, in every split.

    Random splits keep the shares of tiles with and without ejecta, near and far; splits of a
    learning curve train on fewer locations and test on the tiles of split 0; published splits keep
    their numbers. A split depends on the seed and its own number alone: adding one leaves the
    others as they are. Planets that are not mapped always train.
    """
    labelled = gpd.read_parquet(making.paths.labelled_tiles)
    given = source_of(making.project).splits()
    splits, index = split_tables(labelled, making.settings.splits, given=given)
    write_table(splits, making.paths.splits)
    write_table_and_csv(index, making.paths.split_index)
    used = making.settings.splits.used
    metadata: Facts = {
        "splits": len(index),
        "used_split": "none" if used is None else used,
        "tiles": len(splits),
        "locations": splits.groupby(["planet", "tile_id"]).ngroups,
        "index": index,
        "path": str(making.paths.splits),
    }
    numbers: list[int] = index["split"].tolist()
    if len(labelled) and numbers:
        number = numbers[0] if used is None or used not in numbers else used
        metadata[f"picture_of_split_{number}"] = _split_picture(making, labelled, splits, number)
    return Artefact(
        content=content_version(splits.to_csv(index=False), index.to_csv(index=False)),
        metadata=metadata,
        table=splits,
    )


def _described(making: Making, table: gpd.GeoDataFrame) -> Facts:
    used = table[table["split_class"] >= 0]
    by_planet = [_planet_row(str(name), rows) for name, rows in table.groupby("planet")]
    metadata: Facts = {
        "planets": len(by_planet),
        "craters": table.groupby(["planet", "crater_id"]).ngroups,
        "locations": table.groupby(["planet", "tile_id"]).ngroups,
        "tiles": len(table),
        "used_tiles": len(used),
        "by_planet": pd.DataFrame(by_planet),
        "path": str(making.paths.labelled_tiles),
    }
    if len(used):
        metadata["connected_share"] = float((used["ejecta_px"] > 0).mean())
        metadata["tiles_by_class"] = _classes(used)
    # The mapped planet first: its name comes before those of the others.
    for name in sorted(table["planet"].unique())[:MAX_PICTURES]:
        rows = used[used["planet"] == name]
        share = (rows["ejecta_px"] > 0).groupby(rows["tile_id"]).mean()
        metadata[f"picture_{name}"] = location_picture(
            _mosaic(making, name),
            table[table["planet"] == name],
            share,
            what="craters with ejecta here",
            alt=f"tile locations of {name}",
        )
    return metadata


def _planet_row(name: str, rows: pd.DataFrame) -> dict[str, object]:
    used = rows[rows["split_class"] >= 0]
    return {
        "planet": name,
        "craters": rows["crater_id"].nunique(),
        "locations": rows["tile_id"].nunique(),
        "tiles": len(rows),
        "used_tiles": len(used),
        "connected_share": float((used["ejecta_px"] > 0).mean()),
    }


def _classes(used: pd.DataFrame) -> pd.DataFrame:
    """Return how many tiles each class to split by has, and how far they are."""
    groups = used.groupby(["planet", "split_class"])
    counted = groups.agg(
        tiles=("tile_id", "size"), from_km=("distance_m", "min"), to_km=("distance_m", "max")
    )
    return counted.assign(
        from_km=counted["from_km"] / 1000, to_km=counted["to_km"] / 1000
    ).reset_index()


def _split_picture(
    making: Making, labelled: pd.DataFrame, splits: pd.DataFrame, number: int
) -> Picture:
    planet = OWN_PLANET if OWN_PLANET in set(splits["planet"]) else splits["planet"].iloc[0]
    rows = splits[(splits["planet"] == planet) & (splits[split_column(number)] > UNUSED)]
    share = (rows[split_column(number)] == TESTS).groupby(rows["tile_id"]).mean()
    return location_picture(
        _mosaic(making, planet),
        labelled[labelled["planet"] == planet],
        share,
        what="craters whose tile tests here",
        alt=f"tile locations that test in split {number}",
    )


def _mosaic(making: Making, planet: str) -> NDArray[np.uint8]:
    if planet == OWN_PLANET:
        return read_project_basemap(making.project).raster
    folder = making.paths.training_planet(int(planet.removeprefix("planet_")))
    return read_planet_mosaic(folder, body=making.settings.planet)[0]
