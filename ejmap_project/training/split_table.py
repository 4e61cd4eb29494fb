"""The split table: which labelled tiles train and which test, one column a split."""

from collections.abc import Container, Iterable, Mapping
from itertools import count, islice
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.schemas import SplitIndex, SplitTable
from ejmap_ml.errors import SampleError
from ejmap_ml.sampling.splits import TESTS, TRAINS, UNUSED, learning_curve_split, tv_test_split
from ejmap_project.artefact import Artefact, Facts, Markdown, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.files.table_file import write_table, write_table_and_csv
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import SplitSettings
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.known_planets import OWN_PLANET
from ejmap_project.training.split_choice import TILE_KEY, split_column, split_columns
from ejmap_project.training.tile_pictures import location_picture, mosaic_of

RANDOM, LEARNING_CURVE, PUBLISHED = "random", "learning_curve", "published"
# Splits of learning curves are numbered from here on by their locations, so that neither another
# random split nor another point of the curve gives a split another number.
FIRST_OF_CURVE = 1000


class Split(NamedTuple):
    """A split: its number, how it was drawn, and what each labelled tile is in it."""

    number: int
    kind: str
    test: NDArray[np.int8]


def split_tiles(project: OpenProject) -> Artefact:
    """Draw the splits that the settings ask for, and write their table and its index.

    Raises:
        SourceError: If a published table does not fit.
        StepError: If a learning curve asks for more locations than there are.
    """
    paths, used = project.paths, project.settings.splits.used
    labelled = gpd.read_parquet(paths.labelled_tiles)
    given = source_of(project).splits_of(labelled)
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


def split_tables(
    labelled: pd.DataFrame, settings: SplitSettings, *, given: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the splits that the settings ask for.

    Random splits are numbered from 0, past the numbers of given ones; the split of a learning curve
    that trains on 25 locations is number 1025. Each is drawn from the seed and its own number or
    kind, so that adding splits changes none. Where models learn from synthetic planets, these train
    and the mapped one tests, in every split; learning curves then choose among their locations.

    Args:
        labelled: Labelled tiles, under ``LabelledTileTable``.
        settings: What to draw.
        given: Splits that were published, under ``SplitTable``; they keep their numbers.

    Returns:
        The table under ``SplitTable``, sorted by planet, crater and tile, and its index under
        ``SplitIndex``.

    Raises:
        StepError: If a learning curve asks for more locations than there are.
    """
    # Draws follow the order of rows, which must not depend on that of a file.
    labelled = labelled.sort_values(TILE_KEY, ignore_index=True)
    published = {} if given is None else _published(labelled, given, settings)
    splits = [Split(number, PUBLISHED, test) for number, test in published.items()]
    numbers = _random_numbers(settings, published)
    splits += [Split(one, RANDOM, _drawn(labelled, settings, one)) for one in numbers]
    splits += _learning_curve(labelled, settings, taken=published)
    splits.sort(key=lambda split: split.number)
    columns = {split_column(split.number): split.test for split in splits}
    # A hundred splits were published: columns added one by one are slow, and pandas warns of them.
    table = pd.concat([labelled[TILE_KEY], pd.DataFrame(columns, index=labelled.index)], axis=1)
    rows = [_index_row(labelled, split) for split in splits]
    index = pd.DataFrame(rows, columns=pd.Index(list(SplitIndex.to_schema().columns)))
    return SplitTable.validate(table), SplitIndex.validate(index)


def split_numbers(settings: SplitSettings, *, given: pd.DataFrame | None = None) -> list[int]:
    """Return the numbers of the splits that :func:`split_tables` will draw, before it does.

    Args:
        settings: What it will draw.
        given: Splits that were published.
    """
    published = {} if given is None else split_columns(given)
    first = _first_of_curve(published)
    curve = [first + locations for locations in settings.learning_curve]
    return sorted([*published, *_random_numbers(settings, published), *curve])


def _random_numbers(settings: SplitSettings, published: Container[int]) -> list[int]:
    return list(islice((one for one in count() if one not in published), settings.count))


def _first_of_curve(published: Iterable[int]) -> int:
    # Past published numbers by whole thousands, so that the last digits still say the locations.
    return FIRST_OF_CURVE * (max(published, default=0) // FIRST_OF_CURVE + 1)


def _published(
    labelled: pd.DataFrame, given: pd.DataFrame, settings: SplitSettings
) -> dict[int, NDArray[np.int8]]:
    numbers = split_columns(given)
    if _trains_elsewhere(labelled):
        return {number: _drawn(labelled, settings, number) for number in numbers}
    found = labelled[TILE_KEY].merge(given, on=TILE_KEY, how="left", validate="one_to_one")
    return {
        number: found[name].fillna(UNUSED).to_numpy(np.int8) for number, name in numbers.items()
    }


def _drawn(labelled: pd.DataFrame, settings: SplitSettings, number: int) -> NDArray[np.int8]:
    classes = labelled["split_class"].to_numpy(np.int_)
    if _trains_elsewhere(labelled):
        test = np.where(labelled["planet"] == OWN_PLANET, TESTS, TRAINS)
        return np.where(classes < 0, UNUSED, test).astype(np.int8)
    rng = np.random.default_rng((settings.seed, number))
    return tv_test_split(classes, fraction=settings.test_fraction, rng=rng)


def _trains_elsewhere(labelled: pd.DataFrame) -> bool:
    return bool((labelled["planet"] != OWN_PLANET).any())


def _learning_curve(
    labelled: pd.DataFrame, settings: SplitSettings, *, taken: Mapping[int, NDArray[np.int8]]
) -> list[Split]:
    if not settings.learning_curve:
        return []
    first = _first_of_curve(taken)
    test = taken[0] if 0 in taken else _drawn(labelled, settings, 0)
    groups = labelled.groupby(["planet", "tile_id"], sort=True).ngroup()
    places = np.asarray(groups, np.int_)
    splits = []
    for locations in settings.learning_curve:
        # The same order of locations for every point: larger sets hold the smaller ones.
        rng = np.random.default_rng((settings.seed, FIRST_OF_CURVE))
        try:
            drawn = learning_curve_split(test, places, locations=locations, rng=rng)
        except SampleError as error:
            raise StepError(f"splits.learning_curve: {error}") from error
        splits.append(Split(first + locations, LEARNING_CURVE, drawn))
    return splits


def _index_row(labelled: pd.DataFrame, split: Split) -> dict[str, object]:
    trains = labelled[split.test == TRAINS]
    return {
        "split": split.number,
        "kind": split.kind,
        "locations": trains.groupby(["planet", "tile_id"]).ngroups,
        "train_tiles": len(trains),
        "test_tiles": int((split.test == TESTS).sum()),
    }


@drawing
def _picture(
    project: OpenProject, labelled: pd.DataFrame, splits: pd.DataFrame, number: int
) -> Picture | Markdown:
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
