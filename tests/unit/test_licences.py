"""The page of licences names every direct dependency, and the script makes up none."""

import re
import runpy
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(CHECKOUT / ".ci" / "licences.py"))
# Licences under which a dependency can be used beside ours without terms on our own code.
OPEN = re.compile(r"MIT|BSD|Apache|ISC|MPL-2\.0|Python Software Foundation|0BSD|Zlib|CC0|BSL-1\.0")


def _rows() -> dict[str, str]:
    lines = (CHECKOUT / "docs" / "licences.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {name: licence for name, licence, _ in cells[2:]}


def test_every_direct_dependency_has_its_licence_on_the_page() -> None:
    """A dependency that is added or removed changes the page."""
    assert set(_rows()) == set(SCRIPT["direct_dependencies"]())


@pytest.mark.parametrize(("name", "licence"), sorted(_rows().items()))
def test_every_licence_is_known_and_open(name: str, licence: str) -> None:
    """Each part of an expression is one that we have read."""
    parts = re.split(r" (?:AND|OR|WITH) ", licence)

    assert all(OPEN.search(part) or part == "LLVM-exception" for part in parts), name


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        pytest.param("License-Expression: MIT\n", "MIT", id="expression"),
        pytest.param(
            "License: see file\nClassifier: License :: OSI Approved :: BSD License\n",
            "BSD License",
            id="classifier-before-free-text",
        ),
        pytest.param(
            "Classifier: License :: DFSG approved\nLicense: MIT\n",
            "MIT",
            id="no-licence-at-all-skipped",
        ),
        pytest.param(f"License: {'all of its words ' * 9}\n", None, id="the-whole-text"),
        pytest.param("", None, id="nothing-stated"),
    ],
)
def test_a_licence_is_what_the_package_states(
    tmp_path: Path, metadata: str, expected: str | None
) -> None:
    """What states none is not guessed."""
    folder = tmp_path / "some_package-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: some_package\nVersion: 1.0\n{metadata}"
    )

    assert SCRIPT["installed_licences"]([str(tmp_path)]).get("some-package") == expected


def test_a_dependency_without_a_licence_stops_the_page() -> None:
    """A person has to read its sources."""
    with pytest.raises(
        SCRIPT["LicenceError"], match="affine is not installed or states no licence"
    ):
        list(SCRIPT["rows"]({}))
