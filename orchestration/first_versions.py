"""The first versions of a table, straight from the spool's files into the warehouse.

dlt has made the table; what is written is what its `scd2` would write where there is nothing to merge with. Measured on
100,000 invoices of 4 KB: 1.6 CPU seconds for the whole landing, 7.3 by way of dlt's files and its staging table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from orchestration.settings import Settings
from orchestration.spool import StreamSpool

if TYPE_CHECKING:
    import duckdb

# DuckDB holds the group of rows that it writes in memory. Its default of 122,880 rows is 500 MB of invoices, which the
# memory limit makes it write twice: 4.9 CPU seconds for 100,000 invoices of 4 KB, 0.5 in groups of this size.
_GROUP_ROWS = 10_240

# For every connection that writes the warehouse.
DUCKDB: dict[str, str | bool | int | float | list[str]] = {
    # Long texts are packed with zstd from this version of the file's format on; it counts when the file is made.
    "storage_compatibility_version": "v1.2.0",
    # And from this length on, on average: the default of 4,096 leaves most objects unpacked, at 20 times the size.
    "zstd_min_string_length": "256",
    "memory_limit": "200MB",
    "preserve_insertion_order": "false",
    "threads": "2",
}

# Less than it would like to have, so that a long load takes no more memory than a short one.
_FILLING = {"memory_limit": "100MB", "threads": "1"}


@contextmanager
def attached(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse again, attached, because only so can the size of its groups of rows be told."""
    import duckdb

    name, file = settings.warehouse_path.stem, str(settings.warehouse_path)
    connection = duckdb.connect(config={**DUCKDB, **_FILLING, "temp_directory": f"{file}.tmp"})
    try:
        quoted = file.replace("'", "''")
        connection.execute(f"attach '{quoted}' as \"{name}\" (row_group_size {_GROUP_ROWS})")
        connection.execute(f'use "{name}"')
        yield connection
    finally:
        connection.close()


def is_empty(connection: duckdb.DuckDBPyConnection, source: str, name: str) -> bool:
    """Whether a stream's table has no rows."""
    return connection.execute(f"select 1 from raw_{source}.{name} limit 1").fetchone() is None


def fill(connection: duckdb.DuckDBPyConnection, table: str, stream: StreamSpool, extracted_at: datetime) -> None:
    """Write the first versions of a table straight from the spool's files."""
    files = list(map(str, stream.files()))
    touched = {place: number for number, place in enumerate(sorted({place for place, _ in stream.replaced}))}
    insert = f"""
        insert into {table} by name
        select * replace ($at as extracted_at), now() as _dlt_valid_from from read_parquet($files) as fetched
    """
    if whole := [file for place, file in enumerate(files) if place not in touched]:
        connection.execute(insert, {"at": extracted_at, "files": whole})
    # Few files have replaced rows, and to look for them in all would double the time of this.
    if touched:
        connection.execute(
            f"""
            {insert}
            where not exists (
                select 1
                from (select unnest($places) as place, unnest($rows) as row) as replaced
                where replaced.place = fetched.file_index and replaced.row = fetched.file_row_number
            )
            """,
            {
                "at": extracted_at,
                "files": [files[place] for place in touched],
                "places": [touched[place] for place, _ in stream.replaced],
                "rows": [row for _, row in stream.replaced],
            },
        )
