"""From what Dagster recorded of finished runs to what there is to tell of them.

Dagster's run status sensors are not used: they step over a run whose evaluation raises (a broken .env is enough), and
they never see the runs of `make run`. Here every finished run is read until it has been taken in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration.alerts.assets import Assets
from orchestration.alerts.conditions import Condition, of_checks, of_run
from orchestration.alerts.memory import observe
from orchestration.alerts.store import Store
from orchestration.failures import reasons

LOOK_BACK = timedelta(days=7)
_AD_HOC = "__"  # how Dagster's own jobs begin: somebody materialises assets by hand and sees what happens
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def read_runs(
    store: Store, instance: dg.DagsterInstance, assets: Assets, watched_since: datetime, now: datetime
) -> int:
    """Take in every run that ended since watching began and was not taken in yet, in the order in which they ended."""
    since = max(watched_since, now - LOOK_BACK)
    records = instance.get_run_records(dg.RunsFilter(statuses=_ENDED, updated_after=since))
    with store.transaction() as connection:
        known = {row[0] for row in connection.execute("select run_id from runs")}
    ended = [record for record in records if record.dagster_run.run_id not in known]
    ended.sort(key=lambda record: record.end_time or 0.0)
    return sum(read_run(store, instance, record.dagster_run, assets, now) for record in ended)


def read_run(store: Store, instance: dg.DagsterInstance, run: dg.DagsterRun, assets: Assets, now: datetime) -> int:
    """Take in one run that ended; gives how many changes there are to tell."""
    return observe(store, conditions(instance, run, assets), now, run_id=run.run_id)


def conditions(instance: dg.DagsterInstance, run: dg.DagsterRun, assets: Assets) -> Iterator[Condition]:
    """The checks that the run evaluated, and the run itself if it was a whole one that was not cancelled."""
    yield from of_checks(_evaluations(instance, run.run_id), assets)
    failed = run.status == dg.DagsterRunStatus.FAILURE
    if (failed or run.is_success) and is_whole(instance, run, assets):
        told = list(_failures(instance, run.run_id)) if failed else []
        yield of_run(run.job_name, failed=failed, at=instance.get_run_stats(run.run_id).end_time, reasons=told)


def is_whole(instance: dg.DagsterInstance, run: dg.DagsterRun, assets: Assets) -> bool:
    """Whether a run (or the one that it repeats) was of all that a named job holds.

    A few assets that somebody picked say nothing about the job, neither that it is well nor that it is broken.
    """
    first = instance.get_run_by_id(run.root_run_id) if run.root_run_id else run
    if first is None or first.job_name.startswith(_AD_HOC):
        return False
    # Empty for a whole run of `make run`, None for one that the schedule or the UI has started.
    if not first.asset_selection:
        return not first.asset_check_selection
    return first.asset_selection >= assets.owners.keys()


def _evaluations(instance: dg.DagsterInstance, run_id: str) -> Iterator[tuple[dg.AssetCheckEvaluation, datetime]]:
    """The last evaluation of each check, with its time."""
    last: dict[dg.AssetCheckKey, tuple[dg.AssetCheckEvaluation, datetime]] = {}
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
