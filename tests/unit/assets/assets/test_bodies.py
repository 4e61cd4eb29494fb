"""Functions of assets are short: everything usable without Dagster is in ejmap_project."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from ejmap_assets import assets
from ejmap_assets.lineage.rows import LINEAGE

FOLDER = Path(assets.__file__).parent
MOST_LINES = 12
# Types of the argument of such a function.
GIVEN = {"ProjectTask", "CraterTask"}
# Names of ejmap_project that only read what was asked: a partition key, a setting, a launch form.
READS = {"AskedRelease", "ModelVersion", "classifier_version", "version_and_iteration"}
MAY_IMPORT = {"dagster", "ejmap_assets", "ejmap_project"} | set(sys.stdlib_module_names)


class Body(NamedTuple):
    """The function of an asset, and the origin of each imported name of its module."""

    function: ast.FunctionDef
    origins: dict[str, str]

    @property
    def statements(self) -> list[ast.stmt]:
        """Its statements without the docstring."""
        return self.function.body[1:]

    @property
    def worked(self) -> list[str]:
        """The functions it calls to do its work: those of ejmap_project, and those assets share."""
        calls = [
            node.func.id
            for statement in self.statements
            for node in ast.walk(statement)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        homes = ("ejmap_project.", "ejmap_assets.assets.")
        return [
            name
            for name in calls
            if self.origins.get(name, "").startswith(homes) and name not in READS
        ]


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each imported name and the module it comes from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, str(node.module)) for alias in node.names)


def _bodies() -> Iterator[Body]:
    for path in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        origins = dict(_imports(tree))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.args.args:
                annotation = node.args.args[0].annotation
                if isinstance(annotation, ast.Name) and annotation.id in GIVEN:
                    yield Body(node, origins)


BODIES = {body.function.name: body for body in _bodies()}


def test_every_asset_has_a_body() -> None:
    """The functions in the folder are the assets of the lineage and the three shared functions."""
    assert set(BODIES) == set(LINEAGE) | {"samples", "trained", "promoted"}


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_body_is_short_and_calls_once(name: str) -> None:
    """The function of an asset has at most twelve lines, and one call does the work."""
    body = BODIES[name]
    first, last = body.statements[0].lineno, body.statements[-1].end_lineno

    assert last is not None
    assert last - first + 1 <= MOST_LINES
    assert len(body.worked) == 1, body.worked


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_assets_know_neither_arrays_nor_tables_nor_networks(path: Path) -> None:
    """Asset modules import only Dagster, the standard library, ejmap_assets and ejmap_project."""
    origins = dict(_imports(ast.parse(path.read_text(encoding="utf-8"))))

    assert {origin.split(".")[0] for origin in origins.values()} <= MAY_IMPORT
