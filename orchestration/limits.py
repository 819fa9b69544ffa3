"""At most so many requests a second, over all threads, so that a vendor's limit is kept instead of found."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Limiter:
    """Hands out one place after another, evenly spaced; no bursts, since vendors count by the second."""

    def __init__(self, per_second: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self, sleep: Callable[[float], None]) -> None:
        """Wait for the next free place with the given `sleep`, which may raise to end the run."""
        if not self._interval:
            return
        with self._lock:
            now = self._clock()
            place = max(now, self._next)
            self._next = place + self._interval
        if place > now:
            sleep(place - now)


def limiter_for(per_second: float, *, explicit: bool, base: str) -> Limiter:
    """The limiter of one address: a server on this machine is nobody's shared service, unless the user says so."""
    return Limiter(per_second if explicit or urlsplit(base).hostname not in LOOPBACK else None)
