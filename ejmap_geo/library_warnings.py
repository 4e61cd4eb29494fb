"""Warnings of libraries that say nothing to our users, ignored in one thread at a time.

Python keeps one list of filters for all threads: two that change it at once leave it as neither
meant it, and a warning comes through, or is lost for ever. Others wait while a block lasts, so what
opens rasters of craters leaves it at once; tables are read and written before or after.
"""

import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager

_one_at_a_time = threading.RLock()


@contextmanager
def ignored(category: type[Warning], *messages: str) -> Generator[None]:
    """Ignore warnings while a library is called.

    Args:
        category: Their class.
        messages: How their texts begin, as regular expressions; any by default.
    """
    with _one_at_a_time, warnings.catch_warnings():
        for message in messages or ("",):
            warnings.filterwarnings("ignore", message, category)
        yield


@contextmanager
def raised(category: type[Warning]) -> Generator[None]:
    """Let a warning of a library end what it does, as an error of that class.

    Args:
        category: Its class.
    """
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("error", category)
        yield
