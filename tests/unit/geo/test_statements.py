"""Remedies name what can be typed: an option where a project is made, a key where there is one."""

import ast
import re
import shlex
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest
import yaml

from ejmap_cli.projects.new import new
from ejmap_geo import statements
from ejmap_project.settings.sources import FilesSource

ROOT = Path(__file__).parents[3]
# Options of `ejmap new` and `ejmap map` that are keys of the source, too.
OPTIONS = re.compile(r"--(value-range|pad|column|west-positive|masks)\b")
KEYS = re.compile(r"(state|remove|change|set|correct|as) `?(value_range|west_positive|pad: true)")


def _sentences(path: Path) -> Iterator[str]:
    """Yield the texts of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in documented:
            yield node.value


@pytest.mark.parametrize(
    "package", ["ejmap_geo", "ejmap_ml", "ejmap_project", "ejmap_assets", "ejmap_clusters"]
)
def test_no_sentence_names_an_option_or_a_key_alone(package: str) -> None:
    """Who reads it may have either; both are written in one place."""
    alone = [
        f"{path.name}: {text}"
        for path in (ROOT / package).rglob("*.py")
        if path.name != "statements.py"
        for text in _sentences(path)
        if OPTIONS.search(text) or KEYS.search(text)
    ]

    assert alone == []


@pytest.mark.parametrize(
    "told",
    [
        statements.value_range(0, 15),
        statements.column("radius_m", "R_km*1000"),
        statements.column("radius_m", "D [km]*500"),
        statements.column("lat_deg", "90-colat"),
        statements.column("name", 'a "b": c'),
        statements.PAD,
        statements.WEST_POSITIVE,
    ],
)
def test_both_ways_are_understood_and_mean_the_same(told: str) -> None:
    """The option by the command, the key by the settings."""
    option, _, key = told.removesuffix(f" {statements.SOURCE}").partition(", or ")
    stated = yaml.safe_load(key)
    files = {"mosaic": "m.tif", "craters": "c.csv"}
    words = ["p", "--mosaic", "m.tif", "--craters", "c.csv", *shlex.split(option)]

    # A command keeps the names of its help option from its first context.
    with copy(new).make_context("new", words) as context:
        asked = {**context.params, "columns": dict(context.params["columns"])}
    by_key = FilesSource.model_validate({**files, **stated})

    (name,) = stated
    assert asked[name] == getattr(by_key, name)
