"""What no run can tell: that a run did not come, or that figures have become old."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.alerts.assets import Assets
from orchestration.alerts.conditions import Condition, Level
from orchestration.alerts.runs import is_whole

GRACE = timedelta(hours=1)  # a schedule's run may wait that long for its turn
_BEGUN = [dg.DagsterRunStatus[name] for name in ("STARTED", "SUCCESS", "FAILURE", "CANCELING", "CANCELED")]


def missing_runs(
    instance: dg.DagsterInstance,
    schedules: Sequence[dg.ScheduleDefinition],
    assets: Assets,
    watched_since: datetime,
    now: datetime,
) -> Iterator[Condition]:
    """One condition a schedule: whether its last run that was due has begun.

    Any whole run of its job since then counts, by whomever it was started. Nothing is said of the time before watching
    began, and nothing is due of a schedule that was turned off.
    """
    off = _turned_off(instance)
    for schedule in schedules:
        due = last_due(schedule, now - GRACE)
        if due < watched_since:
            continue
        runs = instance.get_runs(dg.RunsFilter(job_name=schedule.job_name, created_after=due, statuses=_BEGUN))
        if schedule.name in off:
            level, detail = Level.FINE, "The schedule has been turned off: no run of it is due"
        elif any(is_whole(instance, run, assets) for run in runs):
            level, detail = Level.FINE, ""
        else:
            level = Level.ERROR
            detail = (
                f"No run of {schedule.job_name} has begun since {due:%Y-%m-%d %H:%M} UTC, when one was due. Look at "
                "the schedule's ticks and at the queue of runs in the Dagster UI"
            )
        yield Condition(missing_key(schedule.name), f"scheduled run {schedule.name}", level, now, detail=detail)


def missing_key(schedule: str) -> str:
    """What the condition of a schedule is called."""
    return f"missing:{schedule}"


def last_due(schedule: dg.ScheduleDefinition, before: datetime) -> datetime:
    """The last time up to another at which a schedule was due, UTC."""
    from croniter import croniter

    zone = ZoneInfo(schedule.execution_timezone or "UTC")
    # A second on, since croniter looks for times before the one that it is given.
    start = (before + timedelta(seconds=1)).astimezone(zone)
    due: datetime = croniter(str(schedule.cron_schedule), start).get_prev(datetime)
    return due.astimezone(UTC)


def old_assets(instance: dg.DagsterInstance, assets: Assets, now: datetime) -> Iterator[Condition]:
    """One condition a group of assets that say how old they may be: whether the oldest of them is too old.

    An asset that was never materialised is not old: nothing was promised yet.
    """
    groups: dict[str, list[tuple[datetime, dg.AssetKey]]] = {}
    for key in assets.oldest:
        event = instance.get_latest_materialization_event(key)
        if event is not None:
            made = datetime.fromtimestamp(event.timestamp, UTC)
            groups.setdefault(assets.groups[key], []).append((made, key))
    for group, made in sorted(groups.items()):
        old = sorted((at, key) for at, key in made if now - at > assets.oldest[key])
        yield Condition(
            key=freshness_key(group),
            title=f"freshness of {group}",
            level=Level.ERROR if old else Level.FINE,
            seen_at=now,
            owner=assets.owner((old or sorted(made))[0][1]),
            detail=_how_old(old) if old else "",
        )


def freshness_key(group: str) -> str:
    """What the condition of a group of assets is called."""
    return f"freshness:{group}"


def _turned_off(instance: dg.DagsterInstance) -> set[str]:
    """Schedules that somebody has stopped in the UI."""
    states = instance.all_instigator_state()
    return {
        state.instigator_name
        for state in states
        if state.instigator_type.value == "SCHEDULE" and state.status.value == "STOPPED"
    }


def _how_old(old: Sequence[tuple[datetime, dg.AssetKey]]) -> str:
    at, key = old[0]
    others = f" and {len(old) - 1} more" if len(old) > 1 else ""
    return f"{key.path[-1]}{others} last materialised on {at:%Y-%m-%d %H:%M} UTC; look at the runs since then"
