"""True MRR, worked out from decisions alone: what each subscription is worth at any instant, then day and month ends.

Amounts are exact fractions of a major unit until they are written with four decimals. Nothing here looks at a Stripe
object or at the billing engine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .clock import DAY, add_months, day_start, month_start
from .decisions import Account, Coupon, EndKind, Price, Redemption, Subscription, Terms

MINOR_UNITS = 100
"""Minor units in a major one: the generated company's currencies all have two decimals."""


def list_amount(sold: Price, quantity: int) -> int:
    """What `quantity` units cost for one billing period before discounts, minor units."""
    if not sold.tiers:
        return sold.unit * quantity
    total, below = 0, 0
    for tier in sold.tiers:
        if quantity > below:
            total += tier.flat + (min(quantity, tier.up_to or quantity) - below) * tier.unit
        below = tier.up_to or quantity
    return total


def _discounted(amount: Fraction, coupon: Coupon) -> Fraction:
    if coupon.percent:
        return amount * (100 - coupon.percent) / 100
    return max(Fraction(0), amount - coupon.amount)


def _in_force(redemption: Redemption, at: int) -> bool:
    if redemption.coupon.duration == "once":
        return False
    return redemption.start <= at and (redemption.end is None or at < redemption.end)


def _items_at(subscription: Subscription, at: int) -> dict[str, Terms]:
    items = dict(subscription.items)
    for change in subscription.changes:
        if change.at > at:
            break
        if change.terms is None:
            items.pop(change.item, None)
        else:
            items[change.item] = change.terms
    return items


def _earns(subscription: Subscription, at: int) -> bool:
    """Whether the subscription counts at `at`: begun, past its trial, not paused, unpaid or ended."""
    if at < subscription.start or at < (subscription.trial_end or 0):
        return False
    ending = subscription.ending
    if ending and (at >= ending.at or ending.kind is EndKind.NEVER_STARTED):
        return False
    if subscription.unpaid_from is not None and at >= subscription.unpaid_from:
        return False
    stops = (p for p in subscription.pauses if p.behavior != "keep_as_draft")
    return not any(p.start <= at and (p.end is None or at < p.end) for p in stops)


def mrr_at(subscription: Subscription, at: int) -> Fraction:
    """MRR of a subscription at the instant `at`, major units of its currency."""
    if not _earns(subscription, at):
        return Fraction(0)
    in_force = [r for r in subscription.redemptions if _in_force(r, at)]
    worth: list[Fraction] = []
    months = 1
    for letter, terms in _items_at(subscription, at).items():
        if terms.price.metered:
            continue
        months = terms.price.months
        amount = Fraction(list_amount(terms.price, terms.quantity))
        for redemption in in_force:
            if redemption.item == letter:
                amount = _discounted(amount, redemption.coupon)
        worth.append(amount)
    total = sum(worth, Fraction(0))
    for redemption in in_force:
        if redemption.item is None:
            total = _discounted(total, redemption.coupon)
    if subscription.tax and subscription.tax.inclusive:
        total = total * 100 / (100 + subscription.tax.percent)
    return total / months / MINOR_UNITS


def _instants(subscription: Subscription) -> set[int]:
    """Every time at which a subscription's MRR can change."""
    found = {subscription.start, subscription.trial_end, subscription.unpaid_from}
    found |= {change.at for change in subscription.changes}
    found |= {at for pause in subscription.pauses for at in (pause.start, pause.end)}
    found |= {at for redemption in subscription.redemptions for at in (redemption.start, redemption.end)}
    found.add(subscription.ending.at if subscription.ending else None)
    return {at for at in found if at is not None}


@dataclass(frozen=True, slots=True)
class Curve:
    """A customer's MRR as steps: from `instants[i]` on it is `values[i]`; it is 0 before the first."""

    instants: tuple[int, ...]
    values: tuple[Fraction, ...]

    def before(self, midnights: Iterator[int]) -> Iterator[Fraction]:
        """The value at the last instant before each of the given, ascending, times."""
        at, now = 0, Fraction(0)
        for midnight in midnights:
            while at < len(self.instants) and self.instants[at] < midnight:
                now = self.values[at]
                at += 1
            yield now


def curve(account: Account) -> Curve:
    """MRR of a customer over time, all of its subscriptions summed."""
    instants = sorted({at for s in account.subscriptions for at in _instants(s)})
    values = (sum((mrr_at(s, at) for s in account.subscriptions), Fraction(0)) for at in instants)
    return Curve(tuple(instants), tuple(values))


def four_decimals(value: Fraction) -> Decimal:
    """`value` rounded half up to four decimals."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def first_day(account: Account) -> int:
    """Midnight that opens the customer's first day of subscription."""
    return day_start(min(s.start for s in account.subscriptions))


def daily(account: Account, as_of: int) -> Iterator[tuple[int, Decimal]]:
    """(midnight that opens the day, MRR at its last instant) for every day that is over at `as_of`, zeros kept."""
    days = range(first_day(account), day_start(as_of), DAY)
    values = curve(account).before(day + DAY for day in days)
    yield from _rounded(days, values)


def month_ends(account: Account, as_of: int) -> Iterator[tuple[int, Decimal]]:
    """(midnight that opens the month, MRR at its last instant) for every month that is over at `as_of`, zeros kept."""
    months = [month_start(first_day(account))]
    while months[-1] < month_start(as_of):
        months.append(add_months(months[-1], 1))
    values = curve(account).before(iter(months[1:]))
    yield from _rounded(months[:-1], values)


def _rounded(periods, values: Iterator[Fraction]) -> Iterator[tuple[int, Decimal]]:
    last: tuple[Fraction, Decimal] | None = None
    for period, value in zip(periods, values, strict=True):
        if last is None or last[0] != value:
            last = (value, four_decimals(value))
        yield period, last[1]


def movements(account: Account, as_of: int) -> Iterator[tuple[int, str, Decimal]]:
    """(month, movement, signed amount): one a month at most, the net of everything in it."""
    opening, earned_before = Decimal(0), False
    for month, closing in month_ends(account, as_of):
        if closing != opening:
            if opening == 0:
                name = "reactivation" if earned_before else "new"
            elif closing == 0:
                name = "churn"
            else:
                name = "expansion" if closing > opening else "contraction"
            yield month, name, closing - opening
        earned_before |= closing > 0
        opening = closing
