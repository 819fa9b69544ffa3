"""The rows of seeds/benchmarks.csv: which benchmarks there are, in what unit, and what to do when one is missed.

Reading is lenient, so that Dagster can show a file with a bad row; `seed_rules` says what is bad about it, and nothing
is built from it until that is mended.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import PROJECT_ROOT

_ABBREVIATIONS = frozenset({"acv", "arr", "cac", "grr", "ltv", "mql", "mrr", "nps", "nrr", "pql", "sql"})
BENCHMARKS_CSV = PROJECT_ROOT / "seeds" / "benchmarks.csv"


@dataclass(frozen=True)
class Benchmark:
    """One benchmark. `unit` is the seed's: ratio (a fraction of one), times, days, months, usd, score, ...

    `severity` (warn or error) is how loud a fail is told; `min_n` is the fewest cases for a verdict.
    """

    metric: str
    segment: str
    unit: str
    what_to_do: str
    source: str
    severity: str = "error"
    window_months: int = 1
    min_n: int = 1

    @property
    def key(self) -> tuple[str, str]:
        return self.metric, self.segment

    @property
    def title(self) -> str:
        """`win rate`, `MRR growth monthly (startup)`."""
        words = self.metric.split("_")
        name = " ".join(word.upper() if word in _ABBREVIATIONS else word for word in words)
        return name if self.segment == "all" else f"{name} ({self.segment.replace('_', ' ')})"


@dataclass(frozen=True)
class Line:
    """A row of a CSV file: the line that it begins in (the header's is 1), its fields, and those by column."""

    number: int
    fields: tuple[str, ...]
    values: dict[str, str]


def read_lines(path: Path) -> tuple[tuple[str, ...], list[Line]]:
    """The header, and the rows that are not empty.

    Raises:
        UnicodeDecodeError: the file is not UTF-8.
        csv.Error: it is no CSV file.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = tuple(next(reader, ()))
        lines, begins = [], reader.line_num + 1
        for fields in reader:
            if fields:
                lines.append(Line(begins, tuple(fields), dict(zip(header, fields, strict=False))))
            begins = reader.line_num + 1
    return header, lines


def read_benchmarks(path: Path = BENCHMARKS_CSV) -> dict[tuple[str, str], Benchmark]:
    """(metric, segment) -> benchmark, in the file's order; rows that cannot be one are left out."""
    try:
        _, lines = read_lines(path)
    except (UnicodeDecodeError, csv.Error, OSError):
        return {}
    found = {}
    for line in lines:
        try:
            benchmark = _benchmark(line.values)
        except (KeyError, ValueError):
            continue
        found.setdefault(benchmark.key, benchmark)
    return found


def _benchmark(row: dict[str, str]) -> Benchmark:
    return Benchmark(
        metric=row["metric"],
        segment=row["segment"],
        unit=row["unit"],
        what_to_do=row["what_to_do"],
        source=row["source"],
        severity=row["severity"],
        window_months=int(row["window_months"]),
        min_n=int(row["min_n"]),
    )
