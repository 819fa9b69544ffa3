"""What goes between the warehouse and a build on Spark: closed months one way, finished tables the other.

After a build the marts stand in warehouse.duckdb as if DuckDB had built them, so that checks, publishing, the report
and alerts know no other engine. Large tables that are only looked up now and then (`make explain`) are views of files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from orchestration.lake.place import filesystem, let_read
from orchestration.settings import Settings, UserError

if TYPE_CHECKING:
    import duckdb

CLOSED = "closed"  # folder of the lake: the tables that are only ever added to
BUILT = "built"  # folder of the lake: what the last complete build made

Node = Mapping[str, Any]


def hand_over_closings(nodes: Mapping[str, Node], settings: Settings) -> dict[str, int]:
    """Add to the lake what the warehouse alone knows of closed months; returns the rows added by table.

    Closed months never change, so who has built with DuckDB so far must find them on Spark. Rows are only ever added:
    doing it again adds nothing.
    """
    import duckdb

    if not settings.warehouse_path.exists():
        return {}
    added = {}
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        let_read(connection, settings)
        for node in nodes.values():
            if is_kept(node) and node["alias"] in tables_of_schema(connection, node["schema"]):
                name = f"{node['schema']}.{node['alias']}"
                added[name] = _add_rows(connection, name, node, settings)
    return added


def _add_rows(connection: duckdb.DuckDBPyConnection, name: str, node: Node, settings: Settings) -> int:
    folder = f"{settings.lake}/{CLOSED}/{name.replace('.', '/')}"
    files = filesystem(str(settings.lake))
    number = len(files.glob(f"{folder}/*.parquet"))
    known = f"except all select {_typed(node)} from read_parquet('{_quoted(folder)}/*.parquet')" if number else ""
    news = f"select {_typed(node)} from {name} {known}"
    ((count,),) = connection.execute(f"select count(*) from ({news})").fetchall()
    if count:
        files.makedirs(folder, exist_ok=True)
        file = f"{_quoted(folder)}/handed-over-{number}.parquet"
        connection.execute(f"copy (select {_with_zone(node)} from ({news})) to '{file}' (format parquet)")
    return count


def bring_back(nodes: Mapping[str, Node], settings: Settings) -> dict[str, int]:
    """Put the tables of a complete build into the warehouse, all or none; returns the rows of each table.

    Raises:
        UserError: a table was not written, or has not the columns or the types that its contract promises.
    """
    import duckdb

    files = filesystem(str(settings.lake))
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("set timezone = 'UTC'")
        let_read(connection, settings)
        connection.begin()
        counts = {}
        for node in nodes.values():
            # the same mark by which dbt has written it (macro write_served)
            form = node["config"].get("meta", {}).get("served") if node["resource_type"] == "model" else None
            if form is None:
                continue
            pattern = f"{settings.lake}/{BUILT}/{node['schema']}/{node['alias']}/*.parquet"
            if not files.glob(pattern):
                raise UserError(f"Spark has left no files of {node['schema']}.{node['alias']} in {pattern}")
            connection.execute(f"create schema if not exists {node['schema']}")
            _drop(connection, node)
            try:
                _take(connection, node, form, _as_promised(connection, node, f"read_parquet('{_quoted(pattern)}')"))
            except duckdb.Error as error:
                raise UserError(f"{node['name']} as Spark has built it: {' '.join(str(error).split())}") from None
            if form == "table":
                query = f'select count(*) from {node["schema"]}."{node["alias"]}"'
                ((counts[node["name"]],),) = connection.execute(query).fetchall()
        if tables_of_schema(connection, "builds"):
            # DuckDB's next build must not take these tables for its own last one, and go on from there.
            connection.execute("delete from builds.builds")
        connection.commit()
    return counts


def _take(connection: duckdb.DuckDBPyConnection, node: Node, form: str, query: str) -> None:
    """Make the table or view. Of a table with a contract the constraints hold too, which Spark does not look at."""
    name = f'{node["schema"]}."{node["alias"]}"'
    needed = [name for name, column in node["columns"].items() if _is_needed(column)]
    if form == "table" and node["config"].get("contract", {}).get("enforced"):
        columns = [
            f'"{name}" {column["data_type"]}{" not null" if name in needed else ""}'
            for name, column in node["columns"].items()
        ]
        connection.execute(f"create table {name} ({', '.join(columns)})")
        connection.execute(f"insert into {name} by name {query}")
    else:
        connection.execute(f"create {form} {name} as {query}")


def _is_needed(column: Mapping[str, Any]) -> bool:
    return any(constraint["type"] == "not_null" for constraint in column.get("constraints", ()))


def is_kept(node: Node) -> bool:
    """Whether the rows of a model outlive a build."""
    return node["resource_type"] == "model" and node["config"].get("incremental_strategy") == "append"


def tables_of_schema(connection: duckdb.DuckDBPyConnection, schema: str) -> set[str]:
    query = "select table_name from duckdb_tables() where schema_name = ?"
    return {name for (name,) in connection.execute(query, [schema]).fetchall()}


def _as_promised(connection: duckdb.DuckDBPyConnection, node: Node, source: str) -> str:
    """A query of what Spark has written, with the types that the YAML promises, and instants as naive times in UTC."""
    columns = []
    found = connection.execute(f"describe select * from {source}").fetchall()
    if missing := node["columns"].keys() - {name for name, *_ in found}:
        raise UserError(f"{node['name']} as Spark has built it lacks {', '.join(sorted(missing))}")
    for name, kind, *_ in found:
        value = f"timezone('UTC', \"{name}\")" if kind == "TIMESTAMP WITH TIME ZONE" else f'"{name}"'
        promised = node["columns"].get(name, {}).get("data_type")
        columns.append(f'{f"cast({value} as {promised})" if promised else value} as "{name}"')
    return f"select {', '.join(columns)} from {source}"


def _typed(node: Node) -> str:
    """The columns of a model that promises a type for each."""
    return ", ".join(f'cast("{name}" as {column["data_type"]}) as "{name}"' for name, column in node["columns"].items())


def _with_zone(node: Node) -> str:
    """The same for a file that Spark reads, which takes times for times in UTC only where they say so."""
    kinds = {name: column["data_type"] for name, column in node["columns"].items()}
    return ", ".join(
        f'timezone(\'UTC\', "{name}") as "{name}"' if kind == "timestamp" else f'cast("{name}" as {kind}) as "{name}"'
        for name, kind in kinds.items()
    )


def _drop(connection: duckdb.DuckDBPyConnection, node: Node) -> None:
    for kind in ("table", "view"):
        query = f"select 1 from duckdb_{kind}s() where schema_name = ? and {kind}_name = ?"
        if connection.execute(query, [node["schema"], node["alias"]]).fetchall():
            connection.execute(f'drop {kind} {node["schema"]}."{node["alias"]}"')


def _quoted(path: str) -> str:
    return path.replace("'", "''")
