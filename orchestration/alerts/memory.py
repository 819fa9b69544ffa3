"""What was told: every condition as it was seen last, and the news of each change.

A change of state and the news of it are written in one transaction: no crash can lose one of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from orchestration.alerts.conditions import Condition, Level
from orchestration.alerts.news import COLUMNS, News, news_of
from orchestration.alerts.store import Store, text_of, time_of

REMIND_AFTER = timedelta(days=7)
_NOW = "key, title, level, since, owner, detail"


def observe(store: Store, conditions: Iterable[Condition], now: datetime, *, run_id: str | None = None) -> int:
    """Compare with what was seen last; gives how many changes there are to tell.

    An observation older than the last one of the same condition says nothing new and is passed over. Conditions of a
    run are taken in once, whoever reads it first.
    """
    conditions = list(conditions)  # made before the transaction begins, which others wait for
    with store.transaction() as connection:
        if run_id is not None:
            row = [run_id, text_of(now)]
            if not connection.execute("insert or ignore into runs values (?, ?)", row).rowcount:
                return 0
        return sum(_observe(connection, condition, now) for condition in conditions)


def remind(store: Store, now: datetime) -> int:
    """Write news of whatever has been broken and untold for a week; gives of how much."""
    with store.transaction() as connection:
        rows = connection.execute(
            f"select {_NOW}, worst from conditions where level > 0 and told_at <= ?", [text_of(now - REMIND_AFTER)]
        ).fetchall()
        for *row, worst in rows:
            condition = _condition(row)
            write(connection, news_of(condition, "reminder", now, since=condition.seen_at, worst=Level(worst)))
            connection.execute("update conditions set told_at = ? where key = ?", [text_of(now), condition.key])
    return len(rows)


def broken(store: Store) -> list[Condition]:
    """What is broken now, the worst first, then the oldest; `seen_at` is since when."""
    with store.transaction() as connection:
        rows = connection.execute(
            f"select {_NOW} from conditions where level > 0 order by level desc, since, key"
        ).fetchall()
    return [_condition(row) for row in rows]


def forget(store: Store, known: Iterable[str]) -> None:
    """Drop every condition but the known ones: nobody is reminded of a check that is no longer there."""
    with store.transaction() as connection:
        keys = {row[0] for row in connection.execute("select key from conditions")}
        gone = keys - set(known)
        connection.executemany("delete from conditions where key = ?", [(key,) for key in gone])


def write(connection: sqlite3.Connection, news: News) -> None:
    """Set down some news, for every channel that will want it."""
    marks = ", ".join("?" for _ in COLUMNS[1:])
    connection.execute(f"insert into news ({', '.join(COLUMNS)}) values (null, {marks})", news.values())


def _observe(connection: sqlite3.Connection, condition: Condition, now: datetime) -> int:
    row = connection.execute(
        "select level, worst, since, seen_at, told_at from conditions where key = ?", [condition.key]
    ).fetchone()
    if row is None:
        before = worst = Level.FINE
        since = seen_at = condition.seen_at
        told_at = text_of(now)
    else:
        before, worst, since, seen_at, told_at = Level(row[0]), Level(row[1]), time_of(row[2]), time_of(row[3]), row[4]
    if condition.seen_at < seen_at:
        return 0
    kind = _kind(before, condition.level)
    if kind == "broken":
        since, worst = condition.seen_at, condition.level
    worst = max(worst, condition.level)
    if kind:
        level = before if kind == "recovered" else condition.level
        write(connection, news_of(condition, kind, now, since=since, level=level, worst=worst))
        told_at = text_of(now)
    connection.execute(
        "insert or replace into conditions (key, level, worst, title, owner, detail, since, seen_at, told_at) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(condition.key, int(condition.level), int(worst), condition.title, condition.owner, condition.detail),
            *(text_of(since), text_of(condition.seen_at), told_at),
        ],
    )
    return bool(kind)


def _kind(before: Level, now: Level) -> str:
    if before == now:
        return ""
    if before == Level.FINE:
        return "broken"
    if now == Level.FINE:
        return "recovered"
    return "worse" if now > before else "better"


def _condition(row: Sequence[Any]) -> Condition:
    """A row of `_NOW`."""
    key, title, level, since, owner, detail = row
    return Condition(key, title, Level(level), time_of(since), owner, detail)
