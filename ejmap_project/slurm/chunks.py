"""Craters divided among jobs, so that the last job ends with the others."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from ejmap_geo.whole_file import write_text
from ejmap_project.errors import StepError

# To which the longest chunk is found.
EXACT_SECONDS = 0.01


def divided(seconds: Mapping[str, float], *, jobs: int, least_seconds: float) -> list[list[str]]:
    """Divide craters into runs of neighbours, such that the longest takes as short as possible.

    Neighbours in the order given, because one run of Dagster takes a range of partitions.

    Args:
        seconds: Expected seconds by the key of the crater.
        jobs: Most chunks.
        least_seconds: Work that is worth a job of its own, which must start and load the models.

    Returns:
        The keys of each chunk; every crater is in exactly one.
    """
    if not seconds:
        return []
    total = sum(seconds.values())
    most = max(1, min(jobs, len(seconds), math.ceil(total / max(least_seconds, EXACT_SECONDS))))
    # One chunk holds all of it, however the sum was rounded.
    low, high = max(*seconds.values(), total / most), total + EXACT_SECONDS
    while high - low > EXACT_SECONDS:
        middle = (low + high) / 2
        if len(_filled(seconds, middle)) <= most:
            high = middle
        else:
            low = middle
    return _filled(seconds, high)


def write_chunks(path: Path, chunks: Sequence[Sequence[str]]) -> None:
    """Note the chunks of a submission."""
    write_text(path, json.dumps({"chunks": chunks}, indent=1) + "\n")


def read_chunks(path: Path) -> list[list[str]]:
    """Return the chunks that were noted last.

    Raises:
        StepError: If none were.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))["chunks"]
    except FileNotFoundError as error:
        raise StepError(
            f"there is no {path}; the craters are divided once the models are promoted: "
            "`ejmap run PROJECT --part promotion`"
        ) from error


def _filled(seconds: Mapping[str, float], most: float) -> list[list[str]]:
    """Return as few chunks as there can be of which none takes longer than ``most`` seconds."""
    chunks: list[list[str]] = [[]]
    left = most
    for key, one in seconds.items():
        if chunks[-1] and one > left:
            chunks.append([])
            left = most
        chunks[-1].append(key)
        left -= one
    return chunks
