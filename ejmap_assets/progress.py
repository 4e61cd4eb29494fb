"""What a long step tells about its progress, whoever listens."""

from typing import Protocol


class Progress(Protocol):
    """Listener of long steps: a console, a run's log, or nobody."""

    def update(self, what: str, *, done: int, total: int) -> None:
        """Tell that ``done`` of ``total`` parts are finished and ``what`` is being worked on."""
        ...

    def say(self, what: str) -> None:
        """Tell what begins now, where the number of parts is not known."""
        ...


class Silence:
    """Progress that nobody listens to; runs in the UI have their log and metadata."""

    def update(self, what: str, *, done: int, total: int) -> None:
        """Tell nobody."""

    def say(self, what: str) -> None:
        """Tell nobody."""
