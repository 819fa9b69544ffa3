"""`make run` and `make ui`, as a stranger starts them: no keys, an empty home, the default company."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.checks.benchmarks import rows_query
from orchestration.checks.metrics import MONEY, known_metrics
from orchestration.checks.seed import Benchmark, read_benchmarks
from orchestration.checks.verdicts import read_results
from orchestration.driver.comparison import Comparison
from orchestration.scenarios import compare_published
from tests.python.small_accounts.building import dbt

REPOSITORY = Path(__file__).resolve().parents[3]
VARIABLES = re.compile(r"STRIPE_|HUBSPOT_|REVFUNNEL_|DAGSTER_")
UI_SECONDS = 90


@dataclass(frozen=True)
class Run:
    """A finished `make run`."""

    home: Path
    printed: str

    @property
    def published(self) -> Path:
        return self.home / "published.duckdb"


def environment(home: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not VARIABLES.match(name)}
    return {**clean, "REVFUNNEL_HOME": str(home)}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = tmp_path_factory.mktemp("run")
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.run"],
        cwd=REPOSITORY,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return Run(home, done.stdout)


def test_the_headline_fits_one_screen_and_says_everything(run: Run) -> None:
    headline = run.printed[run.printed.index("revfunnel  as of") :].splitlines()
    assert len(headline) <= 40
    assert max(len(line) for line in headline if str(run.home) not in line) <= 80
    text = "\n".join(headline)
    for expected in ("MRR  ", "new ", "churn", "NRR ", "over 12 months", "lead to MQL", "MQL to SQL", "deals won"):
        assert expected in text
    for verdict in ("pass ", "fail ", "not computable"):
        assert verdict in text
    assert str(run.published) in text
    assert "make ui" in text


def test_the_headline_is_what_the_tables_say(run: Run) -> None:
    with duckdb.connect(str(run.published), read_only=True) as connection:
        row = connection.execute(
            "select closing_mrr, nrr_12m from marts.nrr_monthly where dimension = 'all' and month = '2026-10-01'"
        ).fetchone()
    assert row is not None
    assert f"MRR        {row[0]:,.0f} at the end of 2026-10" in run.printed
    assert f"NRR        {row[1] * 100:.1f} % over 12 months" in run.printed


def test_the_readme_shows_this_run(run: Run) -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^    MRR  .*\n(?:    .*\n)+", readme, re.MULTILINE)
    assert textwrap.dedent(shown) in run.printed


def test_the_report_is_about_what_was_published(run: Run) -> None:
    html = (run.home / "report.html").read_text(encoding="utf-8")
    with duckdb.connect(str(run.published), read_only=True) as connection:
        row = connection.execute(
            "select closing_mrr, nrr_12m from marts.nrr_monthly where dimension = 'all' and month = '2026-10-01'"
        ).fetchone()
    assert row is not None
    for column, value in zip(("closing_mrr", "nrr_12m"), row, strict=True):
        assert f'data-column="{column}" data-key="2026-10-01" data-value="{value:f}"' in html
    assert "is not in published.duckdb" not in html
    assert "(BI: open it read-only), report.html, logs/run.log" in run.printed


def test_every_step_had_a_progress_line(run: Run) -> None:
    done = re.findall(r"^  done    (\S+)", run.printed, re.MULTILINE)
    assert {"dbt_models", "benchmark_checks", "published", "report"} <= set(done)
    assert sum(step.startswith("extract_") for step in done) >= 2


def test_the_run_and_its_assets_stand_in_the_dagster_instance(run: Run) -> None:
    with dg.DagsterInstance.from_config(str(run.home / "dagster")) as instance:
        (record,) = instance.get_runs()
        assert (record.job_name, record.status) == ("everything", dg.DagsterRunStatus.SUCCESS)
        for key in (["raw_stripe", "invoices"], ["marts", "mrr_monthly"], ["published"], ["report"]):
            assert instance.get_latest_materialization_event(dg.AssetKey(key)) is not None
        check = dg.AssetCheckKey(dg.AssetKey(["marts", "benchmark_results"]), "win_rate")
        assert instance.get_latest_asset_check_evaluation_record(check) is not None


@pytest.fixture(scope="module")
def truth(run: Run) -> dict[str, Comparison]:
    (folder,) = [path for path in (run.home / "sandbox").iterdir() if (path / "truth").is_dir()]
    return {table.name: table for table in compare_published(folder, run.published, truth=True)}


@pytest.mark.parametrize(
    ("table", "at_least"),
    [
        ("mrr_month_end", 5_000),
        ("movements", 500),
        ("funnel", 50),
        ("win_rate", 20),
        ("identity", 500),
        ("stage_entries", 6_000),
        ("company_stage_entries", 4_000),
        ("funnel_by_dimension", 1_000),
        ("trial_conversion", 20),
        ("web", 200),
        ("deals", 500),
        ("nps", 20),
        ("email_rates", 24),
    ],
)
def test_every_row_is_the_truth_of_the_simulation(truth: dict[str, Comparison], table: str, at_least: int) -> None:
    assert not truth[table].differences, "\n".join(map(str, truth[table].differences))
    assert truth[table].expected >= at_least


@pytest.fixture(scope="module")
def ui(run: Run) -> Iterator[str]:
    """`make ui` over the same home; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "orchestration.run", "ui", "--port", str(port)],
        cwd=REPOSITORY,
        env=environment(run.home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=UI_SECONDS)


