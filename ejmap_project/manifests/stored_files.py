"""Artefacts in a bucket: put after they are made, fetched where the folder does not have them.

The folder of a project is a cache then, and the bucket holds the truth. Files come first and the
list of them last, so that who has the digest of the list finds the whole artefact or none of it.
"""

import errno
import fcntl
import stat
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from ejmap_geo.whole_file import hidden_folder
from ejmap_project.digest import is_strong
from ejmap_project.errors import ObjectStoreError
from ejmap_project.manifests.listing import ListedFile, listed_files, read_listing
from ejmap_project.manifests.manifest import FileState, Manifest, manifest_of, stamps_of
from ejmap_project.manifests.manifest_store import ArtefactFiles, Integrity
from ejmap_project.manifests.transfers import Interruption, at_once
from ejmap_project.object_store.bucket import Bucket, stated_bucket
from ejmap_project.progress import Progress, Silence

# Transfers at a time are at most the product: enough to fill a line in spite of its delay.
ARTEFACTS_AT_ONCE = 4
FILES_AT_ONCE = 4
LOCK = ".ejmap-fetch.lock"
# What file systems answer that lock no files, such as Lustre unless it is mounted to.
LOCKS_NOTHING = frozenset({errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK})
_placing = Lock()


class Recorded(NamedTuple):
    """An artefact and the digest that the history records of it; empty if it records none."""

    files: ArtefactFiles
    digest: str

    @property
    def name(self) -> str:
        """Name of the asset, with the partition."""
        return f"{self.files.asset} {self.files.partition}".strip()


class Moved(NamedTuple):
    """What a transfer did.

    Attributes:
        moved: Number of artefacts that were sent or fetched.
        size_bytes: Bytes of their files.
        left: Names of the artefacts that were not as recorded, and so were not sent.
    """

    moved: int
    size_bytes: int
    left: list[str]


class Whereabouts(NamedTuple):
    """Where artefacts are: numbers of those in the folder, the bucket, both, and neither."""

    both: int
    bucket: int
    folder: int
    neither: int


def put_away(files: ArtefactFiles, manifest: Manifest) -> None:
    """Put an artefact into the bucket, if there is one, before the history records it.

    Raises:
        ObjectStoreError: If the bucket cannot be used, or a file is a link.
        OSError: If a file cannot be read.
    """
    bucket = stated_bucket()
    if bucket is not None and not files.are_edited:
        _put(bucket, files, manifest, Interruption())


def fetch_missing(asked: Iterable[Recorded], progress: Progress | None = None) -> Moved:
    """Fetch the artefacts that the bucket has and the folder has not, as they were recorded.

    Does nothing where no bucket is stated.

    Raises:
        ObjectStoreError: If the bucket cannot be used, or returns other bytes than were recorded.
        OSError: If a file cannot be written.
    """
    bucket = stated_bucket()
    if bucket is None:
        return Moved(0, 0, [])
    wanted = [one for one in asked if one.files.compare(one.digest).is_stored]
    return _moved(partial(_fetch, bucket), wanted, progress or Silence())


def push(bucket: Bucket, recorded: Sequence[Recorded], progress: Progress) -> Moved:
    """Put the artefacts that the bucket lacks and the folder has, as they were recorded.

    It lacks an artefact also where a file was deleted that its list still names.

    Raises:
        ObjectStoreError: If the bucket cannot be used, or a file is a link.
        OSError: If a file cannot be read.
    """
    sizes = bucket.file_sizes()
    lacking = [
        one
        for one in recorded
        if one.digest
        and not one.files.are_edited
        and not (bucket.holds_list(one.digest) and _has_files(sizes, one))
    ]
    there, left = list[Recorded](), list[str]()
    for one in lacking:
        found = one.files.compare_here(one.digest)
        if found.integrity is Integrity.INTACT:
            there.append(one)
        elif found.is_altered:
            left.append(f"{one.name}: {found.fault}")
    return _moved(partial(_push, bucket), there, progress)._replace(left=left)


def whereabouts(bucket: Bucket, recorded: Sequence[Recorded], progress: Progress) -> Whereabouts:
    """Count where artefacts are that can be in a bucket, as they were recorded.

    Raises:
        ObjectStoreError: If the bucket cannot be used.
    """
    counted: Counter[tuple[bool, bool]] = Counter()
    asked = [one for one in recorded if one.digest and not one.files.are_edited]
    for done, one in enumerate(asked, start=1):
        progress.update(one.name, done=done, total=len(asked))
        is_here = one.files.compare_here(one.digest).integrity is Integrity.INTACT
        counted[is_here, bucket.holds_list(one.digest)] += 1
    return Whereabouts(
        both=counted[True, True],
        bucket=counted[False, True],
        folder=counted[True, False],
        neither=counted[False, False],
    )


