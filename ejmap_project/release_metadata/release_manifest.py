"""The manifest of a release: its files with their digests, and what each artefact was made of."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from ejmap_project.errors import ReleaseError

MANIFEST, MAP_PAGE = "release.json", "map_page"
# A release of 2000 craters has one of 10 MB.
LARGEST_BYTES = 2**28


class ReleasedPage(NamedTuple):
    """The map page of a release.

    Attributes:
        path: Path of the file to open, from the folder of the release.
        size: Bytes of all its files.
    """

    path: str
    size: int


def _inside(path: str) -> str:
    """Refuse a path that leads out of the release: a manifest may come from anybody."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or "\x00" in path:
        raise ValueError(f"{path!r} is no path inside of a release")
    return path


class _Note(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileNote(_Note):
    """A file of a release.

    Attributes:
        path: Its path from the folder of the release, with slashes.
        size: Its size in bytes.
        sha256: Its digest.
    """

    path: Annotated[str, AfterValidator(_inside)]
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class ArtefactNote(_Note):
    """What an artefact was made of, whether or not its files are in the release.

    Attributes:
        asset: Name of the asset.
        partition: Its partition; None if it is unpartitioned.
        data_version: Digest of its content.
        recipe: Digest of code version, settings and inputs.
        code_version: Version of the code that made it.
        inputs: Data versions of its unpartitioned inputs, and of those of the same crater, by name.
        run_id: Dagster's run that made it; empty if it is not known.
        made_utc: When it was made, ISO 8601.
        stale: Why it was not up to date; empty if it was.
        files: Those of its files that are in the release.
    """

    asset: str
    partition: str | None
    data_version: str
    recipe: str
    code_version: str
    inputs: dict[str, str]
    run_id: str
    made_utc: str
    stale: str = ""
    files: tuple[str, ...] = ()


class RunNote(_Note):
    """A run of Dagster.

    Attributes:
        job: Name of its job.
        started_utc: When it began, ISO 8601; empty if it is not known.
        ended_utc: When it ended; empty if it is not known.
    """

    job: str
    started_utc: str = ""
    ended_utc: str = ""


class ModelNote(_Note):
    """An ensemble that mapped the craters.

    Attributes:
        version: Version of the model.
        digest: Digest of its members.
        members: Data versions of its members.
    """

    version: str
    digest: str
    members: tuple[str, ...]


class MosaicNote(_Note):
    """The mosaic that was mapped; a release does not hold it.

    Attributes:
        words: What it is.
        terms: Licence, DOI or credit; empty where the project states none.
        doi: Where it was published; empty if nobody published it.
        data_version: Digest of its content.
    """

    words: str
    terms: str
    doi: str
    data_version: str


class CorrectionNote(_Note):
    """A mask of the map that a person corrected by hand: it is no model's.

    Attributes:
        key: Key of the crater.
        crater: Its name and key.
        by: The person, as stated.
        imported_utc: When the mask was imported, ISO 8601.
        note: Words of the person.
        added_km2: Area that was set against the mask before; None without a note of the import.
        removed_km2: Area that was cleared.
        file: The note of the import in the release; empty where it was taken away.
    """

    key: str
    crater: str
    by: str
    imported_utc: str
    note: str = ""
    added_km2: float | None = None
    removed_km2: float | None = None
    file: str = ""

    @property
    def words(self) -> str:
        """Whose mask it is, since when, and why, in one line."""
        why = f" ({self.note})" if self.note else ""
        told = f"{self.crater}, by {self.by}, imported {self.imported_utc}{why}"
        return " ".join(told.split())


class ReleaseManifest(_Note):
    """Everything that ``release.json`` says.

    Attributes:
        format: Version of the layout.
        number: Number of the release.
        name: Its name.
        note: Words of whoever made it.
        made_utc: When it was made, ISO 8601.
        project: Name of the project folder.
        body: Name of the planet.
        packages: Versions of EJMAP, Python and what computes.
        mosaic: The mosaic.
        models: The ensembles that mapped the craters, by model.
        craters: Number of craters in each state.
        corrections: Masks of the map that people corrected by hand, by crater.
        missing: Artefacts that the project makes and that were not there.
        settings: Settings that each asset depends on, as its recipe holds them; those of assets
            that were not up to date are left out, because nobody knows them.
        artefacts: What everything was made of.
        runs: The runs that made them, by id; those that the history still knows.
        files: All files but this one.
    """

    format: Literal[1] = 1
    number: int = Field(ge=1)
    name: str
    note: str = ""
    made_utc: str
    project: str
    body: str
    packages: dict[str, str]
    mosaic: MosaicNote
    models: dict[str, ModelNote] = Field(default_factory=dict)
    craters: dict[str, int] = Field(default_factory=dict)
    corrections: tuple[CorrectionNote, ...] = ()
    missing: tuple[str, ...] = ()
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    artefacts: tuple[ArtefactNote, ...]
    runs: dict[str, RunNote] = Field(default_factory=dict)
    files: tuple[FileNote, ...]

    @property
    def label(self) -> str:
        """Name of its folder."""
        return f"{self.number:04d}_{self.name}"

    @property
    def size(self) -> int:
        """Bytes of all its files together."""
        return sum(one.size for one in self.files)

    @property
    def stale(self) -> list[ArtefactNote]:
        """The artefacts that were not up to date."""
        return [one for one in self.artefacts if one.stale]

    @property
    def corrected_words(self) -> str:
        """Which masks were corrected by hand, by whom and when, as a sentence; empty for none."""
        if not self.corrections:
            return ""
        listed = "; ".join(one.words for one in self.corrections)
        return f"Masks corrected by hand, {len(self.corrections)}: {listed}."

    @cached_property
    def by_artefact(self) -> Mapping[tuple[str, str | None], ArtefactNote]:
        """The notes of artefacts by asset and partition."""
        return {(one.asset, one.partition): one for one in self.artefacts}

    @property
    def map_page(self) -> ReleasedPage | None:
        """The map page in the release; None if there was none."""
        note = self.by_artefact.get((MAP_PAGE, None))
        held = set[str]() if note is None else {*note.files}
        index = next((one for one in held if PurePosixPath(one).name == "index.html"), None)
        if index is None:
            return None
        return ReleasedPage(index, sum(one.size for one in self.files if one.path in held))

    def data_version(self, asset: str) -> str:
        """Return the data version of an unpartitioned artefact; empty if it was not there."""
        found = self.by_artefact.get((asset, None))
        return "" if found is None else found.data_version


def read_release_manifest(folder: Path) -> ReleaseManifest:
    """Read the manifest of a release.

    Raises:
        ReleaseError: If it is missing, or holds anything else than it should.
    """
    file = folder / MANIFEST
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise ReleaseError(f"{file} is larger than a manifest may be; it is none of a release")
        return ReleaseManifest.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ReleaseError(
            f"{folder} is no release: {MANIFEST} cannot be read ({error.strerror}); "
            "`ejmap release list PROJECT` names those that are"
        ) from error
    except ValidationError as error:
        raise ReleaseError(
            f"{file} does not hold what a manifest should ({error.error_count()} mistakes); "
            "restore it from a copy, or remove the release"
        ) from error
