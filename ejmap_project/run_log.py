"""A listener that writes progress to the log of a run."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from logging import Logger

from ejmap_project.estimates import TimeLeft, time_words

# Between two progress lines of one step, to keep the log short.
PAUSE_SECONDS = 15.0


class RunLog:
    """A listener that writes to the log of a run; see :class:`ejmap_project.progress.Listener`."""

    def __init__(self, log: Logger) -> None:
        self._log = log
        self._last_line = time.monotonic()
        self._left = TimeLeft()

    def line(self, text: str = "") -> None:
        """Log a sentence."""
        if text.strip():
            self._log.info(text)

    @contextmanager
    def step(self, number: int, total: int, title: str) -> Generator[None]:
        """Log the beginning and the end of a numbered step."""
        self.line(f"[{number}/{total}] {title}")
        begun = time.monotonic()
        yield
        self.line(f"      done in {time.monotonic() - begun:.1f} s")

    def update(self, what: str, *, done: int, total: int) -> None:
        """Log how much of the current step is finished, now and then."""
        self._left.update(done=done, total=total)
        seconds = self._left.seconds
        left = "" if seconds is None else f", about {time_words(seconds)} left"
        self._now_and_then(f"      {done}/{total} {what}{left}")

    def say(self, what: str) -> None:
        """Log what the current step is busy with, now and then."""
        self._now_and_then(f"      {what} ...")

    def _now_and_then(self, text: str) -> None:
        now = time.monotonic()
        if now - self._last_line >= PAUSE_SECONDS:
            self._last_line = now
            self.line(text)
