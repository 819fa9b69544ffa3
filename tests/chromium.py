"""A headless Chromium for tests and screenshots, driven through its DevTools pipe: no port, no driver, no network.

Debian calls the package `chromium`; `REVFUNNEL_CHROMIUM` names another binary.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from orchestration.settings import UserError

ANSWER_SECONDS = 120.0  # generous: other programs may keep the machine busy
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    # Every host but this machine is unknown: what a page would fetch fails, and shows as an error.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
)


def find_chromium() -> str | None:
    """The browser's path, or None where there is none."""
    named = os.environ.get("REVFUNNEL_CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if (found := shutil.which(name))), None)


def required_chromium() -> str:
    """The browser's path. Raises UserError, saying what to install, where there is none."""
    found = find_chromium()
    if found is None:
        raise UserError("No Chromium found: install the package `chromium`, or set REVFUNNEL_CHROMIUM to its path.")
    return found


@dataclass
class Page:
    """One tab. Of the page shown last: `problems` are console messages from warnings on, uncaught exceptions and failed
    requests; `requests` are all addresses that it asked for.
    """

    receive: int
    send: int
    session: str = ""
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    _number: int = 0
    _buffer: bytes = b""

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one DevTools command and wait for its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.send, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; promises are waited for.

        Raises:
            RuntimeError: it threw.
        """
        told = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise RuntimeError(json.dumps(told["exceptionDetails"]))
        return told["result"].get("value")

    def show(self, address: str, *, width: int, height: int, is_dark: bool = False, is_phone: bool = False) -> None:
        """Open a page at a size (CSS pixels) and in a colour scheme, and wait until it has loaded."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=is_phone,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        self.command("Emulation.setEmulatedMedia", features=[scheme])
        self.problems.clear()
        self.requests.clear()
        self.command("Page.navigate", url=address)
        self.wait_for("document.readyState === 'complete'")

    def wait_for(self, condition: str) -> None:
        """Wait until a JavaScript condition holds.

        Raises:
            TimeoutError: it did not within ANSWER_SECONDS.
        """
        poll = f"""new Promise((done) => {{
            const end = Date.now() + {ANSWER_SECONDS * 1000:.0f};
            const look = () => ({condition}) ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 50);
            look();
        }})"""
        if not self.evaluate(poll):
            raise TimeoutError(f"{condition} did not come true; problems: {self.problems}")

    def screenshot(self, target: Path, *, at_most: int) -> None:
        """A PNG of the page from its top on, that many pixels of it at most."""
        size = self.command("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], at_most), "scale": 1}
        told = self.command("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        target.write_bytes(base64.b64decode(told["data"]))

    def _next(self) -> dict[str, Any]:
        end = monotonic() + ANSWER_SECONDS
        while b"\0" not in self._buffer:
            if not select.select([self.receive], [], [], max(end - monotonic(), 0))[0]:
                raise TimeoutError("Chromium does not answer")
            read = os.read(self.receive, 1 << 20)
            if not read:
                raise RuntimeError("Chromium has ended")
            self._buffer += read
        first, self._buffer = self._buffer.split(b"\0", 1)
        message = json.loads(first)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, event: str, told: dict[str, Any]) -> None:
        if event == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description") or details["text"])
        elif event == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.problems.append(" ".join(str(part.get("value") or part.get("description")) for part in told["args"]))
        elif event == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.problems.append(told["entry"]["text"])
        elif event == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif event == "Network.loadingFailed":
            self.problems.append(f"a request failed: {told['errorText']}")


@contextmanager
def open_chromium(executable: str) -> Iterator[Page]:
    """A browser of its own with one tab; both end on leaving."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        # The browser reads commands from descriptor 3 and answers on 4.
        wiring = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        options = [*_OPTIONS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(
            ["bash", "-c", wiring, "chromium", executable, *options],
            pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        page = Page(receive=ours_in, send=ours_out)
        try:
            target = page.command("Target.createTarget", url="about:blank")["targetId"]
            page.session = page.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                page.command(f"{domain}.enable")
            yield page
        finally:
            os.close(ours_out)
            os.close(ours_in)
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The browser with all its processes, which share its session."""
    try:
        process.wait(timeout=5)  # it ends by itself when its pipe closes
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
