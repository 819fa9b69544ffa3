"""The customers of the generated company: when each comes, and what kind of customer it is."""

from dataclasses import replace

from .catalogue import CURRENCIES
from .chance import between, happens, pick, stream
from .clock import DAY, HOUR, add_months, month_start
from .decisions import Account, EndKind, Segment
from .frame import Frame
from .names import company_name
from .purchases import Purchases
from .temper import CLEANED_UP, MONTHLY_GROWTH, OPENING_SHARE, TRIAL_SHARE

_SEGMENTS = {Segment.SMB: 64.0, Segment.MID: 27.0, Segment.ENTERPRISE: 9.0}
_CURRENCIES = dict(zip(CURRENCIES, (35.0, 30.0, 35.0), strict=True))
_COUNTRY = {"usd": "US", "eur": "DE", "sek": "SE"}


def decide_accounts(frame: Frame) -> list[Account]:
    """All customers, oldest first, each with every subscription it has until `frame.as_of`."""
    taken: set[str] = set()
    arrivals = sorted(_arrival(frame, n) for n in range(frame.customers))
    return [_account(frame, n, at, taken) for n, at in enumerate(arrivals, 1)]


def _arrival(frame: Frame, n: int) -> int:
    """When a customer comes: with the company's first month, or in a month drawn by growth."""
    rng = stream(frame.seed, "arrival", n)
    month = 0
    if not happens(rng, OPENING_SHARE):
        month = pick(rng, {m: MONTHLY_GROWTH**m for m in range(frame.months)})
    low, high = add_months(frame.opens, month), add_months(frame.opens, month + 1)
    if month == frame.months - 1:
        high = max(high, frame.as_of - 2 * HOUR)  # the month under way is an addition to the last whole one
    return between(rng, low, high)


def _account(frame: Frame, number: int, arrives: int, taken: set[str]) -> Account:
    rng = stream(frame.seed, "account", number)
    segment = pick(rng, _SEGMENTS)
    currency = pick(rng, _CURRENCIES)
    name, domain = company_name(rng, currency, taken)
    sales_led = segment is not Segment.SMB
    trial = not sales_led and happens(rng, TRIAL_SHARE)
    if sales_led and happens(rng, 0.3):
        arrives = max(frame.opens, month_start(arrives))  # contracts like to begin with the month, at midnight
    account = Account(
        id=f"cus_G{number:05d}",
        number=number,
        name=name,
        domain=domain,
        segment=segment,
        currency=currency,
        country=_COUNTRY[currency],
        created=arrives - between(rng, 60, 3 * HOUR),
        sales_led=sales_led,
        trial=trial,
        subscriptions=(),
    )
    subscriptions = Purchases(frame, account, rng).subscriptions(arrives)
    endings = [s.ending for s in subscriptions if s.ending]
    deleted = next((ending.at for ending in endings if ending.kind is EndKind.CUSTOMER_DELETED), None)
    if deleted is None and len(endings) == len(subscriptions) and happens(rng, CLEANED_UP):
        at = max(ending.at for ending in endings) + between(rng, DAY, 90 * DAY)
        deleted = at if at <= frame.as_of else None
    return replace(account, subscriptions=subscriptions, deleted_at=deleted)
