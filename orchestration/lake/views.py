"""The streams of a lake as views in the warehouse, so that whoever reads a raw table need not know where it lies.

A view has the contract's columns and `_dlt_valid_to`, which dlt's `scd2` writes into tables: null in the version of an
object that is the latest by (extracted_at, content_hash). Of a version that is stored twice one is the latest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from orchestration.cursors import tables_of
from orchestration.lake.place import filesystem, stream_files
from orchestration.settings import Settings, UserError

if TYPE_CHECKING:
    import duckdb

_VIEW = """
    create view raw_{source}.{stream} as
    select
        id, created_at, updated_at, payload, content_hash, extracted_at, deleted,
        lead(extracted_at) over (partition by id order by extracted_at, content_hash) as _dlt_valid_to
    from read_parquet('{pattern}')
"""

# The raw tables of streams, and the views of them; `rejected`, `cursors` and `erasures` are tables everywhere.
_LANDED = """
    select tables.table_name, views.sql
    from information_schema.tables as tables
    left join duckdb_views() as views
        on views.schema_name = tables.table_schema and views.view_name = tables.table_name
    where tables.table_schema = ? and exists (
        select 1
        from information_schema.columns as columns
        where
            columns.table_schema = tables.table_schema
            and columns.table_name = tables.table_name
            and columns.column_name = 'content_hash'
            and tables.table_name <> 'rejected'
    )
    order by 1
"""


def show(connection: duckdb.DuckDBPyConnection, lake: str, source: str, streams: Iterable[str]) -> None:
    """Make the views of those streams that have files and no view yet."""
    connection.execute(f"create schema if not exists raw_{source}")
    files, shown = filesystem(lake), tables_of(connection, source)
    for stream in streams:
        wanted = stream_files(lake, source, stream)
        if stream not in shown and files.glob(wanted):
            quoted = wanted.replace("'", "''")
            connection.execute(_VIEW.format(source=source, stream=stream, pattern=quoted))


def landed(connection: duckdb.DuckDBPyConnection, source: str) -> list[tuple[str, str | None]]:
    """The streams that have landed, each with the SQL of its view; None where it is a table."""
    return connection.execute(_LANDED, [f"raw_{source}"]).fetchall()


def check_landed(connection: duckdb.DuckDBPyConnection, settings: Settings, source: str) -> None:
    """The warehouse's raw data lies where new data is to land: one half here and one half there would be no history.

    Raises UserError if it lies elsewhere.
    """
    here = f"{settings.lake}/raw_".replace("'", "''") if settings.lake else None
    for name, view in landed(connection, source):
        is_here = view is None if here is None else view is not None and f"'{here}" in view
        if not is_here:
            where = "in another place" if view else "in the warehouse itself"
            way = "`make lake` moves it" if settings.lake and not view else "set it back"
            raise UserError(
                f"REVFUNNEL_DESTINATION: raw_{source}.{name} of {settings.warehouse_path} has not landed in "
                f"{settings.destination} but {where}; {way}, or begin anew with an empty folder as REVFUNNEL_HOME"
            )
