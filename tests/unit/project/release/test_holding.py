"""Which releases hold a file as it is now."""

from collections.abc import Callable
from pathlib import Path

from ejmap_project.open_project import OpenProject
from ejmap_project.release.holding import releases_with
from tests.unit.project.release.conftest import KEYS

Release = Callable[..., Path]


def test_a_release_holds_a_mask_until_the_mask_changes(
    mapped: OpenProject, release: Release
) -> None:
    """The content counts, not the name: a new mask is in the releases after it alone."""
    changed, same = (mapped.paths.basemap_mask(key) for key in KEYS[:2])
    release(mapped, "first")
    content = same.read_bytes()
    changed.unlink()
    changed.write_bytes(content)
    assert releases_with(mapped.paths, [changed, same]) == {changed: (), same: ("0001_first",)}
    release(mapped, "second")

    assert releases_with(mapped.paths, [changed, same]) == {
        changed: ("0002_second",),
        same: ("0001_first", "0002_second"),
    }
    assert releases_with(mapped.paths, []) == {}
