"""A folder that is no project is refused with a remedy that works for it."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from ejmap_project.errors import SettingsError
from ejmap_project.intake.new_folder import mistakes_of_folder
from ejmap_project.paths import ProjectPaths
from ejmap_project.settings.project_folder import require_project_folder


def _foreign(folder: Path) -> None:
    folder.mkdir()
    (folder / "photo.jpg").touch()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(lambda _: None, "it does not exist", id="missing"),
        pytest.param(Path.mkdir, "it has no project.yaml", id="empty"),
        pytest.param(_foreign, "it has no project.yaml; .* make one in a new folder", id="foreign"),
    ],
)
def test_the_suggested_command_makes_a_project(
    make: Callable[[Path], None], told: str, tmp_path: Path
) -> None:
    """Of this folder where it is free, of another one where `ejmap new` would refuse it."""
    folder = tmp_path / "my craters"
    make(folder)

    with pytest.raises(SettingsError, match=told) as caught:
        require_project_folder(folder)

    (command,) = re.findall("`(.*)`", str(caught.value))
    named = shlex.split(command)[2]
    is_free = mistakes_of_folder(ProjectPaths(folder)) == []
    assert named == (str(folder) if is_free else "FOLDER")


def test_a_file_of_a_project_is_answered_with_its_folder(tmp_path: Path) -> None:
    """People complete one name too far."""
    (tmp_path / "project.yaml").touch()
    (tmp_path / "mosaic.tif").touch()

    require_project_folder(tmp_path)
    for name in ("project.yaml", "mosaic.tif"):
        with pytest.raises(SettingsError, match=f"is a file, .*; name {re.escape(str(tmp_path))}$"):
            require_project_folder(tmp_path / name)
