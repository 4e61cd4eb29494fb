"""The wheel is whole: installed into an empty environment, far from the checkout, it works."""

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

CHECKOUT = Path(__file__).parents[2]
PINS = CHECKOUT / "requirements" / "base.txt"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel and what it depends on into an environment of its own.

    What ``make setup`` installed lies in uv's cache; links to it take neither time nor space.
    """
    folder = tmp_path_factory.mktemp("environment")
    uv = find_uv_bin()
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", folder]
    pinned = [*install, "--link-mode", "symlink", "--requirements", PINS]
    if subprocess.run([*pinned, "--offline"], check=False, capture_output=True).returncode != 0:
        subprocess.run(pinned, check=True)
    # Offline, so that the pins must be enough for the wheel. Links inside a model are refused.
    subprocess.run([*install, "--offline", "--link-mode", "copy", wheel], check=True)
    return folder


def _answer(environment: Path, folder: Path, *arguments: str) -> str:
    """Run ``ejmap`` of the environment in ``folder`` and return what it prints."""
    ours = ("PYTHON", "EJMAP", "DAGSTER")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    command = [environment / "bin" / "ejmap", *arguments]
    run = subprocess.run(command, cwd=folder, env=clean, check=True, capture_output=True, text=True)
    return run.stdout


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    """Models, profiles, presets, the reference set: what is not Python is there as well."""
    packages = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    files = {
        path.relative_to(CHECKOUT).as_posix()
        for package in packages["targets"]["wheel"]["packages"]
        for path in (CHECKOUT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert held == files


def test_an_installed_wheel_tells_its_version(environment: Path, tmp_path: Path) -> None:
    """The command is on the path of the environment."""
    stated = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]

    assert _answer(environment, tmp_path, "--version") == f"ejmap {stated}\n"


def test_an_installed_wheel_lists_its_ready_made_models(environment: Path, tmp_path: Path) -> None:
    """They come with the package, not with the checkout."""
    listed = json.loads(_answer(environment, tmp_path, "models", "list", "--json"))

    assert "ready_grey" in {one["version"] for one in listed}


def test_an_installed_wheel_makes_a_project_and_its_instance(
    environment: Path, tmp_path: Path
) -> None:
    """Profiles, settings of Dagster and our classes that they name come from the wheel."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "project.yaml").write_text("source: {kind: synthetic}\n")

    _answer(environment, tmp_path, "env", "mine")

    settings = (tmp_path / "mine" / "dagster_home" / "dagster.yaml").read_text()
    assert settings == (CHECKOUT / "ejmap_assets" / "runs" / "dagster.yaml").read_text()
