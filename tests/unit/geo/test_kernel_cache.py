"""Compiled kernels do not outlive their sources."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ejmap_geo.kernel_cache import drop_stale_kernels

CALLED = "from numba import njit\n@njit(cache=True)\ndef one():\n    return {}\n"
KERNEL = """
from numba import njit
from package.called import one
@njit(cache=True)
def kernel():
    return one()
"""
PRINT_IT = "import package.kernel as k; print(k.kernel())"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return the folder of a package with a kernel that calls one of another file."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from pathlib import Path\n"
        "from ejmap_geo.kernel_cache import drop_stale_kernels\n"
        "drop_stale_kernels(Path(__file__).parent)\n"
    )
    (folder / "called.py").write_text(CALLED.format(1))
    (folder / "kernel.py").write_text(KERNEL)
    return folder


def _computed(package: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": f"{package.parent}:{Path.cwd()}"}
    environment.pop("NUMBA_CACHE_DIR", None)
    finished = subprocess.run(
        [sys.executable, "-c", PRINT_IT], env=environment, capture_output=True, check=True
    )
    return finished.stdout.decode().strip()


def test_a_kernel_follows_the_functions_that_it_calls(package: Path) -> None:
    """An edit of a called function is computed with, though the caller's file stays."""
    assert _computed(package) == "1"

    (package / "called.py").write_text(CALLED.format(22))

    assert _computed(package) == "22"


def test_kernels_stay_while_no_source_of_a_kernel_changes(package: Path) -> None:
    """Other files of the package may change without compiling anew."""
    drop_stale_kernels(package)
    index = package / "__pycache__" / "kernel.nbi"
    index.touch()
    (package / "words.py").write_text("")

    drop_stale_kernels(package)

    assert index.exists()
