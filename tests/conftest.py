"""What all tests share: property tests without a clock, and no accelerator where there is none."""

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgres_server import PostgresServer

# Kernels compile on their first call and machines are shared, so no example has a deadline.
# Examples are the same on every run: a failure is one of the change and not of the day.
settings.register_profile("ejmap", deadline=None, derandomize=True)
settings.load_profile("ejmap")


def pytest_collection_finish() -> None:
    """Share the cores out among the processes of xdist: torch takes all of them in each.

    Its threads wait for each other, and those of the other processes keep them waiting. Craters are
    still mapped side by side. Torch is there once the tests of the models are collected.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    torch = sys.modules.get("torch")
    if processes > 1 and torch is not None:
        torch.set_num_threads(max(1, torch.get_num_threads() // processes))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests marked ``gpu`` on machines without one; torch is asked only then."""
    if item.get_closest_marker("gpu") is None:
        return
    import torch  # noqa: PLC0415 - seconds, which tests without an accelerator need not pay

    if not torch.cuda.is_available():
        pytest.skip("needs an accelerator, and torch sees none")


@pytest.fixture(scope="session")
def postgres() -> "Iterator[PostgresServer]":
    """Start a PostgreSQL server; the test is skipped without one, unless it has to be there."""
    from tests.postgres_server import find_programs, running_postgres  # noqa: PLC0415 - few need it

    programs = find_programs()
    if programs is None:
        reason = "no PostgreSQL server on this machine; on Debian: apt-get install postgresql"
        if os.environ.get("EJMAP_REQUIRE_POSTGRES"):
            pytest.fail(reason)
        pytest.skip(reason)
    with running_postgres(programs) as server:
        yield server
