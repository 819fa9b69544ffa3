"""At least once, and not twice without saying so: what waits for a channel, who holds it, and what becomes of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration.alerts.conditions import Level
from orchestration.alerts.memory import observe
from orchestration.alerts.outbox import (
    ABANDONED_AFTER,
    KEEP_TAKEN,
    LONGEST_RETRY,
    address,
    clear,
    refused,
    stuck,
    take,
    taken,
    waits_since,
)
from orchestration.alerts.store import Store
from orchestration.alerts.words import body
from tests.python.alerting.events import START, at, check, settings, written


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One thing is broken, and two channels are to hear of it."""
    store = Store(settings(tmp_path))
    observe(store, [check(Level.ERROR)], START)
    address(store, ["one", "two"], lambda _: ["one", "two"], START)
    return store


def test_each_channel_gets_it_once(store: Store) -> None:
    for channel in ("one", "two"):
        waiting = take(store, channel, START)
        assert [each.news.kind for each in waiting] == ["broken"]
        taken(store, channel, waiting)
        assert take(store, channel, at(days=1)) == []


@pytest.mark.usefixtures("store")
def test_of_several_at_once_one_gets_it(tmp_path: Path) -> None:
    stores = [Store(settings(tmp_path)) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda each: take(each, "one", at(seconds=1)), stores))
    assert sorted(map(len, got)) == [0] * 7 + [1]


def test_what_was_held_when_a_process_died_is_sent_again_and_says_so(store: Store, tmp_path: Path) -> None:
    assert len(take(store, "one", START)) == 1  # and then the process is gone
    restarted = Store(settings(tmp_path))
    assert take(restarted, "one", START + ABANDONED_AFTER - timedelta(seconds=1)) == []
    (again,) = take(restarted, "one", START + ABANDONED_AFTER)
    assert again.is_repeat
    assert "you may have this already" in body([again], "UTC", 10_000)
    taken(restarted, "one", [again])
    assert take(restarted, "one", at(days=9)) == []


def test_a_refused_message_is_due_later_and_later_up_to_an_hour(store: Store) -> None:
    now, gaps = START, []
    for _ in range(12):
        waiting = take(store, "one", now)
        assert len(waiting) == 1 and not waiting[0].is_repeat
        due = refused(store, "one", waiting, "503", now)
        assert take(store, "one", due - timedelta(seconds=1)) == []
        gaps.append((due - now).total_seconds())
        now = due
    assert gaps[:4] == [10, 20, 40, 80]
    assert gaps[-1] == LONGEST_RETRY.total_seconds() == 3600


def test_a_channel_that_refuses_is_left_alone_with_newer_news_too_and_gets_all_at_once(store: Store) -> None:
    due = refused(store, "one", take(store, "one", START), "503", START)
    observe(store, [check(Level.FINE, at(seconds=5))], at(seconds=5))
    address(store, ["one", "two"], lambda _: ["one", "two"], at(seconds=5))
    assert take(store, "one", at(seconds=6)) == []
    assert [each.news.kind for each in take(store, "two", at(seconds=6))] == ["broken", "recovered"]
    assert [each.news.kind for each in take(store, "one", due)] == ["broken", "recovered"]


def test_what_is_stuck_is_visible_until_it_is_taken(store: Store) -> None:
    assert (stuck(store), waits_since(store, "one")) == ([], START)
    due = refused(store, "one", take(store, "one", START), "HTTP 503", START)
    (found,) = stuck(store)
    assert (found.channel, found.waiting, found.attempts, found.error) == ("one", 1, 1, "HTTP 503")
    taken(store, "one", take(store, "one", due))
    assert (stuck(store), waits_since(store, "one")) == ([], None)


def test_what_waited_for_a_channel_that_is_gone_goes_to_the_one_in_its_place(store: Store) -> None:
    """A wrong URL is mended: that is another channel, and what the wrong one refused must not be lost."""
    taken(store, "two", take(store, "two", START))
    refused(store, "one", take(store, "one", START), "404", START)
    address(store, ["mended", "two"], lambda _: ["mended", "two"], at(hours=1))
    assert [each.news.kind for each in take(store, "mended", at(hours=1))] == ["broken"]
    assert take(store, "two", at(hours=1)) == []  # has it already
    assert [each.channel for each in stuck(store)] == []


def test_a_new_channel_does_not_hear_what_the_others_have_taken(store: Store) -> None:
    for channel in ("one", "two"):
        taken(store, channel, take(store, channel, START))
    address(store, ["one", "two", "new"], lambda _: ["one", "two", "new"], at(hours=1))
    assert take(store, "new", at(hours=1)) == []


def test_news_for_nobody_do_not_wait(store: Store) -> None:
    observe(store, [check(Level.ERROR, name="other")], START)
    address(store, ["one"], lambda _: [], START)
    address(store, ["one"], lambda _: ["one"], START)
    assert [each.news.title for each in take(store, "one", START)] == ["win_rate on results"]


def test_old_news_is_forgotten_once_everybody_has_it(store: Store) -> None:
    taken(store, "one", take(store, "one", START))
    later = START + KEEP_TAKEN + timedelta(days=1)
    clear(store, later)
    assert len(written(store)) == 1  # the other channel still waits for it
    taken(store, "two", take(store, "two", START))
    clear(store, later)
    assert written(store) == []
