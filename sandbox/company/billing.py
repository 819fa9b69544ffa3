"""The billing engine: turns the decisions on one subscription into invoices, invoice items and states over time.

It walks from period to period as Stripe does: prorations at changes, an invoice at every renewal, drafts for an hour.
"""

from collections.abc import Iterator
from itertools import groupby

from .charges import (
    backdated_lines,
    discount,
    fee_line,
    in_force,
    period_lines,
    proration_lines,
    trial_lines,
    usage_line,
)
from .clock import DAY, HOUR, add_months
from .decisions import Billing, Change, EndKind, Outcome, Subscription, Terms
from .invoices import Billed, Invoice, Line, PendingItem, Span
from .usage import usage_of

PAY_SECONDS = 5
"""Time from an invoice's finalisation to its payment."""
DAYS_UNTIL_DUE = 30
EARLY = ("subscription_create", "subscription_update")
"""Reasons of invoices that are finalised at once; others stay drafts for an hour."""


def bill(subscription: Subscription, as_of: int) -> Billed:
    """Every invoice, invoice item and state of a subscription up to `as_of`."""
    biller = _Biller(subscription, as_of)
    biller.run()
    return biller.billed


class _Biller:
    def __init__(self, subscription: Subscription, as_of: int) -> None:
        self.subscription, self.as_of = subscription, as_of
        self.billed = Billed(subscription)
        self.items = {letter: (terms, subscription.created) for letter, terms in subscription.items.items()}
        self.anchor = subscription.trial_end or subscription.created
        self.elapsed = 0
        self.period = (subscription.created, subscription.trial_end or self.next_end())
        self.pending: list[PendingItem] = []
        self.suffix = subscription.id.removeprefix("sub_")

    @property
    def months(self) -> int:
        return next(terms.price.months for terms, _ in self.items.values() if not terms.price.metered)

    def next_end(self) -> int:
        return add_months(self.anchor, self.elapsed + self.months)

    def run(self) -> None:
        self.begin()
        ending = self.subscription.ending
        groups = self.change_groups()
        group = next(groups, None)
        while True:
            closes = self.period[1]
            if group and group[0].at < closes:
                self.change(group)
                group = next(groups, None)
            elif ending and ending.at <= min(closes, self.as_of):
                self.end(ending.at)
                return
            elif closes > self.as_of:
                return
            else:
                due = group if group and group[0].at == closes else []
                self.renew(closes, due)
                group = next(groups, None) if due else group

    def change_groups(self) -> Iterator[list[Change]]:
        for _, group in groupby(self.subscription.changes, key=lambda change: change.at):
            yield list(group)

    def begin(self) -> None:
        """The first invoice: the trial, or the first period with what is charged beside it."""
        subscription, (start, end) = self.subscription, self.period
        lines: list[Line] = []
        if subscription.setup_fee:
            self.hold(fee_line(subscription.setup_fee, start), start)
        for letter, (terms, _) in self.items.items():
            if terms.price.metered:
                continue
            if subscription.trial_end:
                lines += trial_lines(letter, terms, start, end)
                continue
            if subscription.start < start:
                lines += backdated_lines(letter, terms, subscription.start, start)
            lines += period_lines(letter, terms, start, end)
        self.invoice(start, "subscription_create", start, lines)

    def change(self, group: list[Change]) -> None:
        """Changes in mid-cycle: credit for the old terms, charge for the new, now or on the next invoice."""
        at, billing = group[0].at, group[0].billing
        if billing is Billing.AT_RENEWAL:
            raise ValueError(
                f"{self.subscription.id}: a change at renewal falls at {at}, the period ends {self.period[1]}"
            )
        for change in group:
            old, _ = self.items.get(change.item, (None, 0))
            if old:
                self.prorate(change.item, old, at, credit=True)
            if change.terms and billing is not Billing.RESTART:
                self.prorate(change.item, change.terms, at, credit=False)
            self.apply(change)
        opened = self.period[0]
        if billing is Billing.RESTART:
            self.anchor, self.elapsed = at, 0
            self.period = (at, self.next_end())
            lines = [x for k, (terms, _) in self.items.items() for x in period_lines(k, terms, *self.period)]
            self.invoice(at, "subscription_update", opened, lines)
        elif billing is Billing.NOW:
            self.invoice(at, "subscription_update", opened, [])
        else:
            self.mark(at)

    def apply(self, change: Change) -> None:
        if change.terms is None:
            del self.items[change.item]
        else:
            created = self.items[change.item][1] if change.item in self.items else change.at
            self.items[change.item] = (change.terms, created)

    def renew(self, at: int, due: list[Change]) -> None:
        """The renewal at the end of a period: changes due then, usage of the old period, the new period in advance."""
        opened = self.period[0]
        if at != self.subscription.trial_end:
            self.elapsed += self.months
        lines = self.usage(opened, at)
        for change in due:
            self.apply(change)
        self.period = (at, self.next_end())
        licensed = [(k, terms) for k, (terms, _) in self.items.items() if not terms.price.metered]
        lines = [x for k, terms in licensed for x in period_lines(k, terms, *self.period)] + lines
        self.invoice(at, "subscription_cycle", opened, lines)

    def usage(self, start: int, end: int) -> list[Line]:
        if self.subscription.trial_end and end <= self.subscription.trial_end:
            return []
        metered = [(k, terms.price) for k, (terms, _) in self.items.items() if terms.price.metered]
        used = usage_of(self.subscription, len(self.billed.invoices), start) if metered else 0
        return [usage_line(k, sold, used, start, end) for k, sold in metered]

    def end(self, at: int) -> None:
        """The end: credit for unused time where it is given, and the last usage."""
        ending = self.subscription.ending
        assert ending is not None, "only a subscription that ends has an end"
        kind, opened = ending.kind, self.period[0]
        lines: list[Line] = []
        if kind is EndKind.AT_ONCE_CREDITED:
            for letter, (terms, _) in self.items.items():
                if not terms.price.metered:
                    self.prorate(letter, terms, at, credit=True)
        if kind in (EndKind.AT_ONCE_CREDITED, EndKind.PERIOD_END):
            lines = self.usage(opened, at)
        if lines or kind is EndKind.AT_ONCE_CREDITED:
            reason = "subscription_update" if at < self.period[1] else "subscription_cycle"
            self.invoice(at, reason, opened, lines)
        self.mark(at)

    def prorate(self, letter: str, terms: Terms, at: int, credit: bool) -> None:
        for line in proration_lines(self.subscription, letter, terms, at, period=self.period, credit=credit):
            self.hold(line, at)

    def hold(self, line: Line, at: int) -> None:
        """An invoice item that waits for the next invoice."""
        line.invoice_item = f"ii_{self.suffix}_{len(self.billed.items) + 1}"
        item = PendingItem(line.invoice_item, line, at, self.subscription)
        self.pending.append(item)
        self.billed.items.append(item)

    def invoice(self, at: int, reason: str, opened: int, lines: list[Line]) -> None:
        """An invoice of all that waits and of `lines`, with discounts, taxes and its fate."""
        held = [item.line for item in self.pending]
        found = in_force(self.subscription.redemptions, at)
        lines = held + lines
        discount(lines, found)
        if self.subscription.tax:
            for line in lines:
                line.take_tax(self.subscription.tax)
        number = len(self.billed.invoices) + 1
        invoice = Invoice(f"in_{self.suffix}_{number:03d}", self.subscription, at, reason, opened, lines, found)
        settle(invoice)
        for item in self.pending:
            item.invoice = invoice.id
        self.pending = []
        self.billed.invoices.append(invoice)
        self.mark(at)

    def mark(self, at: int) -> None:
        span = Span(at, self.anchor, *self.period, dict(self.items), self.billed.invoices[-1].id)
        if self.billed.spans and self.billed.spans[-1].at == at:
            self.billed.spans.pop()
        self.billed.spans.append(span)


