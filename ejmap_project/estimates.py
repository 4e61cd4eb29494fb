"""How long work still takes, from the pace of its recent steps; durations and sizes in words."""

import bisect
import time
from collections.abc import Callable

# The finished work is cut into so many blocks of equal size, and the median of their durations is
# taken: a block that shared the machine with other programs says nothing about the rest.
BLOCKS = 9
# Before this share is done nothing is said.
LEAST_SHARE = 0.05
LEAST_SECONDS = 3.0
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


class TimeLeft:
    """Remaining seconds of work that is told in equal parts.

    Work that is told with another total, or that starts again at a smaller number, is new work.

    Args:
        clock: Seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._total = 0
        self._done: list[int] = []
        self._at: list[float] = []

    def update(self, *, done: int, total: int) -> None:
        """Note that ``done`` of ``total`` parts are finished now."""
        if total != self._total or (self._done and done < self._done[-1]):
            self._total, self._done, self._at = total, [], []
        if not self._done or done > self._done[-1]:
            self._done.append(done)
            self._at.append(self._clock())

    @property
    def seconds(self) -> float | None:
        """Seconds that the rest takes; None while too little is done to tell, or nothing is left.

        The finished parts are cut into blocks of equal size; the median of their durations is the
        pace of the rest. The first part is left out, since it compiles and loads.
        """
        if len(self._done) < 2:
            return None
        share, last = self._done[-1] / self._total, self._done[-1]
        if not LEAST_SHARE < share < 1 or self._at[-1] - self._at[0] < LEAST_SECONDS:
            return None
        first = self._done[1 if len(self._done) > 2 else 0]
        blocks = min(BLOCKS, last - first)
        size = (last - first) / blocks
        edges = [self._reached(first + size * number) for number in range(blocks + 1)]
        paces = sorted((edges[one + 1] - edges[one]) / size for one in range(blocks))
        pace = (paces[blocks // 2] + paces[(blocks - 1) // 2]) / 2
        # What was spent on the part that is not finished yet is no part of the rest.
        spent = self._clock() - self._at[-1]
        return max(0.0, pace * (self._total - last) - spent)

    def _reached(self, done: float) -> float:
        """Return when so many parts were finished, linear between two updates."""
        after = min(bisect.bisect_left(self._done, done), len(self._done) - 1)
        before = max(after - 1, 0)
        span = self._done[after] - self._done[before]
        share = (done - self._done[before]) / span if span else 0.0
        return self._at[before] + share * (self._at[after] - self._at[before])


def time_words(seconds: float) -> str:
    """Return a duration in words, as exact as an estimate is: ``40 s``, ``12 min``, ``3 h``."""
    if seconds < 1.5 * MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 1.5 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:.0f} h" if seconds < 2 * DAY else f"{seconds / DAY:.0f} days"


def size_words(size_bytes: float) -> str:
    """Return a size in words: ``40 MB``, ``1.2 GB``; less than a megabyte counts as one."""
    if size_bytes < 1e9:
        return f"{max(1, round(size_bytes / 1e6))} MB"
    return f"{size_bytes / 1e9:.1f} GB"
