"""One asset check a benchmark: is the company inside the published healthy range?

`seeds/benchmarks.csv` says which benchmarks there are, dbt computes them into `benchmark_results`, these checks report.
They never block: a poor win rate is news for people, not a reason to withhold the tables that show it.
"""

import re
from collections.abc import Iterator

import dagster as dg

from orchestration.checks.figures import in_words, range_in_words
from orchestration.checks.seed import Benchmark, read_benchmarks
from orchestration.checks.verdicts import Result, Verdict, read_results, verdicts
from orchestration.settings import load_settings

RESULTS_KEY = dg.AssetKey(["marts", "benchmark_results"])


def check_name(metric: str, segment: str) -> str:
    """`win_rate` for the whole company, `churn_yearly__smb` for a segment; letters, digits and underscores only."""
    name = metric if segment == "all" else f"{metric}__{segment}"
    return re.sub(r"\W+", "_", name)


_BENCHMARKS = {check_name(*key): benchmark for key, benchmark in read_benchmarks().items()}
_SPECS = [
    dg.AssetCheckSpec(
        name,
        asset=RESULTS_KEY,
        description=f"Is {benchmark.title} healthy? If not: {benchmark.what_to_do} (source: {benchmark.source})",
    )
    for name, benchmark in _BENCHMARKS.items()
]


@dg.multi_asset_check(name="benchmark_checks", specs=_SPECS, can_subset=True, pool="warehouse")
def benchmark_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Read the verdicts once, report each selected one."""
    import duckdb

    with duckdb.connect(str(load_settings().warehouse_path), read_only=True) as connection:
        found = verdicts(read_results(connection))
    for key in sorted(context.selected_asset_check_keys):
        benchmark = _BENCHMARKS[key.name]
        yield report(key.name, benchmark, found.get(benchmark.key))


def report(name: str, benchmark: Benchmark, verdict: Verdict | None) -> dg.AssetCheckResult:
    """The check result of one verdict; `None` when the models gave no row for the benchmark.

    Dagster knows two outcomes. What cannot be computed is a warning, since a tick would be read as healthy; its status
    and its reason stand in the description and in the metadata.
    """
    if verdict is None:
        return dg.AssetCheckResult(
            check_name=name,
            asset_key=RESULTS_KEY,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description="not computable: benchmark_results has no row for this benchmark",
            metadata={"status": "not_computable", "what_to_do": benchmark.what_to_do},
        )
    result = verdict.result
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=RESULTS_KEY,
        passed=result.status == "pass",
        severity=dg.AssetCheckSeverity.ERROR if result.status == "fail" else dg.AssetCheckSeverity.WARN,
        description=sentence(benchmark, result),
        metadata={
            "status": result.status,
            "month": f"{result.month:%Y-%m}",
            "value": in_words(benchmark, result.value),
            "healthy_range": range_in_words(benchmark, result.range_low, result.range_high),
            "n": "unknown" if result.n is None else result.n,
            "interval": range_in_words(benchmark, result.value_low, result.value_high),
            "trend": dg.MetadataValue.md(_trend(benchmark, verdict.trend)),
            "what_to_do": benchmark.what_to_do,
        },
    )


def sentence(benchmark: Benchmark, result: Result) -> str:
    """`pass: 24.1 % in 2026-08 (healthy 20-30 %, n = 83)`, or why there is no value."""
    if not result.is_computed:
        return f"not computable: {result.reason or 'no reason given'}"
    healthy = range_in_words(benchmark, result.range_low, result.range_high)
    told = (
        f"{result.status}: {in_words(benchmark, result.value)} in {result.month:%Y-%m} "
        f"(healthy {healthy}, n = {result.n})"
    )
    return f"{told}. {result.reason}" if result.reason else told


def _trend(benchmark: Benchmark, months: tuple[Result, ...]) -> str:
    if not months:
        return "No month could be computed yet."
    lines = [f"| {row.month:%Y-%m} | {in_words(benchmark, row.value)} | {row.n} | {row.status} |" for row in months]
    return "\n".join(["| month | value | n | status |", "|---|---|---|---|", *lines])
