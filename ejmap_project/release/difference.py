"""The difference of two releases: what changed crater by crater, and which input changed it."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_ml.config.yaml_text import load_yaml
from ejmap_project.release.causes import Cause, causes_of
from ejmap_project.release.released_map import ReleasedMap

# Quantities that the table of changes shows, beside areas and agreement.
COMPARED = ("optical_blanket_radii", "ray_count", "longest_ray_km", "reach_99_km")
ADDED, REMOVED, MAPPED, LOST = "new", "gone", "mapped now", "not mapped any more"
CHANGED, SAME = "changed", "same"
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CraterChange:
    """How the ejecta of a crater changed.

    Attributes:
        key: Its key.
        name: Its name; its key without one.
        change: What happened, in words.
        area_km2: Area of its mask before and after; NaN where it has none.
        iou: Area that both masks hold over that which any holds; NaN where one is missing or they
            lie on different grids.
        quantities: Values before and after by name; NaN where there is none.
        causes: Inputs of its mask that differ.
    """

    key: str
    name: str
    change: str
    area_km2: Pair
    iou: float
    quantities: Mapping[str, Pair]
    causes: Sequence[Cause]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDifference:
    """How two releases differ.

    Attributes:
        before: The earlier release.
        after: The later one.
        craters: The craters of both, by key.
        settings: Keys of ``project.yaml`` that differ.
        packages: Versions of software that differ.
    """

    before: ReleasedMap
    after: ReleasedMap
    craters: Sequence[CraterChange]
    settings: Sequence[Cause]
    packages: Sequence[Cause]

    @property
    def changed(self) -> list[CraterChange]:
        """The craters that are not the same."""
        return [one for one in self.craters if one.change != SAME]

    @property
    def causes(self) -> dict[Cause, int]:
        """Inputs that differ, and of how many changed craters."""
        return dict(Counter(cause for one in self.changed for cause in one.causes).most_common())


def difference(before: Path, after: Path) -> ReleaseDifference:
    """Compare two releases, mask by mask.

    Args:
        before: Folder of the earlier one.
        after: Folder of the later one.

    Raises:
        ReleaseError: If one of them cannot be read.
    """
    one, other = ReleasedMap.at(before), ReleasedMap.at(after)
    return ReleaseDifference(
        before=one,
        after=other,
        craters=list(_changes(one, other)),
        settings=list(_differing(_flat(one.paths.settings), _flat(other.paths.settings))),
        packages=list(_differing(one.manifest.packages, other.manifest.packages)),
    )


def _changes(before: ReleasedMap, after: ReleasedMap) -> Iterator[CraterChange]:
    masks = before.masks, after.masks
    tables = before.quantities(), after.quantities()
    for key in sorted({*before.craters, *after.craters}):
        crater = after.craters.get(key) or before.craters[key]
        both = [part.get(crater.crater_id) for part in masks]
        areas = (_area_km2(both[0], before), _area_km2(both[1], after))
        iou = _iou(before, after, both[0], both[1])
        yield CraterChange(
            key=key,
            name=crater.name or key,
            change=_word(before, after, key, areas, iou),
            area_km2=areas,
            iou=iou,
            quantities={
                name: (
                    _value(tables[0], crater.crater_id, name),
                    _value(tables[1], crater.crater_id, name),
                )
                for name in COMPARED
            },
            causes=causes_of(before, after, key),
        )


def _area_km2(mask: PlacedMask | None, released: ReleasedMap) -> float:
    return math.nan if mask is None else mask.area_m2(released.grid) / 1e6


def _iou(
    before: ReleasedMap, after: ReleasedMap, one: PlacedMask | None, other: PlacedMask | None
) -> float:
    if one is None or other is None or before.grid != after.grid:
        return math.nan
    shared = one.intersection(other, before.grid).area_m2(before.grid)
    either = one.area_m2(before.grid) + other.area_m2(before.grid) - shared
    return shared / either if either else 1.0


def _word(before: ReleasedMap, after: ReleasedMap, key: str, areas: Pair, iou: float) -> str:
    if key not in before.craters:
        return ADDED
    if key not in after.craters:
        return REMOVED
    had, has = (not math.isnan(one) for one in areas)
    if had != has:
        return MAPPED if has else LOST
    return SAME if iou == 1.0 or not had else CHANGED


def _value(table: pd.DataFrame, crater_id: int, name: str) -> float:
    if name not in table or crater_id not in table.index:
        return math.nan
    return float(table[name].to_numpy()[table.index.get_loc(crater_id)])


def _flat(file: Path) -> dict[str, str]:
    """Return the settings of a file by their path; none if it cannot be read."""
    try:
        return dict(_leaves(load_yaml(file.read_text(encoding="utf-8")), ""))
    except (OSError, ValueError, yaml.YAMLError):
        return {}


def _leaves(stated: object, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(stated, dict):
        yield path, str(stated)
        return
    for name, value in stated.items():
        yield from _leaves(value, f"{path}.{name}" if path else str(name))


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Cause]:
    for name in sorted({*before, *after}):
        one, other = before.get(name, "not stated"), after.get(name, "not stated")
        if one != other:
            yield Cause(name, one, other)
