"""Benchmark verdicts read from the mart `benchmark_results`: one a metric and segment, with its recent months.

A verdict is the row that the mart marks as current. Cohort metrics mature late, so its month may be a few months back;
it is told with the verdict.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

NOT_COMPUTABLE = "not_computable"
TREND_MONTHS = 6

_COLUMNS = "metric, segment, month, value, n, value_low, value_high, range_low, range_high, status, reason, is_current"


@dataclass(frozen=True)
class Result:
    """One row of `benchmark_results`. Rates are fractions (0.25 is 25 %), money is in the reporting currency."""

    metric: str
    segment: str
    month: date
    value: Decimal | None
    n: int | None
    value_low: Decimal | None
    value_high: Decimal | None
    range_low: Decimal | None
    range_high: Decimal | None
    status: str
    reason: str | None
    is_current: bool = False

    @property
    def is_computed(self) -> bool:
        return self.status != NOT_COMPUTABLE


@dataclass(frozen=True)
class Verdict:
    """What is said about one metric and segment: the deciding row, and the computed ones of its last six months."""

    result: Result
    trend: tuple[Result, ...]


def read_results(connection: "duckdb.DuckDBPyConnection") -> list[Result]:
    """All rows of `marts.benchmark_results`, oldest month first."""
    rows = connection.execute(
        f"select {_COLUMNS} from marts.benchmark_results order by metric, segment, month"
    ).fetchall()
    return [Result(*row) for row in rows]


def verdicts(results: Iterable[Result]) -> dict[tuple[str, str], Verdict]:
    """(metric, segment) -> verdict, in the order in which they first occur; those with a current row only."""
    grouped: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        grouped.setdefault((result.metric, result.segment), []).append(result)
    told = {key: _verdict(sorted(rows, key=lambda row: row.month)) for key, rows in grouped.items()}
    return {key: verdict for key, verdict in told.items() if verdict is not None}


def _verdict(rows: Sequence[Result]) -> Verdict | None:
    current = next((number for number, row in enumerate(rows) if row.is_current), None)
    if current is None:
        return None
    recent = rows[max(current + 1 - TREND_MONTHS, 0) : current + 1]
    return Verdict(result=rows[current], trend=tuple(row for row in recent if row.is_computed))