def graphql(address: str, query: str, **variables: object) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{address}/graphql", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["data"]


def patiently(address: str, query: str, **variables: object) -> Iterator[dict[str, Any]]:
    """Answers of a server that may still be starting, one a second."""
    deadline = time.monotonic() + UI_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            yield graphql(address, query, **variables)
        time.sleep(1)
    pytest.fail(f"no good answer within {UI_SECONDS} s")


def test_assets_can_be_materialised_from_the_ui(ui: str) -> None:
    locations = "{ workspaceOrError { ... on Workspace { locationEntries { name loadStatus } } } }"
    for answer in patiently(ui, locations):
        entries = answer["workspaceOrError"].get("locationEntries", [])
        if any(entry["name"] == "revfunnel" and entry["loadStatus"] == "LOADED" for entry in entries):
            break
    launched = graphql(
        ui,
        """mutation($params: ExecutionParams!) {
            launchRun(executionParams: $params) { __typename ... on LaunchRunSuccess { run { runId } } }
        }""",
        params={
            "selector": {
                "repositoryLocationName": "revfunnel",
                "repositoryName": "__repository__",
                "jobName": "everything",
                "assetSelection": [{"path": ["raw_hubspot", "owners"]}, {"path": ["published"]}],
                "assetCheckSelection": [],
            },
            "mode": "default",
            "runConfigData": {},
        },
    )
    assert launched["launchRun"]["__typename"] == "LaunchRunSuccess"
    run_id = launched["launchRun"]["run"]["runId"]
    status = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
    for answer in patiently(ui, status, id=run_id):
        if answer["runOrError"]["status"] in ("SUCCESS", "FAILURE", "CANCELED"):
            assert answer["runOrError"]["status"] == "SUCCESS"
            break


def counted_rows(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """How many cases the query of a benchmark gives: its rows, or the sum of `n` where a mart has totals only."""
    found = connection.execute(query)
    names = [column[0] for column in found.description or ()]
    rows = found.fetchall()
    return sum(row[names.index("n")] or 0 for row in rows) if "n" in names else len(rows)


def test_the_query_of_every_benchmark_gives_the_rows_that_were_counted(run: Run) -> None:
    known = read_benchmarks()
    with duckdb.connect(str(run.published), read_only=True) as connection:
        results = read_results(connection)
        found = {
            (result.metric, result.segment, result.month): counted_rows(
                connection, str(rows_query(known[result.metric, result.segment], result, "UTC"))
            )
            for result in results
        }
    assert {key[:2] for key in found} == set(known)
    assert found == {(result.metric, result.segment, result.month): result.n or 0 for result in results}


def test_a_new_row_for_any_metric_and_segment_is_measured_without_code(run: Run, tmp_path: Path) -> None:
    """Every segment that a metric says it has, at once: a result with its n, and the same number of rows behind it."""
    shutil.copy(run.home / "warehouse.duckdb", tmp_path)
    window = 3
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("delete from seeds.benchmarks")
        for metric in known_metrics().values():
            unit = "usd" if metric.unit == MONEY else metric.unit
            for segment in metric.segments:
                row = [metric.name, segment, unit, window]
                connection.execute(
                    "insert into seeds.benchmarks by name select ? as metric, ? as segment, 0.1 as low, 0.2 as high, "
                    "'between' as direction, 'warn' as severity, 1 as min_n, ? as unit, ? as window_months, "
                    "'a source' as requires, 'a guide' as source, 'nothing' as what_to_do",
                    row,
                )
        (as_of,) = connection.execute("select max(month) + interval 40 day from marts.benchmark_results").fetchall()[0]
    done = dbt(
        tmp_path,
        "build", "--select", "int_benchmark_scope+", "--exclude-resource-type", "seed", "unit_test",
        as_of=f"{as_of:%Y-%m-%dT%H:%M:%SZ}",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        results = read_results(connection)
        assert {(result.metric, result.segment) for result in results} == {
            (metric.name, segment) for metric in known_metrics().values() for segment in metric.segments
        }
        for result in results:
            benchmark = Benchmark(result.metric, result.segment, "", "", "", window_months=window)
            counted = counted_rows(connection, str(rows_query(benchmark, result, "UTC")))
            assert counted == (result.n or 0), result
        measured = {result.segment for result in results if result.is_computed}
    assert {"all", "smb", "mid_market", "enterprise"} <= measured
