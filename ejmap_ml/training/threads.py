"""How many threads a training on CPUs takes: one or all, whichever is measured to be faster.

Threads that share a step wait for each other. On a machine that is busy with something else, all
threads were five times slower than one; on a quiet one they are faster.
"""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import torch

from ejmap_geo.whole_file import write_text

# Steps to measure with each number of threads, after one that allocates memory.
MEASURED_STEPS = 2
# Shorter trainings are over before a measurement pays.
FEWEST_STEPS = 100
KEPT_THREADS = "threads.txt"

Step = Callable[[], object]
Clock = Callable[[], float]


def chosen_threads(
    trial: Callable[[], Step], *, total_steps: int, kept: Path, clock: Clock = time.perf_counter
) -> int:
    """Return the number of threads for a training, and keep it for the time it is resumed.

    All threads there are, without a measurement, if the training is short or uses an accelerator.

    Args:
        trial: Returns what does the work of one training step; called if steps are measured.
        total_steps: Steps of the training.
        kept: File that holds the number of an earlier run of this training, if there was one.
        clock: Tells seconds.
    """
    most = torch.get_num_threads()
    if kept.is_file():
        # Another number would add up in another order, and end with other weights.
        return min(int(kept.read_text(encoding="utf-8")), most)
    if most == 1 or total_steps < FEWEST_STEPS or torch.cuda.is_available():
        return most
    found = faster_threads(trial(), most=most, clock=clock)
    write_text(kept, f"{found}\n")
    return found


def faster_threads(step: Step, *, most: int, clock: Clock = time.perf_counter) -> int:
    """Return 1 or ``most``, whichever takes less time for a step; of equals 1.

    The two take turns, so that a load that comes or goes slows both.
    """
    seconds = {1: 0.0, most: 0.0}
    for turn in range(1 + MEASURED_STEPS):
        for count in seconds:
            with threads(count):
                begun = clock()
                step()
                seconds[count] += clock() - begun if turn else 0.0
    return min(seconds, key=lambda count: (seconds[count], count))


@contextmanager
def threads(count: int) -> Generator[None]:
    """Let torch use ``count`` threads for one operation, and then as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
