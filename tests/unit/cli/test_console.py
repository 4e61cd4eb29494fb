"""The console: numbered steps, a bar that fills, lines that stay."""

import io
import re

import pytest

from ejmap_cli.console import Console


class _Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


def test_a_step_is_numbered_and_timed() -> None:
    """What runs is seen before it ends, and how long it took after."""
    stream = io.StringIO()

    with Console(stream).step(2, 8, "train"):
        assert stream.getvalue() == "[2/8] train\n"

    assert re.fullmatch(r"\[2/8\] train\n      done in \d+\.\d s\n", stream.getvalue())


def test_a_step_that_fails_is_not_called_done() -> None:
    """The error speaks for itself."""
    stream = io.StringIO()

    with pytest.raises(KeyError), Console(stream).step(1, 1, "map"):
        raise KeyError

    assert "done" not in stream.getvalue()


def test_on_a_terminal_the_bar_fills_in_place() -> None:
    """A quarter of the craters fills a quarter of the bar."""
    stream = _Terminal()
    console = Console(stream)

    console.update("crater 0007", done=6, total=24)
    console.line("map.png")

    drawn, kept = stream.getvalue().split("\r\x1b[2K")[1:]
    assert drawn == "      [######..................] 6/24 crater 0007"
    assert kept == "map.png\n"


def test_a_log_file_is_not_flooded() -> None:
    """Without a terminal a line is written every quarter of a minute at most."""
    stream = io.StringIO()
    console = Console(stream)

    with console.step(1, 1, "map"):
        for done in range(1000):
            console.update("crater", done=done, total=1000)
            console.say("busy")

    assert len(stream.getvalue().splitlines()) == 2


def test_nothing_to_do_is_a_full_bar() -> None:
    """No craters, no partitioning by zero."""
    stream = _Terminal()

    Console(stream).update("craters", done=0, total=0)

    assert "[########################] 0/0" in stream.getvalue()
