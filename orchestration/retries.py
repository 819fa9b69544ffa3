"""Back-off for both vendors' APIs: what is worth trying again, how long to wait, when to give up.

Neither SDK's own retries are used. Stripe's never retries a 429 and ignores Retry-After; urllib3's (under HubSpot's)
cannot tell a daily limit from a momentary one, cannot judge a body that was cut off, and sleeps without a word.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from orchestration.settings import UserError

Result = TypeVar("Result")


class Transient(Exception):
    """A failed attempt that may succeed when repeated. The message says what happened, without secrets."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class Unavailable(UserError):
    """The server failed every attempt. It may be back later."""


class NotToday(UserError):
    """No more calls today."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential waits with full jitter: attempt n waits between half of and the whole of first * 2**n seconds."""

    attempts: int = 8
    first_seconds: float = 0.5
    longest_seconds: float = 30.0
    # A server that asks for a longer pause than this gets its wish in the next run, not by blocking this one.
    patience_seconds: float = 300.0

    def wait_seconds(self, failures: int, retry_after: float | None) -> float:
        """Seconds to wait after the given number of failures (from 1); never less than the server asked for."""
        backoff = min(self.first_seconds * 2 ** (failures - 1), self.longest_seconds)
        jittered = backoff * random.uniform(0.5, 1.0)
        return max(jittered, retry_after or 0.0)


DEFAULT = Backoff()
# For a question that somebody waits for in front of the terminal.
IMPATIENT = Backoff(attempts=2, patience_seconds=5.0)


def call(
    attempt: Callable[[], Result],
    *,
    what: str,
    give_up: str,
    backoff: Backoff,
    log: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """Run `attempt` until it returns, repeating it after each Transient as `backoff` says.

    `what` names the request in the log; `give_up` is the advice that ends the Unavailable raised when attempts run out.
    """
    failures = 0
    while True:
        try:
            return attempt()
        except Transient as problem:
            failures += 1
            wait = backoff.wait_seconds(failures, problem.retry_after)
            if failures >= backoff.attempts:
                times = "once" if failures == 1 else f"{failures} times"
                raise Unavailable(f"{what}: {problem.reason} (tried {times}); {give_up}") from None
            if wait > backoff.patience_seconds:
                raise UserError(f"{what}: {problem.reason}; the server asks to come back in {wait:.0f} s") from None
            log(f"{what}: {problem.reason}; attempt {failures + 1} of {backoff.attempts} in {wait:.1f} s")
        sleep(wait)


def retry_after_seconds(header: str | None) -> float | None:
    """Seconds from a Retry-After header, which holds a number or an HTTP date; None if there is no usable one."""
    if not header:
        return None
    try:
        seconds = float(header)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
