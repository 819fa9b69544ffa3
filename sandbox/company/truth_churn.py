"""True reasons of churn, and payments that failed, from the decisions on customers."""

from collections.abc import Iterator

from .clock import iso_seconds
from .crm_decisions import Crm
from .decisions import Account, EndKind
from .leaving import cause, last_ending, left


def churn_reasons(accounts: list[Account], crm: Crm, as_of: int) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Of every customer that paid and is gone: (customer, ended at, how, feedback, the CRM's word, cause)."""
    companies = {company.id: company for company in crm.companies}
    for account in accounts:
        gone, ending = left(account, as_of), last_ending(account).ending
        if gone is None or ending is None:
            continue
        how = "payment_failed" if ending.kind is EndKind.PAYMENT_FAILED else "cancellation_requested"
        company = companies.get(crm.faces[account.id].company or "")
        word = company.churn_reason if company and company.churn_reason else ""
        yield account.id, iso_seconds(gone), how, ending.feedback or "", word, cause(account, company)
