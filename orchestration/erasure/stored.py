"""The raw tables as erasure sees them: versions found by text, replaced in place, and the file written anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from orchestration.hubspot.streams import STREAMS as HUBSPOT
from orchestration.records import JsonObject, RecordRules, decode, to_record
from orchestration.stripe.streams import STREAMS as STRIPE

if TYPE_CHECKING:
    import duckdb

RULES: dict[str, dict[str, RecordRules]] = {
    "stripe": {stream.name: stream.rules for stream in STRIPE},
    "hubspot": {stream.name: stream.rules for stream in HUBSPOT},
}


Row = Any  # what tells a version from all others


class RawTables:
    """The raw tables that are there. Texts are searched without regard to capitals."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        # A lake's streams are views.
        found = self.rows("select table_schema, table_name from information_schema.tables")
        self._tables = {(str(schema), str(name)) for schema, name in found}
        self.streams = {
            source: [name for name in streams if self.has(source, name)] for source, streams in RULES.items()
        }

    def has(self, source: str, name: str) -> bool:
        """Whether raw_<source> has the table."""
        return (f"raw_{source}", name) in self._tables

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(query, parameters).fetchall()

    def versions(self, source: str, name: str, pattern: str) -> list[tuple[Row, JsonObject]]:
        """(row, object) of every version whose text holds the pattern; a row is known so until the next change."""
        query = f"select rowid, payload from raw_{source}.{name} where regexp_matches(payload, ?, 'i')"
        return [(row, decode(payload.encode())) for row, payload in self.rows(query, [pattern])]

    def replace(self, source: str, name: str, changed: Sequence[tuple[Row, JsonObject]]) -> None:
        """Store objects in the place of the versions in these rows, hashed as a landing would hash them."""
        if not changed:
            return
        records = [to_record(value, RULES[source][name]) for _, value in changed]
        table = pa.table(
            {
                "row": [row for row, _ in changed],
                "payload": [record.payload.decode() for record in records],
                "content_hash": [record.content_hash for record in records],
            }
        )
        self._connection.register("changed", table)
        self._connection.execute(
            f"update raw_{source}.{name} as stored set payload = changed.payload, content_hash = changed.content_hash "
            "from changed where stored.rowid = changed.row"
        )
        self._connection.unregister("changed")

    def blank_rejected(self, source: str, pattern: str, is_meant: Callable[[str], bool] = lambda _: True) -> int:
        """Empty rejected objects that hold the pattern and are meant, whole: they may be too broken to take apart."""
        if not self.has(source, "rejected"):
            return 0
        query = f"select rowid, payload from raw_{source}.rejected where regexp_matches(payload, ?, 'i')"
        rows = [row for row, payload in self.rows(query, [pattern]) if is_meant(payload)]
        if rows:
            self._connection.execute(
                f"update raw_{source}.rejected set payload = null where list_contains(?, rowid)", [rows]
            )
        return len(rows)

    def finish(self, person: str) -> None:
        """Write what is still to be written, once the warehouse's own part is committed; `person`: see LakeTables."""

    def insert(self, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows to a table, which is made if it is not there; `columns` declares it."""
        self._connection.execute(f"create table if not exists {table} ({columns})")
        marks = ", ".join("?" * len(rows[0]))
        self._connection.executemany(f"insert into {table} values ({marks})", list(rows))


def write_anew(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Copy the database into a new file in the old one's place, while the lock on the old one is held.

    DuckDB keeps the bytes of replaced rows in the file until their place is needed for something else.
    """
    fresh = path.with_suffix(".erasing")
    fresh.unlink(missing_ok=True)
    quoted = str(fresh).replace("'", "''")
    try:
        connection.execute("checkpoint")
        ((name,),) = connection.execute("select current_database()").fetchall()
        connection.execute(f"attach '{quoted}' as fresh")
        connection.execute(f'copy from database "{name}" to fresh')
        connection.execute("detach fresh")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
