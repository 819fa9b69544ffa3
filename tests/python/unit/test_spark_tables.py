"""What goes between the warehouse and a build on Spark, with files as Spark leaves them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.dbt_manifest import manifest
from orchestration.settings import Settings, UserError
from orchestration.spark.tables import bring_back, hand_over_closings, is_kept

AT = datetime(2026, 2, 6, 1, 2, 3, 4, tzinfo=UTC)
CLOSED = [(date(2026, 1, 1), "cus_1", Decimal("12.30000000"), AT.replace(tzinfo=None))]


def node(name: str, columns: dict[str, str], **config: Any) -> dict[str, Any]:
    """A model of the manifest; the first column is never null."""
    constraints = [{"type": "not_null"}]
    return {
        "resource_type": "model",
        "name": name,
        "alias": name,
        "schema": "marts",
        "config": {"meta": {"served": "table"}, "contract": {"enforced": True}, **config},
        "columns": {
            column: {
                "name": column,
                "data_type": kind,
                "constraints": constraints if column == next(iter(columns), None) else [],
            }
            for column, kind in columns.items()
        },
    }


CLOSE = node(
    "mrr_close",
    {"month": "date", "customer_id": "varchar", "mrr": "decimal(28,8)", "closed_at": "timestamp"},
    incremental_strategy="append",
)
CUSTOMERS = node("dim_customers", {"customer_id": "varchar", "seats": "bigint"})
NODES = {"close": CLOSE, "customers": CUSTOMERS}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, destination=str(tmp_path / "lake"), engine="spark")


def left_by_spark(settings: Settings, name: str, rows: dict[str, Any], number: int = 0) -> None:
    """A file of a table as Spark writes it: times as instants in UTC."""
    folder = Path(str(settings.lake), "built", "marts", name)
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(rows), folder / f"part-{number:05}.parquet")


def built(settings: Settings, customers: dict[str, Any] | None = None) -> None:
    month, customer, mrr, _ = CLOSED[0]
    left_by_spark(
        settings,
        "mrr_close",
        {
            "month": [month],
            "customer_id": [customer],
            "mrr": [mrr],
            "closed_at": pa.array([AT], pa.timestamp("us", "UTC")),
        },
    )
    left_by_spark(
        settings, "dim_customers", customers or {"seats": pa.array([3], pa.int32()), "customer_id": ["cus_1"]}
    )


def close_in_warehouse(settings: Settings, rows: list[tuple[Any, ...]]) -> None:
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(
            "create or replace table marts.mrr_close "
            "(month date, customer_id varchar, mrr decimal(28, 8), closed_at timestamp)"
        )
        for row in rows:
            connection.execute("insert into marts.mrr_close values (?, ?, ?, ?)", row)


def rows_of(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_tables_come_back_with_the_types_of_their_contracts(settings: Settings) -> None:
    built(settings)
    assert bring_back(NODES, settings) == {"mrr_close": 1, "dim_customers": 1}
    assert rows_of(settings, "from marts.mrr_close") == CLOSED
    assert rows_of(settings, "from marts.dim_customers") == [("cus_1", 3)]
    kinds = rows_of(settings, "select column_name, data_type from duckdb_columns() where table_name = 'dim_customers'")
    assert kinds == [("customer_id", "VARCHAR"), ("seats", "BIGINT")]


def test_they_take_the_place_of_tables_and_views(settings: Settings) -> None:
    close_in_warehouse(settings, [])
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create view marts.dim_customers as select 1 as one")
        connection.execute("create schema builds")
        connection.execute("create table builds.builds as select 1 as build_number")
    built(settings)
    bring_back(NODES, settings)
    assert rows_of(settings, "from marts.mrr_close") == CLOSED
    # DuckDB's next build is a whole one
    assert rows_of(settings, "from builds.builds") == []


@pytest.mark.parametrize(
    ("customers", "line"),
    [
        ({"seats": [3], "customer_id": pa.array([None], pa.string())}, "dim_customers.*NOT NULL"),
        ({"customer_id": ["cus_1"]}, "dim_customers.*seats"),
        ({"seats": ["many"], "customer_id": ["cus_1"]}, "dim_customers.*many"),
    ],
)
def test_what_breaks_its_contract_brings_nothing_back(settings: Settings, customers: dict[str, Any], line: str) -> None:
    close_in_warehouse(settings, [])
    built(settings, customers)
    with pytest.raises(UserError, match=line):
        bring_back(NODES, settings)
    assert rows_of(settings, "from marts.mrr_close") == []


def test_what_is_looked_up_now_and_then_is_a_view_with_times_in_utc(settings: Settings) -> None:
    spans = {**node("int_item_spans", {}, meta={"served": "view"}, contract={}), "schema": "intermediate"}
    folder = Path(str(settings.lake), "built", "intermediate", "int_item_spans")
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"valid_from": pa.array([AT], pa.timestamp("us", "UTC"))}), folder / "part-0.parquet")
    assert bring_back({"spans": spans}, settings) == {}
    assert rows_of(settings, "from intermediate.int_item_spans") == [(AT.replace(tzinfo=None),)]
    assert rows_of(settings, "select view_name from duckdb_views() where not internal") == [("int_item_spans",)]


def test_what_nobody_reads_outside_dbt_stays_where_it_is(settings: Settings) -> None:
    assert bring_back({"states": node("int_subscription_states", {"id": "varchar"}, meta={})}, settings) == {}


def test_marts_and_what_outlives_a_build_are_served_as_tables() -> None:
    """Views of files would be gone with the lake; closed months exist nowhere else."""
    models = [each for each in manifest()["nodes"].values() if each["resource_type"] == "model"]
    served = {each["name"] for each in models if each["config"]["meta"].get("served") == "table"}
    marts = {each["name"] for each in models if each["schema"] == "marts"}
    assert marts > {"mrr_monthly", "benchmark_results"}
    assert served >= marts | {"mrr_close", "mrr_restatements", "int_close_seals", "int_close_runs"}
    assert {each["name"] for each in models if is_kept(each)} <= served


def test_a_table_without_files_is_named(settings: Settings) -> None:
    with pytest.raises(UserError, match=r"no files of marts\.mrr_close"):
        bring_back(NODES, settings)


def test_closed_months_are_handed_over_once(settings: Settings) -> None:
    assert hand_over_closings(NODES, settings) == {}
    close_in_warehouse(settings, CLOSED)
    assert hand_over_closings(NODES, settings) == {"marts.mrr_close": 1}
    assert hand_over_closings(NODES, settings) == {"marts.mrr_close": 0}
    later = (date(2026, 2, 1), "cus_1", Decimal("12.30000000"), AT.replace(tzinfo=None))
    close_in_warehouse(settings, [*CLOSED, later])
    assert hand_over_closings(NODES, settings) == {"marts.mrr_close": 1}
    files = sorted(Path(str(settings.lake), "closed", "marts", "mrr_close").glob("*.parquet"))
    table = pq.read_table(files)
    # an instant, or Spark would take it for a time in whatever zone it is in
    assert table.schema.field("closed_at").type == pa.timestamp("us", "UTC")
    assert sorted(table.column("closed_at").to_pylist()) == [AT, AT]
    assert sorted(table.column("month").to_pylist()) == [date(2026, 1, 1), date(2026, 2, 1)]
