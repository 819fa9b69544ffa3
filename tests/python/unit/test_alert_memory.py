"""What is news and what is not: a state is told when it changes, and once."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from orchestration.alerts.conditions import Level
from orchestration.alerts.memory import broken, forget, observe, remind
from orchestration.alerts.store import Store
from tests.python.alerting.events import START, at, check, kinds, settings, written

FINE, WARN, ERROR = Level.FINE, Level.WARN, Level.ERROR


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(settings(tmp_path))


def test_what_was_always_fine_is_no_news(store: Store) -> None:
    assert observe(store, [check(FINE)], START) == 0
    assert kinds(store) == []


def test_broken_is_told_once(store: Store) -> None:
    assert observe(store, [check(ERROR)], START) == 1
    assert observe(store, [check(ERROR, at(days=1))], at(days=1)) == 0
    (told,) = written(store)
    assert (told.kind, told.level, told.owner, told.since) == ("broken", ERROR, "revops", START)
    assert told.detail == "fail: 12 % in 2026-02"


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([WARN, ERROR], ["broken", "worse"]),
        ([ERROR, WARN], ["broken", "better"]),
        ([ERROR, FINE], ["broken", "recovered"]),
        ([ERROR, FINE, FINE, WARN], ["broken", "recovered", "broken"]),
        ([FINE, WARN, WARN, ERROR, ERROR, WARN, FINE], ["broken", "worse", "better", "recovered"]),
    ],
)
def test_every_change_is_told(store: Store, levels: Sequence[Level], expected: list[str]) -> None:
    for day, level in enumerate(levels):
        observe(store, [check(level, at(days=day))], at(days=day))
    assert kinds(store) == expected


def test_a_recovery_says_since_when_it_was_broken_and_how_badly(store: Store) -> None:
    for day, level in enumerate([WARN, ERROR, WARN, FINE]):
        observe(store, [check(level, at(days=day))], at(days=day))
    told = written(store)[-1]
    assert (told.kind, told.since) == ("recovered", START)
    assert (told.level, told.worst) == (WARN, ERROR)  # a warning at the end, but an error was told


def test_the_next_breakage_does_not_remember_the_last_one(store: Store) -> None:
    for day, level in enumerate([ERROR, FINE, WARN]):
        observe(store, [check(level, at(days=day))], at(days=day))
    assert (written(store)[-1].worst, written(store)[-1].since) == (WARN, at(days=2))


def test_an_older_observation_is_passed_over(store: Store) -> None:
    """Two runs end in the other order than they evaluated, or a slow sensor reads the older one later."""
    observe(store, [check(FINE, at(hours=2))], at(hours=2))
    assert observe(store, [check(ERROR, at(hours=1))], at(hours=3)) == 0
    assert broken(store) == []


def test_a_run_is_taken_in_once_whoever_reads_it(store: Store) -> None:
    assert observe(store, [check(ERROR)], START, run_id="run-1") == 1
    assert observe(store, [check(FINE, at(hours=1))], at(hours=1), run_id="run-1") == 0
    assert observe(store, [check(FINE, at(hours=1))], at(hours=1), run_id="run-2") == 1


def test_a_restart_remembers(tmp_path: Path) -> None:
    observe(Store(settings(tmp_path)), [check(ERROR)], START)
    again = Store(settings(tmp_path))
    assert observe(again, [check(ERROR, at(hours=1))], at(hours=1)) == 0
    assert [each.title for each in broken(again)] == ["win_rate on results"]


def test_nothing_is_kept_of_an_observation_that_fails_half_way(store: Store) -> None:
    unstorable = check(ERROR, name="\ud800")  # half a surrogate pair, which SQLite refuses
    with pytest.raises(UnicodeEncodeError):
        observe(store, [check(ERROR), unstorable], START, run_id="run-1")
    assert (kinds(store), broken(store)) == ([], [])
    assert observe(store, [check(ERROR)], START, run_id="run-1") == 1


def test_a_reminder_after_a_week_and_after_the_next(store: Store) -> None:
    observe(store, [check(ERROR)], START)
    counts = [remind(store, at(days=days)) for days in (1, 6.9, 7, 7.1, 13.9, 14)]
    assert counts == [0, 0, 1, 0, 0, 1]
    assert kinds(store) == ["broken", "reminder", "reminder"]
    assert written(store)[-1].since == START


def test_news_puts_the_reminder_off_by_a_week(store: Store) -> None:
    observe(store, [check(WARN)], START)
    observe(store, [check(ERROR, at(days=5))], at(days=5))
    assert [remind(store, at(days=days)) for days in (7, 11.9, 12)] == [0, 0, 1]


def test_nobody_is_reminded_of_what_has_recovered_or_is_gone(store: Store) -> None:
    observe(store, [check(ERROR, name="mended"), check(ERROR, name="deleted")], START)
    observe(store, [check(FINE, at(days=1), name="mended")], at(days=1))
    forget(store, [check(FINE, name="mended").key])
    assert remind(store, at(days=30)) == 0


def test_what_is_broken_stands_worst_first_and_then_oldest(store: Store) -> None:
    observe(store, [check(WARN, START, "a"), check(ERROR, at(days=1), "b"), check(ERROR, START, "c")], at(days=1))
    assert [each.title[0] for each in broken(store)] == ["c", "b", "a"]


# (which check, how well, hours after the one before)
STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(list(Level)), st.integers(0, 200)), max_size=30)


@effort(max_examples=20, deadline=None)
@given(STEPS)
def test_broken_and_recovered_alternate_for_every_check(steps: list[tuple[str, Level, int]]) -> None:
    with TemporaryDirectory() as folder:
        store = Store(settings(Path(folder)))
        now, last = START, dict.fromkeys("abc", FINE)
        for name, level, hours in steps:
            now += timedelta(hours=hours)
            observe(store, [check(level, now, name)], now)
            remind(store, now)
            last[name] = level
        for name, level in last.items():
            told = [each for each in written(store) if each.key.endswith(f":{name}")]
            ends = [each.kind for each in told if each.kind in ("broken", "recovered")]
            assert ends == ["broken", "recovered"] * (len(ends) // 2) + ["broken"] * (len(ends) % 2)
            assert (len(ends) % 2 == 1) == (level > FINE)
            reminded = [(one, two) for one, two in pairwise(told) if two.kind == "reminder"]
            assert all(two.at - one.at >= timedelta(days=7) for one, two in reminded)
        assert {each.title[0] for each in broken(store)} == {name for name, level in last.items() if level > FINE}
