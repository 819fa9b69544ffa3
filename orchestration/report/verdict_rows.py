"""Benchmarks as rows of a table: status, value with its interval, range, n, why and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestration.checks.figures import in_words, range_in_words
from orchestration.report.blocks import NOTHING, Cell, Column, Table, status_cell
from orchestration.report.ranges import range_bar
from orchestration.report.words import month, number, text

if TYPE_CHECKING:
    from orchestration.report.reading import Judged

SOURCE = "benchmark_results"
_COLUMNS = [
    Column("", "Benchmark"),
    Column("status", "Status"),
    Column("value", "Value", is_number=True),
    Column("", "Healthy", is_number=True),
    Column("n", "n", is_number=True),
    Column("month", "Month"),
    Column("reason", "Reason", is_prose=True),
    Column("", "What to do", is_prose=True),
]


def verdict_table(judged: Sequence[Judged], caption: str, titles: Sequence[str] = ()) -> Table:
    """One row a benchmark, with the months pooled up to its month. What to do is told where something is to be done."""
    names = titles or [found.benchmark.title for found in judged]
    return Table(
        SOURCE,
        caption,
        _COLUMNS,
        ["/".join((*found.benchmark.key, found.verdict.result.month.isoformat())) for found in judged],
        [_cells(found, name) for found, name in zip(judged, names, strict=True)],
        is_stacked=True,
    )


def _cells(found: Judged, name: str) -> list[Cell]:
    benchmark, result = found.benchmark, found.verdict.result
    interval = ""
    if result.value_low is not None and result.value_high is not None:
        interval = f"95 %: {_held(range_in_words(benchmark, result.value_low, result.value_high))}"
    value = NOTHING if result.value is None else in_words(benchmark, result.value)
    pooled = _held(f"{benchmark.window_months} months") if benchmark.window_months > 1 else ""
    is_well = result.status in ("pass", "not_computable")
    return [
        Cell(name[:1].upper() + name[1:]),
        status_cell(result.status),
        Cell(value, result.value, note=interval, drawing=range_bar(result)),
        Cell(range_in_words(benchmark, result.range_low, result.range_high)),
        number(result.n),
        replace(month(result.month), note=pooled),
        text(result.reason),
        Cell(NOTHING if is_well else benchmark.what_to_do),
    ]


def _held(text: str) -> str:
    """A figure stays on one line with its unit, and so do the two ends of a range."""
    return text.replace(" ", "\xa0").replace("-", "-\u2060")
