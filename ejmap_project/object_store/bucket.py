"""A bucket of an object store: files and lists of files, each under the name of its digest.

A name says what an object holds, so no object is ever changed: whoever writes it again writes the
same bytes. What comes from a bucket is not trusted: bytes are counted and hashed while they come,
and no more are taken than the history announced.
"""

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ejmap_project.digest import is_strong, running_hash
from ejmap_project.errors import ObjectStoreError, SettingsError
from ejmap_project.object_store.address import FILE, VARIABLE, StoreAddress, stated_address
from ejmap_project.object_store.faults import reason_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore, RetryConfig

FILES = "files"
LISTS = "manifests"
BLOCK_BYTES = 2**20
# Smaller files are sent in one request, which may hold them in memory.
SMALL_BYTES = 4 * 2**20
# A request is for so many bytes and may take so long: neither an endless answer nor a stalled one
# holds a run, and a line of .2 MB/s in all is still fast enough.
PART_BYTES = 16 * 2**20
REQUEST_SECONDS = 300
CONNECT_SECONDS = 10
RETRIES: "RetryConfig" = {
    "max_retries": 8,
    "retry_timeout": timedelta(seconds=120),
    "backoff": {
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=10),
        "base": 2,
    },
}
# S3 takes at most 10,000 parts of a file.
MOST_PARTS = 9000
PARTS_AT_ONCE = 2
LARGEST_LIST_BYTES = 64 * 2**20
MOST_NAMES = 2_000_000
# How long a list counts as not there once it was not.
ABSENT_SECONDS = 60.0


def _always() -> None:
    """Let a transfer go on."""


