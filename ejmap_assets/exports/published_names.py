"""Under which numbers and names a project's results are published."""

import re
from dataclasses import dataclass

from ejmap_assets.model_choice import ModelVersion, configured_version
from ejmap_assets.project import EjmapFolderSource
from ejmap_assets.project_paths import ModelKind
from ejmap_assets.resources import OpenProject

# Published folders know versions and splits by number only.
UNNUMBERED = 0


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
        """
        versions = {kind: configured_version(project, kind) for kind in ("ejconn", "ejseg")}
        source = project.settings.source
        used = versions["ejconn"].split
        looks = number_of(versions["ejconn"])
        if isinstance(source, EjmapFolderSource) and source.connections is not None:
            looks, used = (int(one) for one in source.connections.split("/"))
        chosen_split = _first(split, used, UNNUMBERED)
        chosen_ejconn = _first(ejconn, looks)
        chosen_ejseg = _first(ejseg, number_of(versions["ejseg"]))
        members = project.settings.models.members("ejseg")
        return cls(
            ejconn=chosen_ejconn,
            ejseg=chosen_ejseg,
            split=chosen_split,
            run=run
            or f"ejc-version-{chosen_ejseg}_conn-version-{chosen_ejconn}"
            f"_test-set-{chosen_split}_x{members}",
        )

    def version(self, kind: ModelKind) -> int:
        """Return the version of a model."""
        return self.ejconn if kind == "ejconn" else self.ejseg


def number_of(version: ModelVersion) -> int:
    """Return the number at the end of a version's name, such as 200 of ``ejseg_v200``; else 0."""
    found = re.search(r"_v(\d+)$", version.name)
    return int(found[1]) if found else UNNUMBERED


def _first(*values: int | None) -> int:
    return next(value for value in values if value is not None)
