"""The list of an artefact's files as a bucket returns it: not believed before it is checked."""

import json
import re
from typing import NamedTuple

from ejmap_project.digest import is_strong
from ejmap_project.errors import ObjectStoreError
from ejmap_project.manifests.manifest import Manifest, listing_digest

# Nothing outside of the folder of what is made, and nothing in it that is not an artefact.
DATA = "data"
NO_ARTEFACTS = frozenset({"manifests", "damaged"})
STRONG, WEAK = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}")
LARGEST_FILE_BYTES = 2**44


class ListedFile(NamedTuple):
    """A file that an artefact has.

    Attributes:
        name: Its path from the project folder.
        size_bytes: Its size.
        digest: Its digest, under which a bucket has it.
    """

    name: str
    size_bytes: int
    digest: str


def listed_files(manifest: Manifest) -> list[ListedFile]:
    """Return the files of a manifest."""
    return [
        ListedFile(name, one.stamp.size_bytes, one.digest) for name, one in manifest.files.items()
    ]


def read_listing(body: bytes, recorded: str, *, where: str) -> list[ListedFile]:
    """Read a list of files that came from a bucket.

    Args:
        body: What came.
        recorded: Its digest in the history.
        where: The bucket, for messages.

    Raises:
        ObjectStoreError: If it is another list than the recorded one, or names a file that is none
            of an artefact.
    """
    strong = is_strong(recorded)
    try:
        text = body.decode()
        is_recorded = listing_digest(text, strong=strong) == recorded
        rows = json.loads(text) if is_recorded else None
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list):
        raise ObjectStoreError(
            f"{where} holds another list under manifests/{recorded} than was put there; delete "
            "that object, and run `ejmap storage push` where the files still lie"
        )
    return [_checked(row, STRONG if strong else WEAK, where) for row in rows]


def _checked(row: object, digests: re.Pattern[str], where: str) -> ListedFile:
    match row:
        case [str(name), int(size), str(digest)] if (
            _is_name(name) and 0 <= size <= LARGEST_FILE_BYTES and digests.fullmatch(digest)
        ):
            return ListedFile(name, size, digest)
        case _:
            raise ObjectStoreError(f"a list in {where} names what is no file of an artefact")


def _is_name(name: str) -> bool:
    first, *parts = name.split("/")
    is_plain = name.isprintable() and "\\" not in name
    is_below = first == DATA and bool(parts) and parts[0] not in NO_ARTEFACTS
    return is_plain and is_below and not any(part == "" or part[0] == "." for part in parts)
