"""How long a step took."""

import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self


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
