"""The sections on what customers cost and are worth, and on what they say (NPS); or why that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.checks.figures import range_in_words
from orchestration.report import charts
from orchestration.report.blocks import Card, Cell, Chart, Column, Section, Table
from orchestration.report.funnel import trend_chart
from orchestration.report.retention import healthy_band
from orchestration.report.verdict_rows import verdict_table
from orchestration.report.words import money, month, number, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.report.reading import Judged, Published, Row

ECONOMICS = "unit_economics_monthly"
NPS = "nps_monthly"
RESULTS = "benchmark_results"
MONTHS = 12
_NO_MONTH = "No month has ended yet."
_JUDGED = {("cac", "all"): "CAC", ("ltv_to_cac", "all"): "LTV to CAC", ("cac_payback_months", "all"): "CAC payback"}


def unit_economics(published: Published, judged: Mapping[tuple[str, str], Judged]) -> Section:
    """CAC, LTV to CAC and payback of the last month that is over, their verdicts, and twelve months in figures."""
    title, sources = "Unit economics", [ECONOMICS, RESULTS]
    chosen = {key: judged[key] for key in _JUDGED if key in judged}
    tables = []
    if chosen:
        tables.append(verdict_table(list(chosen.values()), "Unit economics, judged", [_JUDGED[key] for key in chosen]))
    reason = published.missing(ECONOMICS)
    months = [] if reason else published.months(ECONOMICS, MONTHS)
    if not months:
        return Section("economics", title, sources, reason=reason or _NO_MONTH, tables=tables)
    last = months[-1]
    drawn = [
        trend_chart(f"chart-{key[0].replace('_', '-')}", _JUDGED[key], found)
        for key, found in chosen.items()
        if found.computed
    ]
    return Section(
        "economics",
        title,
        sources,
        lead=f"What a new customer costs and is worth, in {last['month']:%B %Y}. Amounts in {published.currency}.",
        reason=last["not_computable_reason"] and f"Not all of it can be computed: {last['not_computable_reason']}.",
        cards=_economics_cards(last),
        charts=drawn,
        tables=[*tables, _economics_table(months[::-1])],
    )


def _economics_cards(row: Row) -> list[Card]:
    key = row["month"].isoformat()

    def card(label: str, cell: Cell, note: str, column: str) -> Card:
        return Card(label, cell, note, ECONOMICS, column, key)

    margin = f"{row['gross_margin'] * 100:.0f} % gross margin"
    return [
        card("New customers", number(row["new_customers"]), "first paid invoice in the month", "new_customers"),
        card("CAC", money(row["cac"]), "marketing and sales", "cac"),
        card("LTV", money(row["ltv"]), margin, "ltv"),
        card("LTV to CAC", number(row["ltv_to_cac"], 1, " x"), "", "ltv_to_cac"),
        card("CAC payback", number(row["cac_payback_months"], 1, " months"), margin, "cac_payback_months"),
    ]


def _economics_table(rows: list[Row]) -> Table:
    columns = [
        Column("month", "Month"),
        Column("spend", "Spend", is_number=True),
        Column("new_customers", "New customers", is_number=True),
        Column("cac", "CAC", is_number=True),
        Column("ltv", "LTV", is_number=True),
        Column("ltv_to_cac", "LTV to CAC", is_number=True),
        Column("cac_payback_months", "Payback, months", is_number=True),
        Column("not_computable_reason", "Not computable because", is_prose=True),
    ]
    cells = [
        [
            month(row["month"]),
            money(row["spend"]),
            number(row["new_customers"]),
            money(row["cac"]),
            money(row["ltv"]),
            number(row["ltv_to_cac"], 1),
            number(row["cac_payback_months"], 1),
            text(row["not_computable_reason"]),
        ]
        for row in rows
    ]
    keys = [row["month"].isoformat() for row in rows]
    return Table(ECONOMICS, "Unit economics by month in figures", columns, keys, cells, is_folded=True)


def nps(published: Published, judged: Mapping[tuple[str, str], Judged]) -> Section:
    """What customers answer when asked whether they would recommend the product."""
    title, sources = "NPS", [NPS, RESULTS]
    reason = published.missing(NPS)
    months = [] if reason else published.months(NPS, MONTHS)
    if not months:
        reason = reason or "No answer to an NPS survey is known: HubSpot feedback surveys bring them."
        return Section("nps", title, sources, reason=reason)
    last, found = months[-1], judged.get(("nps", "all"))
    result = found.verdict.result if found else None
    band = healthy_band(result.range_low, result.range_high) if result else None
    points = [
        {
            "month": f"{row['month']:%Y-%m}",
            "value": float(row["nps"]),
            "low": float(row["nps_low"]),
            "high": float(row["nps_high"]),
            "text": f"{number(row['nps']).text}, {row['responses']:,} answers",
        }
        for row in months
    ]
    lead = f"{number(last['nps']).text} from {last['responses']:,} answers in {last['month']:%B %Y}"
    lead += f", 95 % interval {number(last['nps_low']).text} to {number(last['nps_high']).text}."
    if found and result:
        lead += f" Healthy: {range_in_words(found.benchmark, result.range_low, result.range_high)}"
        lead += f", judged over {found.benchmark.window_months} months." if found.benchmark.window_months > 1 else "."
    columns = [Column("month", "Month")]
    names = ("nps", "nps_low", "nps_high", "responses", "promoters", "passives", "detractors")
    labels = ("NPS", "From (95 %)", "To (95 %)", "Answers", "Promoters", "Passives", "Detractors")
    columns += [Column(name, label, is_number=True) for name, label in zip(names, labels, strict=True)]
    cells = [[month(row["month"]), *(number(row[name]) for name in names)] for row in months[::-1]]
    keys = [row["month"].isoformat() for row in months[::-1]]
    chart = Chart("chart-nps", "NPS by month", lead, NPS, charts.trend(points, band, "NPS"), is_small=True)
    table = Table(NPS, "NPS by month in figures", columns, keys, cells, is_folded=True)
    return Section("nps", title, sources, lead=lead, charts=[chart], tables=[table])
