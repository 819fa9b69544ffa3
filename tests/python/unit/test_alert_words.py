"""What a message says, and that it fits into what a service takes."""

import apprise
import pytest

from orchestration.alerts.conditions import Condition, Level
from orchestration.alerts.delivery import room
from orchestration.alerts.words import body, listed, title
from tests.python.alerting.events import START, at, news, waiting

PLENTY = 30_000


def test_one_thing_is_named_in_the_title_and_said_in_a_paragraph() -> None:
    told = news(title="win_rate on benchmark_results", detail="fail: 12.0 % in 2026-02. Call the lost deals")
    assert title([told]) == "revfunnel: win_rate on benchmark_results broken"
    assert body(waiting(told), "Europe/Stockholm", PLENTY) == (
        "BROKEN: win_rate on benchmark_results (error, revops, since 2026-03-02 10:00 Europe/Stockholm)\n"
        "fail: 12.0 % in 2026-02. Call the lost deals"
    )


def test_several_are_counted_and_stand_worst_first() -> None:
    told = [
        news("recovered", Level.WARN, id=1, title="a", detail=""),
        news("broken", Level.WARN, id=2, title="b", detail=""),
        news("broken", Level.ERROR, id=3, title="c", detail=""),
        news("reminder", Level.ERROR, id=4, title="d", detail=""),
    ]
    assert title(told) == "revfunnel: 2 broken, 1 still broken, 1 recovered"
    heads = [line.split(" (")[0] for line in body(waiting(*told), "UTC", PLENTY).splitlines() if line]
    assert heads == ["BROKEN: c", "BROKEN: b", "STILL BROKEN: d", "RECOVERED: a"]
    assert "RECOVERED: a (warning, revops, was broken since 2026-03-02 09:00 UTC)" in body(
        waiting(*told), "UTC", PLENTY
    )


def test_what_does_not_fit_is_shortened_to_a_line_each_and_then_counted() -> None:
    told = [news(id=number, title=f"check_{number:03}", detail="why " * 50) for number in range(100)]
    lines = body(waiting(*told), "UTC", 8_000).splitlines()
    assert len(lines) == 100 and all(line.startswith("BROKEN: check_") for line in lines)
    few = body(waiting(*told), "UTC", 1_000)
    assert 900 < len(few) <= 1_000
    shown = few.count("BROKEN")
    assert few.endswith(f"... and {100 - shown} more: see the checks in the Dagster UI")


@pytest.mark.parametrize("room", [10, 50, 120])
def test_not_even_one_line_is_too_long(room: int) -> None:
    assert len(body(waiting(news(title="x" * 200)), "UTC", room)) == room


@pytest.mark.parametrize(
    ("url", "most"),
    [
        # The limits of the services themselves: a PagerDuty summary 1,024 characters, a Discord message 2,000.
        ("pagerduty://A1BRTD4JDTIiajkdnlazkcOXrIdevi7F@api-key", 1_024),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", 2_000),
    ],
)
def test_a_message_with_a_lot_in_it_fits_the_service(url: str, most: int) -> None:
    service = apprise.Apprise.instantiate(url)
    assert service is not None
    told = [news(id=number, title=f"check_{number:03}", detail="why " * 50) for number in range(200)]
    head = title(told)
    assert len(head) + 2 + len(body(waiting(*told), "UTC", room(service, head))) <= most


def test_what_is_broken_is_listed_a_line_each() -> None:
    bad = [Condition("k", "freshness of revenue", Level.ERROR, at(hours=-9), "finance")]
    assert listed(bad, "UTC") == "- freshness of revenue (error, finance, since 2026-03-02 00:00 UTC)"
    assert START.hour == 9
