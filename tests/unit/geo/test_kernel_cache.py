"""Compiled kernels do not outlive their sources."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ejmap_geo import kernel_cache

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
        "from package.kernel_cache import keep_kernels_apart\n"
        "keep_kernels_apart(Path(__file__).parent)\n"
    )
    # A copy, since importing ejmap_geo already chooses a folder.
    shutil.copy(kernel_cache.__file__, folder)
    (folder / "called.py").write_text(CALLED.format(1))
    (folder / "kernel.py").write_text(KERNEL)
    return folder


def _computed(package: Path, *, first: str = "", **changes: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    environment.pop("NUMBA_CACHE_DIR", None)
    environment |= changes
    finished = subprocess.run(
        [sys.executable, "-c", first + PRINT_IT], env=environment, capture_output=True, check=True
    )
    return finished.stdout.decode().strip()


def _indices(folder: Path) -> set[Path]:
    return set(folder.rglob("kernel*.nbi"))


@pytest.mark.parametrize("where", ["package", "folder"])
def test_a_kernel_follows_the_functions_that_it_calls(
    package: Path, tmp_path: Path, where: str
) -> None:
    """An edit of a called function is computed with, though the caller's file stays."""
    changes = {"NUMBA_CACHE_DIR": str(tmp_path / "kept")} if where == "folder" else {}
    assert _computed(package, **changes) == "1"

    (package / "called.py").write_text(CALLED.format(22))

    assert _computed(package, **changes) == "22"
    assert _indices(tmp_path / "kept" if changes else package / "__pycache__")


def test_kernels_stay_while_no_source_of_a_kernel_changes(package: Path) -> None:
    """Other files of the package may change without compiling anew; links to nowhere may lie by."""
    _computed(package)
    compiled = _indices(package)
    (package / "words.py").write_text("")
    (package / ".#called.py").symlink_to("nobody@nowhere")

    _computed(package)

    assert len(compiled) == 1
    assert _indices(package) == compiled


def test_kernels_of_former_sources_are_forgotten_after_a_month(package: Path) -> None:
    """Those of yesterday's sources stay: a process may still use them."""
    inside = package / "__pycache__"
    old, young = inside / "kernels-old", inside / "kernels-young"
    for folder in (old, young):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))

    _computed(package)

    assert not old.exists()
    assert young.exists()


def test_a_package_that_cannot_be_written_keeps_kernels_with_the_user(
    package: Path, tmp_path: Path
) -> None:
    """As in a container, whose cache outlives the image."""
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    read_only = "import os; os.access = lambda *_: False; "
    assert _computed(package, first=read_only, **cache) == "1"

    (package / "called.py").write_text(CALLED.format(22))

    assert _computed(package, first=read_only, **cache) == "22"
    assert len(_indices(tmp_path / "cache" / "ejmap")) == 2
    assert not _indices(package)


def _without_home(folder: Path) -> dict[str, str]:
    """Return the environment of a user whose home cannot be made, with other temporary files."""
    folder.mkdir()
    nowhere = folder / "file"
    nowhere.write_text("")
    return {"HOME": str(nowhere), "XDG_CACHE_HOME": "", "TMPDIR": str(folder)}


def test_without_a_home_kernels_lie_among_temporary_files(package: Path, tmp_path: Path) -> None:
    """In a folder that only this user can read."""
    environment = _without_home(tmp_path / "temporary")
    read_only = "import os; os.access = lambda *_: False; "

    assert _computed(package, first=read_only, **environment) == "1"

    folder = tmp_path / "temporary" / f"ejmap-{os.getuid()}"
    assert len(_indices(folder)) == 1
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("is_link", [True, False])
def test_kernels_of_a_folder_that_others_may_write_are_not_used(
    package: Path, tmp_path: Path, *, is_link: bool
) -> None:
    """Somebody may have put it there before, with code of his own."""
    environment = _without_home(tmp_path / "temporary")
    prepared = tmp_path / "temporary" / f"ejmap-{os.getuid()}"
    if is_link:
        (tmp_path / "theirs").mkdir(mode=0o700)
        prepared.symlink_to(tmp_path / "theirs")
    else:
        prepared.mkdir()
        prepared.chmod(0o777)
    read_only = "import os; os.access = lambda *_: False; "

    assert _computed(package, first=read_only, **environment) == "1"

    assert not _indices(prepared)
    assert not _indices(tmp_path / "theirs")
    left = {path.name for path in (tmp_path / "temporary").iterdir()}
    assert left == {"file", prepared.name}, "what was made for once is removed"
