"""The billing engine's records: invoices and their lines before they take Stripe's shape. Amounts are minor units."""

from dataclasses import dataclass, field

from .decisions import Price, Redemption, Subscription, TaxRate


def rounded(numerator: int, denominator: int) -> int:
    """The nearest whole number to a fraction, halves away from zero."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    return sign * ((2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator)))


@dataclass(slots=True)
class Line:
    """One invoice line. `item` is the subscription item's letter; None for one-off fees."""

    price: Price
    quantity: int
    unit: int
    amount: int
    start: int
    end: int
    text: str
    item: str | None
    proration: bool = False
    discountable: bool = True
    invoice_item: str | None = None
    discounts: list[tuple[Redemption, int]] = field(default_factory=list)
    tax: int = 0
    tax_inside_list: int = 0

    @property
    def discounted(self) -> int:
        """The amount after discounts."""
        return self.amount - sum(amount for _, amount in self.discounts)

    def take_tax(self, rate: TaxRate) -> None:
        """Works the line's tax out on what is left after discounts, and the inclusive tax in its list amount."""
        if rate.inclusive:
            self.tax = self.discounted - rounded(self.discounted * 100, 100 + rate.percent)
            self.tax_inside_list = self.amount - rounded(self.amount * 100, 100 + rate.percent)
        else:
            self.tax = rounded(self.discounted * rate.percent, 100)


@dataclass(slots=True)
class Invoice:
    """One invoice with the times of all it goes through; what lies after a given time has not happened by then."""

    id: str
    subscription: Subscription
    created: int
    reason: str
    period_start: int
    lines: list[Line]
    redemptions: list[Redemption]
    finalized_at: int | None = None
    paid_at: int | None = None
    voided_at: int | None = None
    uncollectible_at: int | None = None
    attempts: int = 1
    retrying: bool = False
    due_date: int | None = None
    number: str | None = None
    starting_balance: int = 0
    ending_balance: int | None = None

    @property
    def subtotal(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def exclusive_tax(self) -> int:
        tax = self.subscription.tax
        return 0 if tax is None or tax.inclusive else sum(line.tax for line in self.lines)

    @property
    def total(self) -> int:
        return sum(line.discounted for line in self.lines) + self.exclusive_tax

    @property
    def amount_due(self) -> int:
        """What is left to pay once credit in the customer's balance is used; nothing of a negative total."""
        if self.total <= 0:
            return 0
        if self.ending_balance is None:
            return self.total
        return self.total - (self.ending_balance - self.starting_balance)

    def status(self, at: int) -> str:
        """draft, open, paid, void or uncollectible, as of `at`."""
        if self.finalized_at is None or self.finalized_at > at:
            return "draft"
        for happened, status in (
            (self.paid_at, "paid"),
            (self.voided_at, "void"),
            (self.uncollectible_at, "uncollectible"),
        ):
            if happened is not None and happened <= at:
                return status
        return "open"


@dataclass(slots=True)
class PendingItem:
    """An invoice item: a proration or a one-off fee, waiting for an invoice or on one (`invoice`)."""

    id: str
    line: Line
    date: int
    subscription: Subscription
    invoice: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A subscription's items, billing period and latest invoice from `at` on. `items`: letter -> (terms, created)."""

    at: int
    anchor: int
    period_start: int
    period_end: int
    items: dict
    latest_invoice: str


@dataclass(slots=True)
class Billed:
    """Everything the engine made of one subscription."""

    subscription: Subscription
    invoices: list[Invoice] = field(default_factory=list)
    items: list[PendingItem] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
