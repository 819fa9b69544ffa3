"""Benchmark checks: which month decides, what is said, and that nothing unknown is called healthy."""

import base64
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import dagster as dg
import pytest

from orchestration.checks.benchmarks import benchmark_checks, check_name, report, rows_query
from orchestration.checks.chart import Point, Trend, svg
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
    is_current=True,
)
UNKNOWN = replace(PASS, value=None, n=None, status="not_computable", reason="n too small (3 of 20)")


def test_the_current_month_is_the_verdict_and_the_trend_ends_with_it() -> None:
    rows = [replace(PASS, month=date(2025, month, 1), is_current=month == 9) for month in range(1, 10)]
    rows[6] = replace(UNKNOWN, month=date(2025, 7, 1), is_current=False)
    rows.append(replace(UNKNOWN, month=date(2025, 10, 1), is_current=False))
    verdict = verdicts(reversed(rows))["win_rate", "all"]
    assert verdict.result.month == date(2025, 9, 1)
    assert [row.month.month for row in verdict.trend] == [4, 5, 6, 8, 9]


def test_a_current_month_that_cannot_be_computed_is_the_verdict_whatever_older_ones_were() -> None:
    older = replace(PASS, month=date(2025, 12, 1), is_current=False)
    verdict = verdicts([UNKNOWN, older])["win_rate", "all"]
    assert verdict.result.reason == "n too small (3 of 20)"
    assert verdict.trend == (older,)


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


def test_a_fail_is_as_severe_as_the_seed_says() -> None:
    (verdict,) = verdicts([replace(PASS, status="fail")]).values()
    result = report("win_rate", replace(WIN_RATE, severity="warn"), verdict)
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert result.metadata["status"].value == "fail"
    assert str(result.description).startswith("fail: 24.1 %")


def test_a_breach_that_the_interval_does_not_support_says_so() -> None:
    reason = "below the healthy range, but the interval reaches into it"
    (verdict,) = verdicts([replace(PASS, value=Decimal("0.18"), status="warn", reason=reason)]).values()
    assert report("win_rate", WIN_RATE, verdict).description == (
        "warn: 18 % in 2026-01 (healthy 20-30 %, n = 83, 95 % interval 16-34 %). "
        "below the healthy range, but the interval reaches into it"
    )


def test_what_was_counted_on_everybody_has_no_interval() -> None:
    (verdict,) = verdicts([replace(PASS, value_low=None, value_high=None)]).values()
    result = report("win_rate", WIN_RATE, verdict)
    assert result.metadata["interval"].value == "none: counted on everybody"
    assert result.description == "pass: 24.1 % in 2026-01 (healthy 20-30 %, n = 83)"


def test_the_trend_is_a_drawing_that_the_dagster_ui_shows() -> None:
    """Its Markdown lets an image's address begin with http, https and data, and nothing else."""
    rows = [replace(PASS, month=date(2025, month, 1), is_current=month == 12) for month in (7, 8, 11, 12)]
    (verdict,) = verdicts(rows).values()
    told = str(report("win_rate", WIN_RATE, verdict).metadata["trend"].value)
    found = re.match(r"!\[win rate, 6 months to 2025-12\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", told)
    assert found
    drawing = ElementTree.fromstring(base64.b64decode(found.group(1)))
    namespace = "{http://www.w3.org/2000/svg}"
    assert len(drawing.findall(f"{namespace}circle")) == 4
    # two lines between neighbouring months and four intervals: nothing is drawn across September and October
    assert len(drawing.findall(f"{namespace}line")) == 2 + 4


def test_the_drawing_keeps_the_proportions_of_the_figures() -> None:
    """Values 10, 20 and 30 lie one above the other at equal distances, the month of 30 on top."""
    points = [
        Point(date(2025, number, 1), Decimal(number * 10), None, None, is_healthy=number > 1, label=f"<{number}>")
        for number in (1, 2, 3)
    ]
    drawing = ElementTree.fromstring(svg(Trend("a & b", "c < d", date(2025, 3, 1), 6, points, Decimal(20), None)))
    dots = drawing.findall("{http://www.w3.org/2000/svg}circle")
    heights = [float(dot.attrib["cy"]) for dot in dots]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.11)
    assert heights[2] < heights[0]
    assert [dot.attrib["fill"] for dot in dots] == ["#ffffff", "#1f3a5f", "#1f3a5f"]


def test_the_query_names_the_months_and_the_zone_they_begin_in() -> None:
    """Three months to January 2026; in Stockholm November began at 23:00 UTC of October 31."""
    benchmark = replace(WIN_RATE, segment="smb", window_months=3)
    query = str(rows_query(benchmark, PASS, "Europe/Stockholm"))
    assert "closed_on >= date '2025-11-01'" in query
    assert "closed_on < date '2026-02-01'" in query
    assert "'smb' in ('all', segment)" in query
    entries = str(rows_query(replace(benchmark, metric="lead_to_mql"), PASS, "Europe/Stockholm"))
    assert "first_entered_at >= timestamp '2025-10-31 23:00:00'" in entries
    assert rows_query(replace(WIN_RATE, metric="no_such_metric"), PASS, "UTC") is None


def test_the_metadata_says_value_range_n_trend_and_what_to_do() -> None:
    (verdict,) = verdicts([PASS]).values()
    result = report("win_rate", WIN_RATE, verdict)
    told = {name: value.value for name, value in result.metadata.items()}
    assert result.description == "pass: 24.1 % in 2026-01 (healthy 20-30 %, n = 83, 95 % interval 16-34 %)"
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
        ("ltv_to_cac", "times", "3.26", "3.3 x"),
        ("sales_cycle_days", "days", "45", "45 days"),
        ("acv", "usd", "15234.4", "15,234 USD"),
        ("nps", "score", "31.3", "31.3"),
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
