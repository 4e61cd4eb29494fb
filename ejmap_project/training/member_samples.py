"""What one member of an ensemble is trained, validated and tested on; loads torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_ml.config.model_config import (
    ModelConfig,
    PolarUnetConfig,
    SmpConfig,
    TimmClassifierConfig,
)
from ejmap_ml.ejconn.data import EJECTA_PX, ConnectionSamples
from ejmap_ml.ejseg.data import TileSamples
from ejmap_ml.ejseg.polar_data import GROUP, NO_TILE, PolarSamples
from ejmap_ml.errors import SampleError
from ejmap_ml.samples import SampleSet
from ejmap_ml.sampling.batches import SubsetSamples
from ejmap_ml.sampling.splits import TESTS, TRAINS, UNUSED, folds_of, stratified_split
from ejmap_ml.stores.tile_group import TileGroup, TileStore
from ejmap_project.mapping.tile_plan import LABELLED_PREFIX
from ejmap_project.settings.method import ValidationDraw
from ejmap_project.training.split_choice import IS_TEST, TILE_KEY

SPLIT_STREAM = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What is known of the labelled tiles.

    Attributes:
        tiles: The table of labelled tiles.
        split: The tiles of the split that is trained on, as ``split_choice.read_split`` gives them.
        is_known_everywhere: Whether ejecta are known outside the labelled tiles too.
    """

    tiles: pd.DataFrame
    split: pd.DataFrame
    is_known_everywhere: bool

    def of(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return split, class and ejecta of any crater of the tiles of a table, in its order.

        Args:
            table: Columns planet, crater_id and tile_id.
        """
        told = self.tiles[[*TILE_KEY, "split_class", "any_ejecta_px"]]
        known = self.split.merge(told, on=TILE_KEY, how="left")
        found = table[TILE_KEY].merge(known, on=TILE_KEY, how="left", validate="one_to_one")
        return found.fillna({IS_TEST: UNUSED, "split_class": UNUSED, "any_ejecta_px": 0}).astype(
            {IS_TEST: int, "split_class": int, "any_ejecta_px": int}
        )

    def counted(self, planet: str, crater_id: int, *, value: int) -> NDArray[np.int_]:
        """Return the tile ids of a crater whose cells count on one side of the split."""
        rows = (self.split["planet"] == planet) & (self.split["crater_id"] == crater_id)
        own = self.split[rows]
        ids = own.loc[own[IS_TEST] == value, "tile_id"].to_numpy(np.int_)
        if value == TRAINS and self.is_known_everywhere:
            return np.append(ids, NO_TILE)
        return ids


class CraterFold(NamedTuple):
    """The labelled craters that a member never sees: one fold of several, drawn by their ids."""

    number: int
    folds: int


class HeldOutCraters(NamedTuple):
    """Views of craters that a member never sees, and which craters: planet and crater id."""

    samples: SampleSet
    places: list[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSamples:
    """The parts of the samples of a member.

    Attributes:
        usable: Samples that train or validate: the same for all members of a split.
        train: Samples that train.
        validation: Samples that decide when to stop; None when none are drawn.
        test: Tiles that the member never sees; None when nothing is held back.
        table: Table of the training samples, one row each.
        held_out: Whole craters that the member never sees; None when none are held back.
    """

    usable: SampleSet
    train: SampleSet
    validation: SampleSet | None
    test: SampleSet | None
    table: pd.DataFrame
    held_out: HeldOutCraters | None = None


def member_samples(
    config: ModelConfig,
    stores: Sequence[Path],
    *,
    labels: Labels,
    seed: int,
    draw: ValidationDraw = "overall",
    fold: CraterFold | None = None,
) -> MemberSamples:
    """Divide the samples of a version for one member.

    Args:
        config: The version.
        stores: Tile stores, one a planet, called by its name.
        labels: What is known of the tiles.
        seed: Decides which samples validate.
        draw: How they are drawn.
        fold: Craters to hold back, of polar models only; None holds back none.

    Raises:
        SampleError: If nothing is left to train on.
    """
    opened = {path.stem: TileStore.open(path) for path in sorted(stores)}
    groups = _groups(opened, GROUP if config.is_polar else LABELLED_PREFIX)
    match config.architecture:
        case TimmClassifierConfig():
            samples = ConnectionSamples([group for _, group in groups])
            is_wanted = np.ones(len(samples), np.bool_)
        case SmpConfig():
            samples = TileSamples([group for _, group in groups], config)
            # As published: segmentation learns from tiles that hold ejecta.
            is_wanted = samples.table[EJECTA_PX].to_numpy() > 0
        case PolarUnetConfig():
            return _polar_parts(
                config,
                config.architecture,
                groups,
                labels=labels,
                seed=seed,
                draw=draw,
                fold=fold,
            )
    known = labels.of(samples.table.assign(planet=_planets(groups)))
    strata = known["split_class"].to_numpy(np.int_)
    side = np.where(is_wanted & (strata >= 0), known[IS_TEST], UNUSED)
    usable, tests = np.flatnonzero(side == TRAINS), np.flatnonzero(side == TESTS)
    trains, validates = (usable[part] for part in _drawn(strata[usable], config, seed, draw))
    if not trains.size:
        raise SampleError(
            f"{config.name} has no tile to train on; label more tiles or choose another split"
        )
    table = samples.table.assign(any_ejecta_px=known["any_ejecta_px"].to_numpy())
    return MemberSamples(
        usable=SubsetSamples(samples, usable),
        train=SubsetSamples(samples, trains),
        validation=SubsetSamples(samples, validates) if validates.size else None,
        test=SubsetSamples(samples, tests) if tests.size else None,
        table=table.iloc[trains].reset_index(drop=True),
    )


def _drawn(
    strata: NDArray[np.int_], config: ModelConfig, seed: int, draw: ValidationDraw
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which samples train and which validate."""
    fraction, rng = config.training.validation_fraction, np.random.default_rng((seed, SPLIT_STREAM))
    least = 1 if draw == "each-class" else 0
    return stratified_split(strata, fraction=fraction, rng=rng, least=least)


def _groups(stores: dict[str, TileStore], prefix: str) -> list[tuple[str, TileGroup]]:
    found = [
        (planet, store[name])
        for planet, store in stores.items()
        for name in store.group_names
        if name.startswith(prefix)
    ]
    if not found:
        raise SampleError("there is no labelled tile to learn from; label craters or tiles first")
    return found


def _planets(groups: Sequence[tuple[str, TileGroup]]) -> NDArray[np.str_]:
    return np.repeat([planet for planet, _ in groups], [group.tile_count for _, group in groups])


def _polar_parts(
    config: ModelConfig,
    architecture: PolarUnetConfig,
    groups: Sequence[tuple[str, TileGroup]],
    *,
    labels: Labels,
    seed: int,
    draw: ValidationDraw,
    fold: CraterFold | None,
) -> MemberSamples:
    """Divide views: whole ones train or validate, and the cells of test tiles count in neither."""
    table = pd.concat([group.table for _, group in groups], ignore_index=True)
    planets, ids = _planets(groups).tolist(), table["crater_id"].tolist()
    places = list(zip(map(str, planets), map(int, ids), strict=True))
    # The planet that is mapped may test in the same table, and is not among these samples.
    own = labels.split[labels.split["planet"].isin([planet for planet, _ in groups])]
    held_back = bool((own[IS_TEST] != TRAINS).any())
    views = [group for _, group in groups]
    sides = {
        value: PolarSamples(
            views,
            config=architecture.view,
            tiles=[labels.counted(planet, one, value=value) for planet, one in places],
        )
        for value in ((TRAINS, TESTS) if held_back or not labels.is_known_everywhere else ())
    }
    trained = sides.get(TRAINS) or PolarSamples(views, config=architecture.view)
    is_held = _are_held_back(places, fold)
    rest = np.flatnonzero(~is_held)
    if not rest.size:
        raise SampleError(f"{config.name} has no crater to train on; label more craters")
    drawn = _drawn(np.zeros(len(rest), np.int_), config, seed, draw)
    trains, validates = (rest[part] for part in drawn)
    return MemberSamples(
        usable=SubsetSamples(trained, rest),
        train=SubsetSamples(trained, trains),
        validation=SubsetSamples(trained, validates) if validates.size else None,
        test=sides.get(TESTS) if (own[IS_TEST] == TESTS).any() else None,
        table=table.iloc[trains].reset_index(drop=True),
        held_out=_held_out(architecture, views, labels, places, is_held) if is_held.any() else None,
    )


def _are_held_back(places: Sequence[tuple[str, int]], fold: CraterFold | None) -> NDArray[np.bool_]:
    if fold is None:
        return np.zeros(len(places), np.bool_)
    keys = [f"{planet}/{crater_id}" for planet, crater_id in places]
    return folds_of(keys, count=fold.folds) == fold.number % fold.folds


def _held_out(
    architecture: PolarUnetConfig,
    views: Sequence[TileGroup],
    labels: Labels,
    places: Sequence[tuple[str, int]],
    is_held: NDArray[np.bool_],
) -> HeldOutCraters:
    """Return whole craters that were held back: all cells count whose ejecta are known."""
    tiles = None
    if not labels.is_known_everywhere:
        tiles = [
            np.concatenate([labels.counted(*place, value=value) for value in (TRAINS, TESTS)])
            for place in places
        ]
    known = PolarSamples(views, config=architecture.view, tiles=tiles)
    held = [place for place, is_here in zip(places, is_held, strict=True) if is_here]
    return HeldOutCraters(SubsetSamples(known, np.flatnonzero(is_held)), held)
