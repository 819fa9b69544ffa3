"""Tables that publishing adds to the marts: what every column means, and how every check stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import dagster as dg

from orchestration.dbt_manifest import manifest
from orchestration.published_addresses import without_addresses

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
    personal = marked_columns("personal_data")
    columns = {"table_name": "varchar", "column_name": "varchar", "data_type": "varchar", "description": "varchar"}
    return SideTable(
        name="data_dictionary",
        columns={**columns, "is_personal_data": "boolean"},
        rows=[
            (
                node["name"],
                name,
                column.get("data_type"),
                " ".join(column["description"].split()),
                (node["name"], name) in personal,
            )
            for node in _marts()
            for name, column in node["columns"].items()
        ],
    )


def marked_columns(mark: Literal["personal_data", "free_text"]) -> set[tuple[str, str]]:
    """(table, column) of the marts whose YAML has the mark in its `meta`: personal data, or what people have typed."""
    return {
        (node["name"], name)
        for node in _marts()
        for name, column in node["columns"].items()
        if column.get("config", {}).get("meta", {}).get(mark) or column["meta"].get(mark)
    }


def check_states(instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey]) -> SideTable:
    """One row a check that was ever evaluated, as it was last: `status` is pass, warn, fail or not_computable."""
    records = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(keys))
    rows = []
    for key, record in sorted(records.items()):
        evaluation = record.evaluation
        if isinstance(evaluation, dg.AssetCheckEvaluation):
            # The record is of when the check was planned: at the start of its run.
            at = datetime.fromtimestamp(record.event.timestamp if record.event else record.create_timestamp, UTC)
            asset = "/".join(key.asset_key.path)
            described = without_addresses(evaluation.description or "")  # names what people have typed
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
