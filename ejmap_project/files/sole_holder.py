"""One process at a time where files are read, worked on, and put back as a whole."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def sole_holder(lock: Path, *, otherwise: Exception | None) -> Generator[None]:
    """Hold a lock while a block runs; it ends with the process, however that ends.

    Args:
        lock: File to lock; it is made, with the folders above it, and stays.
        otherwise: Raised if another process or thread holds the lock; None waits for it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if otherwise else 0))
        except BlockingIOError as error:
            if otherwise is None:
                raise
            raise otherwise from error
        except OSError:
            # Some file systems of clusters have no locks; people then take care of it.
            pass
        yield
