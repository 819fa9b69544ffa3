"""A run that is ended from the UI is over within seconds, whatever it is at, and the next one makes it good.

What a run launcher does is done here by hand: the run is marked, and its process asked to end.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.driver.execution import prepare_dagster_home
from orchestration.driver.local_sandbox import served, told_by_meta
from orchestration.scenarios import compare_published
from orchestration.settings import PROJECT_ROOT, Settings

pytestmark = pytest.mark.slow  # two builds of a company: 150 CPU seconds

VARIABLES = re.compile(r"STRIPE_|HUBSPOT_|REVFUNNEL_|DAGSTER_")
JOB = ("-m", "dagster", "job", "execute", "-m", "orchestration.definitions", "-j", "everything")
PATIENCE_SECONDS = 600
END_SECONDS = 20  # threads and dbt get five each


class House:
    """A home, a company that is served, and runs of everything, one after another."""

    def __init__(self, home: Path, company: Path, addresses: dict[str, str], instance: dg.DagsterInstance) -> None:
        self.home = home
        self.company = company
        self.address = addresses["STRIPE_API_BASE"]
        self.instance = instance
        clean = {name: value for name, value in os.environ.items() if not VARIABLES.match(name)}
        told = {**told_by_meta(company), "REVFUNNEL_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")}
        self._environment = {**clean, **addresses, **told, "PYTHONPATH": str(PROJECT_ROOT)}

    def faults(self, **rates: float) -> None:
        """What goes wrong in answers from now on."""
        body = json.dumps({"rates": rates, "retry_after": 250, "hold": 100}).encode()
        request = urllib.request.Request(f"{self.address}/_sandbox/faults", body, method="PUT")
        urllib.request.urlopen(request, timeout=10).close()

    def start(self) -> subprocess.Popen[bytes]:
        """Begin a run, which is the newest one from now on."""
        before = len(self.instance.get_runs())
        process = self._started()
        until(lambda: len(self.instance.get_runs()) > before, process)
        return process

    def _started(self) -> subprocess.Popen[bytes]:
        with (self.home / "run.log").open("ab") as output:
            return subprocess.Popen(
                [sys.executable, *JOB],
                cwd=PROJECT_ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def run(self) -> dg.DagsterRun:
        """The newest one."""
        return self.instance.get_runs(limit=1)[0]

    def events(self) -> list[tuple[str, str]]:
        """(type, step) of the events of the newest run."""
        entries = self.instance.all_logs(self.run().run_id)
        events = [entry.dagster_event for entry in entries if entry.dagster_event]
        return [(event.event_type_value, event.step_key or "") for event in events]

    def end(self, process: subprocess.Popen[bytes]) -> float:
        """End the newest run; gives the seconds that it took."""
        self.instance.report_run_canceling(self.run())
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(END_SECONDS * 10)
        return time.monotonic() - began


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    from sandbox.company import generate

    company, home = tmp_path / "company", tmp_path / "home"
    generate(company, customers=25, months=6, seed=4, as_of=None)
    home.mkdir()
    monkeypatch.setenv("DAGSTER_HOME", "")  # restored afterwards
    prepare_dagster_home(Settings(home=home))
    with served(company, tmp_path / "sandbox.log") as addresses, dg.DagsterInstance.get() as instance:
        yield House(home, company, addresses, instance)


def until(happened: Callable[[], Any], process: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while not happened():
        assert process.poll() is None, "the run is over"
        assert time.monotonic() - began < PATIENCE_SECONDS
        time.sleep(0.1)


def left_over(process: subprocess.Popen[bytes]) -> bool:
    """Whether anything that the process has started is still there after a few seconds."""
    for _ in range(20):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.5)  # what copies Dagster's logs sees once a second that its run is gone
    return True


def ended(house: House, process: subprocess.Popen[bytes]) -> list[tuple[str, str]]:
    """End a run that is in the middle of something, and look at what is left of it."""
    seconds = house.end(process)
    assert seconds < END_SECONDS
    assert house.run().status == dg.DagsterRunStatus.CANCELED
    assert not left_over(process)
    events = house.events()
    assert "STEP_UP_FOR_RETRY" not in {kind for kind, _ in events}
    print(f"ended in {seconds:.1f} s", flush=True)
    return events


def test_a_run_ends_when_it_is_asked_to(house: House) -> None:
    def begun(step: str) -> Callable[[], bool]:
        return lambda: ("STEP_START", step) in house.events()

    # HubSpot does not answer, so that threads hang in requests, or asks for a pause
    for fault in ("timeout", "rate_limit"):
        house.faults(**{fault: 1})
        process = house.start()
        until(begun("extract_hubspot"), process)
        time.sleep(4)
        ended(house, process)

    # so does Stripe
    for fault in ("timeout", "rate_limit"):
        house.faults()
        process = house.start()
        until(begun("extract_stripe"), process)
        house.faults(**{fault: 1})
        time.sleep(4)
        assert ("STEP_SUCCESS", "extract_hubspot") in ended(house, process)

    house.faults()
    process = house.start()
    until(lambda: house.events().count(("ASSET_MATERIALIZATION", "dbt_models")) > 30, process)
    ended(house, process)

    process = house.start()
    until(begun("published"), process)
    events = ended(house, process)
    assert ("STEP_SUCCESS", "published") not in events
    assert not (house.home / "published.duckdb").exists()

    process = house.start()
    process.wait(PATIENCE_SECONDS)
    assert house.run().status == dg.DagsterRunStatus.SUCCESS
    compared = compare_published(house.company, house.home / "published.duckdb", truth=True)
    assert not [(table.name, table.differences[:3]) for table in compared if table.differences]
