"""The table of labelled tiles as an artefact: written, counted and pictured."""

import geopandas as gpd
import pandas as pd

from ejmap_project.artefact import Artefact, Facts
from ejmap_project.digest import content_version
from ejmap_project.files.table_file import write_table_and_csv
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress
from ejmap_project.training.labelled_tiles import labelled_tiles_of
from ejmap_project.training.tile_pictures import location_picture, mosaic_of

MAX_PICTURES = 3


def label_tiles(project: OpenProject, progress: Progress) -> Artefact:
    """Write the labelled tiles of every planet whose ejecta are known, as Parquet and CSV.

    Raises:
        GeoError: If a mask or the table of tile locations does not fit.
        SourceError: If a published table does not fit.
    """
    table = labelled_tiles_of(project, progress)
    write_table_and_csv(table, project.paths.labelled_tiles)
    return Artefact(
        content=content_version(pd.DataFrame(table.drop(columns="geometry")).to_csv(index=False)),
        metadata=_described(project, table),
        table=table,
    )


def _described(project: OpenProject, table: gpd.GeoDataFrame) -> Facts:
    used = table[table["split_class"] >= 0]
    by_planet = [_planet_row(str(name), rows) for name, rows in table.groupby("planet")]
    metadata: Facts = {
        "planets": len(by_planet),
        "craters": table.groupby(["planet", "crater_id"]).ngroups,
        "locations": table.groupby(["planet", "tile_id"]).ngroups,
        "tiles": len(table),
        "used_tiles": len(used),
        "by_planet": pd.DataFrame(by_planet),
        "path": str(project.paths.labelled_tiles),
    }
    if len(used):
        metadata["connected_share"] = float((used["ejecta_px"] > 0).mean())
        metadata["tiles_by_class"] = _classes(used)
    # The mapped planet first: its name comes before those of the others.
    for name in sorted(table["planet"].unique())[:MAX_PICTURES]:
        rows = used[used["planet"] == name]
        share = (rows["ejecta_px"] > 0).groupby(rows["tile_id"]).mean()
        metadata[f"picture_{name}"] = location_picture(
            mosaic_of(project, name),
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
