"""Tables of drawings: read with checks, merged and written.

A row is a ray piece, the edges of a blanket at an azimuth, or a clear box: how to draw them is said
in ``docs/reference-set.md``.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from ejmap_geo.tables.numbers import to_numbers
from ejmap_geo.tables.text_table import read_text_table
from ejmap_geo.whole_file import write_text
from ejmap_project.errors import SourceError
from ejmap_project.reference.drawing import Blanket, ClearBox, Drawing, Ray
from ejmap_project.reference.reference_crater import read_packaged
from ejmap_project.reference.sample_points import direction

DRAWINGS = "drawings.csv"
WORDS = ("body", "crater", "drawer", "kind")
BEGIN = ("azimuth_begin_deg", "range_begin_deg")
END = ("azimuth_end_deg", "range_end_deg")
NUMBERS = (*BEGIN, *END, "half_width_deg", "confidence")
COLUMNS = (*WORDS, *NUMBERS)
RAY, BLANKET, CLEAR = KINDS = ("ray", "blanket", "clear")
FEWEST_EDGES = 3
# A box across north may be written as 350 to 10 or as 350 to 370.
MOST_AZIMUTH_DEG = 720
# Of the angle between the ends of a ray: below it they are one place, or opposite ones.
LEAST_SINE = 1e-9


class _Rule(NamedTuple):
    """What rows must satisfy: which break it, and what to tell of one."""

    broken: "pd.Series[bool]"
    says: str


def read_drawings(path: Path | None = None) -> list[Drawing]:
    """Return the drawings of a table, by body, crater and drawer.

    Args:
        path: The table; None reads the packaged one.

    Raises:
        SourceError: If it is no such table; the sentence names the row.
    """
    table = read_packaged(DRAWINGS, read_table) if path is None else read_table(path)
    return [
        _drawing(Words(*map(str, names)), rows)
        for names, rows in table.groupby(["body", "crater", "drawer"], sort=True)
    ]


def read_table(path: Path) -> pd.DataFrame:
    """Read and check a table of drawings.

    Returns:
        The columns :data:`COLUMNS`, as they lie in the file.

    Raises:
        SourceError: If it is no such table; the sentence names the row.
    """
    table, _ = read_text_table(path, what="table of drawings", error=SourceError)
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise SourceError(f"{path} has no column {missing[0]}; it needs {','.join(COLUMNS)}")
    numbers = table[list(NUMBERS)].apply(to_numbers)
    words = table[list(WORDS)].fillna("").astype(str).apply(lambda one: one.str.strip())
    checked = pd.concat([words, numbers], axis=1)
    for rule in _rules(checked):
        if rule.broken.any():
            number = int(rule.broken.to_numpy().argmax())
            row = checked.iloc[number]
            raise SourceError(
                f"{path}, row {number + 1} ({row['crater'] or 'no crater'}, {row['kind']}): "
                f"{rule.says}"
            )
    return checked


def merged(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return several tables as one, its rows sorted, so that equal drawings give equal files."""
    table = pd.concat(tables, ignore_index=True)
    order = table["kind"].map({kind: place for place, kind in enumerate(KINDS)})
    keys = ["body", "crater", "drawer", "_order", *BEGIN, *END, "half_width_deg"]
    return table.assign(_order=order).sort_values(keys, ignore_index=True)[list(COLUMNS)]


def write_table(path: Path, table: pd.DataFrame, *, notes: Iterable[str] = ()) -> None:
    """Write a table of drawings.

    Args:
        path: Where it goes.
        table: The columns :data:`COLUMNS`.
        notes: Lines of comment before the header.
    """
    head = "".join(f"# {note}\n" for note in notes)
    rows = table.map(lambda one: f"{one:g}" if isinstance(one, float) else str(one))
    write_text(path, head + rows.replace("nan", "").to_csv(index=False, lineterminator="\n"))


class Words(NamedTuple):
    """What a drawing is called by."""

    body: str
    crater: str
    drawer: str


def _sine_between(near: pd.Series, far: pd.Series, azimuths: pd.DataFrame) -> pd.Series:
    """Return the sine of the angle between the ends of each row; NaN where an end is missing."""
    begin, end = (
        direction(np.radians(range_deg.to_numpy(float)), np.radians(azimuths.iloc[:, k].to_numpy()))
        for k, range_deg in enumerate((near, far))
    )
    return pd.Series(np.linalg.norm(np.cross(begin, end), axis=-1), index=near.index)


