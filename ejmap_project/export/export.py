"""An export that is being written: what it is of, and where its files go."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.export.published_names import PublishedNames
from ejmap_project.files.merged_folder import require_free
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths
from ejmap_project.published.file_family import FileFamily


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What every part of an export is given.

    Attributes:
        project: The project.
        craters: Its craters, by rising id.
        basemap: Grid of its mosaic.
        names: Numbers and names to publish under.
        scratch: Where files are written.
        target: Where they are moved when all of them are.
        force: Whether they may replace others there.
        tell: Receives a line now and then.
    """

    project: OpenProject
    craters: tuple[Crater, ...]
    basemap: BasemapGrid
    names: PublishedNames
    scratch: Path
    target: Path
    force: bool
    tell: Callable[[str], None]

    @property
    def paths(self) -> ProjectPaths:
        """Where the project's artefacts lie."""
        return self.project.paths

    def place(self, family: FileFamily, **values: int | str) -> Path:
        """Return where to write a file; its folder is there.

        Raises:
            ExportError: If the file is there already: now, and not after an hour of writing.
        """
        path = family.path(self.scratch, **values)
        require_free(self.target, [path.relative_to(self.scratch)], force=self.force)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
