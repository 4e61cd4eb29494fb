"""Splits are drawn once and stay what they are, whatever is added."""

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.schemas import SplitIndex, SplitTable
from ejmap_project.errors import StepError
from ejmap_project.settings.project import SplitSettings
from ejmap_project.training.split_table import split_numbers, split_tables

KEY = ["planet", "crater_id", "tile_id"]
CRATERS, LOCATIONS = 6, 40
FIVE = SplitSettings(count=5)


def _labelled(planet: str = "own") -> pd.DataFrame:
    """Six craters by forty locations; every ninth tile is not used, the others have a class."""
    rng = np.random.default_rng(3)
    crater_id, tile_id = np.divmod(np.arange(CRATERS * LOCATIONS), LOCATIONS)
    split_class = rng.integers(0, 10, crater_id.size)
    split_class[::9] = -1
    return pd.DataFrame(
        {
            "planet": planet,
            "crater_id": crater_id,
            "tile_id": tile_id,
            "split_class": split_class,
        }
    )


def _columns(table: pd.DataFrame) -> list[str]:
    return [str(name) for name in table if str(name).startswith("test_")]


def test_the_same_seed_draws_the_same_splits() -> None:
    """Whatever the order of the rows; another seed draws others, and no two of a seed are equal."""
    mixed = _labelled().sample(frac=1, random_state=1)

    table, index = split_tables(_labelled(), FIVE)

    assert split_tables(mixed, FIVE)[0].equals(table)
    assert not split_tables(_labelled(), SplitSettings(count=5, seed=1))[0].equals(table)
    assert len({table[name].to_numpy().tobytes() for name in _columns(table)}) == 5
    SplitTable.validate(table)
    SplitIndex.validate(index)


def test_adding_splits_leaves_the_others_as_they_are() -> None:
    """More random ones, more points of the learning curve, or both."""
    few = SplitSettings(count=2, learning_curve=(10, 30))
    many = SplitSettings(count=9, learning_curve=(5, 10, 20, 30))

    before, index = split_tables(_labelled(), few)
    after, longer = split_tables(_labelled(), many)

    assert _columns(before) == ["test_0", "test_1", "test_1010", "test_1030"]
    assert after[before.columns].equals(before)
    kept = longer[longer["split"].isin(index["split"])].reset_index(drop=True)
    assert kept.equals(index)


@pytest.mark.parametrize("published", [None, (0, 2, 61), (1005,)])
def test_the_numbers_of_splits_are_known_before_they_are_drawn(
    published: tuple[int, ...] | None,
) -> None:
    """Random ones go around published ones, learning curves past them."""
    given = None
    if published is not None:
        given = _labelled()[KEY].assign(**{f"test_{number}": 0 for number in published})
    settings = SplitSettings(count=3, learning_curve=(5, 10))

    numbers = split_numbers(settings, given=given)

    index = split_tables(_labelled(), settings, given=given)[1]
    assert numbers == index["split"].tolist()
    assert len(numbers) == 5 + len(published or ())


def test_unused_tiles_are_in_no_split_and_a_fifth_of_the_others_tests() -> None:
    """27 of 240 tiles are not used; a fifth of the other 213, rounded down, is 42."""
    table, index = split_tables(_labelled(), SplitSettings(count=1, test_fraction=0.2))

    is_unused = (_labelled()["split_class"] < 0).to_numpy()
    assert (table["test_0"].to_numpy() < 0).tolist() == is_unused.tolist()
    assert index.to_dict("records") == [
        {
            "split": 0,
            "kind": "random",
            "locations": LOCATIONS,
            "train_tiles": 213 - 42,
            "test_tiles": 42,
        }
    ]


