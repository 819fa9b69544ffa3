"""What no run can tell: that a run did not come, or that figures have become old."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from orchestration.alerts.conditions import Condition, Level, owner_of

if TYPE_CHECKING:
    import dagster as dg

GRACE = timedelta(hours=1)  # a schedule's run may wait that long for its turn


def missing_runs(
    instance: dg.DagsterInstance, schedules: Sequence[dg.ScheduleDefinition], watched_since: datetime, now: datetime
) -> Iterator[Condition]:
    """One condition a schedule: whether its last run that was due has begun.

    Any run of its job since then counts, by whomever it was started. Nothing is said of the time before watching began.
    """
    import dagster as dg

    for schedule in schedules:
        due = last_due(schedule, now - GRACE)
        if due < watched_since:
            continue
        runs = instance.get_runs(dg.RunsFilter(job_name=schedule.job_name, created_after=due), limit=1)
        detail = f"No run of {schedule.job_name} has begun since {due:%Y-%m-%d %H:%M} UTC, when one was due"
        yield Condition(
            key=f"missing:{schedule.name}",
            title=f"scheduled run {schedule.name}",
            level=Level.FINE if runs else Level.ERROR,
            seen_at=now,
            detail="" if runs else f"{detail}. Is the Dagster daemon running, and the schedule turned on?",
        )


def last_due(schedule: dg.ScheduleDefinition, before: datetime) -> datetime:
    """The last time up to another at which a schedule was due, UTC."""
    from croniter import croniter

    zone = ZoneInfo(schedule.execution_timezone or "UTC")
    due: datetime = croniter(str(schedule.cron_schedule), before.astimezone(zone)).get_prev(datetime)
    return due.astimezone(UTC)


def old_assets(instance: dg.DagsterInstance, graph: dg.BaseAssetGraph, now: datetime) -> Iterator[Condition]:
    """One condition a group of assets that say how old they may be: whether the oldest of them is too old.

    An asset that was never materialised is not old: nothing was promised yet.
    """
    windows = {key: window for key in graph.get_all_asset_keys() if (window := _fail_window(graph, key))}
    events = instance.get_latest_materialization_events(list(windows))
    groups: dict[str, list[tuple[datetime, dg.AssetKey]]] = {}
    for key, event in events.items():
        if event is not None:
            made = datetime.fromtimestamp(event.timestamp, UTC)
            groups.setdefault(graph.get(key).group_name or "default", []).append((made, key))
    for group, made in sorted(groups.items()):
        old = sorted((at, key) for at, key in made if now - at > windows[key])
        yield Condition(
            key=f"freshness:{group}",
            title=f"freshness of {group}",
            level=Level.ERROR if old else Level.FINE,
            seen_at=now,
            owner=owner_of((old or made)[0][1], graph),
            detail=_how_old(old) if old else "",
        )


def _fail_window(graph: dg.BaseAssetGraph, key: dg.AssetKey) -> timedelta | None:
    window = getattr(graph.get(key).freshness_policy, "fail_window", None)
    return window.to_timedelta() if window else None


def _how_old(old: Sequence[tuple[datetime, dg.AssetKey]]) -> str:
    at, key = old[0]
    others = f" and {len(old) - 1} more" if len(old) > 1 else ""
    return f"{key.path[-1]}{others} last materialised on {at:%Y-%m-%d %H:%M} UTC; look at the runs since then"
