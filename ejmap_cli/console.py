"""Progress on a terminal: numbered steps, and one line that fills up."""

import io
import os
import shutil
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TextIO

from ejmap_project.estimates import TimeLeft, time_words

BAR_CHARACTERS = 24
REDRAW_SECONDS = 0.1
# Without a terminal (a log file, CI) a line is written now and then instead of redrawn.
PLAIN_SECONDS = 15.0


class Console:
    """A listener that draws on a stream; see :class:`ejmap_project.progress.Progress`.

    Without a stream it writes to a copy of standard error, which still leads to the terminal while
    :func:`ejmap_project.quiet_output.quiet_output` redirects standard error to the null device.
    Use it as a context manager, so that it closes the copy.

    Attributes:
        is_terminal: Whether a terminal shows what is written.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or _copy_of_stderr()
        self.is_terminal = self._stream.isatty()
        self._begun = time.monotonic()
        self._left = TimeLeft()
        self._drawn = 0.0
        self._is_line_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._clear()
        self._stream.flush()
        if self._stream is not sys.stderr:
            self._stream.close()

    def line(self, text: str = "") -> None:
        """Write a line that stays."""
        self._clear()
        self._stream.write(f"{text}\n")
        self._stream.flush()

    @contextmanager
    def step(self, number: int, total: int, title: str) -> Generator[None]:
        """Announce a numbered step, and tell how long it took when it ends well."""
        self.line(f"[{number}/{total}] {title}")
        begun = self._drawn = time.monotonic()
        self._left = TimeLeft()
        yield
        self.line(f"      done in {time.monotonic() - begun:.1f} s")

    def update(self, what: str, *, done: int, total: int) -> None:
        """Draw how much of the current step is finished."""
        self._left.update(done=done, total=total)
        share = min(1.0, done / total) if total else 1.0
        filled = round(share * BAR_CHARACTERS)
        bar = "#" * filled + "." * (BAR_CHARACTERS - filled)
        self._draw(f"      [{bar}] {done}/{total} {what}{self._remaining()}", done >= total)

    def say(self, what: str) -> None:
        """Draw what the current step is busy with."""
        self._draw(f"      {what} ...", False)

    @property
    def elapsed_seconds(self) -> float:
        """Seconds since the console was opened."""
        return time.monotonic() - self._begun

    def _remaining(self) -> str:
        seconds = self._left.seconds
        return "" if seconds is None else f", about {time_words(seconds)} left"

    def _draw(self, text: str, is_last: bool) -> None:
        now = time.monotonic()
        pause = REDRAW_SECONDS if self.is_terminal else PLAIN_SECONDS
        if now - self._drawn < pause and not (is_last and self.is_terminal):
            return
        self._drawn = now
        if not self.is_terminal:
            self._stream.write(f"{text}\n")
        else:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r\x1b[2K{text[:width]}")
            self._is_line_open = True
        self._stream.flush()

    def _clear(self) -> None:
        if self._is_line_open:
            self._stream.write("\r\x1b[2K")
            self._is_line_open = False


def _copy_of_stderr() -> TextIO:
    try:
        number = os.dup(sys.stderr.fileno())
    except (OSError, io.UnsupportedOperation):
        # Standard error is no file: somebody who runs us inside another program listens there.
        return sys.stderr
    return os.fdopen(number, "w", encoding="utf-8", errors="replace")
