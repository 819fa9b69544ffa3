"""The sensor: on from the start, silent without a channel, and behind by nothing when its configuration was broken."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration import schedules
from orchestration.alerts import look
from orchestration.alerts.assets import Assets
from orchestration.alerts.conditions import Condition, Level
from orchestration.alerts.look import look_and_tell
from orchestration.alerts.memory import broken, observe
from orchestration.alerts.sensors import NOBODY, alerts
from orchestration.alerts.store import Store
from orchestration.definitions import defs
from orchestration.settings import Settings, SettingsError
from tests.python.alerting.events import START, at, settings
from tests.python.alerting.webhook import Webhook, listening


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Webhook]:
    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path))
    with listening() as webhook:
        monkeypatch.setenv("REVFUNNEL_ALERT_URLS", webhook.url)
        yield webhook


def tick(instance: dg.DagsterInstance) -> str:
    """One evaluation of the sensor; the reason that it gives."""
    with dg.build_sensor_context(instance=instance, definitions=defs) as context:
        reason = alerts(context)
    assert isinstance(reason, dg.SkipReason)
    return str(reason.skip_message)


def run_that_fails(instance: dg.DagsterInstance) -> None:
    run = instance.create_run_for_job(defs.resolve_job_def("everything"))
    instance.report_run_failed(run, "The process of this run is gone.")


def test_it_is_on_from_the_start_and_silent_without_a_channel(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path))
    monkeypatch.setenv("REVFUNNEL_ALERT_URLS", "")
    assert alerts.default_status == dg.DefaultSensorStatus.RUNNING
    assert tick(instance) == NOBODY
    assert not (tmp_path / "dagster").exists()


def test_runs_that_end_while_the_configuration_is_broken_are_told_once_it_is_mended(
    instance: dg.DagsterInstance, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tick(instance) == "0 message(s) sent, 0 condition(s) broken."
    monkeypatch.setenv("REVFUNNEL_TIMEZONE", "Mars/Base")
    run_that_fails(instance)
    with pytest.raises(SettingsError):
        tick(instance)
    monkeypatch.delenv("REVFUNNEL_TIMEZONE")
    assert tick(instance) == "1 message(s) sent, 1 condition(s) broken."
    assert [message["title"] for message in webhook.messages] == ["revfunnel: run of everything broken"]
    assert tick(instance) == "0 message(s) sent, 1 condition(s) broken."


def test_what_a_channel_does_not_take_stands_in_the_tick(instance: dg.DagsterInstance, webhook: Webhook) -> None:
    tick(instance)
    run_that_fails(instance)
    webhook.status = 500
    told = tick(instance)
    assert told.startswith("0 message(s) sent, 1 condition(s) broken. 1 alert(s) wait for channel ")
    assert "after 1 attempt(s): Failed to send JSON POST notification" in told


def test_what_was_found_is_sent_although_something_else_cannot_be_looked_at(
    instance: dg.DagsterInstance, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick(instance)
    run_that_fails(instance)

    def fails(*_: object) -> bool:
        raise RuntimeError("no digest today")

    monkeypatch.setattr(look, "write_digest", fails)
    with pytest.raises(RuntimeError):
        tick(instance)
    assert len(webhook.messages) == 1


@pytest.mark.usefixtures("webhook")
def test_a_check_that_is_no_longer_there_is_forgotten(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    here: Settings = settings(tmp_path)
    gone = Condition("check:marts/benchmark_results:no_such_benchmark", "gone", Level.ERROR, START)
    kept = Condition("check:marts/benchmark_results:win_rate", "kept", Level.ERROR, at(days=1))
    observe(Store(here), [gone, kept], START + timedelta(days=1))
    tick(instance)
    assert [each.title for each in broken(Store(here))] == ["kept"]


def test_a_daemon_that_was_down_has_an_hour_to_make_up_for_the_run(
    instance: dg.DagsterInstance, webhook: Webhook, tmp_path: Path
) -> None:
    """A laptop that was shut at 19:00 is opened at 08:00: the scheduler starts by itself what was due at 05:00."""
    here, evening = settings(tmp_path, webhook.url), at(hours=10)

    def look_at(later: timedelta) -> int:
        now = evening + later
        look_and_tell(here, instance, Assets(), schedules=[schedules.daily], log=print, now=now)
        return len(webhook.messages)

    look_at(timedelta())
    morning = timedelta(hours=13)
    assert [look_at(morning + timedelta(minutes=minutes)) for minutes in range(0, 65, 5)] == [0] * 12 + [1]
    assert "No run of everything has begun since 2026-03-03 05:00 UTC" in webhook.texts[0]
