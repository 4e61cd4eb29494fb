"""Measuring: two ways to do the same, in turns in one process, and what the machine could do."""

import argparse
import ctypes
import gc
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

STATUS = Path("/proc/self/status")
# Writing 5 here makes the kernel forget the peak that it remembers of this process.
CLEAR_REFS = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What an operation takes.

    Attributes:
        seconds: Median of the runs.
        peak_gb: Most memory that it held beyond what the process held before it.
        runs: How often it was measured.
    """

    seconds: float
    peak_gb: float
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table: an operation of ours, the plain way and the floor."""

    name: str
    ours: Cost
    plain: Cost
    wanted: float
    floor_s: float

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.plain.seconds / self.ours.seconds


def arguments(about: str) -> argparse.Namespace:
    """Read the command line that all scripts share."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--width", type=int, default=23040, help="columns of the basemap")
    parser.add_argument("--runs", type=int, default=5, help="how often each way is measured")
    parser.add_argument(
        "--budget-s", type=float, default=100, help="after this time three runs are enough"
    )
    return parser.parse_args()


def in_turns(
    ours: Callable[[], object], plain: Callable[[], object], chosen: argparse.Namespace
) -> tuple[Cost, Cost]:
    """Measure two ways in turns; the first call of ours, which compiles, does not count."""
    ours()
    begun_s = time.perf_counter()
    seconds: tuple[list[float], list[float]] = ([], [])
    peaks: tuple[list[float], list[float]] = ([], [])
    while len(seconds[0]) < chosen.runs:
        if len(seconds[0]) >= 3 and time.perf_counter() - begun_s > chosen.budget_s:
            break
        for k, work in enumerate((ours, plain)):
            spent_s, peak_gb = _measured(work)
            seconds[k].append(spent_s)
            peaks[k].append(peak_gb)
    costs = [
        Cost(seconds=statistics.median(seconds[k]), peak_gb=max(peaks[k]), runs=len(seconds[k]))
        for k in range(2)
    ]
    return costs[0], costs[1]


def repeated(work: Callable[[], object], chosen: argparse.Namespace) -> Cost:
    """Measure one way; its first call does not count."""
    work()
    measured = [_measured(work) for _ in range(chosen.runs)]
    return Cost(
        seconds=statistics.median(seconds for seconds, _ in measured),
        peak_gb=max(peak_gb for _, peak_gb in measured),
        runs=len(measured),
    )


def cpu_and_peak(work: Callable[[], object]) -> tuple[float, float]:
    """Return the CPU seconds of a step, and the most memory in GB that it held beyond before."""
    begun_s = time.process_time()
    _, peak_gb = _measured(work)
    return time.process_time() - begun_s, peak_gb


def copy_gb_per_s(threads: int = 2) -> float:
    """Return how many GB a second the machine moves, reading and writing both counted."""
    source = np.ones((threads, 200_000_000), np.uint8)
    target = np.ones_like(source)

    def copy() -> None:
        workers = [
            threading.Thread(target=np.copyto, args=(target[k], source[k])) for k in range(threads)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    seconds = statistics.median(_measured(copy)[0] for _ in range(5))
    return 2 * source.nbytes / 1e9 / seconds


def size_mb(*places: Path) -> float:
    """Return the size of files, and of folders with all that is in them."""
    files = {
        file
        for place in places
        for file in (place.rglob("*") if place.is_dir() else (place,))
        if file.is_file()
    }
    return sum(file.stat().st_size for file in files) / 1e6


def print_table(rows: list[Row]) -> None:
    """Print what was measured, as a Markdown table."""
    print(
        "| operation | ours | peak | plain | peak | runs | ratio | wanted | floor | above floor |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for row in rows:
        wanted = f">= {row.wanted:g}" if row.wanted else ""
        print(
            f"| {row.name} | {_time(row.ours.seconds)} | {row.ours.peak_gb:.2f} GB "
            f"| {_time(row.plain.seconds)} | {row.plain.peak_gb:.2f} GB | {row.plain.runs} "
            f"| **{row.ratio:.1f}** | {wanted} "
            f"| {_time(row.floor_s)} | {row.ours.seconds / row.floor_s:.1f} |",
            flush=True,
        )


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"


def _measured(work: Callable[[], object]) -> tuple[float, float]:
    gc.collect()
    # Freed memory that the allocator keeps would hide what an operation takes.
    ctypes.CDLL(None).malloc_trim(0)
    CLEAR_REFS.write_text("5")
    before = status_gb("VmRSS")
    begun_s = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - begun_s
    peak_gb = status_gb("VmHWM") - before
    del result
    return seconds, peak_gb


def status_gb(name: str) -> float:
    """Return what the kernel counts of this process under a name such as ``VmHWM``."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1e6
