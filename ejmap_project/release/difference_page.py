"""The difference of two releases as a page and as lines: both maps, what changed, and why."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.maps.color import Rgb
from ejmap_geo.maps.label_map import NODATA
from ejmap_geo.maps.preview import PAPER, LegendEntry
from ejmap_geo.whole_file import write_text
from ejmap_project.pictures.sheet import Panel, sheet
from ejmap_project.release.causes import ARROW, UNEXPLAINED, Cause
from ejmap_project.release.difference import COMPARED, CraterChange, ReleaseDifference
from ejmap_project.release.embedded import EmbeddedPicture, embedded_array, embedded_file
from ejmap_project.release.page import Table, column_words, number_words, rendered
from ejmap_project.release.released_map import ReleasedMap

MAP_PX, CHANGE_PX = 1000, 1600
# Colours of Okabe and Ito, apart in brightness, too.
GAINED, LOST, MOVED, KEPT = (
    Rgb(86, 180, 233),
    Rgb(213, 94, 0),
    Rgb(240, 228, 66),
    Rgb(110, 110, 110),
)
LEGEND = (
    LegendEntry("ejecta now, not before", GAINED),
    LegendEntry("ejecta before, not now", LOST),
    LegendEntry("ejecta of another crater, or of several", MOVED),
    LegendEntry("as before", KEPT),
)


def write_difference(path: Path, found: ReleaseDifference) -> None:
    """Write the difference of two releases as one HTML file."""
    both = (found.before, found.after)
    text = rendered(
        "difference.html",
        before=found.before.manifest,
        after=found.after.manifest,
        maps=[_map(one) for one in both],
        change=_change(found),
        causes=list(cause_lines(found)),
        craters=crater_table(found),
        same=len(found.craters) - len(found.changed),
        settings=_table("Settings in project.yaml that differ", found.settings),
        packages=_table("Versions of software that differ", found.packages),
    )
    write_text(path, text)


def cause_lines(found: ReleaseDifference) -> Iterator[str]:
    """Yield the inputs that differ, and of how many changed craters."""
    for cause, count in found.causes.items():
        yield f"{cause.words} ({count} of {len(found.changed)} changed craters)"
    unexplained = sum(1 for one in found.changed if not one.causes)
    if unexplained:
        yield f"{UNEXPLAINED} ({unexplained} of {len(found.changed)} changed craters)"


def crater_table(found: ReleaseDifference) -> Table:
    """Return the craters that changed, those that changed most first."""
    columns = (
        *("crater", "change", "mask, km\N{SUPERSCRIPT TWO}", "IoU"),
        *(column_words(name) for name in COMPARED),
        "what differs",
    )
    by_change = sorted(found.changed, key=lambda one: (not math.isnan(one.iou), one.iou))
    rows = [_row(one) for one in by_change]
    return Table("Craters whose ejecta changed, the largest changes first", columns, rows)


def change_picture(found: ReleaseDifference) -> NDArray[np.uint8] | None:
    """Return where ejecta came and went, ``(rows, cols, 3)``; None on maps of different grids."""
    if found.before.grid != found.after.grid:
        return None
    one, other = (part.labels(max_side_px=CHANGE_PX) for part in (found.before, found.after))
    was, is_now = one != NODATA, other != NODATA
    rgb = np.empty((*one.shape, 3), np.uint8)
    rgb[...] = PAPER
    rgb[was & is_now] = KEPT
    rgb[was & is_now & (one != other)] = MOVED
    rgb[is_now & ~was] = GAINED
    rgb[was & ~is_now] = LOST
    return rgb


def _row(one: CraterChange) -> list[str]:
    return [
        one.name,
        one.change,
        _pair(one.area_km2),
        number_words(one.iou),
        *(_pair(one.quantities[name]) for name in COMPARED),
        "; ".join(cause.what for cause in one.causes) or UNEXPLAINED,
    ]


def _pair(values: tuple[float, float]) -> str:
    before, after = map(number_words, values)
    return before if before == after else f"{before} {ARROW} {after}"


def _map(one: ReleasedMap) -> EmbeddedPicture:
    label = one.manifest.label
    return embedded_file(one.paths.preview, alt=f"map of release {label}", width_px=MAP_PX)


def _change(found: ReleaseDifference) -> EmbeddedPicture | None:
    rgb = change_picture(found)
    if rgb is None:
        return None
    before, after = found.before.manifest.label, found.after.manifest.label
    title = f"{found.after.manifest.body}: from {before} to {after}"
    drawn = sheet([Panel(rgb)], title=title, legend=LEGEND, width_px=CHANGE_PX)
    return embedded_array(drawn, alt=f"where ejecta came and went {title}", width_px=CHANGE_PX)


def _table(caption: str, differing: Sequence[Cause]) -> Table | None:
    rows = [[one.what, one.before, one.after] for one in differing]
    return Table(caption, ("what", "before", "after"), rows) if rows else None
