"""A page in headless Chromium, driven over the DevTools protocol through a pair of pipes."""

import base64
import contextlib
import fcntl
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from tests.browser.flags import FLAGS
from tests.servers import end_group

ANSWER_SECONDS = 60
# Chromium reads commands from descriptor 3 and writes answers to 4.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
FREE = 10
# Fields of /proc/ID/stat after the name of the process.
SESSION, USER_TICKS, SYSTEM_TICKS = 3, 11, 12


class Page:
    """One tab.

    Attributes:
        events: What Chromium told besides answers, in order.
    """

    def __init__(self, commands: int, answers: int, *, browser: int) -> None:
        """Open a tab.

        Args:
            commands: Descriptor that Chromium reads.
            answers: Descriptor that it writes to.
            browser: Id of its first process, which leads the session of the others.
        """
        self._browser = browser
        self.events: list[dict[str, Any]] = []
        self._commands, self._answers = commands, answers
        self._buffer, self._last_id, self._session = b"", 0, ""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command and return its answer."""
        self._last_id += 1
        command = {"id": self._last_id, "method": method, "params": params}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            message = self._next(deadline)
            if message.get("id") != self._last_id:
                self.events.append(message)
            elif "error" in message:
                raise AssertionError(f"{method}: {message['error']}")
            else:
                return message["result"]

    def listen(self, seconds: float) -> None:
        """Take in what Chromium tells for a while."""
        deadline = time.monotonic() + seconds
        with contextlib.suppress(TimeoutError):
            while True:
                self.events.append(self._next(deadline))

    def open(
        self, address: str, *, size: tuple[int, int] = (1280, 800), pixel_ratio: float = 1.0
    ) -> None:
        """Load a page in a window of that size, painted with so many pixels for one of it."""
        width, height = size
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=pixel_ratio,
            mobile=False,
        )
        self.ask("Page.navigate", url=address)
        self.until("document.readyState === 'complete'")

    def value(self, expression: str) -> Any:
        """Return the value of an expression, after its promise if it is one."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, condition: str, *, seconds: float = 30) -> None:
        """Wait until an expression is true."""
        deadline = time.monotonic() + seconds
        while not self.value(f"Boolean({condition})"):
            assert time.monotonic() < deadline, f"not within {seconds:g} s: {condition}"
            self.listen(0.05)

    def click(self, x: float, y: float) -> None:
        """Click at a point of the window."""
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y)
        self.mouse("mouseReleased", x, y)

    def mouse(self, kind: str, x: float, y: float) -> None:
        """Move the pointer, or press or release its left button."""
        is_held = kind != "mouseMoved"
        self.ask(
            "Input.dispatchMouseEvent",
            type=kind,
            x=x,
            y=y,
            button="left" if is_held else "none",
            clickCount=int(is_held),
        )

    def drag(self, x: float, y: float) -> None:
        """Move the pointer with its left button held down."""
        self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y, button="left", buttons=1)

    def press(self, key: str) -> None:
        """Press a key."""
        code = {"Enter": 13, "Tab": 9, "ArrowRight": 39, "ArrowDown": 40, " ": 32}.get(key, 0)
        common = {"key": key, "windowsVirtualKeyCode": code}
        text = {"Enter": "\r", " ": " "}.get(key, "")
        self.ask("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text: str) -> None:
        """Insert text where the focus is."""
        self.ask("Input.insertText", text=text)

    def cpu_seconds(self) -> float:
        """Return the time that all processes of the browser have computed so far."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            # A process may end meanwhile.
            with contextlib.suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[SESSION]) == self._browser:
                    ticks += int(fields[USER_TICKS]) + int(fields[SYSTEM_TICKS])
        return ticks / os.sysconf("SC_CLK_TCK")

    def picture(self, path: Path) -> Path:
        """Save a picture of the window."""
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))
        return path

    def complaints(self) -> list[str]:
        """Return errors, warnings and failed requests so far."""
        found: list[str] = []
        for one in self.events:
            method, params = one.get("method"), one.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(json.dumps(params["exceptionDetails"])[:500])
            elif method == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning"}:
                found.append(json.dumps(params["args"])[:500])
            elif method == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
                found.append(params["entry"]["text"])
            elif method == "Network.loadingFailed" and not params.get("canceled"):
                found.append(params["errorText"])
        return found

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._answers], [], [], left)[0]:
                raise TimeoutError("Chromium did not answer")
            self._buffer += os.read(self._answers, 1 << 20)
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)


@contextlib.contextmanager
def opened_page(browser: str, profile: Path, *more: str) -> Generator[Page]:
    """Start Chromium in a process group of its own and yield its tab.

    Args:
        browser: Path of Chromium.
        profile: Folder of its profile.
        more: Further flags.
    """
    (their_in, our_out), (our_in, their_out) = os.pipe(), os.pipe()
    # Out of the way of the two descriptors that they become.
    ends = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, FREE) for one in (their_in, their_out)]
    os.close(their_in)
    os.close(their_out)
    command = [browser, *FLAGS, *more, "--remote-debugging-pipe", f"--user-data-dir={profile}"]
    process = subprocess.Popen(
        [sys.executable, "-c", HAND_OVER, *map(str, ends), *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=ends,
    )
    for one in ends:
        os.close(one)
    try:
        yield Page(our_out, our_in, browser=process.pid)
    finally:
        end_group(process)
        os.close(our_out)
        os.close(our_in)
