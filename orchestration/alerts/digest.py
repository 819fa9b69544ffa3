"""The weekly digest: what the company is worth, what moved, what is broken, and the report attached."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from orchestration.alerts import words
from orchestration.alerts.conditions import Condition, Level
from orchestration.alerts.memory import broken, write
from orchestration.alerts.news import news_of
from orchestration.alerts.store import Store, fact, remember
from orchestration.headline import headline
from orchestration.settings import Settings, UserError

_LAST = "last_digest"


def write_digest(store: Store, settings: Settings, now: datetime) -> bool:
    """Write the digest where one is due and there is something published to tell of; gives whether it did.

    The first one is due at the first such time after watching began, and one that was missed is made up for once.
    """
    due = last_due(settings, now)
    if due is None or not settings.published_path.exists() or not _is_due(store, due, now):
        return False
    bad = broken(store)
    told = f"Broken now ({len(bad)}):\n{words.listed(bad, settings.timezone)}" if bad else "Nothing is broken."
    has_report = settings.report_path.exists()
    parts = [_figures(settings), told, *([] if has_report else [f"There is no {settings.report_path.name} to attach."])]
    week = Condition("digest", f"week to {due:%Y-%m-%d}", Level.FINE, now, detail="\n\n".join(parts))
    attachment = str(settings.report_path) if has_report else ""
    with store.transaction() as connection:
        last = fact(connection, _LAST)
        if last is None or last >= due:  # another process was faster
            return False
        write(connection, news_of(week, "digest", now, since=now, attachment=attachment))
        remember(connection, _LAST, now)
    return True


def last_due(settings: Settings, now: datetime) -> datetime | None:
    """The last time up to `now` at which a digest was due, UTC; None if none is wanted."""
    if settings.alert_digest is None:
        return None
    weekday, moment = settings.alert_digest
    here = now.astimezone(ZoneInfo(settings.timezone))
    day = here.date() - timedelta(days=(here.weekday() - weekday) % 7)
    due = datetime.combine(day, moment, here.tzinfo)
    if due.astimezone(UTC) > now:
        due = datetime.combine(day - timedelta(days=7), moment, here.tzinfo)
    return due.astimezone(UTC)


def _is_due(store: Store, due: datetime, now: datetime) -> bool:
    with store.transaction() as connection:
        last = fact(connection, _LAST)
        if last is None:  # from now on, not for the time before
            remember(connection, _LAST, now)
    return last is not None and last < due


def _figures(settings: Settings) -> str:
    """The headline; where the published file cannot be read, that is the news."""
    import duckdb

    try:
        return headline(settings.published_path)
    except UserError as error:
        return str(error)
    except duckdb.Error as error:
        return f"{settings.published_path.name} cannot be read: {' '.join(str(error).split())}"
