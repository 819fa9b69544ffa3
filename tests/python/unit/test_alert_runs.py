"""From a run in a real Dagster instance to what there is to tell of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.alerts.assets import Assets, assets_of
from orchestration.alerts.memory import broken
from orchestration.alerts.runs import read_runs
from orchestration.alerts.store import Store
from tests.python.alerting.events import settings, written

STATE = {"win_rate": "pass", "churn": "pass", "step": "fine"}


@dg.asset(owners=["team:finance"])
def results() -> None:
    if STATE["step"] != "fine":
        raise dg.Failure("the warehouse is on fire")


@dg.asset
def other() -> None: ...


def verdict(name: str) -> dg.AssetCheckResult:
    status = STATE[name]
    return dg.AssetCheckResult(
        passed=status == "pass",
        severity=dg.AssetCheckSeverity.ERROR if status == "fail" else dg.AssetCheckSeverity.WARN,
        description=f"{status}: 12 %",
        metadata={"status": status, "what_to_do": "Call the lost deals."},
    )


@dg.asset_check(asset=results)
def win_rate() -> dg.AssetCheckResult:
    return verdict("win_rate")


@dg.asset_check(asset=results)
def churn() -> dg.AssetCheckResult:
    return verdict("churn")


DEFS = dg.Definitions(
    assets=[results, other],
    asset_checks=[win_rate, churn],
    jobs=[dg.define_asset_job("everything", dg.AssetSelection.all())],
    executor=dg.in_process_executor,
)
ASSETS: Assets = assets_of(DEFS.get_repository_def())


@pytest.fixture(autouse=True)
def _healthy() -> None:
    STATE.update(win_rate="pass", churn="pass", step="fine")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(settings(tmp_path))


def run(instance: dg.DagsterInstance, job: str = "everything", selected: list[str] | None = None) -> None:
    DEFS.resolve_job_def(job).execute_in_process(
        instance=instance,
        asset_selection=[dg.AssetKey(name) for name in selected] if selected else None,
        raise_on_error=False,
    )


def check_only(instance: dg.DagsterInstance, name: str) -> None:
    job = DEFS.resolve_implicit_global_asset_job_def()
    key = dg.AssetCheckKey(dg.AssetKey("results"), name)
    job.get_subset(asset_selection=set(), asset_check_selection={key}).execute_in_process(instance=instance)


def read(store: Store, instance: dg.DagsterInstance) -> list[tuple[str, str]]:
    """Take in the runs that have ended; what is new of it, as kind and key."""
    before, now = len(written(store)), datetime.now(UTC)
    read_runs(store, instance, ASSETS, now - timedelta(hours=1), now)
    return [(each.kind, each.key) for each in written(store)[before:]]


def test_a_broken_check_is_told_with_what_it_says_and_whose_it_is(store: Store, instance: dg.DagsterInstance) -> None:
    STATE.update(win_rate="fail", churn="warn")
    run(instance)
    assert sorted(read(store, instance)) == [("broken", "check:results:churn"), ("broken", "check:results:win_rate")]
    told = {each.title: each for each in written(store)}
    assert told["win_rate on results"].level == 2
    assert told["churn on results"].level == 1
    assert told["win_rate on results"].owner == "finance"
    assert told["win_rate on results"].detail == "fail: 12 %. Call the lost deals"


def test_a_run_is_read_once(store: Store, instance: dg.DagsterInstance) -> None:
    STATE["win_rate"] = "fail"
    run(instance)
    assert len(read(store, instance)) == 1
    assert read(store, instance) == []


def test_runs_that_ended_while_nobody_looked_are_read_in_their_order(
    store: Store, instance: dg.DagsterInstance
) -> None:
    for status in ("fail", "pass", "warn"):
        STATE["win_rate"] = status
        run(instance)
    assert [kind for kind, _ in read(store, instance)] == ["broken", "recovered", "broken"]


def test_what_is_not_computable_says_nothing(store: Store, instance: dg.DagsterInstance) -> None:
    STATE["win_rate"] = "fail"
    run(instance)
    read(store, instance)
    STATE["win_rate"] = "not_computable"
    run(instance)
    assert read(store, instance) == []
    assert [each.title for each in broken(store)] == ["win_rate on results"]


def test_a_run_of_one_check_says_nothing_of_the_others(store: Store, instance: dg.DagsterInstance) -> None:
    STATE.update(win_rate="fail", churn="fail")
    run(instance)
    read(store, instance)
    STATE.update(win_rate="pass", churn="pass")
    check_only(instance, "win_rate")
    assert read(store, instance) == [("recovered", "check:results:win_rate")]
    assert [each.title for each in broken(store)] == ["churn on results"]


def test_a_failed_run_is_told_with_its_cause_and_the_next_that_succeeds_ends_it(
    store: Store, instance: dg.DagsterInstance
) -> None:
    STATE["step"] = "broken"
    run(instance)
    assert read(store, instance) == [("broken", "run:everything")]
    assert written(store)[-1].detail == "results: the warehouse is on fire"
    STATE["step"] = "fine"
    run(instance, selected=["other"])
    assert read(store, instance) == []  # of one other asset: that does not say that the job is well
    run(instance)
    assert read(store, instance) == [("recovered", "run:everything")]


def test_materialising_by_hand_is_no_run_of_a_job(store: Store, instance: dg.DagsterInstance) -> None:
    STATE["step"] = "broken"
    run(instance, job="__ASSET_JOB")
    assert read(store, instance) == []


def test_a_cancelled_run_is_neither_well_nor_broken(store: Store, instance: dg.DagsterInstance) -> None:
    STATE["step"] = "broken"
    run(instance)
    read(store, instance)
    cancelled = instance.create_run_for_job(DEFS.resolve_job_def("everything"))
    instance.report_run_canceled(cancelled)
    assert read(store, instance) == []
    assert [each.key for each in broken(store)] == ["run:everything"]


def test_a_run_that_never_began_says_what_dagster_says(store: Store, instance: dg.DagsterInstance) -> None:
    lost = instance.create_run_for_job(DEFS.resolve_job_def("everything"))
    instance.report_run_failed(lost, "The process of this run is gone.")
    assert read(store, instance) == [("broken", "run:everything")]
    assert written(store)[-1].detail == "The process of this run is gone."


def test_runs_from_before_watching_began_are_left_alone(store: Store, instance: dg.DagsterInstance) -> None:
    STATE["win_rate"] = "fail"
    run(instance)
    now = datetime.now(UTC)
    assert read_runs(store, instance, ASSETS, now, now) == 0
