"""Kept results of former models, so that a roll-back need not compute them again.

A recipe identifies a result. Files are hard links: a kept result takes disk space only after
another result replaced it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from ejmap_assets.metadata.facts import Metadata
from ejmap_geo.whole_file import link_or_copy, write_text
from ejmap_project.artefact import Artefact
from ejmap_project.digest import content_version

EVENT_SUFFIX = ".json"
CONTENT = "ejmap/content"
FILE_DIGEST = "ejmap/file_digest"
# Metadata that we add to those of the step.
OWN = frozenset({CONTENT, FILE_DIGEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResults:
    """The kept results of one step of one crater.

    Attributes:
        folder: Their folder.
        limit: Number of newest results to keep; 0 keeps none.
    """

    folder: Path
    limit: int

    def restore(self, recipe: str, output: Path) -> Artefact | None:
        """Restore the result of a recipe.

        Args:
            recipe: Digest of the recipe.
            output: Path of the artefact.

        Returns:
            The artefact as it was reported; None if it is not kept or its file was altered. A kept
            file is a link to the file in use, so damage to one damages the other.
        """
        kept, note = self._places(recipe, output)
        if not (kept.is_file() and note.is_file()):
            return None
        metadata = _noted(note)
        digest, told = metadata.get(FILE_DIGEST), metadata.get(CONTENT)
        if digest is None or told is None or digest.value != content_version(kept.read_bytes()):
            return None
        link_or_copy(kept, output)
        # A result in use again counts as new.
        os.utime(kept)
        metadata = {name: value for name, value in metadata.items() if name not in OWN}
        content = str(told.value)
        return Artefact(content=content, metadata={**metadata, "restored": True})

    def keep(self, recipe: str, output: Path, *, content: str, metadata: Metadata) -> None:
        """Keep a new result, and delete the oldest results beyond the limit."""
        if self.limit == 0 or not output.is_file():
            return
        kept, note = self._places(recipe, output)
        own = {CONTENT: content, FILE_DIGEST: content_version(output.read_bytes())}
        event = dg.AssetMaterialization("kept", metadata={**metadata, **own})
        write_text(note, dg.serialize_value(event))
        link_or_copy(output, kept)
        os.utime(kept)
        by_age = sorted(
            self.folder.glob(f"*{output.suffix}"), key=lambda one: one.stat().st_mtime_ns
        )
        for old in by_age[: -self.limit]:
            old.unlink()
            old.with_suffix(EVENT_SUFFIX).unlink(missing_ok=True)

    def _places(self, recipe: str, output: Path) -> tuple[Path, Path]:
        return self.folder / f"{recipe}{output.suffix}", self.folder / f"{recipe}{EVENT_SUFFIX}"


def _noted(note: Path) -> Mapping[str, dg.MetadataValue[Any]]:
    """Return what was reported of a kept result; nothing if the note cannot be read."""
    try:
        text = note.read_text(encoding="utf-8")
        return dg.deserialize_value(text, dg.AssetMaterialization).metadata
    except Exception:  # noqa: BLE001 - Dagster raises anything at what it did not write
        return {}
