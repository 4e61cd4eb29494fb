"""Who is told how long work goes on: a console, a run's log, or nobody."""

from contextlib import AbstractContextManager
from typing import Protocol


class Progress(Protocol):
    """Listener of one long step."""

    def update(self, what: str, *, done: int, total: int) -> None:
        """Tell that ``done`` of ``total`` parts are finished and ``what`` is being worked on."""
        ...

    def say(self, what: str) -> None:
        """Tell what begins now, where the number of parts is not known."""
        ...


class Listener(Progress, Protocol):
    """Listener of work in several steps."""

    def line(self, text: str = "") -> None:
        """Tell a sentence that stays."""
        ...

    def step(self, number: int, total: int, title: str) -> AbstractContextManager[None]:
        """Tell that a numbered step begins, and how long it took when it ends well."""
        ...


class Silence:
    """Progress that nobody listens to; runs in the UI have their log and metadata."""

    def update(self, what: str, *, done: int, total: int) -> None:
        """Tell nobody."""

    def say(self, what: str) -> None:
        """Tell nobody."""
