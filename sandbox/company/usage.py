"""Metered usage: how much of it each billing period has, and how it is spread over the days."""

from .clock import DAY, day_start, utc
from .decisions import Subscription
from .invoices import Billed

FADE_PERCENT = 45
"""What is left of the usage a month later once it fades."""
_WEEKDAY, _WEEKEND = 3, 1
"""How usage is spread: three times as much on a weekday as on a day of the weekend."""


def usage_of(subscription: Subscription, ordinal: int, start: int) -> int:
    """The quantity used in the billing period that begins at `start`, the subscription's invoice number `ordinal`."""
    used, fades = subscription.usage[ordinal % len(subscription.usage)], subscription.usage_fades_from
    if fades is None or start < fades:
        return used
    months = 1 + (start - fades) // (28 * DAY)
    return used * FADE_PERCENT**months // 100**months


def by_day(start: int, end: int, used: int) -> list[tuple[int, int]]:
    """(midnight, quantity) of every day of a period, days without usage left out; they add up to `used`."""
    days = range(day_start(start), day_start(end), DAY)
    weights = [_WEEKEND if utc(day).isoweekday() > 5 else _WEEKDAY for day in days]
    found, seen, total = [], 0, sum(weights)
    for day, weight in zip(days, weights, strict=True):
        here = used * (seen + weight) // total - used * seen // total
        seen += weight
        if here:
            found.append((day, here))
    return found


def days_of(billed: Billed, as_of: int) -> list[tuple[str, int, int]]:
    """(product, midnight, quantity): usage of every day that is over, billed already or in the period under way."""
    periods = [
        (line.price.product, line.start, line.end, line.quantity)
        for invoice in billed.invoices
        for line in invoice.lines
        if line.price.metered
    ]
    subscription, span = billed.subscription, billed.spans[-1]
    trial = subscription.trial_end is not None and span.period_end <= subscription.trial_end
    if not trial and (subscription.ending is None or subscription.ending.at > as_of):
        under_way = usage_of(subscription, len(billed.invoices), span.period_start) if subscription.usage else 0
        metered = [terms.price for terms, _ in span.items.values() if terms.price.metered]
        periods += [(sold.product, span.period_start, span.period_end, under_way) for sold in metered]
    return [
        (product, day, used)
        for product, start, end, quantity in periods
        for day, used in by_day(start, end, quantity)
        if day < day_start(as_of)
    ]
