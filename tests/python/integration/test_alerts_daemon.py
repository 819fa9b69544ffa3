"""A real Dagster daemon over a real company: what breaks is told once, what recovers is told once, and nothing is lost.

The benchmarks of the generated company are broken by nature. They are mended and broken again in the warehouse, as new
data would, and the checks run again in the daemon's instance.
"""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from tests.python.alerting.webhook import Webhook, listening

# A whole company and a daemon of its own: 100 CPU seconds. test_alert_sensor.py and test_alert_delivery.py have the
# same without a daemon, with a real instance and a real webhook.
pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[3]
VARIABLES = re.compile(r"STRIPE_|HUBSPOT_|REVFUNNEL_|DAGSTER_")
PATIENCE_SECONDS = 600
COMPANY = ("--customers", "60", "--months", "14")


@dataclass(frozen=True)
class House:
    """A home with a daemon over it, and the webhook that the daemon tells."""

    home: Path
    webhook: Webhook

    def asked(self, query: str) -> int:
        """A number from the file in which alerts are kept."""
        with closing(sqlite3.connect(self.home / "dagster" / "alerts.sqlite", timeout=30)) as connection:
            return connection.execute(query).fetchone()[0]

    def change(self, statement: str) -> None:
        """Change the warehouse, as new data would."""
        with duckdb.connect(str(self.home / "warehouse.duckdb")) as connection:
            connection.execute(statement)


def environment(home: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not VARIABLES.match(name)}
    return {**clean, "REVFUNNEL_HOME": str(home), "PYTHONPATH": str(REPOSITORY), **more}


def until(happened: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS} s: {what}"
        time.sleep(0.25)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The daemon looks already when everything is materialised, by a command that has nobody to tell itself."""
    home = tmp_path_factory.mktemp("house")
    with listening() as webhook, _daemon(home, webhook) as log:
        house = House(home, webhook)
        until(lambda: _is_watching(house), f"the daemon looks; its output is in {log}")
        done = subprocess.run(
            [sys.executable, "-m", "orchestration.run", *COMPANY],
            cwd=REPOSITORY,
            env=environment(home),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield house


@contextmanager
def _daemon(home: Path, webhook: Webhook) -> Iterator[Path]:
    """`dagster-daemon run`, and the code location as a server of its own: else the daemon starts one every minute."""
    dagster_home, log = home / "dagster", home / "daemon.log"
    dagster_home.mkdir()
    (dagster_home / "dagster.yaml").write_bytes((REPOSITORY / "dagster.yaml").read_bytes())
    dg.DagsterInstance.from_config(str(dagster_home)).dispose()  # two at once would both create its tables
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = {"host": "127.0.0.1", "port": probe.getsockname()[1]}
    workspace = home / "workspace.yaml"
    workspace.write_text(json.dumps({"load_from": [{"grpc_server": {**address, "location_name": "revfunnel"}}]}))
    python = [sys.executable, "-W", "ignore", "-m"]
    listen = ["--host", address["host"], "--port", str(address["port"])]
    commands = (
        [*python, "dagster", "api", "grpc", "-m", "orchestration.definitions", *listen],
        [*python, "dagster._daemon", "run", "-w", str(workspace)],
    )
    started: list[subprocess.Popen[bytes]] = []
    try:
        with log.open("wb") as output:
            for command in commands:
                process = subprocess.Popen(
                    command,
                    cwd=dagster_home,
                    env=environment(home, DAGSTER_HOME=str(dagster_home), REVFUNNEL_ALERT_URLS=webhook.url),
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
                started.append(process)
        yield log
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _is_watching(house: House) -> bool:
    path = house.home / "dagster" / "alerts.sqlite"
    try:
        return path.exists() and house.asked("select count(*) from facts where name = 'watched_since'") == 1
    except sqlite3.OperationalError:  # its tables are being made
        return False


def run_the_benchmark_checks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run them in the daemon's instance, and wait until the daemon has taken the run in."""
    from orchestration.checks.benchmarks import benchmark_checks
    from orchestration.definitions import defs

    monkeypatch.setenv("REVFUNNEL_HOME", str(house.home))
    job = defs.resolve_implicit_global_asset_job_def().get_subset(
        asset_selection=set(), asset_check_selection=set(benchmark_checks.check_keys)
    )
    with dg.DagsterInstance.from_config(str(house.home / "dagster")) as instance:
        result = job.execute_in_process(instance=instance)
    assert result.success
    until(lambda: house.asked(f"select count(*) from runs where run_id = '{result.run_id}'") == 1, "the run is read")


def everything_is_told(house: House) -> bool:
    untold = "select count(*) from news where id not in (select news_id from deliveries where state = 'taken')"
    return house.asked(untold) == 0


def broken_benchmarks(house: House) -> list[str]:
    """Names of benchmarks whose current row is broken, by a query of its own."""
    with duckdb.connect(str(house.home / "published.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            """
            select metric || case when segment = 'all' then '' else '__' || segment end
            from marts.benchmark_results
            where is_current and status in ('warn', 'fail')
            """
        ).fetchall()
    return [name for (name,) in rows]


def test_broken_is_told_once_and_mended_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    webhook = house.webhook
    until(lambda: len(webhook.messages) > 0, "a message")
    until(lambda: everything_is_told(house), "everything is told")
    (message,) = webhook.messages
    broken = broken_benchmarks(house)
    assert broken and message["message"].count("BROKEN: ") > 1  # however many, it is one message
    for name in broken:
        assert f"BROKEN: {name} on benchmark_results" in message["message"]

    run_the_benchmark_checks(house, monkeypatch)
    until(lambda: everything_is_told(house), "everything is told")
    assert len(webhook.messages) == 1

    house.change("update marts.benchmark_results set status = 'pass' where status in ('warn', 'fail')")
    run_the_benchmark_checks(house, monkeypatch)
    until(lambda: len(webhook.messages) > 1, "a recovery")
    until(lambda: everything_is_told(house), "everything is told")
    (_, recovery) = webhook.messages
    assert recovery["message"].count("RECOVERED: ") == len(broken) == recovery["message"].count(" on benchmark_results")


def test_a_webhook_that_is_down_for_three_tries_is_told_later_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = house.webhook
    house.change("update marts.benchmark_results set status = 'pass' where status in ('warn', 'fail')")
    run_the_benchmark_checks(house, monkeypatch)
    until(lambda: everything_is_told(house), "everything is told")
    before, webhook.tries, webhook.status = len(webhook.messages), 0, 500

    house.change("update marts.benchmark_results set status = 'fail' where metric = 'win_rate' and segment = 'all'")
    run_the_benchmark_checks(house, monkeypatch)
    until(lambda: webhook.tries >= 3, "three tries")
    assert house.asked("select max(attempts) from deliveries where state <> 'taken'") >= 3
    assert len(webhook.messages) == before

    webhook.status = 200
    until(lambda: everything_is_told(house), "the message comes")
    assert [message["title"] for message in webhook.messages[before:]] == [
        "revfunnel: win_rate on benchmark_results broken"
    ]
