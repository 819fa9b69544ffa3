"""A made-up B2B SaaS company: what its Stripe and HubSpot accounts would return, and the truth behind it.

First everything that happens is decided; then one writer bills it into Stripe objects and tells it to the CRM, and
another works out the true figures from the same decisions. The folder format is described in the README.
"""

from datetime import UTC, datetime
from pathlib import Path

from .accounts import decide_accounts
from .clock import utc
from .crm_decisions import Crm
from .deals import add_deals
from .frame import Frame
from .hubspot_objects import hubspot_objects
from .identity import introduce
from .leads import add_leads
from .stripe_objects import stripe_objects
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
    accounts = decide_accounts(frame)
    crm = Crm(taken_domains={account.domain for account in accounts})
    introduce(frame, accounts, crm)
    add_leads(frame, crm)
    add_deals(frame, accounts, crm)
    objects = {
        "stripe": stripe_objects(frame, accounts, crm.faces),
        "hubspot": hubspot_objects(crm, frame.opens),
    }
    write_company(folder, _meta(frame), objects, truth_tables(frame, accounts, crm))


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
