"""Ready-made ensembles: a folder each, which holds a bundle a member and a model card.

``NAME/member_00``, ``NAME/member_01``, ... are ordinary bundles (see
:mod:`ejmap_ml.bundles.bundle`), ``NAME/CARD.md`` says what the ensemble is for and what it is not.
Those that come with EJMAP lie in the folder of this module; projects may hold others. Nothing here
reads weights, so no torch is loaded.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from ejmap_ml.bundles.bundle_files import (
    CONFIG,
    LARGEST_JSON_BYTES,
    PROVENANCE,
    checked_file,
    read_json,
)
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.errors import BundleError

PACKAGED = Path(__file__).parent
CARD = "CARD.md"
# The published ensembles have at most so many.
MOST_MEMBERS = 20
# Versions of models have such names: no dot, which would be taken for a suffix of a file.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_MEMBER = re.compile(r"member_(\d\d)")


def member_name(number: int) -> str:
    """Return the name of the folder of a member, counted from 0."""
    return f"member_{number:02d}"


@dataclass(frozen=True, slots=True)
class ReadyEnsemble:
    """A ready-made ensemble.

    Attributes:
        folder: Where its members and its card lie.
    """

    folder: Path

    @property
    def name(self) -> str:
        """How versions of models call it."""
        return self.folder.name

    @property
    def member_count(self) -> int:
        """Number of members.

        Raises:
            BundleError: They are not numbered from 00 on without a gap, or are too many.
        """
        numbers = sorted(int(found[1]) for found in _members(self.folder))
        if numbers != list(range(len(numbers))) or not 0 < len(numbers) <= MOST_MEMBERS:
            raise BundleError(
                f"{self.folder} must hold 1 to {MOST_MEMBERS} members, numbered from member_00 on "
                f"without a gap, found {numbers}; copy it again"
            )
        return len(numbers)

    def member(self, number: int) -> Path:
        """Return the folder of a member's bundle.

        Raises:
            BundleError: There is no such member.
        """
        if number not in range(self.member_count):
            raise BundleError(
                f"{self.name} has {self.member_count} member(s), counted from 0, and no member "
                f"{number}; ask for one of them"
            )
        return self.folder / member_name(number)

    @property
    def config(self) -> ModelConfig:
        """What its members are; of an ensemble all are the same.

        Raises:
            BundleError: The configuration of the first member is missing or not valid.
        """
        path = self.member(0) / CONFIG
        try:
            return _config_of(read_json(path))
        except ValidationError as error:
            raise BundleError(f"{path} is no valid model configuration: {error}") from error

    @property
    def card(self) -> str:
        """The model card, in Markdown; empty when there is none.

        Raises:
            BundleError: It is a link, too large, or no text in UTF-8.
        """
        path = self.folder / CARD
        if not path.exists():
            return ""
        try:
            return checked_file(path, largest_bytes=LARGEST_JSON_BYTES).read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise BundleError(f"{path} must be text in UTF-8; write it anew") from error

    def stamp(self, number: int) -> str:
        """Return the text of a member's ``provenance.json``: it changes when the member does.

        Raises:
            BundleError: There is no such member, or its file is missing or too large.
        """
        return read_json(self.member(number) / PROVENANCE).decode("utf-8", errors="replace")


def is_name(name: str) -> bool:
    """Return whether an ensemble may be called so: letters, digits, ``_`` and ``-``."""
    return _NAME.fullmatch(name) is not None


def names(root: Path = PACKAGED) -> tuple[str, ...]:
    """Return the names of the ready-made ensembles in a folder, in alphabetical order.

    Args:
        root: Folder that holds them; by default those that come with EJMAP.
    """
    if not root.is_dir():
        return ()
    folders = (path for path in root.iterdir() if is_name(path.name) and path.is_dir())
    return tuple(sorted(path.name for path in folders if _members(path)))


def ready_ensemble(name: str, root: Path = PACKAGED) -> ReadyEnsemble | None:
    """Return a ready-made ensemble by its name; None if there is none.

    Args:
        name: Its name; anything else than a name, such as a path, names none.
        root: Folder that holds ensembles; by default those that come with EJMAP.
    """
    is_there = is_name(name) and bool(_members(root / name))
    return ReadyEnsemble(root / name) if is_there else None


@lru_cache(maxsize=32)
def _config_of(content: bytes) -> ModelConfig:
    """Return what a configuration says; the lineage asks dozens of times for the same one."""
    return ModelConfig.model_validate_json(content)


def _members(folder: Path) -> list[re.Match[str]]:
    if not folder.is_dir():
        return []
    found = (_MEMBER.fullmatch(path.name) for path in folder.iterdir() if path.is_dir())
    return [one for one in found if one is not None]
