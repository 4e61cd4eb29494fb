"""A cache of the last materialisations of all partitions of an asset, read in bulk."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import dagster as dg

from ejmap_assets.lineage.provenance import SECONDS, Record, record_of
from ejmap_geo.whole_file import write_text

# Pictures make events large: this many are a few megabytes.
EVENTS_AT_ONCE = 100
# Raise it when the rows of the file change.
FILE_VERSION = 3


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
        rows = [
            (
                *place,
                record.data_version,
                record.recipe,
                record.code_version,
                dict(record.inputs),
                record.seconds,
                record.run_id,
                record.made_s,
                record.files,
            )
            for place, record in self._known.items()
            if place in self._used
        ]
        with suppress(OSError):
            write_text(self._file, json.dumps([FILE_VERSION, rows]))


def _without_pictures(record: Record) -> Record:
    kept = {name: value for name, value in record.metadata.items() if name == SECONDS}
    return replace(record, metadata=kept)


def _kept(file: Path) -> dict[tuple[str, int], Record]:
    """Return the records of a file; none if it is missing, damaged or of another version."""
    try:
        version, rows = json.loads(file.read_text(encoding="utf-8"))
        if version != FILE_VERSION:
            return {}
        return {
            (which, place): Record(
                data_version=data_version,
                recipe=recipe,
                storage_id=place,
                metadata={} if seconds is None else {SECONDS: dg.MetadataValue.float(seconds)},
                code_version=code_version,
                inputs=inputs,
                run_id=run_id,
                made_s=made_s,
                files=files,
            )
            for (
                which,
                place,
                data_version,
                recipe,
                code_version,
                inputs,
                seconds,
                run_id,
                made_s,
                files,
            ) in rows
        }
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
