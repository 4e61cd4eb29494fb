"""Craters divided among jobs: all of them, none twice, and the longest job as short as can be."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_project.errors import StepError
from ejmap_project.slurm.chunks import EXACT_SECONDS, divided, read_chunks, write_chunks


def _longest(parts: list[list[float]]) -> float:
    return max(sum(part) for part in parts)


def _best(seconds: list[float], most: int) -> float:
    """Return the shortest longest part, by trying every way to cut the list."""
    best = sum(seconds)
    for count in range(1, min(most, len(seconds)) + 1):
        for cuts in itertools.combinations(range(1, len(seconds)), count - 1):
            edges = [0, *cuts, len(seconds)]
            parts = [seconds[one:two] for one, two in itertools.pairwise(edges)]
            best = min(best, _longest(parts))
    return best


@given(
    seconds=st.lists(st.floats(0.1, 1000), min_size=1, max_size=9),
    jobs=st.integers(1, 5),
)
def test_the_longest_job_is_as_short_as_any_division_makes_it(
    seconds: list[float], jobs: int
) -> None:
    """Against every division into neighbours."""
    craters = {f"{number:04d}": one for number, one in enumerate(seconds)}

    chunks = divided(craters, jobs=jobs, least_seconds=0)

    assert [key for part in chunks for key in part] == list(craters)
    assert len(chunks) <= jobs
    longest = _longest([[craters[key] for key in part] for part in chunks])
    assert longest <= _best(seconds, jobs) + 2 * EXACT_SECONDS


def test_a_slow_crater_has_a_job_of_its_own() -> None:
    """Equal numbers of craters would let three jobs wait for one."""
    seconds = {"0001": 1.0, "0002": 1.0, "0003": 90.0, "0004": 1.0}

    assert divided(seconds, jobs=3, least_seconds=0) == [["0001", "0002"], ["0003"], ["0004"]]


@pytest.mark.parametrize(
    ("craters", "jobs"),
    [
        pytest.param(0, 0, id="no-craters-no-jobs"),
        pytest.param(3, 1, id="less-work-than-a-job-is-worth"),
        pytest.param(40, 4, id="as-many-as-are-worth-it"),
        pytest.param(400, 10, id="at-most-as-many-as-are-stated"),
    ],
)
def test_jobs_are_worth_their_start(craters: int, jobs: int) -> None:
    """Craters of 12 s; a job is worth it from 120 s on; ten jobs at most."""
    seconds = {f"{number:04d}": 12.0 for number in range(craters)}

    assert len(divided(seconds, jobs=10, least_seconds=120)) == jobs


def test_chunks_are_read_as_they_were_noted(tmp_path: Path) -> None:
    """And a sentence says what to do where none were."""
    note = tmp_path / "slurm" / "chunks.json"
    with pytest.raises(StepError, match="--part promotion"):
        read_chunks(note)

    write_chunks(note, [["0001", "0002"], ["0003"]])

    assert read_chunks(note) == [["0001", "0002"], ["0003"]]
