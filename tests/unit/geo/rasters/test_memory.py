"""How much memory may be used: the least of what machine, container and job allow."""

import os
from pathlib import Path

import pytest

from ejmap_geo.rasters import memory
from ejmap_geo.rasters.memory import memory_bytes

GB = 1 << 30


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a container's limit on a machine of 64 GB, without Slurm; not there yet."""
    path = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "GROUP_LIMITS", (path, tmp_path / "missing"))
    monkeypatch.setattr(os, "sysconf", lambda name: 64 if name == "SC_PHYS_PAGES" else GB)
    for name in (memory.JOB_LIMIT, memory.STATED_LIMIT):
        monkeypatch.delenv(name, raising=False)
    return path


@pytest.mark.parametrize(
    ("limit", "allowed"), [(None, 64), ("max\n", 64), (f"{8 * GB}\n", 8), (f"{2**63}\n", 64)]
)
def test_a_container_may_use_what_its_group_may(
    group: Path, limit: str | None, allowed: int
) -> None:
    """A group without a limit says so by a word, or by a number that no machine has."""
    if limit is not None:
        group.write_text(limit)

    assert memory_bytes() == allowed * GB


# Slurm states megabytes, and 0 for all of the node. Ray counts memory and holds nobody to it, so
# that its jobs are told; whoever shares a machine says it as well. What is no amount states none.
@pytest.mark.parametrize(
    ("variable", "stated", "allowed"),
    [
        *((memory.JOB_LIMIT, *one) for one in (("16384", 16), ("0", 64), ("all", 64))),
        *((memory.STATED_LIMIT, *one) for one in (("8", 8), ("1.5", 1.5), ("1000", 64))),
        *((memory.STATED_LIMIT, *one) for one in (("0", 64), ("", 64), ("-1", 64))),
    ],
)
@pytest.mark.usefixtures("group")
def test_a_process_may_use_what_a_variable_states(
    monkeypatch: pytest.MonkeyPatch, variable: str, stated: str, allowed: float
) -> None:
    """As far as the machine has it."""
    monkeypatch.setenv(variable, stated)

    assert memory_bytes() == allowed * GB
