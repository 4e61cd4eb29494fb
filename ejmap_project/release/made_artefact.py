"""An artefact as it was made: what a release freezes of it, and what it was made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ejmap_project.pictures.picture_store import StoredPicture
from ejmap_project.release.release_folder import files_below
from ejmap_project.release_metadata.release_manifest import ArtefactNote

# Of a GeoPackage that a GIS has open.
PASSING = ("-journal", "-shm", "-wal")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeArtefact:
    """An artefact of a project that is there.

    Attributes:
        note: What it was made of, without its files.
        settings: Settings that it depends on; None where it is not up to date.
        outputs: Files and folders to freeze; empty for what a release only names.
        pictures: Its pictures by name.
    """

    note: ArtefactNote
    settings: object = None
    outputs: tuple[Path, ...] = ()
    pictures: Mapping[str, StoredPicture] = field(default_factory=dict[str, StoredPicture])

    def files(self) -> Iterator[Path]:
        """Yield its files, with those of the same name and another suffix beside them.

        These are styles and attribute tables of rasters, and tables as text.
        """
        for output in self.outputs:
            if output.is_dir():
                yield from files_below(output)
                continue
            for path in sorted(output.parent.glob(f"{output.stem}.*")):
                if path.is_file() and not path.name.endswith(PASSING):
                    yield path
