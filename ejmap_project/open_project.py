"""An open project: its settings and where its artefacts lie."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from shapely import MultiPolygon, Polygon

from ejmap_geo.craters.catalogue import Crater, craters_of, read_catalogue
from ejmap_geo.grids.body import Body
from ejmap_ml.ready.ensembles import PACKAGED
from ejmap_project.paths import ModelKind
from ejmap_project.settings.project import Project, ProjectPaths, load_project

if TYPE_CHECKING:
    from ejmap_geo.masks.rim import Rim

PROJECT_VARIABLE = "EJMAP_PROJECT"


DEFAULT_PROJECT = Path("projects") / "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProject:
    """A project's settings and where its artefacts lie.

    Attributes:
        settings: Its settings.
        paths: Where its artefacts lie.
        promoted: Digests of the ensembles that map its craters, where they are those that recipes
            name; empty for those that were promoted last.
        packaged_models: Folder of the ready-made ensembles that come with EJMAP.
        maps_by_settings: Whether the configured models count as those that map its craters, instead
            of promoted ones: the project as it will be once they are promoted.
    """

    settings: Project
    paths: ProjectPaths
    promoted: Mapping[ModelKind, str] = field(default_factory=dict[ModelKind, str])
    packaged_models: Path = PACKAGED
    maps_by_settings: bool = False

    @classmethod
    def at(cls, folder: Path) -> "OpenProject":
        """Open the project in a folder.

        Raises:
            SettingsError: If there is no project or its settings are not valid.
        """
        return cls(settings=load_project(folder), paths=ProjectPaths(folder.resolve()))

    def craters(self) -> dict[str, Crater]:
        """Return the craters of the catalogue by partition key; none before it is made."""
        path = self.paths.crater_catalogue
        try:
            stat = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return {}
        state = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
        found = _craters_in(path, state, self.settings.planet)
        return {crater.key: crater for crater in found}

    def is_labelled(self, crater: Crater) -> bool:
        """Return whether a person mapped a crater: as its table says, or as its mask shows."""
        holds_masks = self.settings.source.traits.holds_masks
        return crater.labelled or (holds_masks and self.paths.manual_mask(crater.key).is_file())

    def drawn_rims(self) -> "dict[str, Rim]":
        """Return the rims that the catalogue draws, in degrees, by the key of their crater."""
        catalogue = read_catalogue(self.paths.crater_catalogue, body=self.settings.planet)
        keys = [crater.key for crater in craters_of(catalogue)]
        drawn = zip(keys, catalogue.geometry, strict=True)
        return {key: shape for key, shape in drawn if isinstance(shape, Polygon | MultiPolygon)}

    def annulus_rims(self) -> "dict[int, Rim]":
        """Return the drawn rims by crater id where their buffers bound the annulus; else none."""
        if self.settings.used_method.annulus != "rim-buffers":
            return {}
        return {int(key): rim for key, rim in self.drawn_rims().items()}


# Each step of a run asks for the craters; to read and check their table takes 20 ms.
@lru_cache(maxsize=4)
def _craters_in(path: Path, _state: tuple[int, ...], body: Body) -> tuple[Crater, ...]:
    """Return the craters of a catalogue, read once for each state of its file."""
    return tuple(craters_of(read_catalogue(path, body=body)))


def project_folder(folder: str = "") -> Path:
    """Return the absolute folder of the project that is meant."""
    return Path(folder or os.environ.get(PROJECT_VARIABLE, "") or DEFAULT_PROJECT).resolve()
