"""What work takes: time left from the pace of recent steps, default costs, words for both."""

import bisect
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

# The finished work is cut into so many blocks of equal size, and the median of their durations is
# taken: a block that shared the machine with other programs says nothing about the rest.
BLOCKS = 9
# Before this share is done nothing is said.
LEAST_SHARE = 0.05
LEAST_SECONDS = 3.0
LEAST_ANNOUNCED_SECONDS = 30.0
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


class Cost(NamedTuple):
    """What making artefacts takes.

    Attributes:
        seconds: Time.
        size_bytes: Disk.
        is_measured: Whether the project made such artefacts itself; else some rates are defaults.
    """

    seconds: float = 0.0
    size_bytes: float = 0.0
    is_measured: bool = True

    @property
    def words(self) -> str:
        """Time and disk in words, and by whose rates."""
        rates = "by rates of this project" if self.is_measured else "in part by rates of 2 cores"
        return f"about {time_words(self.seconds)} and {size_words(self.size_bytes)}, {rates}"

    @property
    def is_long(self) -> bool:
        """Whether it is worth telling before it begins."""
        return self.seconds >= LEAST_ANNOUNCED_SECONDS

    def __add__(self, other: "Cost") -> "Cost":  # pyright: ignore[reportIncompatibleMethodOverride] - sums, not a longer tuple
        return Cost(
            self.seconds + other.seconds,
            self.size_bytes + other.size_bytes,
            self.is_measured and other.is_measured,
        )


def _default(seconds: float, megabytes: float) -> Cost:
    return Cost(seconds, megabytes * 1e6, is_measured=False)


# Measured on 2 cores without a GPU, on the demo (synthetic planets, a member of 1100 steps) and on
# rayed craters of Mercury (27, 1440 px a planet).
DEFAULTS: Mapping[str, Cost] = MappingProxyType(
    {
        "basemap_mosaic": _default(2, 2),
        "crater_catalogue": _default(1, 0),
        "manual_masks": _default(1, 0),
        "training_planets": _default(170, 200),
        "labelled_tiles": _default(77, 5),
        "split_table": _default(2, 0),
        "ejconn_samples": _default(94, 20),
        "ejseg_samples": _default(94, 20),
        "ejconn_model": _default(580, 5),
        "ejseg_model": _default(580, 5),
        "promoted_ejconn": _default(3, 5),
        "promoted_ejseg": _default(3, 5),
        "azimuthal_mosaic": _default(0.04, 0.3),
        "tile_store": _default(0.19, 0.5),
        "polar_prediction": _default(1.03, 2.1),
        "connection_predictions": _default(0.08, 0),
        "segmentation_mask": _default(0.17, 0.1),
        "basemap_mask": _default(0.05, 0),
        "promised_recall_mask": _default(0.1, 0),
        "crater_profile": _default(0.21, 0),
        "crater_pattern": _default(1.9, 0.5),
        "global_map": _default(2, 3),
        "ejecta_contrast": _default(1, 0),
    }
)
OF_OTHERS = _default(10, 1)
# Of what the defaults of learning were measured on: six planets of 2048 x 1024 pixels, 1100 steps.
MEASURED_PX, MEASURED_STEPS = 6 * 2048 * 1024, 1100
OF_PLANETS = ("training_planets", "labelled_tiles", "ejconn_samples", "ejseg_samples")
# A member that comes as files is copied.
OF_GIVEN_MEMBER = _default(2, 5)
