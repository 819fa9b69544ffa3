"""Commands that cron starts where no daemon is up tell as well; what goes wrong in telling is a line and no failure."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.alerts.assets import assets_of
from orchestration.alerts.conditions import Level
from orchestration.alerts.look import look_and_tell
from orchestration.alerts.memory import observe
from orchestration.alerts.store import Store
from orchestration.driver.execution import open_dagster
from orchestration.driver.telling import tell_of_no_run, tell_of_run
from orchestration.settings import UserError
from tests.python.alerting.events import check, settings
from tests.python.alerting.webhook import Webhook, listening

REPOSITORY = Path(__file__).resolve().parents[3]
VARIABLES = re.compile(r"STRIPE_|HUBSPOT_|REVFUNNEL_|DAGSTER_")
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens there


@dg.asset(check_specs=[dg.AssetCheckSpec("is_healthy", asset="figures")])
def figures() -> Iterator[object]:
    yield dg.Output(None)
    yield dg.AssetCheckResult(passed=False, description="fail: 12 %")


@dg.asset
def doomed() -> None:
    raise dg.Failure("the disk is full")


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with listening() as webhook:
        yield webhook


@pytest.fixture(autouse=True)
def _no_home_of_dagster_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")


def run(home: Path, asset: dg.AssetsDefinition) -> str:
    """A run of a job `everything` in the home's instance; its id."""
    everything = dg.define_asset_job("everything", dg.AssetSelection.all())
    defs = dg.Definitions(assets=[asset], jobs=[everything], executor=dg.in_process_executor)
    with open_dagster(settings(home)) as instance:
        job = defs.resolve_job_def("everything")
        return job.execute_in_process(instance=instance, raise_on_error=False).run_id


def test_a_run_is_told_once_by_the_command_and_not_again_by_the_daemon(tmp_path: Path, webhook: Webhook) -> None:
    here = settings(tmp_path, webhook.url)

    def look() -> str:
        assets = assets_of(dg.Definitions(assets=[figures]).get_repository_def())
        with open_dagster(here) as instance:
            return look_and_tell(here, instance, assets, schedules=[], log=print, now=datetime.now(UTC))

    assert look() == "0 message(s) sent, 0 condition(s) broken."
    run_id = run(tmp_path, figures)
    assert tell_of_run(here, run_id) == []
    assert [message["title"] for message in webhook.messages] == ["revfunnel: is_healthy on figures broken"]
    assert tell_of_run(here, run_id) == []
    assert look() == "0 message(s) sent, 1 condition(s) broken."
    assert len(webhook.messages) == 1


def test_a_run_that_failed_is_told_with_its_cause(tmp_path: Path, webhook: Webhook) -> None:
    assert tell_of_run(settings(tmp_path, webhook.url), run(tmp_path, doomed)) == []
    assert webhook.messages[0]["title"] == "revfunnel: run of everything broken"
    assert "doomed: the disk is full" in webhook.messages[0]["message"]


def test_without_a_channel_nothing_is_kept(tmp_path: Path) -> None:
    assert tell_of_run(settings(tmp_path), run(tmp_path, figures)) == []
    assert not (tmp_path / "dagster" / "alerts.sqlite").exists()


def test_a_channel_that_is_down_is_a_line_and_is_told_with_the_next_run(tmp_path: Path, webhook: Webhook) -> None:
    here, webhook.status = settings(tmp_path, webhook.url), 503
    (line,) = tell_of_run(here, run(tmp_path, figures))
    assert line.startswith("JSON (channel 1) did not take 1 alert(s): ")
    webhook.status = 200
    store, past = Store(here), datetime.now(UTC) - timedelta(days=8)
    with store.transaction() as connection:  # the next run is tomorrow
        connection.execute("update deliveries set due_at = ?", [past.isoformat()])
    observe(store, [check(Level.ERROR, past, "old_one")], past)  # and another thing has been broken for a week
    assert tell_of_run(here, run(tmp_path, figures)) == []
    (message,) = webhook.messages
    assert message["title"] == "revfunnel: 2 broken, 1 still broken"


@pytest.mark.parametrize("broken", ["a wrong URL", "a store that is no database"])
def test_alerts_that_cannot_be_told_are_a_line(tmp_path: Path, broken: str) -> None:
    here = settings(tmp_path, "slack://s3cr3t" if broken == "a wrong URL" else "json://127.0.0.1:9/s3cr3t")
    run_id = run(tmp_path, figures)
    if broken != "a wrong URL":
        (tmp_path / "dagster" / "alerts.sqlite").write_bytes(b"not a database" * 1_000)
    (line,) = tell_of_run(here, run_id)
    assert line.startswith("REVFUNNEL_ALERT_URLS: number 1" if broken == "a wrong URL" else "the alerts could not be")
    assert "s3cr3t" not in line


def test_an_error_that_was_not_written_for_people_is_told_by_its_kind(
    tmp_path: Path, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path))
    monkeypatch.setenv("REVFUNNEL_ALERT_URLS", webhook.url)
    tell_of_no_run(OSError("key rk_live_secret"))
    tell_of_no_run(UserError("a wrong key"))
    assert len(webhook.messages) == 1  # it is the same breakage
    assert "OSError" in webhook.texts[0] and "rk_live_secret" not in webhook.texts[0]


def make_run(home: Path, webhook: Webhook) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not VARIABLES.match(name)}
    keys = {"STRIPE_API_KEY": "rk_live_secret", "STRIPE_API_BASE": NOWHERE, "HUBSPOT_ACCESS_TOKEN": "pat-secret"}
    return subprocess.run(
        [sys.executable, "-m", "orchestration.run"],
        cwd=REPOSITORY,
        env={**clean, **keys, "REVFUNNEL_HOME": str(home), "REVFUNNEL_ALERT_URLS": webhook.url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_run_that_does_not_even_begin_is_told_once(tmp_path: Path, webhook: Webhook) -> None:
    """A key that is no longer valid, a vendor that is away: nobody reads the terminal of cron."""
    done, again = make_run(tmp_path, webhook), make_run(tmp_path, webhook)
    for each in (done, again):
        assert (each.returncode, len(each.stderr.splitlines())) == (1, 1), each.stderr
    (message,) = webhook.messages
    assert message["title"] == "revfunnel: run of everything broken"
    assert done.stderr.removeprefix("revfunnel: ").strip() in message["message"]
    assert "secret" not in message["message"]


def test_a_channel_that_is_down_adds_a_line_to_the_error(tmp_path: Path, webhook: Webhook) -> None:
    webhook.close()
    lines = make_run(tmp_path, webhook).stderr.splitlines()
    assert len(lines) == 2
    assert "did not take 1 alert(s)" in lines[0] and "Stripe" in lines[1]
