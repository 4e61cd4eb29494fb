"""Damaged input for every reader, in this process: ``make test-fuzz``.

Each reader gets copies of sound files with bytes changed, cut, doubled or taken from elsewhere. It
may raise our own errors and nothing else, within 5 s of CPU and 500 MB. The seed of an input is
its number: a run goes on where the last one stopped, and what failed is kept in ``.fuzz``.
"""

import argparse
import json
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ejmap_geo.errors import GeoError
from ejmap_ml.errors import MlError
from ejmap_project.errors import ProjectError
from tests.fuzz.readers import READERS, Reader

OURS = (GeoError, MlError, ProjectError)
CPU_SECONDS = 5
MOST_GROWTH_MB = 500
KEPT = Path(".fuzz")
TOKENS = (b"\x00", b"\xff" * 8, b"0", b"-1", b"1e400", b"NaN", b"[", b"{", b'"', b"\n", b"9" * 30)


class TooLongError(BaseException):
    """An input took more CPU than it may."""


def main() -> int:
    """Run every reader on new inputs, and print a table of what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000, help="a reader; GDAL's get a tenth")
    parser.add_argument("--seconds", type=float, default=6000, help="for all readers together")
    parser.add_argument("--only", help="name of one reader")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    readers = [one for one in READERS if options.only in (None, one.name)]
    state_file = KEPT / "state.json"
    state = json.loads(state_file.read_text()) if state_file.is_file() else {}
    failed = 0
    print("| reader | inputs | read | refused | failed | longest, s of CPU |")
    print("| --- | --: | --: | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as scratch:
        for reader in readers:
            count = options.inputs // (10 if reader.is_slow else 1)
            first = state.get(reader.name, 0)
            seeds, seconds = range(first, first + count), options.seconds / len(readers)
            done, wrong = _fuzz(reader, Path(scratch), seeds, seconds)
            failed += wrong
            state[reader.name] = first + done
            KEPT.mkdir(exist_ok=True)
            state_file.write_text(json.dumps(state))
    return 1 if failed else 0


def _fuzz(reader: Reader, folder: Path, seeds: range, seconds: float) -> tuple[int, int]:
    """Return how many inputs a reader got before its time was over, and how many failed."""
    sound = reader.make(folder)
    reader.read(sound, folder)
    read = refused = failed = 0
    longest = 0.0
    ends = time.monotonic() + seconds
    done = 0
    for seed in seeds:
        if time.monotonic() > ends:
            break
        done += 1
        content = _mutant(sound, random.Random(f"{reader.name} {seed}"))
        before, begun = _most_mb(), time.process_time()
        try:
            with _limit():
                reader.read(content, folder)
            read += 1
        except OURS:
            refused += 1
        except (Exception, TooLongError) as error:  # noqa: BLE001 - what is looked for
            failed += 1
            _keep(reader, seed, content, error)
        longest = max(longest, time.process_time() - begun)
        if _most_mb() - before > MOST_GROWTH_MB:
            failed += 1
            _keep(reader, seed, content, MemoryError(f"grew by {_most_mb() - before:.0f} MB"))
    print(f"| {reader.name} | {done} | {read} | {refused} | {failed} | {longest:.2f} |", flush=True)
    return done, failed


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
def _limit() -> Iterator[None]:
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
