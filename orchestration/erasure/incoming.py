"""Erased people in what comes in again: a source that still has them must not bring their data back.

The table `raw_<source>.erasures` holds the keys of the people (see rules.py), never their data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.cursors import has_table
from orchestration.erasure.rules import belongs, blanked, needle
from orchestration.records import RecordRules, decode, to_record

if TYPE_CHECKING:
    import duckdb

TABLE = "erasures"


def erased_keys(connection: duckdb.DuckDBPyConnection, source: str) -> frozenset[str]:
    """The people whose data has been erased."""
    if not has_table(connection, source, TABLE):
        return frozenset()
    return frozenset(key for (key,) in connection.execute(f"select key from raw_{source}.{TABLE}").fetchall())


def without_erased(
    batches: Iterable[pa.Table], source: str, stream: str, rules: RecordRules, keys: frozenset[str]
) -> Iterator[pa.Table]:
    """Batches on their way to the warehouse, with the objects of erased people blanked and hashed anew.

    The stored versions were blanked and hashed in the same way, so a sync adds no version for an erased person who
    still exists unchanged at the source, and what changes there lands without the personal part.
    """
    for table in batches:
        yield _blank(table, source, stream, rules, keys) if keys else table


def _blank(table: pa.Table, source: str, stream: str, rules: RecordRules, keys: frozenset[str]) -> pa.Table:
    hits = pc.match_substring_regex(table.column("payload"), needle(keys))  # pyright: ignore[reportAttributeAccessIssue]
    rows = [row for row, hit in enumerate(hits.to_pylist()) if hit]
    if not rows:
        return table
    columns = {name: table.column(name).to_pylist() for name in ("payload", "content_hash")}
    for row in rows:
        value = decode(columns["payload"][row].encode())
        if belongs(value, source, stream, keys):
            record = to_record(blanked(value, source), rules)
            columns["payload"][row], columns["content_hash"][row] = record.payload.decode(), record.content_hash
    for name, values in columns.items():
        field = table.schema.field(name)
        table = table.set_column(table.schema.get_field_index(name), field, pa.array(values, field.type))
    return table
