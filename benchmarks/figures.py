"""Write the figures of docs/bench.md and of the README anew.

Scores the standard entries of the bench and those that are named, keeps rows of entries that are
not at hand while planets and drawings are the same, and writes docs/bench.json and both pages.

    benchmarks/figures.py                                 # rules and ready-made models
    benchmarks/figures.py "version 0.1=FOLDER"            # further entries of the table
    benchmarks/figures.py --only-pages                    # the pages from docs/bench.json
    benchmarks/figures.py --report                        # also the reported part: once, at the end
"""

import argparse
import json
from pathlib import Path
from typing import Any

from ejmap_cli.console import Console
from ejmap_geo.whole_file import write_text
from ejmap_project.bench.entries import bench_entries
from ejmap_project.bench.entry import Entry
from ejmap_project.bench.page import write_pages
from ejmap_project.bench.planets import BenchSet
from ejmap_project.bench.scoring import score_entries
from ejmap_project.bench.table import Document, bench_document, with_former_entries
from ejmap_project.models.asked_ensemble import asked_bundles
from ejmap_project.reference.ensemble_masks import score_ensemble
from ejmap_project.reference.reference_set import reference_set

ROOT = Path(__file__).parents[1]
DOCUMENT, REPORTED = ROOT / "docs" / "bench.json", ROOT / "docs" / "reported.json"


def main() -> None:
    """Score, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("entries", nargs="*", metavar="[NAME=]ENTRY")
    parser.add_argument("--work", type=Path, default=Path("bench"), help="folder of the bench")
    parser.add_argument("--only-pages", action="store_true", help="score nothing")
    parser.add_argument("--report", action="store_true", help="also score the reported part")
    chosen = parser.parse_args()
    if not chosen.only_pages:
        bench = BenchSet()
        entries = bench_entries(chosen.entries, bench, chosen.work)
        _write(DOCUMENT, _scored(entries, bench, chosen.work))
        if chosen.report:
            _write(REPORTED, _reported(entries))
    write_pages(ROOT)


def _scored(entries: list[Entry], bench: BenchSet, work: Path) -> Document:
    with Console() as console:
        scores = score_entries(entries, bench, work=work, progress=console)
    former = json.loads(DOCUMENT.read_text(encoding="utf-8")) if DOCUMENT.is_file() else None
    return with_former_entries(bench_document(scores, bench), former)


def _reported(entries: list[Entry]) -> dict[str, Any]:
    """Return summaries by body of the ready-made ensembles, by the digest of their weights."""
    craters = reference_set(part="report")
    summaries: dict[str, Any] = {}
    for one in entries:
        if one.model_version is not None and one.name.startswith("ready_"):
            scores = score_ensemble(asked_bundles([Path(one.name)]), craters)
            rows = json.loads(scores.summary.set_index("body").to_json(orient="index"))
            summaries[one.model_version] = {name: rows[name] for name in rows if name != "all"}
    return summaries


def _write(path: Path, value: object) -> None:
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
