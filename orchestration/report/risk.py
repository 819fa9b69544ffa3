"""The sections on what may be lost: open deals and paying customers, ten of each with most at stake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.report.blocks import Column, Section, Table
from orchestration.report.words import day, money, number, text

if TYPE_CHECKING:
    from orchestration.report.reading import Published

MOST = 10
DEALS = "deals_at_risk"
CUSTOMERS = "customers_at_risk"
_BANDS = {"at_risk": "At risk", "watch": "Watch", "healthy": "Healthy", "too_little_known": "Too little known"}


def deals(published: Published) -> Section:
    """Open deals with a sign of risk, the largest first."""
    title = "Deals at risk"
    if reason := published.missing(DEALS):
        return Section("deals", title, [DEALS], reason=reason)
    rows = published.rows("select * from marts.deals_at_risk order by worth_rank limit ?", [MOST])
    if not rows:
        return Section("deals", title, [DEALS], reason=_no_deals(published))
    (total,) = published.rows("select count(*) as deals, sum(amount_home) as amount from marts.deals_at_risk")
    columns = [
        Column("deal_name", "Deal"),
        Column("company_name", "Company"),
        Column("owner_name", "Owner"),
        Column("stage_label", "Stage"),
        Column("amount_home", f"Amount, {published.currency}", is_number=True),
        Column("expected_close_on", "Planned close"),
        Column("reasons", "Why", is_prose=True),
    ]
    cells = [
        [
            text(row["deal_name"]),
            text(row["company_name"]),
            text(row["owner_name"]),
            text(row["stage_label"]),
            money(row["amount_home"]),
            day(row["expected_close_on"]),
            text(row["reasons"]),
        ]
        for row in rows
    ]
    lead = (
        f"{total['deals']:,} open deals show a sign of risk, {money(total['amount']).text} {published.currency} "
        f"in all; the {len(rows)} largest:"
    )
    table = Table(DEALS, title, columns, [row["deal_id"] for row in rows], cells, is_stacked=True)
    return Section("deals", title, [DEALS], lead=lead, tables=[table])


def customers(published: Published) -> Section:
    """Paying customers that may leave, by the MRR at stake."""
    title = "Customers at risk"
    if reason := published.missing(CUSTOMERS):
        return Section("customers", title, [CUSTOMERS], reason=reason)
    endangered = "health_band in ('at_risk', 'watch') or mrr_at_risk > 0"
    rows = published.rows(
        f"select * from marts.customers_at_risk where {endangered} order by risk_rank limit ?", [MOST]
    )
    (total,) = published.rows(
        f"""
        select
            count(*) as paying, count(*) filter (where {endangered}) as endangered, sum(mrr_at_risk) as mrr_at_risk
        from marts.customers_at_risk
        """
    )
    if not rows:
        none = "No customer pays at present." if not total["paying"] else "No paying customer shows a sign of risk."
        return Section("customers", title, [CUSTOMERS], reason=none)
    columns = [
        Column("company_name", "Customer"),
        Column("segment", "Segment"),
        Column("mrr_reporting", f"MRR, {published.currency}", is_number=True),
        Column("mrr_at_risk", "At risk", is_number=True),
        Column("health_score", "Health", is_number=True),
        Column("health_band", "Band"),
        Column("renews_on", "Renews"),
        Column("worst_reason", "Worst sign", is_prose=True),
        Column("next_step", "What to do", is_prose=True),
    ]
    cells = [
        [
            text(row["company_name"]) if row["company_name"] else text(None).named(row["customer_id"]),
            text(row["segment"]).named((row["segment"] or "").replace("_", " ")),
            money(row["mrr_reporting"]),
            money(row["mrr_at_risk"]),
            number(row["health_score"]),
            text(row["health_band"]).named(_BANDS.get(row["health_band"])),
            day(row["renews_on"]),
            text(row["worst_reason"]),
            text(row["next_step"]),
        ]
        for row in rows
    ]
    lead = (
        f"{total['endangered']:,} of {total['paying']:,} customers who pay now need attention, "
        f"{money(total['mrr_at_risk']).text} {published.currency} of MRR at risk; "
        f"the {len(rows)} with most at stake, then the least healthy:"
    )
    table = Table(CUSTOMERS, title, columns, [row["customer_id"] for row in rows], cells, is_stacked=True)
    return Section("customers", title, [CUSTOMERS], lead=lead, tables=[table])


def _no_deals(published: Published) -> str:
    """Nothing at risk is good news, unless no deal is known at all."""
    if published.missing("fct_deals"):
        return "No open deal shows a sign of risk."
    (counted,) = published.rows("select count(*) filter (where outcome = 'open') as deals from marts.fct_deals")
    if not counted["deals"]:
        return "No open deal is known."
    return f"None of {counted['deals']:,} open deals shows a sign of risk."
