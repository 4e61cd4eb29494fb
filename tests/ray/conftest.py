"""A Ray of one node."""

import os
from collections.abc import Iterator

import pytest

from tests.ray_cluster import is_installed, running_ray


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Start Ray and return its address; the test is skipped without it, unless it has to be there.

    The environment of the test names the address, as that of the daemon does.
    """
    if not is_installed():
        reason = "Ray is not installed; `make test-ray` installs it"
        if os.environ.get("EJMAP_REQUIRE_RAY"):
            pytest.fail(reason)
        pytest.skip(reason)
    with running_ray() as found, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_ADDRESS", found)
        yield found
