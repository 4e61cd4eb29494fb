"""Families of files: files of one kind, whose paths differ by numbers and names only."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ejmap_project.errors import SourceError

# What a blank of a template may stand for. Numbers have one spelling only, so that a number and its
# file lead to each other.
BLANKS: Mapping[str, str] = {"run": r"[^/]+", "name": r"[^/_.]+"}
NUMBER = r"0|[1-9][0-9]{0,8}"

Key = tuple[int | str, ...]


@dataclass(frozen=True)
class FileFamily:
    """Files whose paths follow a template, such as ``data/cyl_data/mask_crater_{crater}.tif``.

    Blanks stand for whole numbers, ``{run}`` and ``{name}`` for text.

    Attributes:
        template: Path from the folder, with forward slashes.
    """

    template: str

    @cached_property
    def blanks(self) -> tuple[str, ...]:
        """Names of the blanks in the order of the template."""
        return tuple(re.findall(r"\{(\w+)\}", self.template))

    def path(self, folder: Path, **values: int | str) -> Path:
        """Return where the file with these values lies, whether it is there or not.

        Raises:
            SourceError: If a text would lead out of the folder.
        """
        for blank, value in values.items():
            if not re.fullmatch(BLANKS.get(blank, NUMBER), str(value)) or value in {".", ".."}:
                raise SourceError(f"{value!r} is no {blank} of a published folder; name another")
        return folder / self.template.format(**values)

    def found(self, folder: Path) -> dict[Key, Path]:
        """Return the files that are there by the values of their blanks, in rising order.

        Raises:
            SourceError: If a symbolic link leads out of the folder.
        """
        places: list[tuple[Key, Path]] = [((), folder)]
        for segment in self.template.split("/"):
            places = [
                ((*key, *values), path)
                for key, parent in places
                for values, path in _matches(parent, segment, folder)
            ]
        # Numbers by size and texts by letters, although a family has one kind in each place.
        places.sort(key=lambda place: [(isinstance(one, str), one) for one in place[0]])
        return {key: path for key, path in places if path.is_file()}

    def file(self, folder: Path, **values: int | str) -> Path | None:
        """Return the file with these values, or None if it is not there.

        Raises:
            SourceError: If it is a symbolic link that leads out of the folder.
        """
        path = self.path(folder, **values)
        if not path.is_file():
            return None
        require_inside(path, folder)
        return path


def require_inside(path: Path, folder: Path) -> None:
    """Check that a file really lies in a folder and is not merely linked from it.

    Raises:
        SourceError: If it does not.
    """
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SourceError(
            f"{path} is a link to a file outside of {folder}; replace it by the file itself"
        )


def _matches(parent: Path, segment: str, folder: Path) -> Iterator[tuple[Key, Path]]:
    """Yield the files and folders that a part of a path stands for, with the values of blanks."""
    pattern = _pattern(segment)
    if not parent.is_dir():
        return
    if not pattern.groups:
        path = parent / segment
        if path.exists():
            require_inside(path, folder)
            yield (), path
        return
    with os.scandir(parent) as entries:
        for entry in entries:
            match = pattern.fullmatch(entry.name)
            if match is None:
                continue
            path = parent / entry.name
            # Resolving a hundred thousand tiles would take seconds; only links need it.
            if entry.is_symlink():
                require_inside(path, folder)
            found = match.groupdict().items()
            yield tuple(text if blank in BLANKS else int(text) for blank, text in found), path


def _pattern(segment: str) -> re.Pattern[str]:
    # Every second part is the name of a blank.
    return re.compile(
        "".join(
            f"(?P<{part}>{BLANKS.get(part, NUMBER)})" if number % 2 else re.escape(part)
            for number, part in enumerate(re.split(r"\{(\w+)\}", segment))
        )
    )
