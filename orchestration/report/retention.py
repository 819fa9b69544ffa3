"""The sections on retention: NRR and GRR over time, and what cohorts have kept."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.checks.figures import range_in_words
from orchestration.report import charts
from orchestration.report.blocks import Chart, Column, Section, Table
from orchestration.report.revenue import MONTHS, NO_MONTH, SOURCE
from orchestration.report.words import money, month, number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.report.reading import Judged, Published, Row

COHORTS = "retention_cohorts"
_NRR = ("nrr_12m", "all")


def rates(published: Published, judged: Mapping[tuple[str, str], Judged]) -> Section:
    """NRR and GRR of twelve months, with the healthy range of NRR."""
    title = "NRR and GRR"
    sources = [SOURCE, "benchmark_results"]
    reason = published.missing(SOURCE)
    months = [] if reason else published.months(SOURCE, MONTHS)
    known = [row for row in months if row["nrr_12m"] is not None]
    if not known:
        early = (
            "NRR compares with twelve months before, and no customer has paid for that long." if months else NO_MONTH
        )
        return Section("retention", title, sources, reason=reason or early)
    drawn = [
        {"month": f"{row['month']:%Y-%m}", "series": series, "value": float(row[name]), "text": percent(row[name]).text}
        for row in known
        for series, name in (("NRR", "nrr_12m"), ("GRR", "grr_12m"))
        if row[name] is not None
    ]
    last = known[-1]
    lead = (
        f"NRR {percent(last['nrr_12m']).text} and GRR {percent(last['grr_12m']).text} over the twelve months to "
        f"{last['month']:%B %Y}."
    )
    band = None
    if found := judged.get(_NRR):
        result = found.verdict.result
        band = healthy_band(result.range_low, result.range_high)
        lead += f" Healthy NRR: {range_in_words(found.benchmark, result.range_low, result.range_high)} (the band)."
    columns = [Column("month", "Month")]
    columns += [Column(name, label, is_number=True) for name, label in _RATES]
    rows = [
        [
            month(row["month"]),
            *(percent(row[name]) for name, _ in _RATES[:4]),
            number(row["quick_ratio"], 1),
        ]
        for row in known[::-1]
    ]
    table = Table(
        SOURCE, "Retention by month in figures", columns, [row["month"].isoformat() for row in known[::-1]], rows, True
    )
    chart = Chart("chart-retention", title, lead, SOURCE, charts.lines(drawn, band))
    return Section("retention", title, sources, lead=lead, charts=[chart], tables=[table])


_RATES = (
    ("nrr_12m", "NRR, 12 months"),
    ("grr_12m", "GRR, 12 months"),
    ("nrr_bridge", "NRR, month"),
    ("logo_churn", "Logo churn, month"),
    ("quick_ratio", "Quick ratio"),
)


def cohorts(published: Published) -> Section:
    """What is left of the MRR that the customers of a month brought, by age."""
    title = "Cohorts"
    if reason := published.missing(COHORTS):
        return Section("cohorts", title, [COHORTS], reason=reason)
    rows = published.rows(
        """
        select cohort_month, age_months, customers, customers_retained, mrr_start, mrr_retained
        from marts.retention_cohorts
        where
            dimension = 'all'
            and cohort_month + to_months(age_months) < ?
            and cohort_month >= cast(? as date) - to_months(?)
        order by cohort_month, age_months
        """,
        [published.open_month, published.open_month, MONTHS],
    )
    drawn = [
        {
            "cohort": f"{row['cohort_month']:%Y-%m}",
            "age": row["age_months"],
            "kept": float(row["mrr_retained"] / row["mrr_start"]),
            "text": f"{row['mrr_retained'] / row['mrr_start'] * 100:.0f}",
        }
        for row in rows
        if row["mrr_start"] and row["mrr_retained"] is not None
    ]
    if not drawn:
        return Section("cohorts", title, [COHORTS], reason="No cohort with revenue has a month behind it yet.")
    lead = f"{_after(rows, 12) or _after(rows, 6) or _after(rows, 1)} Constant currency."
    chart = Chart(
        "chart-cohorts",
        "MRR retained by age, % of the cohort's first month",
        f"Share of the first month's MRR that each cohort still has, by age in months. {lead}",
        COHORTS,
        charts.heatmap(drawn),
    )
    return Section("cohorts", title, [COHORTS], lead=lead, charts=[chart], tables=[_cohort_table(rows)])


def _after(rows: list[Row], age: int) -> str:
    """What all cohorts that are old enough have kept together; empty where none is."""
    old = [row for row in rows if row["age_months"] == age and row["mrr_start"] and row["mrr_retained"] is not None]
    start = sum((row["mrr_start"] for row in old), Decimal(0))
    if not start:
        return ""
    kept = sum((row["mrr_retained"] for row in old), Decimal(0)) / start
    noun = "cohort" if len(old) == 1 else "cohorts"
    unit = "month" if age == 1 else "months"
    return f"After {age} {unit}, {len(old)} {noun} together had {percent(kept).text} of their first MRR."


def _cohort_table(rows: list[Row]) -> Table:
    """The newest month of every cohort: what a heatmap cannot be read out for."""
    newest = {row["cohort_month"]: row for row in rows}
    columns = [
        Column("cohort_month", "Cohort"),
        Column("age_months", "Age, months", is_number=True),
        Column("customers", "Customers", is_number=True),
        Column("customers_retained", "Still paying", is_number=True),
        Column("mrr_start", "MRR at first", is_number=True),
        Column("mrr_retained", "MRR now", is_number=True),
    ]
    cells = [
        [
            month(row["cohort_month"]),
            number(row["age_months"]),
            number(row["customers"]),
            number(row["customers_retained"]),
            money(row["mrr_start"]),
            money(row["mrr_retained"]),
        ]
        for row in reversed(newest.values())
    ]
    keys = [f"{row['cohort_month'].isoformat()}/{row['age_months']}" for row in reversed(newest.values())]
    return Table(COHORTS, "Every cohort at its present age in figures", columns, keys, cells, is_folded=True)


def healthy_band(low: Decimal | None, high: Decimal | None) -> tuple[float, float] | None:
    """The range as two ends to draw; a range with one end has none to draw on the other side but zero."""
    if high is None:
        return None
    return float(low or 0), float(high)
