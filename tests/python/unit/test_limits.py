"""Requests a second: evenly spaced over all threads, and not on this machine unless asked for."""

import pytest

from orchestration.limits import Limiter, limiter_for


def waits(limiter: Limiter, times: int) -> list[float]:
    """The waits of so many requests at one moment."""
    noted: list[float] = []
    for _ in range(times):
        before = len(noted)
        limiter.wait(noted.append)
        if len(noted) == before:
            noted.append(0.0)
    return noted


def test_places_are_evenly_spaced() -> None:
    assert waits(Limiter(4, clock=lambda: 100.0), 4) == [0.0, 0.25, 0.5, 0.75]


def test_unused_places_are_not_saved_up() -> None:
    moments = iter([0.0, 100.0, 100.0])
    assert waits(Limiter(2, clock=lambda: next(moments)), 3) == [0.0, 0.0, 0.5]


@pytest.mark.parametrize(
    ("base", "explicit", "limited"),
    [
        ("https://api.stripe.com", False, True),
        ("http://127.0.0.1:8700", False, False),
        ("http://localhost:8700", False, False),
        ("http://127.0.0.1:8700", True, True),
    ],
)
def test_only_a_shared_server_is_limited_by_default(base: str, explicit: bool, limited: bool) -> None:
    assert (sum(waits(limiter_for(10, explicit=explicit, base=base), 3)) > 0) is limited
