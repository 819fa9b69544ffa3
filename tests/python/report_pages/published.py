"""Writing a published.duckdb by hand: the marts with the columns of their contracts, and the rows that a test gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt_manifest import manifest

Row = Mapping[str, Any]

# What the page reads.
MARTS = (
    "nrr_monthly",
    "retention_cohorts",
    "funnel_conversion",
    "benchmark_results",
    "unit_economics_monthly",
    "nps_monthly",
    "deals_at_risk",
    "customers_at_risk",
    "fct_deals",
)
META = {
    "published_at": "2026-03-15 06:00:00+00",
    "as_of": "2026-03-15 05:00:00+00",
    "reporting_currency": "usd",
    "reporting_timezone": "UTC",
}


def write_published(
    path: Path,
    rows: Mapping[str, Sequence[Row]],
    *,
    marts: Sequence[str] = MARTS,
    meta: Mapping[str, str] | None = None,
) -> Path:
    """A file with these marts; those without rows are empty, columns that a row leaves out are null."""
    models = {node["name"]: node for node in manifest()["nodes"].values() if node["resource_type"] == "model"}
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        said = {**META, **(meta or {})}
        connection.execute(
            "create table marts.meta as select cast(? as timestamptz) as published_at, "
            "cast(? as timestamptz) as as_of, ? as reporting_currency, ? as reporting_timezone",
            list(said.values()),
        )
        connection.execute(
            "create table marts.data_dictionary (table_name varchar, column_name varchar, description varchar)"
        )
        for mart in marts:
            columns = models[mart]["columns"]
            kinds = ", ".join(f"{name} {column['data_type']}" for name, column in columns.items())
            connection.execute(f"create table marts.{mart} ({kinds})")
            for name, column in columns.items():
                described = [mart, name, column["description"]]
                connection.execute("insert into marts.data_dictionary values (?, ?, ?)", described)
            for row in rows.get(mart, ()):
                marks = ", ".join("?" for _ in row)
                connection.execute(
                    f"insert into marts.{mart} ({', '.join(row)}) values ({marks})", [*map(_plain, row.values())]
                )
    return path


def _plain(value: object) -> object:
    """Figures as text, which DuckDB casts to the column's type: a float would bring its own digits."""
    return str(value) if isinstance(value, float) else value
