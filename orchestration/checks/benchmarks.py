"""One asset check a benchmark: is the company inside the published healthy range?

`seeds/benchmarks.csv` says which benchmarks there are, dbt computes them into `benchmark_results`, these checks report.
They never block: a poor win rate is news for people, not a reason to withhold the tables that show it.
"""

import re
from collections.abc import Iterator

import dagster as dg

from orchestration.checks.chart import Point, Trend, markdown_image
from orchestration.checks.figures import in_words, range_in_words
from orchestration.checks.metrics import known_metrics
from orchestration.checks.seed import Benchmark, read_benchmarks
from orchestration.checks.verdicts import TREND_MONTHS, Result, Verdict, read_results, verdicts
from orchestration.checks.warehouse import reading
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
    settings = load_settings()
    with reading() as connection:
        found = verdicts(read_results(connection))
    for key in sorted(context.selected_asset_check_keys):
        benchmark = _BENCHMARKS[key.name]
        verdict = found.get(benchmark.key)
        query = None if verdict is None else rows_query(benchmark, verdict.result, settings.timezone)
        yield report(key.name, benchmark, verdict, query)


def rows_query(benchmark: Benchmark, result: Result, timezone: str) -> str | None:
    """The rows behind a verdict, as SQL for published.duckdb; None for a metric that no model gives."""
    metric = known_metrics().get(benchmark.metric)
    if metric is None:
        return None
    return metric.query(benchmark.segment, result.month, benchmark.window_months, timezone)


def report(name: str, benchmark: Benchmark, verdict: Verdict | None, query: str | None = None) -> dg.AssetCheckResult:
    """The check result of one verdict; `None` when the models gave no row for the benchmark.

    Dagster knows two outcomes. What cannot be computed is a warning, since a tick would be read as healthy; its status
    and its reason stand in the description and in the metadata. A fail is as severe as the seed says.
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
    is_error = result.status == "fail" and benchmark.severity == "error"
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=RESULTS_KEY,
        passed=result.status == "pass",
        severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
        description=sentence(benchmark, result),
        metadata={
            "status": result.status,
            "severity_of_a_fail": benchmark.severity,
            "month": f"{result.month:%Y-%m}",
            "months_pooled": benchmark.window_months,
            "value": in_words(benchmark, result.value),
            "healthy_range": range_in_words(benchmark, result.range_low, result.range_high),
            "n": "unknown" if result.n is None else result.n,
            "min_n": benchmark.min_n,
            "interval": interval_in_words(benchmark, result),
            "trend": dg.MetadataValue.md(_trend(benchmark, verdict)),
            "rows_behind_it": dg.MetadataValue.md(_told_query(query)),
            "what_to_do": benchmark.what_to_do,
            "source": benchmark.source,
        },
    )


def sentence(benchmark: Benchmark, result: Result) -> str:
    """`pass: 24.1 % in 2026-08 (healthy 20-30 %, n = 83, 95 % interval 16-34 %)`, or why there is no value."""
    if not result.is_computed:
        return f"not computable: {result.reason or 'no reason given'}"
    parts = [f"healthy {range_in_words(benchmark, result.range_low, result.range_high)}", f"n = {result.n}"]
    if _has_interval(result):
        parts.append(f"95 % interval {interval_in_words(benchmark, result)}")
    told = f"{result.status}: {in_words(benchmark, result.value)} in {result.month:%Y-%m} ({', '.join(parts)})"
    return f"{told}. {result.reason}" if result.reason else told


def interval_in_words(benchmark: Benchmark, result: Result) -> str:
    """`16-34 %`, or that there is none."""
    if _has_interval(result):
        return range_in_words(benchmark, result.value_low, result.value_high)
    return "none: counted on everybody" if result.is_computed else "-"


def _has_interval(result: Result) -> bool:
    return result.value_low is not None and result.value_high is not None


def _told_query(query: str | None) -> str:
    if query is None:
        return "None."
    return f"Against published.duckdb:\n\n```sql\n{query}\n```"


def _trend(benchmark: Benchmark, verdict: Verdict) -> str:
    months = verdict.trend
    if not months:
        return f"None of the last {TREND_MONTHS} months could be computed."
    result = verdict.result
    image = markdown_image(
        Trend(
            title=f"{benchmark.title}, {TREND_MONTHS} months to {result.month:%Y-%m}",
            note=f"healthy: {range_in_words(benchmark, result.range_low, result.range_high)}",
            until=result.month,
            months=TREND_MONTHS,
            points=[
                Point(
                    month=row.month,
                    value=row.value,
                    low=row.value_low,
                    high=row.value_high,
                    is_healthy=row.status == "pass",
                    label=in_words(benchmark, row.value),
                )
                for row in months
                if row.value is not None
            ],
            range_low=result.range_low,
            range_high=result.range_high,
        )
    )
    lines = [f"| {row.month:%Y-%m} | {in_words(benchmark, row.value)} | {row.n} | {row.status} |" for row in months]
    return "\n".join([image, "", "| month | value | n | status |", "|---|---|---|---|", *lines])
