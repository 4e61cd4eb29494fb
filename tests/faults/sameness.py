"""Whether two projects hold the same: every file, byte for byte, but dates and ids of runs.

What differs between two undisturbed runs by design, and is left out here: date and run in the tags
of rasters and in texts, dates in GeoPackages, and how long a training took.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

import rasterio

# Notes on files and runs, pictures for the pages, and results that are kept for a roll-back.
ASIDE = frozenset({"manifests", "pictures", "kept", "damaged"})
TAGS_OF_RUN = frozenset({"TIFFTAG_DATETIME", "EJMAP_RUN"})
DATE = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00| UTC)?")
RUN = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DURATION = re.compile(rb'"time_\w+_s": [\d.e-]+')
# Tables with the durations of trainings.
TIMED = frozenset({"model_comparison.csv", "model_comparison.parquet"})


def digests_of(project: Path) -> dict[str, str]:
    """Return a digest of every file below ``data``, by its path there."""
    data = project / "data"
    files = (one.relative_to(data) for one in data.rglob("*") if one.is_file())
    counted = [
        one
        for one in files
        if one.name not in TIMED
        and not ASIDE.intersection(one.parts)
        and not any(part.startswith(".") for part in one.parts)
    ]
    return {str(one): _digest(data / one) for one in sorted(counted)}


def differences(found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Return the files that differ, are missing, or are there in addition."""
    return sorted(
        name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)
    )


def _digest(path: Path) -> str:
    read = READERS.get(path.suffix, Path.read_bytes)
    return hashlib.sha256(read(path)).hexdigest()


def _raster(path: Path) -> bytes:
    with rasterio.open(path) as raster:
        tags = {name: tag for name, tag in raster.tags().items() if name not in TAGS_OF_RUN}
        levels = [raster.overviews(one) for one in raster.indexes]
        bands = [(raster.tags(one), raster.descriptions[one - 1]) for one in raster.indexes]
        profile = {key: str(value) for key, value in raster.profile.items()}
        return repr((profile, tags, levels, bands)).encode() + raster.read().tobytes()


def _database(path: Path) -> bytes:
    database = sqlite3.connect(path)
    try:
        return DATE.sub(b"", "\n".join(database.iterdump()).encode())
    finally:
        database.close()


def _text(path: Path) -> bytes:
    return DURATION.sub(b"", RUN.sub(b"", DATE.sub(b"", path.read_bytes())))


READERS: Mapping[str, Callable[[Path], bytes]] = {
    ".tif": _raster,
    ".gpkg": _database,
    **dict.fromkeys((".js", ".json", ".jsonl", ".html"), _text),
}


def makers(project: Path) -> dict[int, str]:
    """Return which artefact a process was making when it ended, by the number of the process."""
    notes = (project / "data" / "manifests").glob("*/*.json")
    found = {maker_of(one): one.parent.name for one in notes}
    return {maker: asset for maker, asset in found.items() if maker is not None}


def maker_of(note: Path) -> int | None:
    """Return the process that a manifest names as its maker; None if it was made."""
    told = json.loads(note.read_bytes())
    return told["maker"]["process_id"] if isinstance(told, dict) and "maker" in told else None
