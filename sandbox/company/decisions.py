"""What the generated company decided: accounts and the life of their subscriptions, as plain facts.

Both writers start here and share nothing else: the billing engine turns decisions into Stripe objects, truth.py turns
them into MRR. Times are epoch seconds UTC; amounts are minor units of the price's currency; percentages are whole.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Segment(StrEnum):
    """How large a customer is, and so how it is sold to."""

    SMB = "smb"
    MID = "mid_market"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a graduated price: units up to `up_to` (None: no end) cost `unit` each, reaching it costs `flat`."""

    up_to: int | None
    unit: int
    flat: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """A catalogue price. `months` is the billing interval (0: one-off); `unit` is unused where there are tiers."""

    id: str
    product: str
    label: str
    currency: str
    months: int
    unit: int = 0
    tiers: tuple[Tier, ...] = ()
    metered: bool = False


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax on every invoice line, on top of the amount or inside it."""

    id: str
    percent: int
    inclusive: bool
    country: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Coupon:
    """A discount on offer: `percent` or `amount`; `months` says how long a repeating one lasts."""

    id: str
    duration: str
    percent: int = 0
    amount: int = 0
    currency: str | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Redemption:
    """A coupon given to a subscription, or to one of its items; in force from `start` until `end` (None: for good)."""

    id: str
    coupon: Coupon
    start: int
    end: int | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What an item is billed for. Metered items have a quantity of 0 here: usage decides."""

    price: Price
    quantity: int = 1


class Billing(StrEnum):
    """How a change reaches the customer's invoices."""

    NEXT_INVOICE = "create_prorations"
    NOW = "always_invoice"
    AT_RENEWAL = "none"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Change:
    """New terms of one item from `at` on; None takes the item away."""

    at: int
    item: str
    terms: Terms | None
    billing: Billing


@dataclass(frozen=True, slots=True)
class Pause:
    """Collection paused from `start` until `end` (None: still)."""

    start: int
    end: int | None
    behavior: str = "void"


class EndKind(StrEnum):
    """Why and how a subscription ends."""

    PERIOD_END = "period_end"
    AT_ONCE = "at_once"
    AT_ONCE_CREDITED = "at_once_credited"
    PAYMENT_FAILED = "payment_failed"
    CUSTOMER_DELETED = "customer_deleted"
    NEVER_STARTED = "never_started"


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a subscription at `at`, asked for at `asked_at`; answers as Stripe's cancellation form has them."""

    at: int
    asked_at: int
    kind: EndKind
    feedback: str | None = None
    comment: str | None = None


class Outcome(StrEnum):
    """What became of an invoice that was not simply paid."""

    RECOVERED = "recovered"
    UNPAID = "unpaid"
    SENT = "sent"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Payment:
    """The fate of the invoice created at a certain time; `settled_at` is when it was paid or voided, if ever."""

    outcome: Outcome
    settled_at: int | None = None
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription from its first to its last decision known at the company's `as_of`.

    `items` maps item letters to their first terms. `payments` maps invoice times to what happened to them; an
    invoice that is not in it was paid at once. `usage` is the metered quantity of each period, repeated as needed; from
    `usage_fades_from` on less and less of it.
    """

    id: str
    customer: str
    created: int
    start: int
    items: dict[str, Terms]
    trial_end: int | None = None
    changes: tuple[Change, ...] = ()
    pauses: tuple[Pause, ...] = ()
    redemptions: tuple[Redemption, ...] = ()
    ending: Ending | None = None
    payments: dict[int, Payment] = field(default_factory=dict)
    unpaid_from: int | None = None
    written_off: bool = False
    setup_fee: Price | None = None
    usage: tuple[int, ...] = ()
    usage_fades_from: int | None = None
    tax: TaxRate | None = None
    invoiced: bool = False
    itemized: bool = False
    older_shape: bool = False

    def earns_from(self, as_of: int) -> int | None:
        """When the subscription begins to be paid for; None where that never happens, or not until `as_of`."""
        begins = self.trial_end or self.start
        never = self.ending is not None and (self.ending.kind is EndKind.NEVER_STARTED or self.ending.at <= begins)
        return None if never or begins > as_of else begins


@dataclass(frozen=True, slots=True)
class Account:
    """A customer at Stripe and all of its subscriptions, oldest first."""

    id: str
    number: int
    name: str
    domain: str
    segment: Segment
    currency: str
    country: str
    created: int
    sales_led: bool
    trial: bool
    subscriptions: tuple[Subscription, ...]
    deleted_at: int | None = None

    def pays_from(self, as_of: int) -> int | None:
        """When the customer first pays for anything; None where that has not happened by `as_of`."""
        times = [begins for s in self.subscriptions if (begins := s.earns_from(as_of)) is not None]
        return min(times, default=None)

    def gone_at(self) -> int | None:
        """When the customer's last subscription ended, be it after `as_of`; None where one goes on."""
        times = [s.ending.at if s.ending else None for s in self.subscriptions]
        return None if None in times else max(at for at in times if at is not None)