def settle(invoice: Invoice) -> None:
    """Gives an invoice its finalisation, payment, retries, or end, as decided for its subscription."""
    subscription, at = invoice.subscription, invoice.created
    invoice.finalized_at = at if invoice.reason in EARLY else at + HOUR
    pause = next((p for p in subscription.pauses if p.start <= at and (p.end is None or at < p.end)), None)
    unpaid = subscription.unpaid_from is not None and at >= subscription.unpaid_from
    if subscription.invoiced:
        invoice.due_date, invoice.attempts = at + DAYS_UNTIL_DUE * DAY, 0
    if unpaid or (pause and pause.behavior == "keep_as_draft"):
        invoice.finalized_at, invoice.attempts = None, 0
    elif pause:
        invoice.finalized_at, invoice.attempts = at, 0
        if pause.behavior == "void":
            invoice.voided_at = at
        else:
            invoice.uncollectible_at = at
    elif invoice.total <= 0:
        invoice.paid_at, invoice.attempts = invoice.finalized_at + PAY_SECONDS, 0
    elif subscription.ending and subscription.ending.kind is EndKind.NEVER_STARTED:
        invoice.voided_at = subscription.ending.at
    else:
        _collect(invoice)


def _collect(invoice: Invoice) -> None:
    subscription, finalized = invoice.subscription, invoice.finalized_at or invoice.created
    fate = subscription.payments.get(invoice.created)
    if fate is None:
        invoice.paid_at = finalized + PAY_SECONDS
        return
    invoice.attempts = fate.attempts
    match fate.outcome:
        case Outcome.VOIDED:
            invoice.voided_at = fate.settled_at
        case Outcome.UNPAID:
            invoice.retrying = subscription.ending is None and subscription.unpaid_from is None
            if subscription.written_off and subscription.ending:
                invoice.uncollectible_at = subscription.ending.at
        case _:
            invoice.paid_at = fate.settled_at
            invoice.retrying = fate.outcome is Outcome.RECOVERED
