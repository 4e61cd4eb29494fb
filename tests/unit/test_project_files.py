"""What holds the packages together and that no linter sees: cheap imports, names told twice."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).parents[2]
PACKAGES = (
    "ejmap_cli",
    "ejmap_clusters",
    "ejmap_assets",
    "ejmap_project",
    "ejmap_ml",
    "ejmap_geo",
)
HEAVY = {"lightning", "segmentation_models_pytorch", "sklearn", "timm", "torch", "torchvision"}


@pytest.mark.parametrize("module", ["ejmap_assets.definitions", "ejmap_cli.main", "ejmap_geo"])
def test_loading_does_not_import_networks(module: str) -> None:
    """Every process of Dagster loads the code location, and would pay seconds for torch."""
    script = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"

    run = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )

    assert HEAVY & set(run.stdout.split()) == set()


def test_the_code_location_has_one_name() -> None:
    """``dg`` and the webserver warn at every load when their names for it differ."""
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["dg"]["project"]
    (location,) = yaml.safe_load((CHECKOUT / "workspace.yaml").read_text())["load_from"]

    module = location["python_module"]

    assert module["location_name"] == settings["code_location_name"]
    assert module["module_name"] == settings["code_location_target_module"]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_of_a_package_can_be_imported(package: str) -> None:
    """A folder without ``__init__.py`` works from the checkout and is missed by tools."""
    folders = {path.parent for path in (CHECKOUT / package).rglob("*.py")}

    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_picture_of_the_architecture_is_true() -> None:
    """The list of rooms in docs/architecture.md names every module in its folder, and no other."""
    page = (CHECKOUT / "docs" / "architecture.md").read_text()
    block = page.split("<!-- rooms -->")[1].split("<!-- /rooms -->")[0]
    drawn: dict[str, set[str]] = {}
    for line in block.splitlines():
        if line.startswith("ejmap_"):
            folder = line.split("/  ")[0]
            drawn[folder] = set()
        elif line.startswith("    "):
            drawn[folder] |= set(line.split())

    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path in (CHECKOUT / package).rglob("*.py"):
            modules = found.setdefault(str(path.parent.relative_to(CHECKOUT)), set())
            modules |= {path.stem} - {"__init__", "__main__"}

    assert drawn == found


# A decision describes the code as it was.
PAGES = [page for page in CHECKOUT.glob("docs/**/*.md") if page.parent.name != "adr"]


@pytest.mark.parametrize("page", sorted([*PAGES, CHECKOUT / "CONTRIBUTING.md"]), ids=str)
def test_files_that_a_page_names_are_there(page: Path) -> None:
    """A reader who follows a path of the documentation finds a file or a folder there."""
    named = set(re.findall(r"`(ejmap_\w+(?:/\w+)*(?:/|\.\w+)?)`", page.read_text()))

    missing = sorted(path for path in named if "/" in path and not (CHECKOUT / path).exists())

    assert missing == []


def test_the_password_of_the_containers_is_for_one_pair_of_eyes(tmp_path: Path) -> None:
    """``make secrets`` writes it once, for its owner alone."""
    shutil.copy(CHECKOUT / "Makefile", tmp_path)

    for _ in range(2):
        subprocess.run(
            [shutil.which("make") or "", "secrets"], cwd=tmp_path, check=True, umask=0o022
        )
        text = (tmp_path / ".env").read_text()

    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(r"EJMAP_POSTGRES_PASSWORD=[0-9a-f]{48}\n", text)


def test_the_image_is_made_of_files_that_are_there_and_let_in() -> None:
    """With or without Docker: `make image` gives the base another name."""
    lines = (CHECKOUT / "Dockerfile").read_text().splitlines()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    let_in = (CHECKOUT / ".dockerignore").read_text().splitlines()
    packages = {one.parent.name for one in CHECKOUT.glob("ejmap_*/__init__.py")}

    assert packages <= {*copied}
    for name in copied:
        assert (CHECKOUT / name).exists(), name
        assert {f"!{name}", f"!{name.partition('/')[0]}"} & {*let_in}, name
    assert "FROM ${BASE}" in lines


def test_the_script_of_the_image_says_how_it_is_used() -> None:
    """Its first word is no guess: anything else changes nothing and prints the help."""
    done = subprocess.run(
        [CHECKOUT / "docker" / "image.sh"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "docker/image.sh build" in done.stdout
    assert "set -euo" not in done.stdout
