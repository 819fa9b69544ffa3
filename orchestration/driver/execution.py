"""One materialisation of everything, from the command line, in the Dagster instance that the UI shows.

Dagster's and dbt's own output goes to a log file; the terminal gets one line a step.
"""

import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import dagster as dg

from orchestration.driver.preflight import RunInProgress
from orchestration.driver.progress import progress_logger
from orchestration.failures import problems, unread, was_interrupted
from orchestration.settings import PROJECT_ROOT, Settings

# A process is as old as the machine's clock says today, a run as the clock said then; it may have been set in between.
CLOCK_SECONDS = 60


@dataclass(frozen=True)
class Outcome:
    """What a run came to: one line for each problem, none when it succeeded; and why a stream was not read.

    `unread` is by (source, stream).
    """

    run_id: str
    seconds: float
    problems: tuple[str, ...]
    unread: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        return not self.problems


def materialise_everything(settings: Settings, log: Path, terminal: TextIO | None = None) -> Outcome:
    """Run the job `everything` in this process.

    Args:
        settings: says where the Dagster instance lives; the assets load their own from the same environment.
        log: file that takes whatever Dagster, dbt and dlt print.
        terminal: takes the progress lines; standard output by default.

    Raises:
        KeyboardInterrupt: somebody has ended it. The run is then cancelled.
    """
    return _materialise(settings, log, terminal, command="make run")


def rebuild(settings: Settings, log: Path, *, close_through: str) -> Outcome:
    """Build the models and publish, from what has been extracted before, and close months on the way.

    Args:
        settings: as for `materialise_everything`.
        log: as for `materialise_everything`.
        close_through: YYYY-MM; this month is closed, with all before it.
    """
    from orchestration.transform import dbt_models

    return _materialise(
        settings,
        log,
        None,
        command="make close",
        assets=[*dbt_models.keys, dg.AssetKey("published")],
        ops={dbt_models.op.name: {"config": {"close_through": close_through}}},
    )


def _materialise(
    settings: Settings,
    log: Path,
    terminal: TextIO | None,
    *,
    command: str,
    assets: Sequence[dg.AssetKey] | None = None,
    ops: Mapping[str, Any] | None = None,
) -> Outcome:
    """Run the job `everything`, or some of its assets, with the configuration of its ops."""
    started = time.monotonic()
    with _output_into(log) as original:
        from orchestration.definitions import defs

        instance = open_instance(settings)
        with_progress = dg.Definitions.merge(
            defs, dg.Definitions(loggers={"progress": progress_logger(terminal or original)})
        )
        result = with_progress.resolve_job_def("everything").execute_in_process(
            instance=instance,
            # a logger that is not named here is not used
            run_config={"loggers": {"progress": {}}, "ops": dict(ops or {})},
            raise_on_error=False,
            tags={"revfunnel/started_by": command},
            asset_selection=assets,
        )
        if was_interrupted(result):
            # Dagster takes it for a failure, since nobody has asked it to end the run.
            run = instance.get_run_by_id(result.run_id)
            if run is not None:
                instance.report_run_canceled(run, "Stopped where it was started.")
            raise KeyboardInterrupt
    told = () if result.success else tuple(problems(result) or ["the run failed without saying where"])
    return Outcome(result.run_id, time.monotonic() - started, told, unread(result))


def open_dagster(settings: Settings) -> dg.DagsterInstance:
    """The persistent Dagster instance under REVFUNNEL_HOME, as it is."""
    prepare_dagster_home(settings)
    return dg.DagsterInstance.get()


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """The persistent Dagster instance under REVFUNNEL_HOME, with runs that died closed.

    Raises:
        RunInProgress: another run is in progress in the same home.
    """
    instance = open_dagster(settings)
    _close_dead_runs(instance)
    return instance


def check_no_run(settings: Settings) -> None:
    """Nothing is running in the home.

    Raises:
        RunInProgress: a run is.
    """
    if settings.dagster_home.exists():
        with open_instance(settings):
            pass


def prepare_dagster_home(settings: Settings) -> None:
    """Put the project's dagster.yaml where Dagster looks for it, and point DAGSTER_HOME there."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT_ROOT / "dagster.yaml", settings.dagster_home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)


def _close_dead_runs(instance: dg.DagsterInstance) -> None:
    """Mark runs whose process is gone as failed and free their place in the pool, or the next run waits forever."""
    active = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    for run in instance.get_runs(dg.RunsFilter(statuses=active)):
        entries = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_START)
        began = [(e.dagster_event.pid, e.timestamp) for e in entries if e.dagster_event and e.dagster_event.pid]
        if began and _is_alive(*began[-1]):
            raise RunInProgress(
                f"Another run ({run.run_id[:8]}, process {began[-1][0]}) is in progress in {instance.root_directory}; "
                "wait for it to end, or stop it in the Dagster UI."
            )
        instance.report_run_failed(run, "The process of this run is gone.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _is_alive(pid: int, began: float) -> bool:
    """Whether the process that began a run at a time (epoch seconds) is still there, and not another of its number."""
    import psutil

    if pid == os.getpid():
        return False  # a process id that was reused: this process has not started a run yet
    try:
        return psutil.Process(pid).create_time() < began + CLOCK_SECONDS
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


@contextmanager
def _output_into(log: Path) -> Iterator[TextIO]:
    """Send standard output and error, of child processes too, to `log`; yield the original output."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    with log.open("ab") as file, os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as original:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield original
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(saved[0], 1)
            os.dup2(saved[1], 2)
            for handle in saved:
                os.close(handle)
