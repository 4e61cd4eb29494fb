"""Corrected masks: labels that a person edited and imported, which the map shows as they are."""

import math
import re
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from ejmap_project.errors import SourceError
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths, mask_name

IMPORT_NOTE = "import.json"
_WORDS = re.compile(r"corrected by (?P<by>.*), imported (?P<utc>\S+)", re.DOTALL)


class LabelChange(BaseModel):
    """What an import changed of the mask of one crater.

    Attributes:
        crater_id: The crater.
        crater: Its name and key.
        was_label: Whether it had a label before; else it is compared with the map.
        added_px: Pixels that were set.
        removed_px: Pixels that were cleared.
        added_km2: Area that was set.
        removed_km2: Area that was cleared.
        area_km2: Area of the new label.
        digest: Digest of the new label.
        reach_km: Distance from the centre up to which ejecta are measured.
        farthest_km: Distance of the farthest pixel of the new label.
        beyond_reach_km2: Area of the new label beyond the reach: on the map, and not measured. 0 in
            notes of versions that did not look.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    crater_id: int
    crater: str
    was_label: bool
    added_px: int
    removed_px: int
    added_km2: float
    removed_km2: float
    area_km2: float
    digest: str
    reach_km: float = 0.0
    farthest_km: float = 0.0
    beyond_reach_km2: float = 0.0

    @property
    def warning(self) -> str:
        """What a person may not have meant, and what to do, as a sentence; empty if nothing."""
        if self.removed_km2 and not self.area_km2:
            return (
                f"crater {self.crater} has no ejecta now; if that is not meant, edit its mask "
                "again and import it"
            )
        if not self.beyond_reach_km2:
            return ""
        wanted_m = math.ceil(self.farthest_km) * 1000
        return (
            f"{self.beyond_reach_km2:.0f} km2 of the ejecta of crater {self.crater} lie farther "
            f"than {self.reach_km:.0f} km from its centre: they are on the map, but no quantity "
            f"counts them; give the crater a reach_m of {wanted_m} or more in the crater table "
            "before you run the project"
        )


class ImportNote(BaseModel):
    """Who imported which labels, and when.

    Attributes:
        by: The person, as stated.
        note: Words of the person.
        imported_utc: When.
        package_made_utc: When the masks were handed out.
        changes: What changed, by crater.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    note: str
    imported_utc: str
    package_made_utc: str
    changes: tuple[LabelChange, ...]

    @property
    def words(self) -> str:
        """Who corrected masks, and when they were imported; masks on the map carry it as a tag."""
        return f"corrected by {self.by}, imported {self.imported_utc}"


class Correction(NamedTuple):
    """What a mask on the map says of the person who corrected it.

    Attributes:
        by: The person, as stated.
        imported_utc: When the mask was imported.
    """

    by: str
    imported_utc: str


def correction_in(words: str) -> Correction | None:
    """Return what :attr:`ImportNote.words` say; None of any other words, such as of a model."""
    found = _WORDS.fullmatch(words)
    return None if found is None else Correction(found["by"], found["utc"])


class CorrectedMask(NamedTuple):
    """A mask that a person corrected.

    Attributes:
        path: Its file.
        note: The last import of it.
    """

    path: Path
    note: ImportNote

    @property
    def words(self) -> str:
        """Who corrected it, and when it was imported."""
        return self.note.words


def corrected_mask(project: OpenProject, key: str) -> CorrectedMask | None:
    """Return what the map shows of a crater in place of the mask of a model; None of most craters.

    A label counts once an import took it, and where labels hold all ejecta of their crater: where
    ejecta are known in tiles alone, the model maps what lies between these.

    Args:
        project: The project.
        key: Key of the crater.

    Raises:
        SourceError: If the note of an import was changed into something else.
    """
    traits = project.settings.source.traits
    if traits.masks_folder is None or not traits.is_known_everywhere:
        return None
    path = project.paths.user_file(traits.masks_folder) / mask_name(key)
    if not path.is_file():
        return None
    for place in reversed(import_notes(project.paths)):
        note = read_import_note(place)
        if any(one.crater_id == int(key) for one in note.changes):
            return CorrectedMask(path, note)
    return None


def import_notes(paths: ProjectPaths) -> list[Path]:
    """Return the notes of all imports, the oldest first."""
    return sorted(paths.corrections.glob(f"*/{IMPORT_NOTE}"))


def corrected_keys(project: OpenProject) -> frozenset[str]:
    """Return the keys of the craters of the catalogue whose mask a person corrected.

    Raises:
        SourceError: If the note of an import was changed into something else.
    """
    craters = project.craters()
    return frozenset(key for key in craters if corrected_mask(project, key) is not None)


def read_import_note(place: Path) -> ImportNote:
    """Read the note of an import.

    Raises:
        SourceError: If it was changed into something else.
    """
    try:
        return ImportNote.model_validate_json(place.read_bytes())
    except ValidationError as error:
        raise SourceError(
            f"{place} is no note of an import ({error.error_count()} mistake(s)); put it back, or "
            f"remove {place.parent} to let the model map its craters again"
        ) from error
