"""Verification: every file of a project is read and compared with the digest in the history.

`ejmap run` reads no file whose size, inode and time are those of its manifest. A file that rotted
without a change of these is found here and marked, so that the next run makes it again.
"""

from typing import NamedTuple

from ejmap_assets.lineage.recipes import RecipeBook
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.status.standing import artefacts_made
from ejmap_project.manifests.manifest_store import Integrity
from ejmap_project.progress import Progress


class Fault(NamedTuple):
    """An artefact that is not what was recorded.

    Attributes:
        artefact: Its name, with its partition.
        fault: What is wrong with which files.
    """

    artefact: str
    fault: str


class Verified(NamedTuple):
    """What re-reading a project found.

    Attributes:
        artefacts: Number of artefacts that were read.
        adopted: Number of those without a digest, of EJMAP 0.1; they have one now.
        faults: Those that are not what was recorded.
    """

    artefacts: int
    adopted: int
    faults: list[Fault]


def verify(book: RecipeBook, progress: Progress, *, reads_all: bool = True) -> Verified:
    """Compare every file that the history of a project describes with its recorded digest.

    A missing file is a fault only if a run would make it again: people delete what they no longer
    need, such as members of former versions, and a bucket may have it.

    Args:
        book: A snapshot of the current recipes.
        progress: Told of every artefact.
        reads_all: Whether to read files that have the size, inode and time of their manifest.
    """
    wanted = {(asset, partition) for _, asset, partition in artefacts_made(book)}
    # Without the tables that plans are made from, a run does not know yet what it will make.
    plans = [name for name, row in LINEAGE.items() if row.is_for_plans and book.last(name)]
    is_planned = all(map(book.is_there, plans))
    recorded = list(book.recorded(LINEAGE))
    faults: list[Fault] = []
    adopted = 0
    for done, (asset, partition, made) in enumerate(recorded):
        name = asset if partition is None else f"{asset} {partition}"
        progress.update(name, done=done, total=len(recorded))
        found = book.files(asset, partition).compare(
            made.files, reads_all=reads_all, adopts=reads_all
        )
        is_gone = found.integrity is Integrity.MISSING
        is_left_out = is_gone and is_planned and (asset, partition) not in wanted
        if found.is_altered or not (found.is_there or is_left_out):
            faults.append(Fault(name, found.fault))
        elif not made.files and found.integrity is Integrity.INTACT:
            adopted += 1
    progress.update("artefacts", done=len(recorded), total=len(recorded))
    return Verified(len(recorded), adopted, faults)
