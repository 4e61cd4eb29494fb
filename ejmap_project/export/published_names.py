"""Under which numbers and names a project's results are published."""

import re
from dataclasses import dataclass

from ejmap_project.models.model_version import ModelVersion, configured_version, member_count
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS, ModelKind

# Published folders know versions and splits by number only.
UNNUMBERED = 0
# How the published maps are called: by both versions and the split.
RUN = re.compile(
    r"ejc-version-(?P<ejseg>\d+)_conn-version-(?P<ejconn>\d+)_test-set-(?P<split>\d+)(?!\d)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedNames:
    """Numbers of versions and of the split, and the name of the map.

    Attributes:
        ejconn: Version of EJCONN.
        ejseg: Version of EJSEG.
        split: Split whose test tiles were held back.
        run: Folder of the map.
    """

    ejconn: int
    ejseg: int
    split: int
    run: str

    @classmethod
    def of(
        cls,
        project: OpenProject,
        *,
        ejconn: int | None = None,
        ejseg: int | None = None,
        split: int | None = None,
        run: str | None = None,
    ) -> "PublishedNames":
        """Return the names that a project's settings suggest, unless others are given.

        A model called ``ejseg_v200`` is version 200, one whose name ends in no number version 0.
        Published connections and maps that the project shows keep their numbers and their name.
        """
        versions = {kind: configured_version(project, kind) for kind in MODEL_KINDS}
        numbers = {kind: number_of(version) for kind, version in versions.items()}
        numbers |= shown_versions(project)
        chosen_split = _first(split, _shown_split(project), versions["ejconn"].split, UNNUMBERED)
        chosen_ejconn = _first(ejconn, numbers["ejconn"])
        chosen_ejseg = _first(ejseg, numbers["ejseg"])
        members = member_count(project, "ejseg")
        composed = (
            f"ejc-version-{chosen_ejseg}_conn-version-{chosen_ejconn}"
            f"_test-set-{chosen_split}_x{members}"
        )
        return cls(
            ejconn=chosen_ejconn,
            ejseg=chosen_ejseg,
            split=chosen_split,
            run=run or project.settings.source.traits.masks_run or composed,
        )

    def version(self, kind: ModelKind) -> int:
        """Return the version of a model."""
        return self.ejconn if kind == "ejconn" else self.ejseg


def shown_versions(project: OpenProject) -> dict[ModelKind, int]:
    """Return the versions of published connections and maps that a project shows as they are.

    Its own models may be others, and are not to be published under these numbers.
    """
    source = project.settings.source.traits
    shown: dict[ModelKind, int] = {}
    if found := RUN.match(source.masks_run or ""):
        shown |= {"ejseg": int(found["ejseg"]), "ejconn": int(found["ejconn"])}
    if source.connections is not None:
        shown["ejconn"] = int(source.connections.split("/")[0])
    return shown


def own_number(project: OpenProject, names: PublishedNames, kind: ModelKind) -> int | None:
    """Return the version that the configured model of a project is published as.

    None where that number is another model's, whose published results the project shows.
    """
    number = names.version(kind)
    is_shown = number == shown_versions(project).get(kind)
    return None if is_shown and number != number_of(configured_version(project, kind)) else number


def number_of(version: ModelVersion) -> int:
    """Return the number at the end of a version's name, such as 200 of ``ejseg_v200``; else 0."""
    found = re.search(r"_v(\d+)$", version.name)
    return int(found[1]) if found else UNNUMBERED


def _shown_split(project: OpenProject) -> int | None:
    source = project.settings.source.traits
    if source.connections is not None:
        return int(source.connections.split("/")[1])
    found = RUN.match(source.masks_run or "")
    return int(found["split"]) if found else None


def _first(*values: int | None) -> int:
    return next(value for value in values if value is not None)
