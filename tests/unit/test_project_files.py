"""What holds the packages together and that no linter sees: cheap imports, names told twice."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).parents[2]
HEAVY = {"lightning", "segmentation_models_pytorch", "sklearn", "timm", "torch", "torchvision"}


@pytest.mark.parametrize("module", ["ejmap_assets.definitions", "ejmap_assets.cli", "ejmap_geo"])
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


@pytest.mark.parametrize("package", ["ejmap_geo", "ejmap_ml", "ejmap_assets"])
def test_every_folder_of_a_package_can_be_imported(package: str) -> None:
    """A folder without ``__init__.py`` works from the checkout and is missed by tools."""
    folders = {path.parent for path in (CHECKOUT / package).rglob("*.py")}

    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_picture_of_the_architecture_is_true() -> None:
    """Every module stands in the tree of docs/architecture.md under its package."""
    page = (CHECKOUT / "docs" / "architecture.md").read_text()
    tree = re.split(r"├── (ejmap_\w+)/", page.split("```")[1].split("└── tests/")[0])
    drawn = dict(zip(tree[1::2], tree[2::2], strict=True))

    missing = [
        f"{package}/{path.stem}"
        for package, words in drawn.items()
        for path in (CHECKOUT / package).rglob("*.py")
        if not path.stem.startswith("__") and not re.search(rf"\b{path.stem}\b", words)
    ]

    assert len(drawn) == 3
    assert missing == []
