"""Results of former models that are kept, so that a roll-back need not compute them again.

A result is known by its recipe. Files are hard links: what is kept costs disk only once something
else has taken its place.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from ejmap_assets.metadata.facts import Metadata
from ejmap_geo.whole_file import link_or_copy, write_text
from ejmap_project.artefact import Artefact
from ejmap_project.digest import content_version

EVENT_SUFFIX = ".json"
CONTENT = "ejmap/content"
FILE_DIGEST = "ejmap/file_digest"
# Written beside what the step reported.
OWN = frozenset({CONTENT, FILE_DIGEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResults:
    """The kept results of one step of one crater.

    Attributes:
        folder: Where they lie.
        limit: How many are kept, the newest; 0 keeps none.
    """

    folder: Path
    limit: int

    def restore(self, recipe: str, output: Path) -> Artefact | None:
        """Put the result of a recipe in its place.

        Args:
            recipe: Digest of the recipe.
            output: Where the result belongs.

        Returns:
            What was reported when it was made; None when it is not kept, or was altered since: a
            file that is a link to the one in use is damaged with it.
        """
        kept, note = self._places(recipe, output)
        if not (kept.is_file() and note.is_file()):
            return None
        told = dg.deserialize_value(note.read_text(encoding="utf-8"), dg.AssetMaterialization)
        digest = told.metadata.get(FILE_DIGEST)
        if digest is None or digest.value != content_version(kept.read_bytes()):
            return None
        link_or_copy(kept, output)
        # The newest are kept: this one is in use again.
        os.utime(kept)
        metadata = {name: value for name, value in told.metadata.items() if name not in OWN}
        content = str(told.metadata[CONTENT].value)
        return Artefact(content=content, metadata={**metadata, "restored": True})

    def keep(self, recipe: str, output: Path, *, content: str, metadata: Metadata) -> None:
        """Keep a result that was just made, and forget the oldest ones beyond the limit."""
        if self.limit == 0 or not output.is_file():
            return
        kept, note = self._places(recipe, output)
        told = dg.AssetMaterialization(
            "kept",
            metadata={
                **metadata,
                CONTENT: content,
                FILE_DIGEST: content_version(output.read_bytes()),
            },
        )
        write_text(note, dg.serialize_value(told))
        link_or_copy(output, kept)
        os.utime(kept)
        self._forget(output.suffix)

    def _places(self, recipe: str, output: Path) -> tuple[Path, Path]:
        return self.folder / f"{recipe}{output.suffix}", self.folder / f"{recipe}{EVENT_SUFFIX}"

    def _forget(self, suffix: str) -> None:
        kept = sorted(self.folder.glob(f"*{suffix}"), key=lambda one: one.stat().st_mtime_ns)
        for old in kept[: -self.limit]:
            old.unlink()
            old.with_suffix(EVENT_SUFFIX).unlink(missing_ok=True)
