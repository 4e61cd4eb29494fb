"""Licences of what EJMAP depends on directly, as the table of docs/licences.md.

``python .ci/licences.py [FOLDER ...]`` writes the page. Licences come from the metadata of
installed packages; a folder holds packages that this environment does not take
(``make licences``).
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[1]
NAME = re.compile(r"[A-Za-z0-9._-]+")
CLASSIFIER = "License :: OSI Approved :: "
# Words of free text in old metadata, where no SPDX expression and no classifier is.
LONGEST = 60
HEAD = """# Licences

What EJMAP depends on directly, with the licence that each package states. `make licences` writes
this page from the metadata of the packages, and a test holds it complete. EJMAP itself is under
MIT. What these packages depend on in turn is in `requirements/`, version by version.

Known vulnerabilities: `pip-audit -r requirements/base.txt` (`uv tool install pip-audit`) asks a
service on the network, so `make check` does not. We found no package of current advisories that
could be pinned and read offline.

| package | licence | for |
| --- | --- | --- |
"""


class LicenceError(Exception):
    """A package states no licence, or cannot be found."""


def direct_dependencies() -> dict[str, str]:
    """Return the normalized names of all direct dependencies, and what needs each."""
    stated = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    project: Mapping[str, Any] = stated["project"]
    groups = {
        "building": stated["build-system"]["requires"],
        **{f"group `{name}`": lines for name, lines in stated["dependency-groups"].items()},
        **{f"`ejmap[{name}]`": ls for name, ls in project["optional-dependencies"].items()},
        "EJMAP": project["dependencies"],
    }
    # Where two need a package, the one nearer to the user counts.
    return {normalized(line): needs for needs, lines in groups.items() for line in lines}


def normalized(requirement: str) -> str:
    """Return the name in a requirement, as packages are compared."""
    found = NAME.match(requirement)
    if found is None:
        raise LicenceError(f"{requirement!r} names no package; correct pyproject.toml")
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def installed_licences(folders: list[str]) -> dict[str, str]:
    """Return the licences of all installed packages that state one, by normalized name."""
    found: dict[str, str] = {}
    for one in distributions(path=[*folders, *sys.path]):
        licence = _licence_of(one)
        if licence is not None:
            found.setdefault(normalized(one.metadata["Name"]), licence)
    return found


def _licence_of(package: Distribution) -> str | None:
    """Return the licence by SPDX expression, else by classifier, else by a short free text."""
    metadata = package.metadata
    expression = metadata.get("License-Expression")
    if expression is not None:
        return expression
    classifiers = [one for one in metadata.get_all("Classifier", []) if one.startswith(CLASSIFIER)]
    named = [one.removeprefix(CLASSIFIER) for one in classifiers]
    free = [line.strip() for line in (metadata.get("License") or "").splitlines() if line.strip()]
    texts = [*named, *(one for one in free[:1] if len(one) <= LONGEST)]
    return texts[0] if texts else None


def rows(licences: Mapping[str, str]) -> Iterator[str]:
    """Yield a row of the table for each direct dependency, by name.

    Raises:
        LicenceError: If a package is not installed or states no licence.
    """
    for name, needs in sorted(direct_dependencies().items()):
        if name not in licences:
            raise LicenceError(
                f"{name} is not installed or states no licence; run `make licences`, and read the "
                "licence in its sources if it still states none"
            )
        yield f"| {name} | {licences[name]} | {needs} |"


def main() -> None:
    """Write the page."""
    table = "\n".join(rows(installed_licences(sys.argv[1:])))
    (CHECKOUT / "docs" / "licences.md").write_text(f"{HEAD}{table}\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except LicenceError as error:
        sys.exit(str(error))
