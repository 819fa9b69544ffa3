"""Two published files, table by table, row by row, value by value."""

from __future__ import annotations

from pathlib import Path

import duckdb

# Of the run, not of the company: when, and under which name.
OF_THE_RUN = {"meta", "check_states"}


def differences(left: Path, right: Path) -> tuple[list[str], dict[str, int]]:
    """What differs between all tables of schema marts, and how many rows were compared in each table."""
    found, compared = [], {}
    with duckdb.connect() as connection:
        for name, path in (("l", left), ("r", right)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        schemas = {side: _columns(connection, side) for side in ("l", "r")}
        for table in sorted(schemas["l"].keys() | schemas["r"].keys()):
            columns = [schemas[side].get(table) for side in ("l", "r")]
            if columns[0] != columns[1]:
                found.append(f"{table}: columns {columns[0]} and {columns[1]}")
                continue
            if table in OF_THE_RUN:
                continue
            pairs = (("l", "r"), ("r", "l"))
            for one, other in pairs:
                query = f'from (from {one}.marts."{table}" except all from {other}.marts."{table}")'
                ((count,),) = connection.execute(f"select count(*) {query}").fetchall()
                if count:
                    example = connection.execute(f"select * {query} limit 1").fetchall()[0]
                    found.append(f"{table}: {count} rows in {'left' if one == 'l' else 'right'} alone, like {example}")
            ((compared[table],),) = connection.execute(f'select count(*) from l.marts."{table}"').fetchall()
    return found, compared


def check_states(path: Path) -> dict[tuple[str, str], str]:
    """How every check stands, by asset and name."""
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute("select asset, check_name, status from marts.check_states").fetchall()
    return {(asset, check): status for asset, check, status in rows}


def _columns(connection: duckdb.DuckDBPyConnection, side: str) -> dict[str, list[tuple[str, str]]]:
    rows = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? and schema_name = 'marts' order by table_name, column_index",
        [side],
    ).fetchall()
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, name, kind in rows:
        columns.setdefault(table, []).append((name, kind))
    return columns
