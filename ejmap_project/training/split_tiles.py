"""The split table as an artefact: drawn from the labelled tiles, written and pictured."""

import geopandas as gpd
import pandas as pd

from ejmap_ml.sampling.splits import TESTS, UNUSED
from ejmap_project.artefact import Artefact, Facts, Picture
from ejmap_project.digest import content_version
from ejmap_project.files.table_file import write_table, write_table_and_csv
from ejmap_project.open_project import OpenProject
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.known_planets import OWN_PLANET
from ejmap_project.training.split_choice import split_column
from ejmap_project.training.split_table import split_tables
from ejmap_project.training.tile_pictures import location_picture, mosaic_of


def split_tiles(project: OpenProject) -> Artefact:
    """Draw the splits that the settings ask for, and write their table and its index.

    Raises:
        SourceError: If a published table does not fit.
        StepError: If a learning curve asks for more locations than there are.
    """
    paths, used = project.paths, project.settings.splits.used
    labelled = gpd.read_parquet(paths.labelled_tiles)
    given = source_of(project).splits()
    splits, index = split_tables(labelled, project.settings.splits, given=given)
    write_table(splits, paths.splits)
    write_table_and_csv(index, paths.split_index)
    metadata: Facts = {
        "splits": len(index),
        "used_split": "none" if used is None else used,
        "tiles": len(splits),
        "locations": splits.groupby(["planet", "tile_id"]).ngroups,
        "index": index,
        "path": str(paths.splits),
    }
    numbers: list[int] = index["split"].tolist()
    if len(labelled) and numbers:
        number = numbers[0] if used is None or used not in numbers else used
        metadata[f"picture_of_split_{number}"] = _picture(project, labelled, splits, number)
    return Artefact(
        content=content_version(splits.to_csv(index=False), index.to_csv(index=False)),
        metadata=metadata,
        table=splits,
    )


def _picture(
    project: OpenProject, labelled: pd.DataFrame, splits: pd.DataFrame, number: int
) -> Picture:
    planet = OWN_PLANET if OWN_PLANET in set(splits["planet"]) else splits["planet"].iloc[0]
    rows = splits[(splits["planet"] == planet) & (splits[split_column(number)] > UNUSED)]
    share = (rows[split_column(number)] == TESTS).groupby(rows["tile_id"]).mean()
    return location_picture(
        mosaic_of(project, planet),
        labelled[labelled["planet"] == planet],
        share,
        what="craters whose tile tests here",
        alt=f"tile locations that test in split {number}",
    )
