"""Times, settings and conditions, with as few words as a test needs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from orchestration.alerts.conditions import Condition, Level
from orchestration.alerts.news import COLUMNS, News, from_row
from orchestration.alerts.outbox import Waiting
from orchestration.alerts.store import Store
from orchestration.settings import Settings

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday


def at(**later: float) -> datetime:
    """START and so much later."""
    return START + timedelta(**later)


def settings(home: Path, *urls: str, **values: Any) -> Settings:
    return Settings(home=home, alert_urls=tuple(map(SecretStr, urls)), **values)


def check(level: Level, seen_at: datetime = START, name: str = "win_rate", owner: str = "revops") -> Condition:
    detail = "pass: 24 %" if level == Level.FINE else "fail: 12 % in 2026-02"
    return Condition(f"check:marts/results:{name}", f"{name} on results", level, seen_at, owner, detail)


def news(kind: str = "broken", level: Level = Level.ERROR, **values: Any) -> News:
    given = {"id": 1, "at": START, "key": "check:x", "owner": "revops", "title": "x", "detail": "why", "since": START}
    return News(**{**given, "kind": kind, "level": level, "worst": level, **values})


def waiting(*told: News) -> list[Waiting]:
    return [Waiting(each) for each in told]


def written(store: Store) -> list[News]:
    """All news in the store, oldest first."""
    with store.transaction() as connection:
        return [from_row(row) for row in connection.execute(f"select {', '.join(COLUMNS)} from news order by id")]


def kinds(store: Store) -> list[str]:
    return [each.kind for each in written(store)]
