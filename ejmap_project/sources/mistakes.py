"""Mistakes in the user's files, collected so that nobody mends them one run at a time."""

from collections.abc import Callable
from typing import TypeVar

from ejmap_geo.errors import GeoError
from ejmap_project.errors import SettingsError, SourceError

Result = TypeVar("Result")


def attempt(wrong: list[str], read: Callable[[], Result]) -> Result | None:
    """Return what is read; if it is wrong, None, and a sentence is added to ``wrong`` once."""
    try:
        return read()
    except (GeoError, SettingsError, SourceError) as error:
        if str(error) not in wrong:
            wrong.append(str(error))
        return None
