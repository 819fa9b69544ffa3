"""A run whose process was killed must not stand in the way of the next one; a living run must."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psutil
import pytest

from orchestration.driver.execution import open_instance, prepare_dagster_home
from orchestration.driver.preflight import RunInProgress, claim
from orchestration.settings import Settings, UserError

# A run that has taken its place in the pool, says so, and goes no further.
STUCK = """
import time
import dagster as dg

@dg.asset(pool="warehouse")
def stuck():
    print("in the pool", flush=True)
    time.sleep(120)

dg.materialize([stuck], instance=dg.DagsterInstance.get())
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))  # restored afterwards, whatever the code under test sets
    settings = Settings(home=tmp_path)
    prepare_dagster_home(settings)
    return settings


@pytest.fixture
def stuck_run(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", STUCK],
        env={**os.environ, "DAGSTER_HOME": str(settings.dagster_home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert any("in the pool" in line for line in process.stdout)
    yield process
    process.kill()
    process.communicate()


def test_a_killed_run_is_closed_and_gives_its_place_in_the_pool_back(
    settings: Settings, stuck_run: subprocess.Popen[str]
) -> None:
    stuck_run.send_signal(signal.SIGKILL)
    stuck_run.wait()

    @dg.asset(pool="warehouse")
    def following() -> None: ...

    with open_instance(settings) as instance:
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]
        assert dg.materialize([following], instance=instance).success  # would wait for ever otherwise


def test_a_living_run_is_named(settings: Settings, stuck_run: subprocess.Popen[str]) -> None:
    with pytest.raises(UserError, match=rf"Another run .*process {stuck_run.pid}\) is in progress"):
        open_instance(settings)


def test_a_process_that_only_has_the_number_of_a_run_is_not_taken_for_it(
    settings: Settings, stuck_run: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a reboot: the number belongs to a process that began an hour after the run."""
    began = psutil.Process(stuck_run.pid).create_time()
    monkeypatch.setattr(psutil.Process, "create_time", lambda _: began + 3_600)
    with open_instance(settings) as instance:
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]


@pytest.mark.usefixtures("stuck_run")
def test_nothing_is_set_aside_and_no_log_emptied_under_a_living_run(settings: Settings) -> None:
    log = settings.home / "logs" / "run.log"
    log.parent.mkdir()
    log.write_text("of the first run")
    claim(settings, "sandbox a")
    settings.warehouse_path.write_text("of the first run")
    with pytest.raises(RunInProgress):
        claim(settings, "accounts")
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.run", "--customers", "5"],
        env={**os.environ, "REVFUNNEL_HOME": str(settings.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "is in progress" in done.stderr
    assert settings.warehouse_path.read_text() == log.read_text() == "of the first run"
