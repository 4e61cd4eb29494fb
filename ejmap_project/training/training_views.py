"""What the views are like that a member learned from, recorded in its bundle; loads torch."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.ejseg.polar_data import GROUP, VIEW
from ejmap_ml.ejseg.view_ranges import ViewRanges
from ejmap_ml.ejseg.view_statistics import view_statistics
from ejmap_ml.stores.tile_group import TileStore

# More change the quantiles by less than their tolerances.
MOST_VIEWS = 400


def with_view_ranges(bundle: ModelBundle, stores: Sequence[Path]) -> ModelBundle:
    """Return a member that says what the views in its training stores are like.

    A model of tiles, and one whose views show too little to measure, is returned as it is.
    """
    if not bundle.config.is_polar:
        return bundle
    statistics = [view_statistics(view) for view in _views(stores)]
    if not any(statistics):
        return bundle
    return replace(bundle, view_ranges=ViewRanges.of(statistics))


def _views(stores: Sequence[Path]) -> Iterator[NDArray[np.float16]]:
    groups = [TileStore.open(path)[GROUP] for path in stores]
    places = [(group, one) for group in groups for one in range(group.tile_count)]
    for group, one in places[:: -(-len(places) // MOST_VIEWS) or 1]:
        yield group.read(VIEW, range(one, one + 1))[0]
