"""Silence on the terminal while libraries talk."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def quiet_output() -> Generator[None]:
    """Send the process's standard output and error to the null device; the UI keeps step logs.

    This redirects file descriptors, because Dagster copies a step's output from its log file to
    them through another process. A console opened before keeps its own copy.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    copies = {number: os.dup(number) for number in (1, 2)}
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in copies:
            os.dup2(null, number)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, copy in copies.items():
            os.dup2(copy, number)
            os.close(copy)
        os.close(null)
