"""What is wrong with a disk, in one sentence with the remedy: told by an error, or by the disk."""

import errno
import os
from pathlib import Path

STORAGE_FAULTS = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EROFS: "the disk is mounted read-only; mount it for writing",
    errno.EACCES: "this user may not read or write there; correct the owner or the rights",
    errno.EPERM: "this user may not read or write there; correct the owner or the rights",
    errno.EEXIST: "a file lies in the place of a folder; name another place, or move it away",
    errno.ENOTDIR: "a file lies in the place of a folder; name another place, or move it away",
    errno.ENAMETOOLONG: "that name is too long for the disk; choose a shorter one",
    errno.EIO: "the disk reports an error; look at its health, and restore a backup",
    errno.EMFILE: "too many files are open; raise `ulimit -n`",
    errno.ESTALE: "the network drive was disconnected; mount it again",
}
# With less, libraries fail in words of their own, such as a table that they could not make.
FULL_BYTES = 4 * 2**20


def disk_fault(folder: Path) -> str | None:
    """Return what keeps the disk of a folder from being written; None if nothing does."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return None
    if disk.f_flag & os.ST_RDONLY:
        return STORAGE_FAULTS[errno.EROFS]
    return STORAGE_FAULTS[errno.ENOSPC] if disk.f_bavail * disk.f_frsize < FULL_BYTES else None


def storage_sentence(error: BaseException) -> str | None:
    """Return the file, what is wrong with its disk and what to do; None for any other error."""
    if not isinstance(error, OSError) or error.errno not in STORAGE_FAULTS:
        return None
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{STORAGE_FAULTS[error.errno]}"
