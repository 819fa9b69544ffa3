"""How far each stream has been read, in the warehouse itself: table `raw_<source>.cursors`.

A cursor is written with the data that it speaks of or after it, so it is never ahead of it. A run that dies in between
reads the same things again, which changes nothing. Whoever deletes the warehouse deletes the cursors with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb

CURSORS = "cursors"


def read_cursors(settings: Settings, source: str) -> dict[str, str]:
    """The cursors of the last loads by key (the stream's name, or "stream/detail"); empty if there is no warehouse.

    A cursor whose stream has no table (any more) is left out, so that the stream is read anew. Raises UserError if the
    warehouse is open in another program, or has landed elsewhere than the settings say.
    """
    from orchestration.lake.views import check_landed

    with reading_warehouse(settings) as connection:
        if connection:
            check_landed(connection, settings, source)
        tables = tables_of(connection, source) if connection else set()
        if connection is None or CURSORS not in tables:
            return {}
        rows = connection.execute(f"select key, value from raw_{source}.{CURSORS}").fetchall()
    return {key: value for key, value in rows if key.partition("/")[0] in tables}


def write_cursors(connection: duckdb.DuckDBPyConnection, source: str, cursors: Mapping[str, str], at: datetime) -> None:
    """Replace the given cursors, in the transaction that is open; others keep their value."""
    table = f"raw_{source}.{CURSORS}"
    connection.execute(f"create table if not exists {table} (key varchar, value varchar, updated_at timestamptz)")
    for key, value in cursors.items():
        connection.execute(f"delete from {table} where key = ?", [key])
        connection.execute(f"insert into {table} values (?, ?, ?)", [key, value, at])


@contextmanager
def reading_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """The warehouse, open for reading for a moment; None if there is none yet. Never hold it while fetching."""
    import duckdb

    from orchestration.lake.place import let_read
    from orchestration.landing import explained

    if not settings.warehouse_path.exists():
        yield None
        return
    with explained(settings):
        connection = duckdb.connect(str(settings.warehouse_path), read_only=True)
    try:
        let_read(connection, settings)
        yield connection
    finally:
        connection.close()


def has_table(connection: duckdb.DuckDBPyConnection, source: str, stream: str) -> bool:
    """Whether a stream has ever landed."""
    return stream in tables_of(connection, source)


def tables_of(connection: duckdb.DuckDBPyConnection, source: str) -> set[str]:
    """The tables of `raw_<source>`."""
    query = "select table_name from information_schema.tables where table_schema = ?"
    return {name for (name,) in connection.execute(query, [f"raw_{source}"]).fetchall()}
