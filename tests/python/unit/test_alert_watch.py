"""What no run tells: a run that did not come, figures that have become old, and when something was due."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
import time_machine

from orchestration.alerts.assets import Assets, assets_of
from orchestration.alerts.conditions import Level
from orchestration.alerts.watch import GRACE, last_due, missing_runs, old_assets

DUE = datetime(2026, 3, 3, 5, tzinfo=UTC)
BEFORE = DUE - timedelta(days=30)


@dg.asset(owners=["team:finance"], group_name="revenue")
def mrr() -> None: ...


@dg.asset(
    owners=["team:finance"],
    group_name="revenue",
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36)),
)
def nrr() -> None: ...


@dg.asset(
    owners=["team:revops"],
    group_name="funnel",
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36)),
)
def leads() -> None: ...


everything = dg.define_asset_job("everything", dg.AssetSelection.all())
daily = dg.ScheduleDefinition(name="daily", job=everything, cron_schedule="0 5 * * *", execution_timezone="UTC")
DEFS = dg.Definitions(assets=[mrr, nrr, leads], jobs=[everything], schedules=[daily], executor=dg.in_process_executor)


@pytest.fixture(scope="module")
def assets() -> Assets:
    return assets_of(DEFS.get_repository_def())


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        yield instance


def run(instance: dg.DagsterInstance, moment: datetime, *selected: str) -> None:
    """Run the job, or some of its assets, at another time."""
    with time_machine.travel(moment, tick=True):
        DEFS.resolve_job_def("everything").execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey(name) for name in selected] or None
        )


def missing(instance: dg.DagsterInstance, assets: Assets, now: datetime, since: datetime = BEFORE) -> list[Level]:
    return [condition.level for condition in missing_runs(instance, [daily], assets, since, now)]


def test_a_run_that_did_not_come_is_missing_an_hour_after_it_was_due(
    instance: dg.DagsterInstance, assets: Assets
) -> None:
    run(instance, DUE - timedelta(days=1) + timedelta(minutes=1))
    assert missing(instance, assets, DUE + GRACE - timedelta(minutes=1)) == [Level.FINE]
    (condition,) = missing_runs(instance, [daily], assets, BEFORE, DUE + GRACE)
    assert (condition.key, condition.level) == ("missing:daily", Level.ERROR)
    assert "No run of everything has begun since 2026-03-03 05:00 UTC" in condition.detail


def test_any_whole_run_since_counts(instance: dg.DagsterInstance, assets: Assets) -> None:
    run(instance, DUE + timedelta(minutes=90))
    assert missing(instance, assets, DUE + timedelta(hours=2)) == [Level.FINE]


def test_a_run_of_a_few_assets_does_not_count(instance: dg.DagsterInstance, assets: Assets) -> None:
    run(instance, DUE + timedelta(minutes=10), "mrr")
    assert missing(instance, assets, DUE + timedelta(hours=2)) == [Level.ERROR]
    run(instance, DUE + timedelta(minutes=20), "mrr", "nrr", "leads")  # "materialise all" in the UI names them all
    assert missing(instance, assets, DUE + timedelta(hours=2)) == [Level.FINE]


def test_a_run_that_still_waits_has_not_begun(instance: dg.DagsterInstance, assets: Assets) -> None:
    with time_machine.travel(DUE + timedelta(minutes=1)):
        instance.create_run_for_job(DEFS.resolve_job_def("everything"))
    assert missing(instance, assets, DUE + timedelta(hours=2)) == [Level.ERROR]


def test_nothing_is_missing_from_before_watching_began(instance: dg.DagsterInstance, assets: Assets) -> None:
    assert missing(instance, assets, DUE + timedelta(hours=2), since=DUE + timedelta(minutes=1)) == []
    assert missing(instance, assets, DUE + timedelta(hours=2), since=DUE) == [Level.ERROR]


@pytest.mark.parametrize(
    ("cron", "before", "expected"),
    [
        # Clocks in Stockholm go forward at 01:00 UTC on 29 March 2026, back at 01:00 UTC on 25 October.
        ("0 7 * * *", "2026-03-29 04:59", "2026-03-28 06:00"),
        ("0 7 * * *", "2026-03-29 05:00", "2026-03-29 05:00"),
        ("0 7 * * *", "2026-03-30 04:00", "2026-03-29 05:00"),
        ("0 7 * * *", "2026-10-25 05:59", "2026-10-24 05:00"),
        ("0 7 * * *", "2026-10-25 06:00", "2026-10-25 06:00"),
        ("0 7 * * *", "2026-10-26 05:59", "2026-10-25 06:00"),
    ],
)
def test_a_schedule_is_due_by_the_clock_on_the_wall(cron: str, before: str, expected: str) -> None:
    schedule = dg.ScheduleDefinition(
        name="local", job=everything, cron_schedule=cron, execution_timezone="Europe/Stockholm"
    )
    moment = datetime.fromisoformat(before).replace(tzinfo=UTC)
    assert last_due(schedule, moment) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_figures_are_old_when_their_policy_says_so(instance: dg.DagsterInstance, assets: Assets) -> None:
    run(instance, DUE)
    run(instance, DUE + timedelta(hours=30), "leads")
    now = DUE + timedelta(hours=35, minutes=59)
    assert {each.key: each.level for each in old_assets(instance, assets, now)} == {
        "freshness:funnel": Level.FINE,
        "freshness:revenue": Level.FINE,
    }
    funnel, revenue = old_assets(instance, assets, now + timedelta(minutes=2))
    assert (funnel.level, revenue.level, revenue.owner) == (Level.FINE, Level.ERROR, "finance")
    assert revenue.detail.startswith("nrr last materialised on 2026-03-03 05:00 UTC")


def test_what_was_never_made_is_not_old(instance: dg.DagsterInstance, assets: Assets) -> None:
    assert list(old_assets(instance, assets, DUE)) == []