def _has_files(sizes: Mapping[str, int], one: Recorded) -> bool:
    manifest, _ = one.files.read()
    if manifest is None or manifest.digest != one.digest:
        # Which files those are is not known here.
        return True
    return all(sizes.get(file.digest) == file.size_bytes for file in listed_files(manifest))


def _push(bucket: Bucket, one: Recorded, interruption: Interruption) -> int:
    manifest, _ = one.files.read()
    if manifest is None or manifest.digest != one.digest:
        folder, places = one.files.paths.folder, one.files.places
        manifest = manifest_of(folder, places, strong=is_strong(one.digest))
    return _put(bucket, one.files, manifest, interruption)


def _put(
    bucket: Bucket, files: ArtefactFiles, manifest: Manifest, interruption: Interruption
) -> int:
    folder, places = files.paths.folder, [place.resolve() for place in files.places]

    def send(one: ListedFile) -> None:
        path = folder / one.name
        # A link in a project of somebody else could lead to any file of this machine.
        is_inside = any(path.resolve().is_relative_to(place) for place in places)
        if not (is_inside and stat.S_ISREG(path.lstat().st_mode)):
            raise ObjectStoreError(f"{path} is a link, and links are not sent; put a file there")
        interruption.go_on()
        bucket.put_file(path, one.digest, one.size_bytes, go_on=interruption.go_on)

    for _ in at_once(send, listed_files(manifest), FILES_AT_ONCE, interruption):
        pass
    bucket.put_list(manifest.listing, manifest.digest)
    return manifest.size_bytes


def _fetch(bucket: Bucket, one: Recorded, interruption: Interruption) -> int:
    """Fetch an artefact into a hidden folder, and move it to its places once all of it is there."""
    files, where = one.files, str(bucket.address)
    listed = read_listing(bucket.list_text(one.digest), one.digest, where=where)
    with hidden_folder(files.paths.data / files.asset) as scratch:

        def receive(file: ListedFile) -> None:
            target = scratch / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            interruption.go_on()
            bucket.get_file(target, file.digest, file.size_bytes, go_on=interruption.go_on)

        for _ in at_once(receive, listed, FILES_AT_ONCE, interruption):
            pass
        with _one_at_a_time(files.paths.data):
            _place(files, one.digest, listed, scratch)
    return sum(file.size_bytes for file in listed)


def _place(
    files: ArtefactFiles, recorded: str, listed: Sequence[ListedFile], scratch: Path
) -> None:
    found = files.compare_here(recorded)
    if found.is_there:
        # Another process fetched it meanwhile, or makes it now.
        return
    if found.is_altered:
        # A person may have edited it.
        files.set_aside()
    folder = files.paths.folder
    for number, place in enumerate(_whole_places(files, listed)):
        source = scratch / place.relative_to(folder)
        # Empty folders are not listed; those of an artefact are there all the same.
        if not source.exists():
            source.mkdir(parents=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir():
            # A folder cannot be renamed onto one that holds something.
            place.rename(scratch / f"former-{number}")
        source.rename(place)
    stamps = stamps_of(folder, [folder / one.name for one in listed]) or {}
    digests = {one.name: one.digest for one in listed}
    files.write(Manifest({name: FileState(digests[name], one) for name, one in stamps.items()}))


def _whole_places(files: ArtefactFiles, listed: Sequence[ListedFile]) -> list[Path]:
    """Return what is renamed: places of the artefact, and files that lie in none of them.

    Which places an artefact has may follow from files that are not there yet, such as the record of
    promotions, which names an ensemble: that comes last.
    """
    folder, places = files.paths.folder, list(files.places)
    inside = {folder / one.name for one in listed}
    loose = [one for one in inside if not any(one.is_relative_to(place) for place in places)]
    return [*sorted(loose), *places]


def _moved(
    work: Callable[[Recorded, Interruption], int], wanted: Sequence[Recorded], progress: Progress
) -> Moved:
    interruption = Interruption()

    def move(one: Recorded) -> tuple[Recorded, int]:
        interruption.go_on()
        return one, work(one, interruption)

    size_bytes = done = 0
    for one, size in at_once(move, wanted, ARTEFACTS_AT_ONCE, interruption):
        size_bytes += size
        done += 1
        progress.update(one.name, done=done, total=len(wanted))
    return Moved(done, size_bytes, [])


@contextmanager
def _one_at_a_time(data: Path) -> Generator[None]:
    """Keep other processes and threads from moving files to their places in a project."""
    with _placing, (data / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError as error:
            # Two processes may then place the same artefact: one fails, and finds it the next time.
            if error.errno not in LOCKS_NOTHING:
                raise
        yield
