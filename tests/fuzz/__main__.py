"""Damaged input for every reader, in this process: ``make test-fuzz``.

Each reader gets copies of sound files with bytes changed, cut, doubled or taken from elsewhere. It
may raise our own errors and nothing else, within 5 s of CPU and 500 MB. The seed of an input is
its number: a run goes on where the last one stopped, also where that was killed, and what failed is
kept in ``.fuzz``. The exit code is 1 where an input failed, 2 where time was too short for all.
"""

import argparse
import json
import logging
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ejmap_geo.errors import GeoError
from ejmap_ml.errors import MlError
from ejmap_project.errors import ProjectError
from tests.fuzz.readers import READERS, Reader

OURS = (GeoError, MlError, ProjectError)
CPU_SECONDS = 5
MOST_GROWTH_MB = 500
# What a killed run loses at most.
KEEP_SECONDS = 10
# Files of inputs lie in memory, where there is some: a busy disk takes longer than most readers.
MEMORY = Path("/dev/shm")  # noqa: S108 - only its own folder there is used
KEPT = Path(".fuzz")
STATE = KEPT / "tallies.json"
TOKENS = (b"\x00", b"\xff" * 8, b"0", b"-1", b"1e400", b"NaN", b"[", b"{", b'"', b"\n", b"9" * 30)


class TooLongError(BaseException):
    """An input took more CPU than it may."""


@dataclass
class Tally:
    """What came of the inputs of a reader so far, over sessions; the next input has their number.

    Attributes:
        read: Inputs that were read.
        refused: Inputs that one of our own errors refused.
        failed: Inputs that did something else.
        longest: Seconds of CPU of the longest.
    """

    read: int = 0
    refused: int = 0
    failed: int = 0
    longest: float = 0.0

    @property
    def inputs(self) -> int:
        """How many inputs there were."""
        return self.read + self.refused + self.failed


def main() -> int:
    """Give every reader the inputs that it has not had yet, and print what came of all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6000, help="for all readers together")
    parser.add_argument("--only", help="name of one reader")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    tallies = {name: Tally(**told) for name, told in _kept().items()}
    readers = [one for one in READERS if options.only in (None, one.name)]
    ends = time.monotonic() + options.seconds
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="ejmap_fuzz_", dir=memory) as scratch:
        for left, reader in zip(range(len(readers), 0, -1), readers, strict=True):
            tally = tallies.setdefault(reader.name, Tally())
            # What a reader does not need, those after it have.
            until = time.monotonic() + (ends - time.monotonic()) / left
            for _ in _fuzzed(reader, Path(scratch), tally, until=until):
                _write(tallies)
    print("| reader | seeds | inputs | read | refused | failed | longest, s of CPU |")
    print("| --- | --- | --: | --: | --: | --: | --: |")
    for name, one in tallies.items():
        counts = f"{one.inputs:,} | {one.read:,} | {one.refused:,} | {one.failed}"
        print(f"| {name} | 0 to {one.inputs - 1:,} | {counts} | {one.longest:.2f} |")
    if any(one.failed for one in tallies.values()):
        return 1
    short = [one.name for one in readers if tallies[one.name].inputs < one.inputs]
    if short:
        print(f"short of their number, run it again: {', '.join(short)}")
    return 2 if short else 0


def _kept() -> dict[str, dict[str, Any]]:
    return json.loads(STATE.read_text()) if STATE.is_file() else {}


def _write(tallies: Mapping[str, Tally]) -> None:
    KEPT.mkdir(exist_ok=True)
    unfinished = STATE.with_suffix(".new")
    unfinished.write_text(json.dumps({name: asdict(one) for name, one in tallies.items()}))
    unfinished.replace(STATE)


def _fuzzed(reader: Reader, folder: Path, tally: Tally, *, until: float) -> Iterator[None]:
    """Count what comes of a reader's next inputs, and yield when that is to be kept."""
    sound = reader.make(folder)
    reader.read(sound, folder)
    kept = time.monotonic()
    while tally.inputs < reader.inputs and time.monotonic() < until:
        seed = tally.inputs
        content = _mutant(sound, random.Random(f"{reader.name} {seed}"))
        before, begun = _most_mb(), time.process_time()
        try:
            with _limit():
                reader.read(content, folder)
            fault, outcome = None, "read"
        except OURS:
            fault, outcome = None, "refused"
        except (Exception, TooLongError) as error:  # noqa: BLE001 - what is looked for
            fault, outcome = error, "failed"
        tally.longest = max(tally.longest, time.process_time() - begun)
        if _most_mb() - before > MOST_GROWTH_MB:
            fault = MemoryError(f"grew by {_most_mb() - before:.0f} MB")
        if fault is not None:
            outcome = "failed"
            _keep(reader, seed, content, fault)
        setattr(tally, outcome, getattr(tally, outcome) + 1)
        if time.monotonic() > kept + KEEP_SECONDS:
            yield
            kept = time.monotonic()
    yield


def _mutant(sound: bytes, rng: random.Random) -> bytes:
    content = bytearray(sound)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        size = len(content)
        start = rng.randrange(size + 1)
        stop = min(size, start + rng.choice((1, 4, 16, 200, size)))
        match rng.randrange(7):
            case 0 if size:
                content[start % size] ^= 1 << rng.randrange(8)
            case 1:
                del content[start:stop]
            case 2:
                content[start:start] = content[start:stop][:100_000]
            case 3:
                content[start:stop] = rng.randbytes(min(stop - start, 64))
            case 4:
                content[start:stop] = rng.choice(TOKENS)
            case 5:
                content[start:start] = rng.choice(TOKENS) * rng.choice((1, 50, 2000))
            case _:
                del content[start:]
    return bytes(content)


@contextmanager
def _limit() -> Generator[None]:
    def stop(*_: object) -> None:
        raise TooLongError(f"more than {CPU_SECONDS} s of CPU")

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _most_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _keep(reader: Reader, seed: int, content: bytes, error: BaseException) -> None:
    folder = KEPT / "failed"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{reader.name.replace(' ', '_')}-{seed}"
    place.write_bytes(content)
    told = "".join(traceback.format_exception(error))
    place.with_name(f"{place.name}.txt").write_text(told)


if __name__ == "__main__":
    sys.exit(main())
