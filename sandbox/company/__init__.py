"""A made-up B2B SaaS company: what its Stripe and HubSpot accounts would return, and the truth behind it.

First everything that happens is decided; then one writer bills it into Stripe objects and tells it to the CRM, and
another works out the true figures from the same decisions. The folder format is described in the README.
"""

from datetime import UTC, datetime
from pathlib import Path

from .accounts import decide_accounts
from .activities import add_activities
from .audience_decisions import Audience
from .clock import utc
from .closing import plan_closing
from .company_stages import add_company_stages
from .crm_decisions import Crm
from .deals import add_deals
from .decisions import Account
from .frame import Frame
from .hubspot_associations import associations
from .hubspot_marketing import marketing_objects
from .hubspot_objects import crm_objects
from .hubspot_sales import sales_objects
from .identity import introduce
from .leads import add_leads
from .leads_worked import add_worked_leads
from .leaving import note_churn, note_contacts, tell_reasons
from .line_items import add_line_items
from .marketing import add_marketing
from .product_use import add_product_use
from .sales_decisions import Sales
from .stripe_objects import stripe_objects
from .surveys import add_surveys
from .truth import truth_tables
from .write import check_target, write_company

DEFAULT_AS_OF = datetime(2026, 11, 15, 12, tzinfo=UTC)
MOST_CUSTOMERS = 100_000
MOST_MONTHS = 240
_EARLIEST, _LATEST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

__all__ = ["DEFAULT_AS_OF", "generate"]


def generate(folder: Path, *, customers: int, months: int, seed: int, as_of: datetime | None = None) -> None:
    """Writes a company of `customers` Stripe customers over `months` whole months before the month of `as_of`.

    The same arguments write the same bytes. An empty or missing folder is filled, an earlier company replaced.
    ValueError (one line): arguments that make no company, or a folder that holds something else.
    """
    frame = _frame(customers, months, seed, as_of or DEFAULT_AS_OF)
    folder = folder.resolve()
    check_target(folder)
    accounts = tell_reasons(frame, decide_accounts(frame))
    crm = Crm(taken_domains={account.domain for account in accounts})
    introduce(frame, accounts, crm)
    add_leads(frame, crm)
    add_deals(frame, accounts, crm)
    add_company_stages(frame, crm)
    sales, audience = _sell(frame, crm), _reach(frame, accounts, crm)
    note_churn(frame, accounts, crm)
    note_contacts(frame, accounts, crm)
    objects = {
        "stripe": stripe_objects(frame, accounts, crm.faces),
        "hubspot": {
            **crm_objects(crm, frame.opens),
            **sales_objects(sales),
            **marketing_objects(audience, frame.opens),
            **associations(crm, sales, audience),
        },
    }
    write_company(folder, _meta(frame), objects, truth_tables(frame, accounts, crm, sales, audience))


def _sell(frame: Frame, crm: Crm) -> Sales:
    """What sales people did with the CRM's people and deals."""
    sales = Sales()
    plan_closing(frame, crm)
    add_worked_leads(frame, crm, sales)
    add_activities(frame, crm, sales)
    add_line_items(frame, crm, sales)
    return sales


def _reach(frame: Frame, accounts: list[Account], crm: Crm) -> Audience:
    """What marketing did, and what customers did and said."""
    audience = Audience()
    add_marketing(frame, crm, audience)
    add_surveys(frame, accounts, crm, audience)
    add_product_use(frame, accounts, crm, audience)
    return audience


def _frame(customers: int, months: int, seed: int, as_of: datetime) -> Frame:
    if not 1 <= customers <= MOST_CUSTOMERS:
        raise ValueError(f"customers must be between 1 and {MOST_CUSTOMERS}, not {customers}")
    if not 1 <= months <= MOST_MONTHS:
        raise ValueError(f"months must be between 1 and {MOST_MONTHS}, not {months}")
    if as_of.tzinfo is None:
        raise ValueError(f"as_of must name its time zone, like {DEFAULT_AS_OF.isoformat()}, not {as_of.isoformat()}")
    if not _EARLIEST <= as_of <= _LATEST:
        raise ValueError(f"as_of must lie between {_EARLIEST.year} and {_LATEST.year}, not {as_of.isoformat()}")
    return Frame(seed=seed, customers=customers, months=months, as_of=int(as_of.timestamp()))


def _meta(frame: Frame) -> dict[str, str | int]:
    return {
        "as_of": utc(frame.as_of).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reporting_currency": "usd",
        "reporting_timezone": "UTC",
        "seed": frame.seed,
        "customers": frame.customers,
        "months": frame.months,
    }
