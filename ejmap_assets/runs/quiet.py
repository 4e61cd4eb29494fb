"""Keeping the chatter of libraries off the console; step logs of the UI still have it."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def quiet_output() -> Generator[None]:
    """Send what the process writes to standard output and error to nowhere.

    It works on file descriptors, because Dagster copies what a step prints from its log file to
    those through a process of its own. A console that was opened before keeps its own copy.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, number)
            os.close(copy)
        os.close(nowhere)
