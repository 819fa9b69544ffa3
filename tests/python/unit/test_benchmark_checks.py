"""Benchmark checks: which month decides, what is said, and that nothing unknown is called healthy."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import dagster as dg
import pytest

from orchestration.checks.benchmarks import benchmark_checks, check_name, report
from orchestration.checks.figures import in_words, range_in_words
from orchestration.checks.seed import Benchmark, read_benchmarks
from orchestration.checks.verdicts import Result, verdicts

WIN_RATE = Benchmark("win_rate", "all", "ratio", "Review lost deals.", "a guide")
PASS = Result(
    metric="win_rate",
    segment="all",
    month=date(2026, 1, 1),
    value=Decimal("0.241"),
    n=83,
    value_low=Decimal("0.16"),
    value_high=Decimal("0.34"),
    range_low=Decimal("0.20"),
    range_high=Decimal("0.30"),
    status="pass",
    reason=None,
)
UNKNOWN = replace(PASS, value=None, n=None, status="not_computable", reason="n too small (3 of 20)")


def test_the_newest_computed_month_is_the_verdict_and_the_trend_ends_with_it() -> None:
    rows = [replace(PASS, month=date(2025, month, 1)) for month in range(1, 10)]
    rows.append(replace(UNKNOWN, month=date(2025, 10, 1)))
    verdict = verdicts(reversed(rows))["win_rate", "all"]
    assert verdict.result.month == date(2025, 9, 1)
    assert [row.month.month for row in verdict.trend] == [4, 5, 6, 7, 8, 9]


def test_without_a_computed_month_the_newest_reason_is_the_verdict() -> None:
    older = replace(UNKNOWN, month=date(2025, 1, 1), reason="source absent")
    verdict = verdicts([UNKNOWN, older])["win_rate", "all"]
    assert verdict.result.reason == "n too small (3 of 20)"
    assert verdict.trend == ()


@pytest.mark.parametrize(
    ("status", "passed", "severity"),
    [
        ("pass", True, None),
        ("warn", False, dg.AssetCheckSeverity.WARN),
        ("fail", False, dg.AssetCheckSeverity.ERROR),
        ("not_computable", False, dg.AssetCheckSeverity.WARN),
    ],
)
def test_status_decides_the_outcome(status: str, passed: bool, severity: dg.AssetCheckSeverity | None) -> None:
    (verdict,) = verdicts([replace(PASS, status=status)]).values()
    result = report("win_rate", WIN_RATE, verdict)
    assert result.passed is passed
    assert severity is None or result.severity == severity


def test_the_metadata_says_value_range_n_trend_and_what_to_do() -> None:
    (verdict,) = verdicts([PASS]).values()
    result = report("win_rate", WIN_RATE, verdict)
    told = {name: value.value for name, value in result.metadata.items()}
    assert result.description == "pass: 24.1 % in 2026-01 (healthy 20-30 %, n = 83)"
    assert told["value"] == "24.1 %"
    assert told["healthy_range"] == "20-30 %"
    assert told["interval"] == "16-34 %"
    assert told["n"] == 83
    assert "| 2026-01 | 24.1 % | 83 | pass |" in str(told["trend"])
    assert told["what_to_do"] == "Review lost deals."


def test_what_cannot_be_computed_says_so_and_why() -> None:
    (verdict,) = verdicts([UNKNOWN]).values()
    result = report("win_rate", WIN_RATE, verdict)
    assert result.description == "not computable: n too small (3 of 20)"
    assert result.metadata["status"].value == "not_computable"


def test_a_benchmark_without_any_row_is_a_warning() -> None:
    result = report("win_rate", WIN_RATE, None)
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.WARN


@pytest.mark.parametrize(
    ("metric", "unit", "value", "words"),
    [
        ("win_rate", "ratio", "0.2346", "23.5 %"),
        ("win_rate", "ratio", "0.2", "20 %"),
        ("ltv_to_cac", "ratio", "3.26", "3.3 x"),
        ("sales_cycle_days", "days", "45", "45 days"),
        ("acv", "usd", "15234.4", "15,234 usd"),
    ],
)
def test_values_are_written_in_their_unit(metric: str, unit: str, value: str, words: str) -> None:
    assert in_words(Benchmark(metric, "all", unit, "", ""), Decimal(value)) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [("0.2", "0.3", "20-30 %"), ("0.2", None, "at least 20 %"), (None, "0.02", "up to 2 %"), (None, None, "-")],
)
def test_ranges_may_be_open(low: str | None, high: str | None, words: str) -> None:
    ends = [None if end is None else Decimal(end) for end in (low, high)]
    assert range_in_words(WIN_RATE, *ends) == words


def test_every_row_of_the_seed_has_one_check_that_does_not_block() -> None:
    specs = list(benchmark_checks.check_specs)
    assert {spec.name for spec in specs} == {check_name(*key) for key in read_benchmarks()}
    assert not any(spec.blocking for spec in specs)
    assert all(spec.description for spec in specs)
