"""One look at everything there is to tell of, and telling it: the minute's work of the sensor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import dagster as dg

from orchestration.alerts.assets import Assets
from orchestration.alerts.conditions import check_key
from orchestration.alerts.delivery import deliver
from orchestration.alerts.digest import write_digest
from orchestration.alerts.memory import broken, forget, observe, remind
from orchestration.alerts.outbox import stuck
from orchestration.alerts.runs import read_runs
from orchestration.alerts.store import Store, fact, remember
from orchestration.alerts.watch import GRACE, freshness_key, missing_key, missing_runs, old_assets
from orchestration.settings import Settings

_FIRST, _SINCE, _LAST = "watched_since", "looking_since", "last_look"
_GAP = timedelta(minutes=10)  # without a look: the daemon was down


def look_and_tell(
    settings: Settings,
    instance: dg.DagsterInstance,
    assets: Assets,
    *,
    schedules: Sequence[dg.ScheduleDefinition],
    log: Callable[[str], None],
    now: datetime,
) -> str:
    """Take in what happened, send what is due, and say in a line what came of it."""
    store = Store(settings)
    try:
        _look(store, settings, instance, assets, schedules=schedules, now=now)
    finally:  # what was found before is sent, whatever cannot be read now
        sent = deliver(store, settings, log, now)
    waiting = "; ".join(
        f"{each.waiting} alert(s) wait for channel {each.channel} after {each.attempts} attempt(s): {each.error}"
        for each in stuck(store)
    )
    return f"{sent} message(s) sent, {len(broken(store))} condition(s) broken. {waiting}".strip()


def _look(
    store: Store,
    settings: Settings,
    instance: dg.DagsterInstance,
    assets: Assets,
    *,
    schedules: Sequence[dg.ScheduleDefinition],
    now: datetime,
) -> None:
    since, looking_since = _watch(store, now)
    forget(
        store,
        [
            *(check_key(check) for check in assets.checks),
            *(f"run:{job}" for job in assets.jobs),
            *(missing_key(schedule.name) for schedule in schedules),
            *(freshness_key(assets.groups[key]) for key in assets.oldest),
        ],
    )
    read_runs(store, instance, assets, since, now)
    if now - looking_since >= GRACE:  # before that, a scheduler that was down as well may still make up for it
        observe(store, missing_runs(instance, schedules, assets, since, now), now)
    observe(store, old_assets(instance, assets, now), now)
    remind(store, now)
    write_digest(store, settings, now)


def _watch(store: Store, now: datetime) -> tuple[datetime, datetime]:
    """When watching began for the first time, and since when it has gone on without a gap."""
    with store.transaction() as connection:
        first, since, last = (fact(connection, name) for name in (_FIRST, _SINCE, _LAST))
        if first is None:
            remember(connection, _FIRST, first := now)
        if since is None or last is None or now - last > _GAP:
            remember(connection, _SINCE, since := now)
        remember(connection, _LAST, now)
    return first, since
