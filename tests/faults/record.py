"""The faults that were tried, kept over sessions: ``python -m tests.faults.record`` lists them.

Each line of ``.faults/tried.jsonl`` is one fault and what came of it. It is written when the test
has seen the outcome, so a fault that a test stumbled on is not in it. The number of a random fault
is its seed: a session goes on with the next number.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FILE = Path(".faults") / "tried.jsonl"


class Tried(NamedTuple):
    """A fault that was tried.

    Attributes:
        fault: Which kind.
        number: Its number, which is its seed where it is random.
        where: What it fell into.
        outcome: What came of it.
    """

    fault: str
    number: int
    where: str
    outcome: str


def tried() -> list[Tried]:
    """Return what was tried so far."""
    if not FILE.is_file():
        return []
    return [Tried(*json.loads(line)) for line in FILE.read_text(encoding="utf-8").splitlines()]


def first_untried(fault: str) -> int:
    """Return the lowest number, from 1, that a kind of fault was not tried with yet."""
    return 1 + max((one.number for one in tried() if one.fault == fault), default=0)


def note(*some: Tried) -> None:
    """Add what was tried."""
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(one)}\n" for one in some)


def table() -> Iterator[str]:
    """Yield the rows of a table of faults and outcomes, as Markdown."""
    yield "| fault | numbers | tried | fell into | outcome |"
    yield "| --- | --- | --: | --- | --- |"
    by_fault: dict[tuple[str, str], list[Tried]] = {}
    for one in tried():
        by_fault.setdefault((one.fault, one.outcome), []).append(one)
    for (fault, outcome), some in by_fault.items():
        numbers = [one.number for one in some]
        places = Counter(one.where for one in some if one.where)
        told = ", ".join(f"{place} ({times})" for place, times in places.most_common())
        seeds = f"{min(numbers)} to {max(numbers)}"
        yield f"| {fault} | {seeds} | {len(some)} | {told} | {outcome} |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{row}\n" for row in table())