def _rules(table: pd.DataFrame) -> Iterator[_Rule]:
    kind, near, far = table["kind"], table["range_begin_deg"], table["range_end_deg"]
    azimuths = table[["azimuth_begin_deg", "azimuth_end_deg"]]
    is_ray, is_box, is_edge = kind == RAY, kind == CLEAR, kind == BLANKET
    yield _Rule(~kind.isin(KINDS), f"the kind must be one of {', '.join(KINDS)}; correct it")
    yield _Rule(
        (table[["body", "crater", "drawer"]] == "").any(axis=1),
        "body, crater and drawer must be named; fill them in",
    )
    yield _Rule(
        ~azimuths.apply(lambda one: one.between(0, MOST_AZIMUTH_DEG)).all(axis=1),
        f"azimuths must lie in 0..{MOST_AZIMUTH_DEG} degrees (once round past north at most); "
        "correct them",
    )
    yield _Rule(
        ~(near.between(0, 180) & far.between(0, 180)),
        "ranges must lie in 0..180 degrees of arc; correct them",
    )
    yield _Rule(
        is_ray & ~table["half_width_deg"].gt(0),
        "half_width_deg of a ray must be positive degrees of arc; fill it in",
    )
    yield _Rule(
        is_ray & ~table["confidence"].isin((1, 2, 3)),
        "the confidence of a ray must be 1, 2 or 3; fill it in",
    )
    yield _Rule(
        is_ray & (_sine_between(near, far, azimuths) < LEAST_SINE),
        "the ray has no length, or goes half round the planet; give its two ends",
    )
    yield _Rule(is_box & ~(far > near), "a clear box must end farther out than it begins")
    yield _Rule(
        is_box & (azimuths.iloc[:, 0] == azimuths.iloc[:, 1]),
        "a clear box must have a width in azimuth; a whole ring is 0 to 360",
    )
    yield _Rule(
        is_box & (azimuths.iloc[:, 1] - azimuths.iloc[:, 0] > 360),
        "a clear box must not go round more than once",
    )
    yield _Rule(
        is_edge & (azimuths.iloc[:, 0] != azimuths.iloc[:, 1]),
        "a row of a blanket has one azimuth; write it in both columns",
    )
    yield _Rule(is_edge & (far < near), "the blanket ends before it begins; swap its edges")


def _drawing(names: Words, rows: pd.DataFrame) -> Drawing:
    rays, edges, boxes = (rows[rows["kind"] == kind] for kind in KINDS)
    return Drawing(
        body=names.body,
        crater=names.crater,
        drawer=names.drawer,
        rays=tuple(map(_ray, rays[list(NUMBERS)].itertuples(index=False, name=None))),
        blanket=None if edges.empty else _blanket(names, edges),
        clear=tuple(map(_box, boxes[list(NUMBERS)].itertuples(index=False, name=None))),
    )


def _ray(numbers: tuple[float, ...]) -> Ray:
    azimuth_begin, range_begin, azimuth_end, range_end, half_width, confidence = numbers
    return Ray(
        azimuth_deg=(azimuth_begin, azimuth_end),
        range_deg=(range_begin, range_end),
        half_width_deg=half_width,
        confidence=int(confidence),
    )


def _box(numbers: tuple[float, ...]) -> ClearBox:
    azimuth_begin, range_begin, azimuth_end, range_end, *_ = numbers
    # Clockwise through north.
    last = azimuth_end + 360 if azimuth_end < azimuth_begin else azimuth_end
    return ClearBox(azimuth_deg=(azimuth_begin, last), range_deg=(range_begin, range_end))


def _blanket(names: Words, edges: pd.DataFrame) -> Blanket:
    azimuth = edges["azimuth_begin_deg"] % 360
    order = azimuth.argsort()
    if azimuth.duplicated().any():
        twice = float(azimuth[azimuth.duplicated()].iloc[0])
        raise SourceError(
            f"the blanket of {names.crater} by {names.drawer} has two rows at azimuth {twice:g} "
            "(0 and 360 are one); remove one"
        )
    if len(edges) < FEWEST_EDGES:
        raise SourceError(
            f"the blanket of {names.crater} by {names.drawer} has {len(edges)} rows; draw its "
            f"edges at {FEWEST_EDGES} azimuths or more"
        )
    return Blanket(
        azimuth_deg=azimuth.to_numpy(float)[order],
        inner_deg=edges["range_begin_deg"].to_numpy(float)[order],
        outer_deg=edges["range_end_deg"].to_numpy(float)[order],
    )
