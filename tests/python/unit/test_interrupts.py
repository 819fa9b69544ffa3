"""What an interruption does to a step, with Dagster's own signal handlers, real DuckDB and real processes."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration import extraction, transform
from orchestration.failures import was_interrupted
from orchestration.fetching import Fetching
from orchestration.interrupts import insistent, interruptible
from orchestration.retries import Unavailable
from orchestration.settings import Settings, UserError
from orchestration.spool import Spool
from orchestration.stripe.streams import STREAMS, Stream

LONG = "select sum(sin(i)) from range(2000000000) numbers(i)"
PATIENT = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(100)"
SOON_SECONDS, END_SECONDS = 0.5, 10


@pytest.fixture(scope="module")
def account(sandbox_server: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an account that says whose it is, which is asked before anything is read."""
    (folder := tmp_path_factory.mktemp("served") / "stripe").mkdir()
    return sandbox_server(folder.parent)


@pytest.fixture(autouse=True)
def _handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: str) -> Iterator[None]:
    """A shell that started the tests in the background has interrupts ignored."""
    for name, value in {
        "STRIPE_API_KEY": "rk_live_1",
        "STRIPE_API_BASE": account,
        "HUBSPOT_ACCESS_TOKEN": "t",
        "REVFUNNEL_HOME": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    """As a run launcher does."""
    os.kill(os.getpid(), signal.SIGINT)


def interrupt_soon() -> None:
    threading.Timer(SOON_SECONDS, interrupt).start()


@dg.asset(op_tags={"dagster/priority": "-1"})
def following() -> None:
    """A step that would come next; nothing but the end of the run keeps it from that."""


def events(*assets: dg.AssetsDefinition, logger: logging.Logger | None = None) -> list[tuple[str, str]]:
    """(type, step) of what happened in a run of the assets and `following`, which must not take long."""
    definitions = dg.Definitions(
        assets=[*assets, following],
        jobs=[dg.define_asset_job("job")],
        resources={"dbt": transform.dbt},
        loggers={"told": dg.logger(lambda _: logger or logging.Logger("nobody"))},
    )
    began = time.monotonic()
    with dg.DagsterInstance.ephemeral() as instance:
        result = definitions.resolve_job_def("job").execute_in_process(
            instance=instance, run_config={"loggers": {"told": {}}}, raise_on_error=False
        )
    assert time.monotonic() - began < END_SECONDS
    return [(event.event_type_value, event.step_key or "") for event in result.all_events]


def extracting(fetch: extraction.Fetch[Stream]) -> dg.AssetsDefinition:
    """The assets of one stream, read in a way of the test's own."""
    (assets,) = extraction.extraction_assets(
        "stripe", [stream for stream in STREAMS if stream.name == "coupons"], fetch
    )
    return assets


def test_an_interrupted_query_ends_the_run() -> None:
    @dg.asset
    def asking() -> None:
        # One thread, or DuckDB may be waiting for another one and see no signal before the query's end.
        with interruptible(), duckdb.connect(config={"threads": 1}) as connection:
            interrupt_soon()
            connection.execute(LONG)

    happened = events(asking)
    assert ("STEP_FAILURE", "asking") in happened
    assert ("STEP_START", "following") not in happened


def test_an_interruption_that_is_swallowed_is_repeated() -> None:
    """Python only prints what is raised in a callback of the garbage collector; dlt has many of those."""
    swallowed: list[BaseException] = []

    @dg.asset
    def collecting() -> None:
        with insistent():
            try:
                interrupt_soon()
                time.sleep(30)
            except BaseException as error:
                swallowed.append(error)
            time.sleep(30)

    happened = events(collecting)
    assert len(swallowed) == 1
    assert ("STEP_FAILURE", "collecting") in happened
    assert ("STEP_START", "following") not in happened


def test_cleaning_up_is_not_interrupted_again() -> None:
    cleaned: list[str] = []

    @dg.asset
    def writing() -> None:
        with insistent():
            try:
                interrupt_soon()
                time.sleep(30)
            finally:
                time.sleep(2)
                cleaned.append("all")

    events(writing)
    assert cleaned == ["all"]


def test_what_is_no_interruption_passes_as_it_is() -> None:
    with pytest.raises(duckdb.CatalogException), interruptible(), duckdb.connect() as connection:
        connection.execute("from nowhere")
    with pytest.raises(UserError, match="the disk is full"), interruptible():
        raise UserError("the disk is full")


def test_an_interrupted_extraction_is_not_begun_again() -> None:
    """Not even one with threads that hang in a request and do not see that they should stop."""
    answer = threading.Event()

    def hang() -> None:
        answer.wait(100)

    def fetch(_streams: Any, _spool: Spool, _settings: Settings, fetching: Fetching) -> None:
        interrupt_soon()
        fetching.parallel([hang, lambda: fetching.sleep(100)])

    happened = events(extracting(fetch))
    answer.set()
    assert [step for kind, step in happened if kind == "STEP_START"] == ["extract_stripe"]
    assert ("STEP_FAILURE", "extract_stripe") in happened


def test_an_extraction_that_waits_for_its_next_try_ends_too() -> None:
    def fetch(*_: Any) -> None:
        interrupt_soon()
        raise Unavailable("nobody is there")

    assert ("STEP_START", "following") not in events(extracting(fetch))


@pytest.mark.parametrize(
    ("error", "tries"),
    [(Unavailable("nobody is there"), 3), (OSError("the lake is gone"), 3), (UserError("a wrong key"), 1)],
)
def test_what_may_go_well_a_little_later_is_tried_again(
    error: Exception, tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "RETRY_SECONDS", (0, 0))
    tried: list[int] = []

    def fetch(*_: Any) -> None:
        tried.append(1)
        raise error

    assert ("STEP_FAILURE", "extract_stripe") in events(extracting(fetch))
    assert len(tried) == tries


def test_a_process_ends_with_a_run_that_is_ended_between_two_events() -> None:
    """Dagster then drops the step's generator, with all that it has opened."""
    processes: list[subprocess.Popen[bytes]] = []

    @dg.asset
    def building(dbt: transform.Dbt) -> Iterator[dg.AssetObservation | dg.Output[None]]:
        with dbt.opened:
            processes.append(subprocess.Popen([sys.executable, "-c", PATIENT]))
            dbt.opened.enter_context(transform.ending(processes[0]))
            yield dg.AssetObservation("building")
            yield dg.Output(None)

    class Handler(logging.Handler):
        """Interrupts while Dagster keeps an event."""

        def emit(self, record: logging.LogRecord) -> None:
            event = getattr(record, "dagster_meta", {}).get("dagster_event")
            if event and event.event_type_value == "ASSET_OBSERVATION":
                interrupt()

    logger = logging.Logger("interrupting")
    logger.addHandler(Handler())
    happened = events(building, logger=logger)
    assert ("STEP_START", "following") not in happened
    assert processes[0].poll() is not None


@pytest.mark.parametrize("is_ended", [True, False])
def test_a_run_that_was_ended_is_no_failed_one(is_ended: bool) -> None:
    """Which `make run` needs to know: nobody wants an alert for having pressed Ctrl-C."""

    @dg.asset
    def waiting() -> None:
        if not is_ended:
            raise UserError("the disk is full")
        interrupt_soon()
        time.sleep(30)

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([waiting], instance=instance, raise_on_error=False)
    assert was_interrupted(result) is is_ended