def test_a_learning_curve_trains_on_some_locations_and_tests_on_the_same_tiles() -> None:
    """The locations of a point are among those of the next, and its test tiles those of split 0."""
    settings = SplitSettings(count=1, learning_curve=(10, 25))

    table, index = split_tables(_labelled(), settings)

    trained = {
        number: set(table.loc[table[f"test_{number}"] == 0, "tile_id"])
        for number in (0, 1010, 1025)
    }
    assert [len(trained[number]) for number in (1010, 1025)] == [10, 25]
    assert trained[1010] < trained[1025] < trained[0]
    for number in (1010, 1025):
        column = table[f"test_{number}"]
        assert ((column == 1) == (table["test_0"] == 1)).all()
        assert (table.loc[column == 0, "test_0"] == 0).all()
    assert index["kind"].tolist() == ["random", "learning_curve", "learning_curve"]
    assert index["locations"].tolist() == [40, 10, 25]


def test_more_locations_than_there_are_is_told() -> None:
    """The setting is named, and how many there are."""
    settings = SplitSettings(learning_curve=(41,))

    with pytest.raises(StepError, match=r"splits.learning_curve: .* 41 tile locations.* 40;"):
        split_tables(_labelled(), settings)


def test_published_splits_keep_their_numbers() -> None:
    """Random ones take the free numbers; a tile that was not published is not used."""
    given = _labelled()[KEY].iloc[1:]
    given = given.assign(test_0=np.int8(0), test_61=(given["tile_id"] % 2).astype(np.int8))

    table, index = split_tables(
        _labelled(), SplitSettings(count=2, learning_curve=(5,)), given=given
    )

    assert _columns(table) == ["test_0", "test_1", "test_2", "test_61", "test_1005"]
    assert index["kind"].tolist() == [
        "published",
        "random",
        "random",
        "published",
        "learning_curve",
    ]
    assert table["test_61"].tolist() == [-1, *given["test_61"]]
    # Split 0 was published and tests on nothing, so the learning curve does too.
    assert index.set_index("split")["test_tiles"].loc[[0, 1005]].tolist() == [0, 0]
    assert table["test_1"].equals(split_tables(_labelled(), FIVE)[0]["test_1"])


def test_learning_curves_go_past_published_numbers() -> None:
    """With a published split 1005 the curve begins at 2000."""
    given = _labelled()[KEY].assign(test_1005=np.int8(0))

    table, _ = split_tables(_labelled(), SplitSettings(count=0, learning_curve=(5,)), given=given)

    assert _columns(table) == ["test_1005", "test_2005"]


def test_synthetic_planets_train_and_the_mapped_one_tests() -> None:
    """In every split, published ones included; unused tiles stay unused."""
    labelled = pd.concat([_labelled("planet_4"), _labelled(), _labelled("planet_12")])
    given = _labelled()[KEY].assign(test_61=np.int8(0))
    settings = SplitSettings(count=2, learning_curve=(50,))

    table, index = split_tables(labelled, settings, given=given)

    is_used = labelled.set_index(KEY)["split_class"].loc[list(table[KEY].itertuples(index=False))]
    used = table[is_used.to_numpy() >= 0]
    unused = table[is_used.to_numpy() < 0]
    is_own = used["planet"] == "own"
    for name in ("test_0", "test_1", "test_61"):
        assert (used[name] == is_own.astype(int)).all()
    assert (unused[_columns(table)] == -1).all(axis=None)
    trains = table[table["test_1050"] == 0]
    assert len(trains[["planet", "tile_id"]].drop_duplicates()) == 50
    assert set(trains["planet"]) == {"planet_4", "planet_12"}
    assert (used.loc[is_own, "test_1050"] == 1).all()
    assert index.set_index("split")["locations"].to_dict() == {0: 80, 1: 80, 61: 80, 1050: 50}


def test_without_tiles_there_are_empty_splits() -> None:
    """A published folder may hold models and no masks."""
    table, index = split_tables(_labelled().iloc[:0], SplitSettings(count=1))

    assert len(table) == 0
    assert _columns(table) == ["test_0"]
    assert index["train_tiles"].tolist() == [0]


def test_without_splits_there_is_an_empty_index() -> None:
    """Models then train on every tile."""
    table, index = split_tables(_labelled(), SplitSettings(count=0))

    assert _columns(table) == []
    assert len(table) == CRATERS * LOCATIONS
    assert len(index) == 0
