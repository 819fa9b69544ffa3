"""Seats given back some months before a customer leaves: a sign that can be seen beforehand.

The change comes in a month of the subscription in which nothing else happens, like every change (see timeline.py).
"""

from dataclasses import replace
from random import Random

from .chance import between, happens, pick, stream
from .changes import seat_item
from .clock import HOUR, add_months
from .decisions import Billing, Change, EndKind, Subscription, Terms
from .frame import Frame

SHRINKS = 0.5
"""Of subscriptions by seat that their customers cancel, those that shrink before."""
_CANCELLED = (EndKind.PERIOD_END, EndKind.AT_ONCE, EndKind.AT_ONCE_CREDITED)
_MONTHS_BEFORE = {1: 3.0, 2: 4.0, 3: 2.0}


def shrink(frame: Frame, subscription: Subscription) -> Subscription:
    """The same subscription, with fewer seats from one to three months before it is cancelled where there is room."""
    ending, rng = subscription.ending, stream(frame.seed, "shrinking", subscription.id)
    restarted = any(change.billing is Billing.RESTART for change in subscription.changes)
    if ending is None or ending.kind not in _CANCELLED or restarted or not happens(rng, SHRINKS):
        return subscription
    at = _room(rng, subscription, ending.asked_at)
    items = dict(subscription.items)
    for change in subscription.changes:
        items = {k: t for k, t in {**items, change.item: change.terms}.items() if t is not None}
    letter = seat_item(items)
    if at is None or letter is None or items[letter].quantity < 3:
        return subscription
    left = items[letter].quantity * between(rng, 55, 81) // 100
    fewer = Change(at, letter, Terms(items[letter].price, left), Billing.NEXT_INVOICE)
    return replace(subscription, changes=(*subscription.changes, fewer))


def _room(rng: Random, subscription: Subscription, asked: int) -> int | None:
    """A time in a whole month before the cancellation; None where the month is not free or something comes after."""
    anchor, months = subscription.trial_end or subscription.created, 0
    while add_months(anchor, months + 1) <= asked:
        months += 1
    number = months - pick(rng, _MONTHS_BEFORE)
    opens, closes = add_months(anchor, number), add_months(anchor, number + 1)
    times = [change.at for change in subscription.changes]
    times += [at for pause in subscription.pauses for at in (pause.start, pause.end or asked)]
    times += [at for redemption in subscription.redemptions for at in (redemption.start, redemption.end or 0)]
    return between(rng, opens + 2 * HOUR, closes - HOUR) if number >= 1 and max(times, default=0) < opens else None
