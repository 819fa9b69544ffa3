"""From what Dagster recorded of a run to what there is to tell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.alerts.conditions import Condition, of_checks, of_run
from orchestration.alerts.delivery import deliver
from orchestration.alerts.memory import observe
from orchestration.alerts.store import Store
from orchestration.failures import reasons
from orchestration.settings import Settings

if TYPE_CHECKING:
    from dagster import AssetCheckEvaluation

_AD_HOC = "__"  # how Dagster's own jobs begin: somebody materialises assets by hand and sees what happens


def after_run(
    instance: dg.DagsterInstance,
    run: dg.DagsterRun,
    graph: dg.BaseAssetGraph,
    settings: Settings,
    log: Callable[[str], None],
) -> int:
    """Tell what a finished run has changed; gives how many messages were taken. Without a channel nothing happens."""
    if not has_channels(settings):
        return 0
    store = Store(settings)
    observe(store, list(conditions(instance, run, graph)), datetime.now(UTC))
    return deliver(store, settings, log)


def has_channels(settings: Settings) -> bool:
    """Whether there is anybody to tell."""
    return bool(settings.alert_urls or settings.alert_config)


def conditions(instance: dg.DagsterInstance, run: dg.DagsterRun, graph: dg.BaseAssetGraph) -> Iterator[Condition]:
    """The checks that the run evaluated, and the run itself if it was one of a named job."""
    yield from of_checks(_evaluations(instance, run.run_id), graph)
    if run.job_name.startswith(_AD_HOC):
        return
    stats = instance.get_run_stats(run.run_id)
    failed = run.status == dg.DagsterRunStatus.FAILURE
    told = list(_failures(instance, run.run_id)) if failed else []
    yield of_run(run.job_name, failed=failed, at=stats.end_time, reasons=told)


def _evaluations(instance: dg.DagsterInstance, run_id: str) -> Iterator[tuple[AssetCheckEvaluation, datetime]]:
    """The last evaluation of each check, with its time."""
    last: dict[dg.AssetCheckKey, tuple[AssetCheckEvaluation, datetime]] = {}
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        data = entry.dagster_event.event_specific_data if entry.dagster_event else None
        if isinstance(data, dg.AssetCheckEvaluation):
            last[data.asset_check_key] = data, datetime.fromtimestamp(entry.timestamp, UTC)
    yield from last.values()


def _failures(instance: dg.DagsterInstance, run_id: str) -> Iterator[str]:
    """Why the run failed, a line a step; what Dagster says of the run where no step failed."""
    entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    for entry in entries:
        event = entry.dagster_event
        if event is not None:
            yield from (f"{event.step_key}: {reason}" for reason in reasons(event.step_failure_data.error))
    if not entries:
        for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.RUN_FAILURE):
            yield entry.dagster_event.message or "" if entry.dagster_event else ""
