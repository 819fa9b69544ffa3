"""The file in which alerts are kept, `alerts.sqlite` in Dagster's folder, written one transaction at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from orchestration.settings import Settings

# `runs` are those whose checks have been read. A delivery is waiting, going (somebody sends it now) or taken.
_TABLES = """
create table if not exists conditions (
    key text primary key, level integer not null, worst integer not null, title text not null, owner text not null,
    detail text not null, since text not null, seen_at text not null, told_at text not null
);
create table if not exists runs (run_id text primary key, read_at text not null);
create table if not exists news (
    id integer primary key, at text not null, key text not null, kind text not null, level integer not null,
    worst integer not null, owner text not null, title text not null, detail text not null, since text not null,
    attachment text not null
);
create table if not exists deliveries (
    news_id integer not null references news (id) on delete cascade, channel text not null, state text not null,
    attempts integer not null, due_at text not null, error text not null, primary key (news_id, channel)
);
create table if not exists facts (name text primary key, value text not null);
"""
WAIT_SECONDS = 30  # for another process to end its transaction, which takes milliseconds


class Store:
    """The file of a home. Two processes may write at once: each waits for the other's transaction."""

    def __init__(self, settings: Settings) -> None:
        settings.dagster_home.mkdir(parents=True, exist_ok=True)
        self._path: Path = settings.dagster_home / "alerts.sqlite"
        with self.transaction() as connection:
            for statement in _TABLES.split(";"):
                connection.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and nobody else writes meanwhile. Not to be opened within another one."""
        connection = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        try:
            connection.execute("pragma foreign_keys = on")
            connection.execute("begin immediate")
            yield connection
            connection.execute("commit")
        finally:
            connection.close()  # what is not committed is undone


def fact(connection: sqlite3.Connection, name: str) -> datetime | None:
    """A moment that has to outlive a restart."""
    row = connection.execute("select value from facts where name = ?", [name]).fetchone()
    return time_of(row[0]) if row else None


def remember(connection: sqlite3.Connection, name: str, moment: datetime) -> None:
    """Set a fact."""
    connection.execute("insert or replace into facts values (?, ?)", [name, text_of(moment)])


def text_of(moment: datetime) -> str:
    """Texts that sort as their times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def time_of(text: str) -> datetime:
    """The time of such a text, UTC."""
    return datetime.fromisoformat(text)
