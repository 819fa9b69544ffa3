"""The dashboards' files against the marts that they read: no Superset needed.

Tables are made empty, from the contracts of the marts; what a dataset asks of them must work and give its columns.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest
import yaml

from orchestration.dbt_manifest import manifest

FILES = Path(__file__).resolve().parents[3] / "dashboards" / "superset"
# What publishing adds to the marts.
SIDES = {
    "meta": "published_at timestamptz, as_of timestamptz, reporting_currency varchar, reporting_timezone varchar, "
    "run_id varchar",
    "check_states": "asset varchar, check_name varchar, status varchar, is_blocking boolean, description varchar, "
    "evaluated_at timestamptz, run_id varchar",
}


def read(folder: str) -> dict[str, Any]:
    return {file.stem: yaml.safe_load(file.read_text()) for file in sorted((FILES / folder).rglob("*.yaml"))}


DATASETS, CHARTS, DASHBOARDS = read("datasets"), read("charts"), read("dashboards")
BY_UUID = {dataset["uuid"]: dataset for dataset in DATASETS.values()}


@pytest.fixture(scope="module")
def marts() -> Iterator[duckdb.DuckDBPyConnection]:
    nodes = [node for node in manifest()["nodes"].values() if node["resource_type"] == "model"]
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        for node in (node for node in nodes if node["schema"] == "marts"):
            columns = ", ".join(f'"{name}" {column["data_type"]}' for name, column in node["columns"].items())
            connection.execute(f"create table marts.{node['name']} ({columns})")
        for name, columns in SIDES.items():
            connection.execute(f"create table marts.{name} ({columns})")
        yield connection


def asked(dataset: dict[str, Any]) -> str:
    return f"({dataset['sql']})" if dataset["sql"] else f"{dataset['schema']}.{dataset['table_name']}"


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_gives_the_columns_that_it_declares(marts: duckdb.DuckDBPyConnection, name: str) -> None:
    found = marts.execute(f"describe select * from {asked(DATASETS[name])}").fetchall()
    declared = {column["column_name"]: column["type"] for column in DATASETS[name]["columns"]}
    assert declared == {column: kind for column, kind, *_ in found}


@pytest.mark.parametrize("name", DATASETS)
def test_the_metrics_of_a_dataset_can_be_computed(marts: duckdb.DuckDBPyConnection, name: str) -> None:
    metrics = ", ".join(metric["expression"] for metric in DATASETS[name]["metrics"])
    assert marts.execute(f"select {metrics} from {asked(DATASETS[name])} as dataset").fetchall()


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_names_what_its_dataset_has(name: str) -> None:
    params, dataset = CHARTS[name]["params"], BY_UUID[CHARTS[name]["dataset_uuid"]]
    columns = {column["column_name"] for column in dataset["columns"]}
    groups = params.get("groupby") or []
    named = {groups} if isinstance(groups, str) else set(groups)
    named |= set(params.get("all_columns", ())) | {filter["subject"] for filter in params["adhoc_filters"]}
    named |= {rule["column"] for rule in params.get("conditional_formatting", ())} | set(
        params.get("column_config", ())
    )
    named |= {params["x_axis"]} if "x_axis" in params else set()
    metrics = {*params.get("metrics", ()), *([params["metric"]] if "metric" in params else ())}
    assert named - columns == set()
    assert metrics - {metric["metric_name"] for metric in dataset["metrics"]} == set()
    assert named or metrics


def test_every_chart_is_on_a_dashboard_and_every_dataset_in_a_chart() -> None:
    shown = {
        node["meta"]["uuid"]
        for dashboard in DASHBOARDS.values()
        for name, node in dashboard["position"].items()
        if name.startswith("CHART-")
    }
    assert shown == {chart["uuid"] for chart in CHARTS.values()}
    assert {chart["dataset_uuid"] for chart in CHARTS.values()} == set(BY_UUID)
    assert set(DASHBOARDS) == {"revenue", "retention", "funnel", "benchmarks"}


def test_only_months_that_are_over_are_shown_of_revenue() -> None:
    """A month that is still running would look like a fall."""
    for name, chart in CHARTS.items():
        dataset = BY_UUID[chart["dataset_uuid"]]
        if "is_complete" in {column["column_name"] for column in dataset["columns"]}:
            filters = chart["params"]["adhoc_filters"]
            told = any(each["subject"] == "is_complete" and each["operator"] == "IS TRUE" for each in filters)
            assert told or re.search(r"where is_complete", dataset["sql"] or ""), name


def test_the_database_is_opened_read_only_and_locked() -> None:
    (database,) = read("databases").values()
    assert parse_qs(urlsplit(database["sqlalchemy_uri"]).query) == {
        "access_mode": ["read_only"],
        "enable_external_access": ["false"],
        "lock_configuration": ["true"],
    }
    assert not any(database[allowed] for allowed in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"))
