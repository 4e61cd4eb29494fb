"""The pages of craters in a report: their picture, their quantities with units, their origin."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_project.analysis.map_quantities import CLEAN
from ejmap_project.analysis.quantities import GROUPS
from ejmap_project.analysis.quantity import Quantity
from ejmap_project.files.table_file import read_table
from ejmap_project.open_project import OpenProject
from ejmap_project.release.embedded import EmbeddedPicture, embedded_file
from ejmap_project.release.made_artefact import MadeArtefact
from ejmap_project.release.page import NOTHING, UNITS, number_words
from ejmap_project.release_metadata.release_manifest import CorrectionNote

PATTERN, MASK = "crater_pattern", "basemap_mask"
PICTURE_PX = 1000
# Shares, counts and words have none.
WITHOUT_UNIT = ("1", "flag", "class")
SHOWN_GROUPS = {**GROUPS, "Clean and shared": CLEAN}
# Ends of intervals stand beside their value.
ENDS = {"expected_km2": ("expected_low_km2", "expected_high_km2")}


class QuantityRow(NamedTuple):
    """A quantity of a crater as text.

    Attributes:
        name: Name of its column.
        meaning: What it is.
        value: Its value.
        interval: From which to which value; empty where it has no interval.
        unit: Its unit; empty for shares, counts and words.
    """

    name: str
    meaning: str
    value: str
    interval: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CraterPage:
    """What a report says of a crater.

    Attributes:
        key: Its key.
        name: Its name; its key without one.
        state: How its mask stands.
        place: Longitude, latitude and rim radius.
        mask_km2: Area of its mask on the map, the inside of its rim included.
        expected: Expected area with its interval.
        blanket_radii: Radius of its optical blanket.
        rays: Number of its rays.
        longest_ray_km: Where the longest one ends.
        pictures: Its pictures.
        groups: Its quantities by group.
        origin: What its mask was made of: words and values.
    """

    key: str
    name: str
    state: str
    place: tuple[str, str, str]
    mask_km2: str
    expected: str
    blanket_radii: str
    rays: str
    longest_ray_km: str
    pictures: Sequence[EmbeddedPicture]
    groups: Mapping[str, Sequence[QuantityRow]]
    origin: Sequence[tuple[str, str]]


def crater_pages(
    project: OpenProject, made: Sequence[MadeArtefact], corrections: Sequence[CorrectionNote]
) -> Iterator[CraterPage]:
    """Yield the page of every crater of the map, in the order of their names.

    Args:
        project: The project, its paths those of the release.
        made: What the release holds.
        corrections: Masks of it that people corrected by hand.
    """
    by_hand = {one.key: one for one in corrections}
    table = gpd.read_file(project.paths.map_craters)
    rows = {int(row["crater_id"]): row for _, row in table.iterrows()}
    measured = _by_crater(project)
    of_crater: dict[str, dict[str, MadeArtefact]] = {}
    for one in made:
        if one.note.partition is not None:
            of_crater.setdefault(one.note.partition, {})[one.note.asset] = one
    craters = project.craters()
    for key in sorted(craters, key=lambda one: _alphabetical(craters[one].name or one)):
        crater = craters[key]
        if crater.crater_id in rows:
            yield _page(
                crater,
                rows[crater.crater_id],
                measured.get(crater.crater_id),
                of_crater.get(key, {}),
                by_hand.get(key),
            )


def _alphabetical(name: str) -> list[tuple[int, str]]:
    """Return what sorts names: letters by the alphabet, numbers in them by their value."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(int(part) if part.isdecimal() else 0, part) for part in parts]


def _by_crater(project: OpenProject) -> dict[int, pd.Series]:
    path = project.paths.patterns
    if not path.is_file():
        return {}
    return {int(row["crater_id"]): row for _, row in read_table(path).iterrows()}


def _page(
    crater: Crater,
    row: pd.Series,
    values: pd.Series | None,
    made: Mapping[str, MadeArtefact],
    corrected: CorrectionNote | None,
) -> CraterPage:
    known = {} if values is None else {str(name): value for name, value in values.items()}
    expected = number_words(row.get("expected_km2"))
    interval = _interval(row.get("low_km2"), row.get("high_km2"))
    return CraterPage(
        key=crater.key,
        name=crater.name or crater.key,
        state=f"{row['state']}, corrected by hand" if corrected else str(row["state"]),
        place=(
            f"{crater.center.lon_deg:.2f}",
            f"{crater.center.lat_deg:.2f}",
            number_words(crater.radius_m / 1000),
        ),
        mask_km2=number_words(row.get("mask_km2")),
        expected=f"{expected} ({interval})" if interval else expected,
        blanket_radii=number_words(known.get("optical_blanket_radii")),
        rays=number_words(known.get("ray_count")),
        longest_ray_km=number_words(known.get("longest_ray_km")),
        pictures=_pictures(made),
        groups=dict(_groups(known)) if known else {},
        origin=list(_origin(made, corrected)),
    )


def _pictures(made: Mapping[str, MadeArtefact]) -> list[EmbeddedPicture]:
    pattern = made.get(PATTERN)
    return [
        embedded_file(one.path, alt=one.alt, width_px=PICTURE_PX)
        for one in (pattern.pictures if pattern else {}).values()
    ]


def _groups(known: Mapping[str, object]) -> Iterator[tuple[str, list[QuantityRow]]]:
    for title, quantities in SHOWN_GROUPS.items():
        rows = [_row(one, known) for one in quantities if not _is_end(one.name)]
        if any(row.value != NOTHING for row in rows):
            yield title, rows


def _row(one: Quantity, known: Mapping[str, object]) -> QuantityRow:
    low, high = ENDS.get(one.name, (f"{one.name}_low", f"{one.name}_high"))
    return QuantityRow(
        name=one.name,
        meaning=one.meaning,
        value=number_words(known.get(one.name)),
        interval=_interval(known.get(low), known.get(high)),
        unit="" if one.unit in WITHOUT_UNIT else UNITS.get(one.unit, one.unit),
    )


def _is_end(name: str) -> bool:
    return name.endswith(("_low", "_high")) or any(name in ends for ends in ENDS.values())


def _interval(low: object, high: object) -> str:
    if not isinstance(low, float) or not isinstance(high, float):
        return ""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"{number_words(low)} to {number_words(high)}"


def _origin(
    made: Mapping[str, MadeArtefact], corrected: CorrectionNote | None
) -> Iterator[tuple[str, str]]:
    """Yield what the mask of a crater was made of: every input that is no artefact of a crater."""
    if corrected is not None:
        yield "corrected by hand", corrected.words
    if MASK in made:
        mask = made[MASK].note
        yield "mask", f"{mask.data_version}, made {mask.made_utc} in run {mask.run_id or NOTHING}"
    inputs = {
        name: version
        for one in made.values()
        for name, version in one.note.inputs.items()
        if name not in made
    }
    yield from ((name.replace("_", " "), version) for name, version in sorted(inputs.items()))
    for note in (one.note for one in made.values()):
        if note.stale:
            yield note.asset.replace("_", " "), f"not up to date: {note.stale}"
