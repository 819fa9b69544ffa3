"""Whatever DuckDB makes of an account, Spark makes too: every mart, row by row and value by value."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_manifest import manifest
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.spark.tables import bring_back, hand_over_closings
from tests.spark.builds import dbt_on_spark, run
from tests.spark.comparison import check_states, differences
from tests.spark.servers import HOST, cluster, server

SCENARIOS = PROJECT_ROOT.parent / "shared" / "scenarios"
COMPANY = ("--customers", "300", "--months", "24", "--seed", "11")
# Tables that must hold rows, or the comparison would be of nothing.
FILLED = {
    "mrr_monthly", "fct_mrr_movements", "fct_mrr_changes", "nrr_monthly", "retention_cohorts", "mrr_close",
    "dim_customers", "fct_funnel_stage_entries", "funnel_conversion", "fct_deals", "sales_performance",
    "benchmark_results", "customers_at_risk", "health_backtest", "unit_economics_monthly", "mrr_reconciliation",
    "mrr_backtest",
}  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated company in a lake, and what DuckDB has made of it, in the folder `duckdb`."""
    folder = tmp_path_factory.mktemp("company")
    run("orchestration.run", *COMPANY, home=folder / "duckdb", lake=folder / "lake", engine="duckdb")
    return folder


def test_a_generated_company_comes_out_the_same(company: Path) -> None:
    """The whole pipeline: extraction into the lake, models, checks and publishing."""
    run("orchestration.run", *COMPANY, home=company / "spark", lake=company / "lake", engine="spark")

    published = [company / engine / "published.duckdb" for engine in ("duckdb", "spark")]
    found, rows = differences(*published)
    assert found == []
    assert not {table for table in FILLED if not rows[table]}
    states = [check_states(path) for path in published]
    assert states[0] == states[1]
    assert (company / "spark" / "report.html").exists()


@pytest.mark.skipif(not SCENARIOS.is_dir(), reason=f"no acceptance scenarios in {SCENARIOS}")
def test_the_acceptance_scenarios_come_out_as_expected_and_the_same(tmp_path: Path) -> None:
    for engine in ("duckdb", "spark"):
        # fails where a figure is not the expected one
        run(
            "orchestration.scenarios", str(SCENARIOS), "--home", str(tmp_path / engine),
            home=tmp_path / engine, lake=tmp_path / "lake", engine=engine,
        )  # fmt: skip
    found, rows = differences(*(tmp_path / engine / "published.duckdb" for engine in ("duckdb", "spark")))
    assert found == []
    assert rows["mrr_monthly"] > 0


def test_a_cluster_that_loses_a_worker_comes_to_the_same(company: Path, tmp_path: Path) -> None:
    """A master and two workers, one of which is killed with its executors when 100 tables are built.

    The home is a copy of DuckDB's, whose closed months are handed over: Spark must leave them as they are.
    """
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(company / "duckdb" / "warehouse.duckdb", home)
    shutil.copytree(
        company / "lake", tmp_path / "lake", ignore=shutil.ignore_patterns("closed", "built", "spark_tables")
    )
    created = 0
    with cluster(tmp_path / "logs") as spark:
        settings = _settings(home, tmp_path / "lake", company, spark=spark.master)
        nodes = manifest()["nodes"]
        handed = hand_over_closings(nodes, settings)
        assert handed["marts.mrr_close"] > 0

        def kill_in_the_middle(line: str) -> None:
            nonlocal created
            created += "OK created" in line
            if created == 100 and "OK created" in line:
                spark.kill_a_worker()

        dbt_on_spark(settings, "build", "--exclude-resource-type", "unit_test", on_line=kill_in_the_middle)
        assert spark.workers[0].poll() is not None
        assert spark.workers[1].poll() is None
        bring_back(nodes, settings)
    assert created > 200
    assert hand_over_closings(nodes, settings)["marts.mrr_close"] == 0
    assert _marts_that_differ(company / "duckdb" / "warehouse.duckdb", home / "warehouse.duckdb") == []


@pytest.mark.parametrize(
    ("main_class", "port_setting", "scheme"),
    [
        ("org.apache.spark.sql.connect.service.SparkConnectServer", "spark.connect.grpc.binding.port", "sc"),
        ("org.apache.spark.sql.hive.thriftserver.HiveThriftServer2", "spark.hive.server2.thrift.port", "thrift"),
    ],
)
def test_a_server_comes_to_the_same_mrr(
    company: Path, tmp_path: Path, main_class: str, port_setting: str, scheme: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    lake = tmp_path / "lake"
    shutil.copytree(company / "lake", lake, ignore=shutil.ignore_patterns("closed", "built", "spark_tables"))
    tables = {
        "spark.sql.warehouse.dir": str(tmp_path / "tables"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.decimalOperations.allowPrecisionLoss": "false",
        "spark.sql.shuffle.partitions": "4",
    }
    with server(main_class, tmp_path / "logs", port_setting, tables) as port:
        settings = _settings(home, lake, company, spark=f"{scheme}://{HOST}:{port}")
        models = ("--select", "+mrr_monthly", "+fct_mrr_movements")
        dbt_on_spark(settings, "build", *models, "--exclude-resource-type", "test", "unit_test")
    with duckdb.connect(str(company / "duckdb" / "warehouse.duckdb"), read_only=True) as connection:
        for table in ("mrr_monthly", "fct_mrr_movements"):
            theirs = f"read_parquet('{tmp_path}/tables/marts.db/{table}/*.parquet')"
            columns = "customer_id, month, currency, " + (
                "mrr, mrr_reporting" if table == "mrr_monthly" else "movement, amount"
            )
            ours, spark = f"select {columns} from marts.{table}", f"select {columns} from {theirs}"
            for one, other in ((ours, spark), (spark, ours)):
                ((count,),) = connection.execute(f"select count(*) from ({one} except all {other})").fetchall()
                assert count == 0, table
            ((count,),) = connection.execute(f"select count(*) from ({spark})").fetchall()
            assert count > 1_000


def _settings(home: Path, lake: Path, company: Path, *, spark: str) -> Settings:
    """Those of the company's run, for a build of the models alone."""
    with duckdb.connect(str(company / "duckdb" / "published.duckdb"), read_only=True) as connection:
        row = connection.execute("select as_of, reporting_currency, reporting_timezone from marts.meta").fetchone()
    assert row
    return Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        home=home,
        destination=str(lake),
        engine="spark",
        spark=spark,
        spark_memory="2g",
        as_of=row[0],
        currency=row[1],
        timezone=row[2],
    )


def _marts_that_differ(left: Path, right: Path) -> list[str]:
    found, rows = differences(left, right)
    assert rows["mrr_monthly"] > 0
    return found
