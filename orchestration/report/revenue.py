"""The sections on revenue: the headline, the bridge of the last month, and movements over time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.report import charts
from orchestration.report.blocks import Card, Cell, Chart, Column, Section, Table
from orchestration.report.words import money, month, number, percent, points

if TYPE_CHECKING:
    from orchestration.report.reading import Published, Row

MONTHS = 24
SOURCE = "nrr_monthly"
NO_MONTH = "No month with revenue has ended yet."
_MOVEMENTS = tuple(charts.MOVEMENTS)


def headline(published: Published) -> Section:
    """The figures that one is asked for first, of the last month that is over."""
    section = Section("headline", "Headline", [SOURCE], reason=published.missing(SOURCE))
    months = [] if section.reason else published.months(SOURCE, 1)
    if not months:
        return Section("headline", "Headline", [SOURCE], reason=section.reason or NO_MONTH)
    (last,) = months
    before = _month_before(published, last["month"])
    key = last["month"].isoformat()
    mrr, customers = last["closing_mrr"], last["closing_customers"]

    def card(label: str, cell: Cell, note: str, column: str) -> Card:
        return Card(label, cell, note, SOURCE, column, key)

    return Section(
        "headline",
        "Headline",
        [SOURCE],
        lead=f"At the end of {last['month']:%B %Y}, the last month that is over. Amounts in {published.currency}.",
        cards=[
            card("MRR", money(mrr), _grown(mrr, last["opening_mrr"]), "closing_mrr"),
            card("ARR", _times_twelve(mrr), "twelve times MRR", ""),
            card(
                "Paying customers", number(customers), _more(customers, last["opening_customers"]), "closing_customers"
            ),
            card("NRR, 12 months", percent(last["nrr_12m"]), points(last["nrr_12m"], before.get("nrr_12m")), "nrr_12m"),
            card("GRR, 12 months", percent(last["grr_12m"]), points(last["grr_12m"], before.get("grr_12m")), "grr_12m"),
            card("Logo churn", percent(last["logo_churn"]), _lost(last), "logo_churn"),
        ],
    )


def bridge(published: Published) -> Section:
    """From the opening MRR of the last month that is over to its closing MRR."""
    reason = published.missing(SOURCE)
    months = [] if reason else published.months(SOURCE, 1)
    if not months:
        return Section("bridge", "MRR bridge", [SOURCE], reason=reason or NO_MONTH)
    (last,) = months
    if any(last[f"{name}_mrr"] is None for name in ("opening", *_MOVEMENTS, "closing")):
        reason = f"Not all movements of {last['month']:%B %Y} are known in {published.currency}: a rate is missing."
        return Section("bridge", "MRR bridge", [SOURCE], reason=reason)
    opening, closing = last["opening_mrr"], last["closing_mrr"]
    moves = [(name, last[f"{name}_mrr"]) for name in _MOVEMENTS]
    steps = [_total("Opening", opening)]
    reached = opening
    for name, amount in moves:
        said = money(amount, signed=True).text
        steps.append(
            {"label": _label(name), "kind": name, "start": float(reached), "end": float(reached + amount), "text": said}
        )
        reached += amount
    steps.append(_total("Closing", closing))
    told = ", ".join(f"{name} {money(amount, signed=True).text}" for name, amount in moves if amount)
    title = f"MRR bridge, {last['month']:%B %Y}"
    moved = "stayed at"
    if closing != opening:
        moved = f"{'rose' if closing > opening else 'fell'} from {money(opening).text} to"
    lead = f"MRR {moved} {money(closing).text} {published.currency}: {told or 'no movement'}."
    return Section(
        "bridge",
        "MRR bridge",
        [SOURCE],
        lead=lead,
        charts=[Chart("chart-bridge", title, lead, SOURCE, charts.bridge(steps, published.currency))],
        tables=[_movement_table([last], f"The bridge of {last['month']:%B %Y} in figures")],
    )


def movements(published: Published) -> Section:
    """What made MRR grow and shrink, month by month."""
    title = "MRR by movement"
    reason = published.missing(SOURCE)
    months = [] if reason else published.months(SOURCE, MONTHS)
    if not months:
        return Section("movements", title, [SOURCE], reason=reason or NO_MONTH)
    drawn = [
        {
            "month": f"{row['month']:%Y-%m}",
            "movement": name,
            "amount": float(row[f"{name}_mrr"]),
            "text": money(row[f"{name}_mrr"], signed=True).text,
        }
        for row in months
        for name in _MOVEMENTS
        if row[f"{name}_mrr"]
    ]
    first, last = months[0], months[-1]
    gained = sum((row[f"{name}_mrr"] or Decimal(0) for row in months for name in _MOVEMENTS[:3]), Decimal(0))
    lost = sum((row[f"{name}_mrr"] or Decimal(0) for row in months for name in _MOVEMENTS[3:5]), Decimal(0))
    lead = (
        f"{first['month']:%Y-%m} to {last['month']:%Y-%m}: {money(gained, signed=True).text} from new, expansion and "
        f"reactivation, {money(lost, signed=True).text} from contraction and churn ({published.currency})."
    )
    return Section(
        "movements",
        title,
        [SOURCE],
        lead=lead,
        charts=[Chart("chart-movements", title, lead, SOURCE, charts.stacked(drawn, published.currency))],
        tables=[_movement_table(months[::-1], "Movements by month in figures")],
    )


def _movement_table(rows: list[Row], caption: str) -> Table:
    names = ["opening_mrr", *(f"{name}_mrr" for name in _MOVEMENTS), "closing_mrr"]
    labels = ["Opening", *(_label(name) for name in _MOVEMENTS), "Closing"]
    columns = [
        Column("month", "Month"),
        *(Column(name, label, is_number=True) for name, label in zip(names, labels, strict=True)),
    ]
    cells = [
        [month(row["month"]), *(money(row[name], signed=name not in ("opening_mrr", "closing_mrr")) for name in names)]
        for row in rows
    ]
    return Table(SOURCE, caption, columns, [row["month"].isoformat() for row in rows], cells, is_folded=True)


def _label(movement: str) -> str:
    return "FX" if movement == "fx" else movement.capitalize()


def _month_before(published: Published, last: date) -> Row:
    rows = published.rows(
        "select * from marts.nrr_monthly where dimension = 'all' and month < ? order by month desc limit 1", [last]
    )
    return rows[0] if rows else {}


def _total(label: str, amount: Decimal) -> Row:
    at = float(amount)
    return {"label": label, "kind": "total", "start": at, "end": at, "text": money(amount).text}


def _times_twelve(mrr: Decimal | None) -> Cell:
    return money(None if mrr is None else mrr * 12)


def _grown(now: Decimal | None, before: Decimal | None) -> str:
    if now is None or not before:
        return ""
    return f"{(now / before - 1) * 100:+.1f} % in the month"


def _more(now: int | None, before: int | None) -> str:
    return "" if now is None or before is None else f"{now - before:+,} in the month"


def _lost(row: Row) -> str:
    if row["opening_customers"] is None:
        return ""
    return f"in the month: {row['churned_customers'] or 0:,} of {row['opening_customers']:,}"
