"""Threads that wait leave the core to others: before torch or numba reads how they shall."""

import os
import subprocess
import sys

import pytest

NAME = "OMP_WAIT_POLICY"
FIRST = """
import sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in ("torch", "numba.np.ufunc.omppool"):
            import os
            print(name, os.environ.get("OMP_WAIT_POLICY"))
sys.meta_path.insert(0, Watch())
import {module}
"""


@pytest.mark.parametrize("module", ["ejmap_ml.bundles.network", "ejmap_ml.ejseg.polar_predict"])
@pytest.mark.parametrize(("own", "used"), [({}, "passive"), ({NAME: "active"}, "active")])
def test_torch_is_loaded_with_threads_that_wait_without_spinning(
    module: str, own: dict[str, str], used: str
) -> None:
    """A person's own setting wins."""
    environment = {key: value for key, value in os.environ.items() if key != NAME}
    program = FIRST.format(module=module)

    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment | own,
        capture_output=True,
        text=True,
        check=True,
    )

    assert f"torch {used}" in done.stdout.splitlines()