class Bucket:
    """Objects by their digests.

    Args:
        address: Where it is, for messages.
        store: The store of obstore.
    """

    def __init__(self, address: StoreAddress, store: "ObjectStore") -> None:
        self.address = address
        self._store = store
        self._known: set[str] = set()
        self._absent: dict[str, float] = {}
        self._was_listed = False

    def holds_list(self, digest: str) -> bool:
        """Return whether the list of an artefact's files is there, and so all its files.

        All lists are asked for at once, and then those that were put since.

        Raises:
            ObjectStoreError: If the bucket cannot be used.
        """
        if not self._was_listed:
            self._known |= self._sizes(LISTS).keys()
            self._was_listed = True
        if digest in self._known:
            return True
        if time.monotonic() - self._absent.get(digest, -ABSENT_SECONDS) < ABSENT_SECONDS:
            return False
        if self._size(f"{LISTS}/{digest}") is None:
            self._absent[digest] = time.monotonic()
            return False
        self._known.add(digest)
        return True

    def file_sizes(self) -> dict[str, int]:
        """Return the size of each file that is there by its digest.

        Raises:
            ObjectStoreError: If the bucket cannot be used.
        """
        return self._sizes(FILES)

    def put_file(
        self, path: Path, digest: str, size_bytes: int, *, go_on: Callable[[], None] = _always
    ) -> None:
        """Put a file under its digest; one that is there is not sent again.

        Raises:
            ObjectStoreError: If the bucket cannot be used, or the file has other bytes; and what
                ``go_on`` raises, which is asked before each block.
            OSError: If the file cannot be read.
        """
        from obstore import put

        name = _file_name(digest)
        if self._size(name) == size_bytes:
            return
        blocks = _blocks(path, digest, go_on)
        with self._told(name):
            if size_bytes <= SMALL_BYTES:
                put(self._store, name, b"".join(blocks), use_multipart=False)
                return
            part = max(2 * SMALL_BYTES, -(-size_bytes // MOST_PARTS))
            # An error while the last block is read ends the upload before the object is there.
            put(self._store, name, blocks, chunk_size=part, max_concurrency=PARTS_AT_ONCE)

    def put_list(self, text: str, digest: str) -> None:
        """Put the list of an artefact's files, which makes the artefact one that can be fetched.

        Raises:
            ObjectStoreError: If the bucket cannot be used.
        """
        from obstore import put

        name = f"{LISTS}/{digest}"
        with self._told(name):
            put(self._store, name, text.encode(), use_multipart=False)
        self._known.add(digest)

    def list_text(self, digest: str) -> bytes:
        """Return the list of an artefact's files as it lies there; the caller compares its digest.

        Raises:
            ObjectStoreError: If it is not there, is too large, or the bucket cannot be used.
        """
        name = f"{LISTS}/{digest}"
        size_bytes = self._size(name)
        if size_bytes is None or size_bytes > LARGEST_LIST_BYTES:
            self._known.discard(digest)
            told = "lacks" if size_bytes is None else "returns another size for"
            raise ObjectStoreError(f"{self.address} {told} {name}")
        return b"".join(self._parts(name, size_bytes))

    def get_file(
        self, target: Path, digest: str, size_bytes: int, *, go_on: Callable[[], None] = _always
    ) -> None:
        """Write the file of a digest to a new place.

        Raises:
            ObjectStoreError: If the file is not there or has other bytes, or the bucket cannot be
                used; and what ``go_on`` raises, which is asked after each block.
            OSError: If the file cannot be written.
        """
        name, found = _file_name(digest), running_hash(strong=is_strong(digest))
        with target.open("xb") as file:
            for part in self._parts(name, size_bytes):
                found.update(part)
                file.write(part)
                go_on()
        if found.hexdigest() != digest:
            raise ObjectStoreError(
                f"{self.address} holds other bytes under {name} than were put there; delete that "
                "object, and run `ejmap storage push` where the file still lies"
            )

    def _parts(self, name: str, size_bytes: int) -> Iterator[bytes]:
        """Yield so many bytes of an object; it is refused where the bucket sends more or fewer."""
        from obstore import get

        for start in range(0, size_bytes, PART_BYTES):
            end = min(start + PART_BYTES, size_bytes)
            left = end - start
            with self._told(name):
                answer = get(self._store, name, options={"range": (start, end)})
                for part in answer.stream(min_chunk_size=BLOCK_BYTES):
                    left -= len(part)
                    if left < 0:
                        break
                    yield part
            if left:
                raise ObjectStoreError(
                    f"{self.address} returns another size for {name} than the {size_bytes} bytes "
                    "that were put there; delete that object, and run `ejmap storage push` where "
                    "the file still lies"
                )

    def _sizes(self, folder: str) -> dict[str, int]:
        from obstore import list as pages_of

        found: dict[str, int] = {}
        with self._told(folder):
            for page in pages_of(self._store, folder):
                found.update({one["path"].rpartition("/")[2]: int(one["size"]) for one in page})
                if len(found) > MOST_NAMES:
                    raise ObjectStoreError(
                        f"{self.address} names more than {MOST_NAMES} {folder}; take a prefix of "
                        "its own for each project"
                    )
        return found

    def _size(self, name: str) -> int | None:
        from obstore import head

        try:
            with self._told(name):
                return int(head(self._store, name)["size"])
        except MissingObjectError:
            return None

    @contextmanager
    def _told(self, name: str) -> Generator[None]:
        """Say in a sentence what is wrong with the bucket; errors of local files pass."""
        from obstore.exceptions import BaseError

        try:
            yield
        except FileNotFoundError as error:
            if error.errno is not None:
                raise
            raise MissingObjectError(f"{self.address} lacks {name}") from None
        except BaseError as error:
            # What the provider says may hold a signature, so it is not shown as the cause either.
            raise ObjectStoreError(f"{self.address} cannot be used: {reason_of(error)}") from None


class MissingObjectError(ObjectStoreError):
    """An object that is not in the bucket."""


def stated_bucket() -> Bucket | None:
    """Return the bucket that ``EJMAP_OBJECT_STORE`` names; None if it names none.

    Raises:
        SettingsError: If it is no address, or obstore is not installed.
    """
    address = stated_address()
    return None if address is None else _opened(address)


@cache
def _opened(address: StoreAddress) -> Bucket:
    try:
        from obstore.exceptions import BaseError
        from obstore.store import LocalStore, from_url
    except ImportError as error:
        raise SettingsError(
            f"{VARIABLE} is set, and obstore is not installed; pip install 'ejmap[object-store]', "
            f"or unset {VARIABLE}"
        ) from error
    try:
        if address.scheme == FILE:
            return Bucket(address, LocalStore(address.prefix, mkdir=True))
        store = from_url(
            str(address),
            client_options={
                "timeout": timedelta(seconds=REQUEST_SECONDS),
                "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true",
            },
            retry_config=RETRIES,
        )
    except (BaseError, ValueError) as error:
        raise SettingsError(f"{address} cannot be used: {reason_of(error)}") from None
    except OSError as error:
        raise SettingsError(f"{address} cannot be used: {error}; correct {VARIABLE}") from None
    return Bucket(address, store)


def _file_name(digest: str) -> str:
    return f"{FILES}/{digest[:2]}/{digest}"


def _blocks(path: Path, digest: str, go_on: Callable[[], None]) -> Iterator[bytes]:
    """Yield a file, and fail before its end if it is not the file of that digest."""
    found = running_hash(strong=is_strong(digest))
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            go_on()
            found.update(block)
            yield block
    if found.hexdigest() != digest:
        raise ObjectStoreError(f"{path} has other bytes than were recorded, so it was not sent")
