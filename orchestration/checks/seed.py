"""The rows of seeds/benchmarks.csv: which benchmarks there are, in what unit, and what to do when one is missed."""

import csv
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import PROJECT_ROOT

_ABBREVIATIONS = frozenset({"acv", "arr", "cac", "grr", "ltv", "mql", "mrr", "nps", "nrr", "pql", "sql"})
BENCHMARKS_CSV = PROJECT_ROOT / "seeds" / "benchmarks.csv"


@dataclass(frozen=True)
class Benchmark:
    """One benchmark. `unit` is the seed's: ratio (a fraction of one), days, months, usd, score, ..."""

    metric: str
    segment: str
    unit: str
    what_to_do: str
    source: str

    @property
    def key(self) -> tuple[str, str]:
        return self.metric, self.segment

    @property
    def title(self) -> str:
        """`win rate`, `MRR growth monthly (startup)`."""
        words = self.metric.split("_")
        name = " ".join(word.upper() if word in _ABBREVIATIONS else word for word in words)
        return name if self.segment == "all" else f"{name} ({self.segment.replace('_', ' ')})"


def read_benchmarks(path: Path = BENCHMARKS_CSV) -> dict[tuple[str, str], Benchmark]:
    """(metric, segment) -> benchmark, in the file's order."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Benchmark(row["metric"], row["segment"], row["unit"], row["what_to_do"], row["source"])
            for row in csv.DictReader(file)
        ]
    return {row.key: row for row in rows}
