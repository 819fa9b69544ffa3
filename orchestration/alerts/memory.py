"""What was told: every condition as it was seen last, and the news of each change.

A change of state and the news of it are written in one transaction: no crash can lose one of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from orchestration.alerts.conditions import Condition, Level
from orchestration.alerts.news import COLUMNS, News
from orchestration.alerts.store import Store, text_of, time_of

REMIND_AFTER = timedelta(days=7)


def observe(store: Store, conditions: Iterable[Condition], now: datetime) -> int:
    """Compare with what was seen last; gives how many changes there are to tell.

    An observation older than the last one of the same condition says nothing new and is passed over.
    """
    with store.transaction() as connection:
        return sum(_observe(connection, condition, now) for condition in conditions)


def remind(store: Store, now: datetime) -> int:
    """Write news of whatever has been broken and untold for a week; gives of how much."""
    with store.transaction() as connection:
        rows = connection.execute(
            "select key, title, level, seen_at, owner, detail, since from conditions where level > 0 and told_at <= ?",
            [text_of(now - REMIND_AFTER)],
        ).fetchall()
        for *row, since in rows:
            condition = _condition(row)
            write(connection, news_of(condition, "reminder", now, since=time_of(since)))
            connection.execute("update conditions set told_at = ? where key = ?", [text_of(now), condition.key])
    return len(rows)


def broken(store: Store) -> list[Condition]:
    """What is broken now, the worst first, then the oldest; `seen_at` is since when."""
    with store.transaction() as connection:
        rows = connection.execute(
            "select key, title, level, since, owner, detail from conditions where level > 0 order by level desc, since"
        ).fetchall()
    return [_condition(row) for row in rows]


def news_of(condition: Condition, kind: str, now: datetime, *, since: datetime, attachment: str = "") -> News:
    """What there is to say of a condition."""
    return News(
        id=0,
        at=now,
        key=condition.key,
        kind=kind,
        level=condition.level,
        owner=condition.owner,
        title=condition.title,
        detail=condition.detail,
        since=since,
        attachment=attachment,
    )


def write(connection: sqlite3.Connection, news: News) -> None:
    """Set down some news, for every channel that will want it."""
    connection.execute(
        f"insert into news ({', '.join(COLUMNS)}) values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(text_of(news.at), news.key, news.kind, int(news.level), news.owner, news.title, news.detail),
            *(text_of(news.since), news.attachment),
        ],
    )


def _observe(connection: sqlite3.Connection, condition: Condition, now: datetime) -> int:
    row = connection.execute("select level, since, seen_at from conditions where key = ?", [condition.key]).fetchone()
    before, since, seen_at = (
        (Level(row[0]), time_of(row[1]), time_of(row[2])) if row else (Level.FINE, condition.seen_at, condition.seen_at)
    )
    if condition.seen_at < seen_at:
        return 0
    kind = _kind(before, condition.level)
    turned = (before == Level.FINE) != (condition.level == Level.FINE)
    begun = condition.seen_at if turned else since
    connection.execute(
        """
        insert into conditions values (?, ?, ?, ?, ?, ?, ?, ?)
        on conflict (key) do update set
            level = excluded.level, title = excluded.title, owner = excluded.owner, detail = excluded.detail,
            since = excluded.since, seen_at = excluded.seen_at, told_at = coalesce(excluded.told_at, told_at)
        """,
        [
            *(condition.key, int(condition.level), condition.title, condition.owner, condition.detail),
            *(text_of(begun), text_of(condition.seen_at), text_of(now) if kind else None),
        ],
    )
    if kind:
        news = news_of(condition, kind, now, since=since if kind == "recovered" else begun)
        # How bad it was decides who hears that it is over: those who heard that it was broken.
        write(connection, replace(news, level=max(before, condition.level)))
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
    key, title, level, at, owner, detail = row
    return Condition(key, title, Level(level), time_of(at), owner, detail)
