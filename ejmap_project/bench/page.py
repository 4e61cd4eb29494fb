"""The table of the bench as rows of text, for a terminal, for docs/bench.md and for the README."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ejmap_geo.whole_file import write_text
from ejmap_project.bench.scores import band_names
from ejmap_project.bench.table import LOOKS, Document
from ejmap_project.errors import SourceError

UNKNOWN = "-"
# The ready-made ensemble that new projects name.
DEFAULT = "ready_grey"
# Titles of scores of the real craters, by how a document calls them.
REAL = {
    "blanket": "blanket",
    "ray": "rays",
    "ray_confidence_3": "sure",
    "ray_far": "> 15 deg",
    "false_area": "false",
    "chance": "turned",
}
REAL_PARTS = {
    "ray_near": "< 5 deg",
    "ray_middle": "5-15 deg",
    "ray_far": "> 15 deg",
    "ray_confidence_3": "sure",
    "ray_confidence_2": "probable",
    "ray_confidence_1": "faint",
}
PLANETS = {
    "pixel_f1": "F1",
    "lead": "lead",
    "origin": "origin",
    "calibration_error": "ECE",
}
SPREAD = {"pixel_f1": "F1", "origin": "origin", "lead": "lead"}


class TextTable(NamedTuple):
    """A table of text; the first column is left-aligned, the others hold numbers."""

    titles: tuple[str, ...]
    rows: list[tuple[str, ...]]


def main_table(document: Document) -> TextTable:
    """Return what decides: an entry a row, planets of both looks and real craters."""
    return _by_entry(document, [*((look, PLANETS) for look in LOOKS), ("real", REAL)])


def parts_table(document: Document) -> TextTable:
    """Return scores by distance and by confidence."""
    planets = {"precision": "precision", "recall": "recall", **band_names()}
    return _by_entry(document, [*((look, planets) for look in LOOKS), ("real", REAL_PARTS)])


def spread_table(document: Document) -> TextTable:
    """Return lowest and highest values: over planets and resampled craters, and over members."""
    titles = ("entry", "over", *(f"{look} {one}" for look in LOOKS for one in SPREAD.values()))
    rows: list[tuple[str, ...]] = []
    for entry in document["entries"]:
        spread = entry["spread"]
        kinds = {
            "planets, craters": {**spread["planets"], "real": spread["craters"]},
            "members": spread["members"],
        }
        for kind, parts in kinds.items():
            if not any(parts.values()):
                continue
            planets = [_limits(parts[look], name) for look in LOOKS for name in SPREAD]
            real = [_limits(parts["real"], name) for name in _SPREAD_REAL]
            rows.append((entry["entry"], kind, *planets, *real))
    return TextTable((*titles, *(REAL[name] for name in _SPREAD_REAL)), rows)


_SPREAD_REAL = tuple(name for name in REAL if name != "chance")


def readme_lines(document: Document, reported: Mapping[str, Any] | None) -> list[str]:
    """Return the README's figures of the ready-made model that new projects name, in Markdown.

    Args:
        document: The table of the bench.
        reported: Summary of the reported part of the reference set by the digest of the ensemble
            that was scored, as ``docs/reported.json`` holds it; other ensembles have no such row.
    """
    ready = [one for one in document["entries"] if one["entry"] == DEFAULT]
    planets = [_readme_planets(one, look) for one in ready for look in LOOKS if one[look]]
    real = [row for one in ready for row in _readme_real(one, reported)]
    planet_titles = ("unseen planets", "pixel F1", "lead over the best rule", "right crater", "ECE")
    real_titles = ("real craters", "craters", *REAL.values())
    return [
        *markdown(TextTable(real_titles, real)),
        "",
        *markdown(TextTable(planet_titles, planets)),
    ]


def write_pages(root: Path) -> None:
    """Write the tables of ``docs/bench.json`` into ``docs/bench.md`` and ``README.md``.

    Args:
        root: Folder of the repository.

    Raises:
        SourceError: If a page has no place for them.
    """
    for path, text in pages(root).items():
        write_text(path, text)


def pages(root: Path) -> dict[Path, str]:
    """Return the pages as :func:`write_pages` writes them."""
    docs, readme = root / "docs", root / "README.md"
    document = json.loads((docs / "bench.json").read_text(encoding="utf-8"))
    reported = json.loads((docs / "reported.json").read_text(encoding="utf-8"))
    page = (docs / "bench.md").read_text(encoding="utf-8")
    tables = {"entries": main_table, "parts": parts_table, "spread": spread_table}
    for name, table in tables.items():
        page = with_block(page, name, markdown(table(document)))
    lines = readme_lines(document, reported)
    text = with_block(readme.read_text(encoding="utf-8"), "figures", lines)
    return {docs / "bench.md": page, readme: text}


def markdown(table: TextTable) -> list[str]:
    """Return a table in Markdown."""
    rule = ["---"] + ["---:"] * (len(table.titles) - 1)
    return [f"| {' | '.join(cells)} |" for cells in (table.titles, rule, *table.rows)]


def with_block(text: str, name: str, lines: Sequence[str]) -> str:
    """Return a page with other lines between ``<!-- NAME -->`` and ``<!-- /NAME -->``.

    Raises:
        SourceError: If the page has no such place.
    """
    pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise SourceError(f"the page has no place <!-- {name} --> ... <!-- /{name} -->; add one")
    body = "\n".join(lines)
    return pattern.sub(lambda found: f"{found[1]}{body}\n{found[2]}", text)


def _by_entry(document: Document, parts: Sequence[tuple[str, Mapping[str, str]]]) -> TextTable:
    titles = [f"{part} {title}" for part, names in parts for title in names.values()]
    rows = [
        (
            str(entry["entry"]),
            *(_cell((entry[part] or {}).get(name)) for part, names in parts for name in names),
        )
        for entry in document["entries"]
    ]
    return TextTable(("entry", *(title.removeprefix("real ") for title in titles)), rows)


def _readme_planets(entry: Document, look: str) -> tuple[str, ...]:
    means, spread = entry[look], entry["spread"]["planets"][look]
    return (
        f"{entry['entry']}, {look}",
        *(
            f"{_cell(means[name])} {_range(spread, name)}"
            for name in ("pixel_f1", "lead", "origin")
        ),
        _cell(means["calibration_error"]),
    )


def _readme_real(entry: Document, reported: Mapping[str, Any] | None) -> list[tuple[str, ...]]:
    name, spread = entry["entry"], entry["spread"]
    rows = [_real_row(f"{name}, deciding {body}", row) for body, row in entry["bodies"].items()]
    overall = entry["real"]
    cells = [f"{_cell(overall[one])} {_range(spread['craters'], one)}".strip() for one in REAL]
    rows.append((f"{name}, deciding, all", str(overall["craters"]), *cells))
    if spread["members"]["real"]:
        members = [_limits(spread["members"]["real"], one) for one in REAL]
        rows.append((f"{name}, each member alone", str(overall["craters"]), *members))
    summary = (reported or {}).get(entry["model"], {})
    rows += [_real_row(f"{name}, reported {body}", row) for body, row in summary.items()]
    return rows


def _real_row(title: str, row: Document) -> tuple[str, ...]:
    return (title, str(row["craters"]), *(_cell(row[one]) for one in REAL))


def _range(spread: Mapping[str, list[float]] | None, name: str) -> str:
    limits = _limits(spread, name)
    return "" if limits == UNKNOWN else f"({limits})"


def _limits(spread: Mapping[str, list[float]] | None, name: str) -> str:
    if spread is None or spread.get(name) is None:
        return UNKNOWN
    low, high = spread[name]
    return f"{_cell(low)} to {_cell(high)}"


def _cell(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"
