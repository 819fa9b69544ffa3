"""The section on the funnel: how many get from step to step, against the healthy ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.checks.figures import in_words, range_in_words
from orchestration.report import charts
from orchestration.report.blocks import Chart, Column, Section, Table
from orchestration.report.retention import healthy_band
from orchestration.report.verdict_rows import verdict_table
from orchestration.report.words import month, number, percent, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.report.reading import Judged, Published

RESULTS = "benchmark_results"
CONVERSION = "funnel_conversion"
STEPS = {
    ("visitor_to_lead", "all"): "Visitor to lead",
    ("lead_to_mql", "all"): "Lead to MQL",
    ("mql_to_sql", "all"): "MQL to SQL",
    ("win_rate", "all"): "Deals won",
    ("trial_to_paid", "all"): "Trial to paid",
}
_STAGES = {
    "lead": "lead",
    "marketingqualifiedlead": "MQL",
    "salesqualifiedlead": "SQL",
    "customer": "customer",
}


def funnel(published: Published, judged: Mapping[tuple[str, str], Judged]) -> Section:
    """One small chart a step with what could be computed, and a table of all steps, with reasons for the others."""
    title, sources = "Funnel", [RESULTS, CONVERSION]
    steps = {key: judged[key] for key in STEPS if key in judged}
    if not steps:
        reason = published.missing(RESULTS) or f"{RESULTS} has no step of the funnel: see seeds/benchmarks.csv."
        return Section("funnel", title, sources, reason=reason)
    drawn = [
        trend_chart(f"chart-{key[0].replace('_', '-')}", STEPS[key], found)
        for key, found in steps.items()
        if found.computed
    ]
    silent = [STEPS[key] for key, found in steps.items() if not found.computed]
    lead = "Each point is a rate with its 95 % interval, the band the healthy range."
    if silent:
        lead += f" Not computable: {', '.join(silent)}; the table says why."
    tables = [
        verdict_table(list(steps.values()), "The steps of the funnel", [STEPS[key] for key in steps]),
        *_conversions(published),
    ]
    return Section("funnel", title, sources, lead=lead, charts=drawn, tables=tables)


def trend_chart(identifier: str, title: str, found: Judged) -> Chart:
    """The computed months of a benchmark."""
    benchmark, result = found.benchmark, found.verdict.result
    points = [
        {
            "month": f"{row.month:%Y-%m}",
            "value": float(row.value or 0),
            "low": None if row.value_low is None else float(row.value_low),
            "high": None if row.value_high is None else float(row.value_high),
            "text": f"{in_words(benchmark, row.value)}, n = {row.n}",
        }
        for row in found.computed
    ]
    summary = (
        f"{title}: {in_words(benchmark, result.value)} in {result.month:%B %Y}, healthy "
        f"{range_in_words(benchmark, result.range_low, result.range_high)}, {len(points)} months."
    )
    spec = charts.trend(points, healthy_band(result.range_low, result.range_high), benchmark.unit)
    return Chart(identifier, title, summary, RESULTS, spec, is_small=True)


def _conversions(published: Published) -> list[Table]:
    """The newest mature cohort of every transition, as it stands in the mart."""
    if published.missing(CONVERSION):
        return []
    rows = published.rows(
        """
        select * from marts.funnel_conversion
        where dimension = 'all' and is_mature
        qualify row_number() over (partition by from_stage, to_stage order by cohort_month desc) <= 6
        order by
            case from_stage when 'lead' then 1 when 'marketingqualifiedlead' then 2 else 3 end,
            to_stage, cohort_month desc
        """
    )
    if not rows:
        return []
    columns = [
        Column("from_stage", "From"),
        Column("to_stage", "To"),
        Column("cohort_month", "Cohort"),
        Column("entered", "Entered", is_number=True),
        Column("converted", "Converted", is_number=True),
        Column("conversion_rate", "Rate", is_number=True),
        Column("rate_low", "From (95 %)", is_number=True),
        Column("rate_high", "To (95 %)", is_number=True),
        Column("window_days", "Within days", is_number=True),
        Column("median_days", "Median days", is_number=True),
    ]
    cells = [
        [
            text(row["from_stage"]).named(_STAGES.get(row["from_stage"])),
            text(row["to_stage"]).named(_STAGES.get(row["to_stage"])),
            month(row["cohort_month"]),
            number(row["entered"]),
            number(row["converted"]),
            *(percent(row[name]) for name in ("conversion_rate", "rate_low", "rate_high")),
            number(row["window_days"]),
            number(row["median_days"], 1),
        ]
        for row in rows
    ]
    keys = [f"{row['cohort_month'].isoformat()}/{row['from_stage']}/{row['to_stage']}" for row in rows]
    return [Table(CONVERSION, "The last six mature cohorts of every step", columns, keys, cells, is_folded=True)]
