"""What an asset hands over once its files are written."""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeAlias

import pandas as pd
from dagster import MetadataValue

MetadataEntry: TypeAlias = MetadataValue[Any] | str | float | int | bool
Metadata: TypeAlias = dict[str, MetadataEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """An artefact that lies in its place on disk.

    Attributes:
        content: Digest of its content, from :func:`ejmap_assets.provenance.content_version`.
        metadata: Numbers and pictures a scientist would look at, by name.
        table: The table that was written, if it is one that others build on: it is checked, and
            the UI shows its columns.
    """

    content: str
    metadata: Mapping[str, MetadataEntry] = field(default_factory=dict[str, MetadataEntry])
    table: pd.DataFrame | None = None


class Stopwatch(AbstractContextManager["Stopwatch"]):
    """Seconds spent in a ``with`` block."""

    def __enter__(self) -> Self:
        self._start = time.perf_counter()
        self.seconds = 0.0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.seconds = time.perf_counter() - self._start
