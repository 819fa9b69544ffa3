"""Figures in words: how a value is written, by its unit in seeds/benchmarks.csv."""

from decimal import Decimal

from orchestration.checks.seed import Benchmark


def in_words(benchmark: Benchmark, value: Decimal | None) -> str:
    """`24.1 %`, `45 days`, `3.2 x`, `31` for a score, `12,300 USD`; `-` for no value."""
    if value is None:
        return "-"
    if benchmark.unit == "times":
        return f"{_short(value)} x"
    if benchmark.unit == "ratio":
        return f"{_short(value * 100)} %"
    if benchmark.unit == "score":
        return _short(value)
    return f"{_short(value)} {unit_in_words(benchmark.unit)}"


def unit_in_words(unit: str) -> str:
    """A currency code in capitals; other units as they are."""
    return unit.upper() if len(unit) == 3 else unit


def range_in_words(benchmark: Benchmark, low: Decimal | None, high: Decimal | None) -> str:
    """`20-30 %`, `-1 to 54`, `at least 3 sessions`, `up to 180 days`; `-` for neither end."""
    if low is not None and high is not None:
        between = "-" if low >= 0 else " to "
        return f"{in_words(benchmark, low).split(' ')[0]}{between}{in_words(benchmark, high)}"
    if low is not None:
        return f"at least {in_words(benchmark, low)}"
    if high is not None:
        return f"up to {in_words(benchmark, high)}"
    return "-"


def _short(value: Decimal) -> str:
    """Whole numbers from 1,000 on, one decimal below, no trailing zero."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}".removesuffix(".0")
