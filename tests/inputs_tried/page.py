"""The page of inputs that were tried, made of one table a helper of the tests."""

import csv
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "inputs-tried.md"
COLUMNS = ("kind", "what", "outcome")
HEAD = """# Inputs that were tried

Files, tables, settings and environments as other people bring them, and what EJMAP does with each.
*Read right* means that positions and values were compared with what the file states; every other
input is refused in one sentence. The tests make each input, compare the outcome with this page, and
fail if they differ; `python -m tests.inputs_tried` writes it again.
"""


def read_part(name: str) -> list[tuple[str, str, str]]:
    """Return the rows of a part: kind, what was tried, what came of it."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [(row["kind"], row["what"], row["outcome"]) for row in csv.DictReader(lines)]


def write_part(name: str, rows: list[tuple[str, str, str]]) -> None:
    """Write the rows of a part."""
    with (FOLDER / f"{name}.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def page() -> str:
    """Return the page, part by part in the order of their names."""
    lines = [HEAD.rstrip("\n")]
    for path in sorted(FOLDER.glob("*.csv")):
        rows = read_part(path.stem)
        lines += ["", f"## {path.stem.capitalize()}", "", f"{len(rows)} inputs.", ""]
        lines += ["| kind | input | outcome |", "| --- | --- | --- |"]
        lines += [f"| {' | '.join(_cell(text) for text in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
