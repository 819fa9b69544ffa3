"""The sensors that tell people: after every run, and by the minute of what no run can tell.

They are on from the start and do nothing until REVFUNNEL_ALERT_URLS or REVFUNNEL_ALERT_CONFIG names a channel.
"""

from datetime import UTC, datetime

import dagster as dg

from orchestration import schedules
from orchestration.alerts.delivery import deliver
from orchestration.alerts.digest import write_digest
from orchestration.alerts.memory import broken, observe, remind
from orchestration.alerts.observe import after_run, has_channels
from orchestration.alerts.outbox import stuck
from orchestration.alerts.store import Store
from orchestration.alerts.watch import missing_runs, old_assets
from orchestration.settings import load_settings

EVERY_SECONDS = 60
RUNNING = dg.DefaultSensorStatus.RUNNING
NOBODY = "nobody to tell: REVFUNNEL_ALERT_URLS is not set"
_SINCE = "watched_since"


def _tell(context: dg.RunStatusSensorContext) -> None:
    graph = context.repository_def.asset_graph if context.repository_def else dg.AssetGraph.from_assets([])
    after_run(context.instance, context.dagster_run, graph, load_settings(), context.log.warning)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    name="alert_after_success",
    minimum_interval_seconds=15,
    default_status=RUNNING,
    description="After a run: tells which checks broke or recovered, once.",
)
def alert_after_success(context: dg.RunStatusSensorContext) -> None:
    """A run that succeeded may still have found a benchmark broken."""
    _tell(context)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.FAILURE,
    name="alert_after_failure",
    minimum_interval_seconds=15,
    default_status=RUNNING,
    description="After a run that failed: tells why, and which checks broke.",
)
def alert_after_failure(context: dg.RunStatusSensorContext) -> None:
    """A run that failed."""
    _tell(context)


@dg.sensor(
    name="alert_watch",
    minimum_interval_seconds=EVERY_SECONDS,
    default_status=RUNNING,
    description="Missing runs, old figures, weekly reminders, the digest, and alerts that a channel did not take.",
)
def alert_watch(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """It never starts a run: what it did stands in the reason it gives."""
    settings = load_settings()
    if not has_channels(settings):
        return dg.SkipReason(NOBODY)
    store, now = Store(settings), datetime.now(UTC)
    since = store.fact(_SINCE)
    if since is None:
        since = now.isoformat()
        store.remember(_SINCE, since)
    graph = context.repository_def.asset_graph if context.repository_def else None
    found = list(missing_runs(context.instance, [schedules.daily], datetime.fromisoformat(since), now))
    if graph is not None:
        found += old_assets(context.instance, graph, now)
    observe(store, found, now)
    remind(store, now)
    write_digest(store, settings, now)
    sent = deliver(store, settings, context.log.warning, now)
    waiting = "; ".join(
        f"{each.waiting} wait(s) for channel {each.channel} after {each.attempts} attempt(s): {each.error}"
        for each in stuck(store)
    )
    return dg.SkipReason(f"{sent} message(s) sent, {len(broken(store))} condition(s) broken. {waiting}".strip())
