"""The weekly digest: what the company is worth, what moved, what is broken, and the report attached."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from orchestration.alerts import words
from orchestration.alerts.conditions import Condition, Level
from orchestration.alerts.memory import broken, news_of, write
from orchestration.alerts.store import Store
from orchestration.headline import headline
from orchestration.settings import Settings

_LAST = "last_digest"


def write_digest(store: Store, settings: Settings, now: datetime) -> bool:
    """Write the digest where one is due and there is something published to tell of; gives whether it did.

    The first one is due at the first such time after watching began, and one that was missed is made up for once.
    """
    due = last_due(settings, now)
    if due is None or not settings.published_path.exists():
        return False
    last = store.fact(_LAST)
    if last is None:  # from now on, not for the time before
        store.remember(_LAST, now.isoformat())
        return False
    if datetime.fromisoformat(last) >= due:
        return False
    bad = broken(store)
    told = f"Broken now ({len(bad)}):\n{words.listed(bad, settings.timezone)}" if bad else "Nothing is broken."
    report = str(settings.report_path) if settings.report_path.exists() else ""
    detail = f"{headline(settings.published_path)}\n\n{told}"
    week = Condition("digest", f"week to {due:%Y-%m-%d}", Level.FINE, now, detail=detail)
    with store.transaction() as connection:
        write(connection, news_of(week, "digest", now, since=now, attachment=report))
    store.remember(_LAST, now.isoformat())
    return True


def last_due(settings: Settings, now: datetime) -> datetime | None:
    """The last time up to `now` at which a digest was due, UTC; None if none is wanted."""
    if settings.alert_digest is None:
        return None
    weekday, moment = settings.alert_digest
    here = now.astimezone(ZoneInfo(settings.timezone))
    day = here.date() - timedelta(days=(here.weekday() - weekday) % 7)
    due = datetime.combine(day, moment, here.tzinfo)
    return (due if due <= here else due - timedelta(days=7)).astimezone(UTC)
