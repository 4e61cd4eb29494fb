"""The program of the page in the package is the one that its sources make."""

import hashlib
import json
from pathlib import Path

from ejmap_project.map_page.bundle import BUNDLE, RECORD, bundle_file, bundle_places

CHECKOUT = Path(__file__).parents[4]
SOURCES = CHECKOUT / "map_page"
BESIDE = ("build.mjs", "index.html", "map.css", "package.json", "tsconfig.json")


def test_the_program_is_built_from_the_sources_as_they_are() -> None:
    """If this fails: make map-bundle."""
    names = sorted([*BESIDE, *(f"src/{path.name}" for path in (SOURCES / "src").iterdir())])
    digest = hashlib.sha256()
    for name in names:
        digest.update(f"{name}\0".encode() + (SOURCES / name).read_bytes() + b"\0")

    assert json.loads(RECORD.read_text())["sources"] == digest.hexdigest(), "make map-bundle"


def test_the_record_names_the_versions_that_are_asked_for() -> None:
    """Those of package.json, which states them to the last digit."""
    asked = json.loads((SOURCES / "package.json").read_text())
    used = json.loads(RECORD.read_text())["packages"]

    wanted = {**asked["dependencies"], **asked["devDependencies"]}
    assert all(version[0].isdigit() for version in wanted.values())
    assert {name: used.get(name, wanted[name]) for name in wanted} == wanted


def test_every_package_in_the_program_has_its_licence_beside_it() -> None:
    """Names, versions and texts."""
    licences = (BUNDLE / "licences.txt").read_text()
    for name, version in json.loads(RECORD.read_text())["packages"].items():
        if name not in {"esbuild", "typescript"}:
            assert f"{name} {version} (" in licences
    assert "Redistribution and use in source and binary forms" in licences
    assert "Permission is hereby granted" in licences


def test_the_program_is_small_and_names_no_other_server() -> None:
    """At most 1 MB of files; no address that a page could load anything from."""
    files = [bundle_file(place) for place in bundle_places()]

    assert sum(path.stat().st_size for path in files) < 1_000_000
    assert "http" not in bundle_file("index.html").read_text().replace("http-equiv", "")
    rules = bundle_file("index.html").read_text()
    assert "default-src 'none'" in rules
    assert "unsafe" not in rules
