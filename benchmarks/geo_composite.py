"""The map of many craters: windows of masks against a composite of the whole planet a crater."""

import argparse
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from geo.measure import Cost, Row, arguments, copy_gb_per_s, in_turns, print_table
from geo.plain import add_to_composite
from geo.scene import ejecta_of_craters

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.composite import color_composite
from ejmap_geo.maps.label_map import label_map

CRATERS = 24


def main() -> None:
    """Print the table."""
    chosen = arguments(__doc__ or "")
    basemap = BasemapGrid(body=MERCURY, width_px=chosen.width)
    masks = ejecta_of_craters(basemap, CRATERS)
    first = np.zeros(basemap.shape, np.bool_)
    masks[0].paste_into(first)
    full = first.astype(np.uint8)

    def our_map() -> object:
        return color_composite(masks, label_map(masks, basemap=basemap))

    ours, plain = _measured(our_map, full, chosen)
    labels = label_map(masks, basemap=basemap)
    # Labels and counts are written, read once and painted in four bands; masks are read twice.
    moved = 2 * (labels.labels.nbytes + labels.overlap_count.nbytes) + 4 * labels.labels.size
    moved += 2 * sum(mask.mask.nbytes for mask in masks.values())
    rows = [
        Row(
            name=f"label map and composite, a crater of {CRATERS}",
            ours=_a_crater(ours),
            plain=plain,
            wanted=20,
            floor_s=moved / CRATERS / 1e9 / copy_gb_per_s(),
        )
    ]
    print_table(rows)


def _measured(
    our_map: Callable[[], object], full: np.ndarray, chosen: argparse.Namespace
) -> tuple[Cost, Cost]:
    composite = np.zeros((3, *full.shape), np.float32)
    return in_turns(our_map, lambda: add_to_composite(composite, full), chosen)


def _a_crater(cost: Cost) -> Cost:
    return replace(cost, seconds=cost.seconds / CRATERS)


if __name__ == "__main__":
    main()
