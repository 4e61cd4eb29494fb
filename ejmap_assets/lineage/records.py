"""A cache of the last materialisations of all partitions of an asset, read in bulk."""

from collections.abc import Mapping
from dataclasses import replace

import dagster as dg

from ejmap_assets.lineage.provenance import SECONDS, Record, record_of

# Pictures make events large: this many are a few megabytes.
EVENTS_AT_ONCE = 100


class RecordCache:
    """Materialisations that were read before.

    An event never changes, so a record cached by its storage id stays valid. The id of each
    partition's last event is queried every time. A tick over hundreds of craters then costs two
    queries an asset.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Record] = {}

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
                    self._known[which, event.storage_id] = replace(
                        record,
                        metadata={
                            name: value
                            for name, value in record.metadata.items()
                            if name == SECONDS
                        },
                    )
        return {
            partition: self._known[which, place]
            for partition, place in places.items()
            if (which, place) in self._known
        }
