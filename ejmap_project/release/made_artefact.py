"""An artefact as it was made: what a release freezes of it, and what it was made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ejmap_project.pictures.picture_store import StoredPicture

# Of a GeoPackage that a GIS has open.
PASSING = ("-journal", "-shm", "-wal")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeArtefact:
    """An artefact of a project that is there.

    Attributes:
        asset: Name of the asset.
        partition: Its partition; None if it is unpartitioned.
        data_version: Digest of its content.
        recipe: Digest of code version, settings and inputs.
        code_version: Version of the code that made it.
        settings: Settings that it depends on; None where it is not up to date.
        inputs: Data versions of its unpartitioned inputs, and of those of the same crater, by name.
        run_id: Dagster's run that made it; empty if it is not known.
        made_utc: When it was made, ISO 8601.
        stale: Why it is not up to date; empty if it is.
        outputs: Files and folders to freeze; empty for what a release only names.
        pictures: Its pictures by name.
    """

    asset: str
    partition: str | None
    data_version: str
    recipe: str
    code_version: str
    settings: object
    inputs: Mapping[str, str]
    run_id: str
    made_utc: str
    stale: str = ""
    outputs: tuple[Path, ...] = ()
    pictures: Mapping[str, StoredPicture] = field(default_factory=dict[str, StoredPicture])

    def files(self) -> Iterator[Path]:
        """Yield its files, with those of the same name and another suffix beside them.

        These are styles and attribute tables of rasters, and tables as text.
        """
        for output in self.outputs:
            if output.is_dir():
                yield from (path for path in sorted(output.rglob("*")) if path.is_file())
                continue
            for path in sorted(output.parent.glob(f"{output.stem}.*")):
                if path.is_file() and not path.name.endswith(PASSING):
                    yield path
