"""Back-off: how long, how often, and what the last line says."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from orchestration.retries import Backoff, Transient, call, retry_after_seconds
from orchestration.settings import UserError


class Flaky:
    """Fails as told, then answers."""

    def __init__(self, *failures: Transient) -> None:
        self.failures = list(failures)
        self.waits: list[float] = []
        self.log: list[str] = []

    def run(self, backoff: Backoff) -> str:
        """What the caller gets."""
        return call(
            self._attempt,
            what="GET /v1/x",
            give_up="do this",
            backoff=backoff,
            log=self.log.append,
            sleep=self.waits.append,
        )

    def _attempt(self) -> str:
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def test_waits_grow_with_jitter_and_have_a_ceiling() -> None:
    flaky = Flaky(*[Transient("busy")] * 7)
    assert flaky.run(Backoff(first_seconds=1, longest_seconds=8)) == "answer"
    for wait, longest in zip(flaky.waits, [1, 2, 4, 8, 8, 8, 8], strict=True):
        assert longest / 2 <= wait <= longest
    assert len(flaky.log) == 7


def test_the_servers_wish_is_honoured() -> None:
    flaky = Flaky(Transient("answered 429", retry_after=20))
    assert flaky.run(Backoff(first_seconds=0.1)) == "answer"
    assert flaky.waits == [20]


def test_giving_up_says_what_and_what_to_do() -> None:
    flaky = Flaky(*[Transient("answered 503")] * 5)
    with pytest.raises(UserError, match=r"^GET /v1/x: answered 503 \(tried 3 times\); do this$"):
        flaky.run(Backoff(attempts=3))
    assert len(flaky.waits) == 2


def test_a_long_wish_ends_the_run_instead_of_blocking_it() -> None:
    flaky = Flaky(Transient("answered 429", retry_after=3600))
    with pytest.raises(UserError, match="the server asks to come back in 3600 s"):
        flaky.run(Backoff())
    assert flaky.waits == []


def test_other_exceptions_pass() -> None:
    def fail() -> None:
        raise KeyError("bug")

    with pytest.raises(KeyError):
        call(fail, what="x", give_up="y", backoff=Backoff(), log=lambda _: None)


def test_retry_after_in_both_notations() -> None:
    assert retry_after_seconds("1.5") == 1.5
    assert retry_after_seconds("-3") == 0
    in_a_minute = retry_after_seconds(format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True))
    assert in_a_minute is not None and 55 < in_a_minute <= 60
    assert retry_after_seconds("Wed, 21 Oct 2015 07:28:00 -0000") == 0
    assert retry_after_seconds("soon") is None
    assert retry_after_seconds("nan") is None
    assert retry_after_seconds(None) is None
