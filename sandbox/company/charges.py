"""What an item, a change or a fee puts on an invoice: lines with amounts, prorations and discounts."""

from .clock import add_months, written_date
from .decisions import Coupon, Price, Redemption, Subscription, Terms
from .invoices import Line, rounded

Parts = list[tuple[int, int, int, str]]
"""Unit amount, quantity, amount and label of each part of a price: one for a plain price, one a tier and flat fee."""


def parts(sold: Price, quantity: int) -> Parts:
    """How a quantity of a price is split into invoice lines."""
    if not sold.tiers:
        return [(sold.unit, quantity, sold.unit * quantity, f"{quantity} x {sold.label}")]
    found: Parts = []
    left, floor = quantity, 0
    for number, tier in enumerate(sold.tiers, 1):
        here = left if tier.up_to is None else min(left, tier.up_to - floor)
        if here <= 0:
            break
        found.append((tier.unit, here, tier.unit * here, f"{here} x {sold.label} (Tier {number})"))
        if tier.flat:
            found.append((tier.flat, 0, tier.flat, f"{sold.label} (Tier {number} flat fee)"))
        left, floor = left - here, tier.up_to or floor
    return found


def period_lines(letter: str, terms: Terms, start: int, end: int) -> list[Line]:
    """A licensed item for a period, billed in advance."""
    return [
        Line(terms.price, quantity, unit, amount, start, end, text, letter)
        for unit, quantity, amount, text in parts(terms.price, terms.quantity)
    ]


def trial_lines(letter: str, terms: Terms, start: int, end: int) -> list[Line]:
    """An item in its trial: one line of nothing."""
    return [Line(terms.price, terms.quantity, 0, 0, start, end, f"Trial period for {terms.price.label}", letter)]


def usage_line(letter: str, sold: Price, used: int, start: int, end: int) -> Line:
    """A metered item for the period that is over."""
    return Line(sold, used, sold.unit, sold.unit * used, start, end, f"{used} x {sold.label}", letter)


def fee_line(sold: Price, at: int) -> Line:
    """A one-off fee."""
    return Line(sold, 1, sold.unit, sold.unit, at, at, sold.label, None)


def in_force(redemptions: tuple[Redemption, ...], at: int) -> list[Redemption]:
    """The discounts that an invoice made at `at` gets; one that works once is used up by the invoice it starts with."""
    found = []
    for redemption in redemptions:
        once = redemption.coupon.duration == "once"
        ends = redemption.start + 1 if once else redemption.end
        if redemption.start <= at and (ends is None or at < ends):
            found.append(redemption)
    return found


def proration_lines(
    subscription: Subscription, letter: str, terms: Terms, at: int, *, period: tuple[int, int], credit: bool
) -> list[Line]:
    """The rest of a period given back (`credit`) or charged; net of discounts in classic billing mode, else gross."""
    start, end = period
    lines = []
    lasting = [r for r in in_force(subscription.redemptions, at) if r.coupon.duration != "once"]
    for unit, quantity, full, text in parts(terms.price, terms.quantity):
        sign = -1 if credit else 1
        off = [(r, amount) for r, amount in _taken_off(full, letter, lasting) if amount]
        share = rounded(sign * full * (end - at), end - start)
        cuts = [(r, rounded(sign * amount * (end - at), end - start)) for r, amount in off]
        if not subscription.itemized:
            net = full - sum(amount for _, amount in off)
            share, cuts = rounded(sign * net * (end - at), end - start), []
        words = "Unused time on" if credit else "Remaining time on"
        lines.append(
            Line(
                terms.price,
                quantity,
                unit,
                share,
                at,
                end,
                f"{words} {text} after {written_date(at)}",
                letter,
                proration=True,
                discountable=False,
                discounts=cuts,
            )
        )
    return lines


def backdated_lines(letter: str, terms: Terms, start: int, created: int) -> list[Line]:
    """The time before a backdated subscription was made, as a share of an imagined period that begins with it."""
    imagined = add_months(start, terms.price.months) - start
    return [
        Line(
            terms.price,
            quantity,
            unit,
            rounded(full * (created - start), imagined),
            start,
            created,
            f"{text} (from {written_date(start)})",
            letter,
            proration=True,
            discountable=False,
        )
        for unit, quantity, full, text in parts(terms.price, terms.quantity)
    ]


def _taken_off(amount: int, letter: str, redemptions: list[Redemption]) -> list[tuple[Redemption, int]]:
    """What each discount takes off an amount of one item: its own discounts first, each on what is left."""
    taken, left = [], amount
    for redemption in sorted(redemptions, key=lambda r: r.item is None):
        if redemption.item in (None, letter):
            cut = _cut(left, redemption.coupon)
            taken.append((redemption, cut))
            left -= cut
    return taken


def _cut(amount: int, coupon: Coupon) -> int:
    return rounded(amount * coupon.percent, 100) if coupon.percent else min(coupon.amount, amount)


def discount(lines: list[Line], redemptions: list[Redemption]) -> None:
    """Puts discounts on discountable lines: item discounts first, then the subscription's in order, on what is left.

    An amount off the whole subscription is shared out in proportion, the last line taking the rounding.
    """
    for redemption in sorted(redemptions, key=lambda r: r.item is None):
        reached = [
            line for line in lines if line.discountable and line.amount > 0 and redemption.item in (None, line.item)
        ]
        left = sum(line.discounted for line in reached)
        due = min(redemption.coupon.amount, left)
        for number, line in enumerate(reached, 1):
            if redemption.coupon.percent:
                cut = rounded(line.discounted * redemption.coupon.percent, 100)
            elif number == len(reached):
                cut = due
            else:
                cut = min(due, rounded(due * line.discounted, left))
                left, due = left - line.discounted, due - cut
            if cut:
                line.discounts.append((redemption, cut))
