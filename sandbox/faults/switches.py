"""The fault switches: which are on, how often each strikes, and the reproducible dice behind them."""

import hashlib
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

# Switches that strike a request with a probability, in the order in which they are tried.
STRIKING: Mapping[str, str] = {
    "rate_limit": "429 with Retry-After",
    "rate_limit_silent": "429 without Retry-After",
    "error_500": "500 with the vendor's envelope",
    "error_502": "502 with a gateway's page",
    "error_503": "503 with a gateway's page",
    "timeout": "no answer for a while, then a broken connection",
    "cut_body": "half a body, then a broken connection",
    "cut_json": "half a body in a complete answer",
    "html": "200 with a web page",
    "wrong_shape": "200 with JSON that is neither a list nor the object",
    "duplicate_page": "the page before once more",
    "reordered_page": "a page's objects in another order",
}
# A switch that works beside the others: something changes before the request is answered.
CHANGING = "change_while_paging"
# Switches whose value is not a probability.
AMOUNTS: Mapping[str, str] = {
    "requests_per_second": "requests that either vendor answers in a second of real time; all others get 429",
    "daily_limit": "HubSpot requests a day; all others get 429 DAILY",
    "older_shape": "share of the Stripe invoices and subscriptions in the shape of 2024-12-18.acacia",
    "index_lag": "seconds until HubSpot's search sees a change",
}
SWITCHES: Mapping[str, str] = {**STRIKING, CHANGING: "an object changes before its list is answered", **AMOUNTS}


@dataclass
class Faults:
    """The state of all switches. Dice are thrown by seed, request, and how often that request has come."""

    rates: dict[str, float] = field(default_factory=dict)
    seed: int = 0
    retry_after: float = 1.0
    # Seconds that `timeout` keeps a client waiting; longer than any client waits.
    hold: float = 100.0
    fired: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    # HubSpot requests by day, for the daily limit.
    used: Counter[str] = field(default_factory=Counter)
    # When each vendor answered within the last second.
    answered: dict[str, deque[float]] = field(default_factory=dict)

    def set(self, rates: Mapping[str, float]) -> None:
        """Replace all switches and start counting anew. Raises ValueError for unknown names and values."""
        for name, value in rates.items():
            if name not in SWITCHES:
                raise ValueError(f"unknown fault {name}; known: {', '.join(SWITCHES)}")
            is_probability = name in STRIKING or name in (CHANGING, "older_shape")
            if value < 0 or (is_probability and value > 1):
                raise ValueError(f"fault {name}: the value must be {'from 0 to 1' if is_probability else 'at least 0'}")
        self.rates = {name: value for name, value in rates.items() if value or name == "daily_limit"}
        for counter in (self.fired, self.seen, self.used):
            counter.clear()
        self.answered.clear()

    def throw(self, request: str) -> "Throw":
        """The dice for one coming of a request, which is named by all that distinguishes it."""
        self.seen[request] += 1
        return Throw(self, f"{request}|{self.seen[request]}")

    def is_too_fast(self, vendor: str, now: float) -> bool:
        """Count a request at a moment in seconds; whether it is one too many within a second."""
        limit = self.rates.get("requests_per_second")
        if limit is None:
            return False
        answered = self.answered.setdefault(vendor, deque())
        while answered and answered[0] <= now - 1:
            answered.popleft()
        if len(answered) < limit:
            answered.append(now)
            return False
        self.fired["requests_per_second"] += 1
        return True

    def is_over_day(self, day: str) -> bool:
        """Count a HubSpot request; whether it is one too many for the day."""
        limit = self.rates.get("daily_limit")
        if limit is None:
            return False
        self.used[day] += 1
        if self.used[day] <= limit:
            return False
        self.fired["daily_limit"] += 1
        return True


@dataclass(frozen=True)
class Throw:
    """One coming of one request."""

    faults: Faults
    request: str

    def first(self) -> str | None:
        """The first of the striking switches that hits."""
        return next((name for name in STRIKING if self.hits(name)), None)

    def hits(self, name: str) -> bool:
        """Whether a switch hits."""
        return self.number(name) < self.faults.rates.get(name, 0.0) * 2**64

    def number(self, name: str) -> int:
        """A number below 2**64 that depends on nothing but seed, switch and request."""
        named = f"{self.faults.seed}|{name}|{self.request}"
        return int.from_bytes(hashlib.blake2b(named.encode(), digest_size=8).digest())
