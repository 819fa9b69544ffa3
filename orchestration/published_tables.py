"""Tables that publishing adds to the marts: what every column means, and how every check stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.dbt_manifest import manifest

MARTS_SCHEMA = "marts"
STATUSES = ("pass", "warn", "fail", "not_computable")


@dataclass(frozen=True)
class SideTable:
    """A table made here: column name -> SQL type, and rows in that order."""

    name: str
    columns: Mapping[str, str]
    rows: Sequence[tuple[object, ...]]


def data_dictionary() -> SideTable:
    """One row a column of a mart: its type, what it means, and whether it says something of a person."""
    columns = {"table_name": "varchar", "column_name": "varchar", "data_type": "varchar", "description": "varchar"}
    return SideTable(
        name="data_dictionary",
        columns={**columns, "is_personal_data": "boolean"},
        rows=[
            (node["name"], name, column.get("data_type"), " ".join(column["description"].split()), _is_personal(column))
            for node in _marts()
            for name, column in node["columns"].items()
        ],
    )


def personal_columns() -> set[tuple[str, str]]:
    """(table, column) of the marts that are documented to hold personal data (`meta: {personal_data: true}`)."""
    return {
        (node["name"], name) for node in _marts() for name, column in node["columns"].items() if _is_personal(column)
    }


def check_states(instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey]) -> SideTable:
    """One row a check that was ever evaluated, as it was last: `status` is pass, warn, fail or not_computable."""
    records = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(keys))
    rows = []
    for key, record in sorted(records.items()):
        evaluation = record.evaluation
        if isinstance(evaluation, dg.AssetCheckEvaluation):
            at = datetime.fromtimestamp(record.create_timestamp, UTC)
            asset = "/".join(key.asset_key.path)
            described = evaluation.description or ""
            rows.append((asset, key.name, _status(evaluation), evaluation.blocking, described, at, record.run_id))
    columns = {"asset": "varchar", "check_name": "varchar", "status": "varchar", "is_blocking": "boolean"}
    return SideTable(
        name="check_states",
        columns={**columns, "description": "varchar", "evaluated_at": "timestamptz", "run_id": "varchar"},
        rows=rows,
    )


def _status(evaluation: dg.AssetCheckEvaluation) -> str:
    # A benchmark says so itself: its fail may be told as a warning, and what is not computable is neither.
    said = evaluation.metadata.get("status")
    if said is not None and said.value in STATUSES:
        return str(said.value)
    if evaluation.passed:
        return "pass"
    return "fail" if evaluation.severity == dg.AssetCheckSeverity.ERROR else "warn"


def _marts() -> Iterator[dict[str, Any]]:
    nodes = manifest()["nodes"].values()
    marts = [node for node in nodes if node["resource_type"] == "model" and node["schema"] == MARTS_SCHEMA]
    yield from sorted(marts, key=lambda node: node["name"])


def _is_personal(column: Mapping[str, Any]) -> bool:
    return bool(column.get("config", {}).get("meta", {}).get("personal_data") or column["meta"].get("personal_data"))
