"""The tables of truth/: MRR by day and month, movements, funnel, win rate and identity, as rows of text."""

from collections.abc import Iterator

from .clock import iso_date
from .crm_decisions import Crm
from .decisions import Account
from .frame import Frame
from .truth_crm import funnel, identity, win_rate
from .truth_mrr import daily, month_ends, movements

Row = tuple[object, ...]


def truth_tables(frame: Frame, accounts: list[Account], crm: Crm) -> dict[str, Iterator[Row]]:
    """Every table by the name of its file, its header as the first row. Amounts: major units, four decimals."""
    return {
        "mrr_daily": _mrr_daily(accounts, frame.as_of),
        "mrr_month_end": _mrr_month_end(accounts, frame.as_of),
        "movements": _movements(accounts, frame.as_of),
        "funnel": _headed(("cohort_month", "from_stage", "to_stage", "entered", "converted"), funnel(crm.contacts)),
        "win_rate": _headed(("close_month", "won", "lost", "win_rate_count", "win_rate_value"), win_rate(crm.deals)),
        "identity": _headed(("stripe_customer_id", "hubspot_company_id", "method"), identity(crm)),
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
