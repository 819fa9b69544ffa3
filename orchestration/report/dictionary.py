"""The appendix: what the columns of the tables behind the page mean, and how to get each table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.report.reading import Published

SOURCE = "data_dictionary"


@dataclass(frozen=True)
class Described:
    """A table: the query that gets it, and its columns as (name, type, meaning). Without columns it is not there."""

    name: str
    query: str
    columns: list[tuple[str, str, str]]
    rows: int | None


def describe(published: Published, names: Iterable[str]) -> list[Described]:
    """The named tables in the order in which they first occur."""
    return [_described(published, name) for name in dict.fromkeys(names)]


def _described(published: Published, name: str) -> Described:
    query = f"select * from marts.{name}"
    if published.missing(name):
        return Described(name, query, [], None)
    meanings = {} if published.missing(SOURCE) else _meanings(published, name)
    columns = published.rows(
        "select column_name, lower(data_type) as data_type from duckdb_columns() "
        "where schema_name = 'marts' and table_name = ? order by column_index",
        [name],
    )
    (counted,) = published.rows(f'select count(*) as rows from marts."{name}"')
    told = [(row["column_name"], row["data_type"], meanings.get(row["column_name"], "")) for row in columns]
    return Described(name, query, told, counted["rows"])


def _meanings(published: Published, name: str) -> dict[str, str]:
    rows = published.rows("select column_name, description from marts.data_dictionary where table_name = ?", [name])
    return {row["column_name"]: row["description"] for row in rows}
