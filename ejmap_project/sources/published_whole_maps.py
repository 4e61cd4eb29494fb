"""The whole manual maps of a published folder, and of which craters they are."""

from collections.abc import Mapping

from ejmap_geo.craters.catalogue import Crater
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.sources.source import WholeMapFiles

# Files are named by crater, and the published shapefile has ids alone.
PUBLISHED_IDS: Mapping[str, int] = {
    "amaral": 10,
    "basho": 8,
    "debussy": 12,
    "degas": 13,
    "enwonwu": 22,
    "hankan": 3,
    "hokusai": 0,
    "kuiper": 17,
    "waters": 71,
    "xiaozhao": 34,
}
# Hokusai, Han Kan, Amaral, Debussy and Waters; the maps of the others go on from labelled tiles.
INDEPENDENT = frozenset({0, 3, 10, 12, 71})


def whole_map_files(published: PublishedFolder, craters: Mapping[str, Crater]) -> WholeMapFiles:
    """Return the files of whole manual maps.

    Args:
        published: The folder.
        craters: Craters by key.

    Raises:
        SourceError: If a file is named by no crater, or two by the same one.
    """
    named = {_letters(one.name): key for key, one in craters.items() if one.name}
    keys = {one.crater_id: key for key, one in craters.items()}
    found: dict[str, str] = {}
    for (name,) in published.found(layout.WHOLE_MANUAL_MASK):
        letters = _letters(str(name))
        key = named.get(letters, keys.get(PUBLISHED_IDS.get(letters, -1)))
        if key is None or key in found:
            wrong = f"is no crater called {name}" if key is None else f"are two maps of {key}"
            path = layout.WHOLE_MANUAL_MASK.path(published.folder, name=name)
            raise SourceError(f"there {wrong}; rename {path}, or move it away")
        found[key] = str(name)
    by_crater = {
        key: published.required(layout.WHOLE_MANUAL_MASK, name=name) for key, name in found.items()
    }
    return WholeMapFiles(by_crater, published.file(layout.MANUAL_ID_MAP), INDEPENDENT)


def _letters(name: str) -> str:
    """Return a name by which one with spaces, hyphens or capitals is the same."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
