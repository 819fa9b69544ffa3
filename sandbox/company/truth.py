"""The tables of truth/, as rows of text: MRR, funnel, deals, trials, marketing, churn, each from decisions alone."""

from collections.abc import Iterator, Mapping

from .audience_decisions import Audience
from .clock import iso_date
from .crm_decisions import Crm
from .decisions import Account
from .frame import Frame
from .product_use import trials
from .sales_decisions import Sales
from .truth_audience import email_rates, nps, spend, trial_conversion, web
from .truth_audience import trials as trial_rows
from .truth_churn import churn_reasons
from .truth_crm import funnel, identity, win_rate
from .truth_mrr import daily, month_ends, movements
from .truth_sales import deals, meetings
from .truth_stages import company_stage_entries, funnel_by_dimension, stage_entries

Row = tuple[object, ...]
Tables = Mapping[str, tuple[str, Iterator[Row]]]
"""The columns and the rows of tables, by name."""


def truth_tables(
    frame: Frame, accounts: list[Account], crm: Crm, sales: Sales, audience: Audience
) -> dict[str, Iterator[Row]]:
    """Every table by the name of its file, its header as the first row. Amounts: major units, four decimals."""
    return {
        "mrr_daily": _mrr_daily(accounts, frame.as_of),
        "mrr_month_end": _mrr_month_end(accounts, frame.as_of),
        "movements": _movements(accounts, frame.as_of),
        **{
            name: _headed(tuple(header.split()), rows)
            for tables in (_funnel(crm), _sales(frame, crm, sales), _customers(frame, accounts, crm, audience))
            for name, (header, rows) in tables.items()
        },
    }


def _funnel(crm: Crm) -> Tables:
    entries = "stage first_entered_at last_entered_at entries import_only"
    steps = "cohort_month from_stage to_stage"
    return {
        "funnel": (f"{steps} entered converted", funnel(crm.contacts)),
        "funnel_by_dimension": (f"{steps} dimension dimension_value entered converted", funnel_by_dimension(crm)),
        "stage_entries": (f"contact_id {entries}", stage_entries(crm)),
        "company_stage_entries": (f"company_id {entries}", company_stage_entries(crm)),
        "identity": ("stripe_customer_id hubspot_company_id method", identity(crm)),
    }


def _sales(frame: Frame, crm: Crm, sales: Sales) -> Tables:
    return {
        "win_rate": ("close_month won lost win_rate_count win_rate_value", win_rate(crm.deals)),
        "deals": (
            "deal_id owner_id pipeline_id stage_id outcome currency amount_usd created_at close_at times_pushed_later"
            " lost_reason last_activity_at next_activity_at activities",
            deals(crm),
        ),
        "meetings": ("owner_id month kind booked held no_show canceled", meetings(sales, frame.as_of)),
    }


def _customers(frame: Frame, accounts: list[Account], crm: Crm, audience: Audience) -> Tables:
    begun = trials(frame, accounts, crm, audience)
    return {
        "web": ("month source visits visitors leads", web(audience)),
        "spend": ("month source spend_usd budget_usd", spend(audience)),
        "email_rates": ("month emails sent delivered opens clicks open_rate click_rate", email_rates(audience)),
        "nps": ("month promoters passives detractors nps", nps(audience)),
        "trials": (
            "subscription_id customer_id contact_id started_at ends_at outcome sessions imported invited qualified",
            trial_rows(begun),
        ),
        "trial_conversion": (
            "cohort_month trials converted running qualified qualified_converted",
            trial_conversion(begun),
        ),
        "churn_reasons": (
            "customer_id ended_at reason feedback crm_reason cause",
            churn_reasons(accounts, crm, frame.as_of),
        ),
    }


def _headed(header: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield header
    yield from rows


def _mrr_daily(accounts: list[Account], as_of: int) -> Iterator[Row]:
    yield "customer_id", "date", "currency", "mrr"
    dates: dict[int, str] = {}
    for account in accounts:
        for day, mrr in daily(account, as_of):
            yield account.id, dates.setdefault(day, iso_date(day)), account.currency, mrr


def _mrr_month_end(accounts: list[Account], as_of: int) -> Iterator[Row]:
    yield "customer_id", "month", "currency", "mrr"
    for account in accounts:
        for month, mrr in month_ends(account, as_of):
            yield account.id, iso_date(month), account.currency, mrr


def _movements(accounts: list[Account], as_of: int) -> Iterator[Row]:
    yield "customer_id", "month", "movement", "amount"
    for account in accounts:
        for month, movement, amount in movements(account, as_of):
            yield account.id, iso_date(month), movement, amount
