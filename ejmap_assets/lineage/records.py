"""A cache of the last materialisations of all partitions of an asset, read in bulk."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import dagster as dg
from pydantic import ConfigDict, TypeAdapter

from ejmap_assets.lineage.provenance import SECONDS, Record, record_of
from ejmap_geo.whole_file import write_text

# Pictures make events large: this many are a few megabytes.
EVENTS_AT_ONCE = 100
# Raise it when the rows of the file change.
FILE_VERSION = 3


class _Row(NamedTuple):
    """A record as it lies in the file: its place in which storage, and what it says."""

    storage: str
    storage_id: int
    data_version: str
    recipe: str
    code_version: str
    inputs: dict[str, str]
    seconds: float | None
    run_id: str
    made_s: float
    files: str


_CONTENT = TypeAdapter(tuple[int, list[_Row]], config=ConfigDict(strict=True))


class RecordCache:
    """Materialisations that were read before.

    An event never changes, so a record cached by its storage id stays valid. The id of each
    partition's last event is queried every time. A tick over hundreds of craters then costs two
    queries an asset. A command, which lives for one answer, keeps the records in a file.

    Args:
        file: Where records are kept; None keeps them in memory alone.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._known = {} if file is None else _kept(file)
        self._used: set[tuple[str, int]] = set()
        self._is_kept = True

    def last(self, instance: dg.DagsterInstance, asset: str) -> Mapping[str | None, Record]:
        """Return the last materialisation of every partition; of its metadata only the duration."""
        storage = instance.event_log_storage
        key = dg.AssetKey(asset)
        places = storage.get_latest_storage_id_by_partition(
            key, dg.DagsterEventType.ASSET_MATERIALIZATION
        )
        which = instance.run_storage.get_run_storage_id()  # pyright: ignore[reportAttributeAccessIssue] - every storage that Dagster comes with has one
        unread = [place for place in places.values() if (which, place) not in self._known]
        for start in range(0, len(unread), EVENTS_AT_ONCE):
            some = unread[start : start + EVENTS_AT_ONCE]
            wanted = dg.AssetRecordsFilter(key, storage_ids=some)
            for event in instance.fetch_materializations(wanted, limit=len(some)).records:
                record = record_of(event)
                if record is not None:
                    self._known[which, event.storage_id] = _without_pictures(record)
                    self._is_kept = False
        found = {
            partition: (which, place)
            for partition, place in places.items()
            if (which, place) in self._known
        }
        self._used |= {*found.values()}
        return {partition: self._known[place] for partition, place in found.items()}

    def keep(self) -> None:
        """Write the records that were asked for to the file, if one of them is new.

        A file that cannot be written costs the next command the time that this one spent.
        """
        if self._file is None or self._is_kept:
            return
        rows = [_row_of(place, self._known[place]) for place in self._known if place in self._used]
        with suppress(OSError):
            write_text(self._file, json.dumps([FILE_VERSION, rows]))


def _without_pictures(record: Record) -> Record:
    kept = {name: value for name, value in record.metadata.items() if name == SECONDS}
    return replace(record, metadata=kept)


def _kept(file: Path) -> dict[tuple[str, int], Record]:
    """Return the records of a file; none if it is missing, damaged or of another version."""
    try:
        version, rows = _CONTENT.validate_json(file.read_bytes())
    except (OSError, ValueError):
        return {}
    if version != FILE_VERSION:
        return {}
    return {(row.storage, row.storage_id): _record_of(row) for row in rows}


def _row_of(place: tuple[str, int], record: Record) -> _Row:
    return _Row(
        *place,
        data_version=record.data_version,
        recipe=record.recipe,
        code_version=record.code_version,
        inputs=dict(record.inputs),
        seconds=record.seconds,
        run_id=record.run_id,
        made_s=record.made_s,
        files=record.files,
    )


def _record_of(row: _Row) -> Record:
    told = {} if row.seconds is None else {SECONDS: dg.MetadataValue.float(row.seconds)}
    return Record(
        data_version=row.data_version,
        recipe=row.recipe,
        storage_id=row.storage_id,
        metadata=told,
        code_version=row.code_version,
        inputs=row.inputs,
        run_id=row.run_id,
        made_s=row.made_s,
        files=row.files,
    )
