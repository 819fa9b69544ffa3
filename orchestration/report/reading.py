"""What the report reads: one published.duckdb, read-only, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from orchestration.checks.seed import Benchmark
from orchestration.checks.verdicts import Result, Verdict, read_results, verdicts
from orchestration.published_tables import MARTS_SCHEMA
from orchestration.settings import UserError

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """An open published file, and what it says of itself. `as_of` is a day in the reporting time zone."""

    connection: duckdb.DuckDBPyConnection
    tables: frozenset[str]
    as_of: date
    published_at: datetime
    currency: str

    @property
    def open_month(self) -> date:
        """First day of the month that had not ended at `as_of`; the months before it are over."""
        return self.as_of.replace(day=1)

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of a query, by column name."""
        cursor = self.connection.execute(query, list(parameters))
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def missing(self, table: str) -> str | None:
        """Why nothing can be read from a table, or None where it stands."""
        if table in self.tables:
            return None
        return (
            f"The table {table} is not in published.duckdb. Run revfunnel again: it builds every table of this version."
        )

    def months(self, table: str, most: int) -> list[Row]:
        """The last months of a company-wide monthly mart that are over, oldest first."""
        found = self.rows(
            f"select * from {MARTS_SCHEMA}.{table} where dimension = 'all' and month < ? order by month desc limit ?",
            [self.open_month, most],
        )
        return found[::-1]


@dataclass(frozen=True)
class Judged:
    """A benchmark with its verdict, and the months that could be computed, oldest first."""

    benchmark: Benchmark
    verdict: Verdict
    computed: tuple[Result, ...]


@contextmanager
def open_published(path: Path) -> Iterator[Published]:
    """The published file at `path`, closed on leaving.

    Raises:
        UserError: there is no such file, or it is none of ours.
    """
    import duckdb

    if not path.exists():
        raise UserError(f"{path} does not exist yet; `make run` writes it.")
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "select table_name from duckdb_tables() where schema_name = ?", [MARTS_SCHEMA]
        ).fetchall()
        tables = frozenset(name for (name,) in found)
        if "meta" not in tables:
            raise UserError(f"{path} has no table {MARTS_SCHEMA}.meta; `make run` writes it anew.")
        # As seconds: a time zone is ours to apply, whatever the machine's is.
        said = connection.execute(
            "select epoch(as_of), epoch(published_at), reporting_currency, reporting_timezone from marts.meta"
        ).fetchone()
        if said is None:
            raise UserError(f"{path}: {MARTS_SCHEMA}.meta is empty; `make run` writes it anew.")
        zone = ZoneInfo(said[3])
        yield Published(
            connection=connection,
            tables=tables,
            as_of=datetime.fromtimestamp(said[0], zone).date(),
            published_at=datetime.fromtimestamp(said[1], zone),
            currency=str(said[2]).upper(),
        )


def read_judged(published: Published) -> dict[tuple[str, str], Judged]:
    """(metric, segment) -> benchmark and verdict, as the asset checks tell them; nothing without the table."""
    if published.missing("benchmark_results"):
        return {}
    described = published.rows(
        f"select distinct on (metric, segment) metric, segment, unit, window_months, what_to_do, source "
        f"from {MARTS_SCHEMA}.benchmark_results order by metric, segment, month desc"
    )
    benchmarks = {(row["metric"], row["segment"]): Benchmark(**row) for row in described}
    results = read_results(published.connection)
    found = verdicts(results)
    computed = {
        key: tuple(row for row in results if row.is_computed and (row.metric, row.segment) == key) for key in found
    }
    return {key: Judged(benchmark, found[key], computed[key]) for key, benchmark in benchmarks.items()}
