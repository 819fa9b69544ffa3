"""Pauses of collection, placed so that history can be read back from what the vendor keeps.

Events live 30 days. An older pause shows only in its invoices, which are voided in the second they are made, so an
older one begins in the month of its first such invoice and ends in the month of the first invoice after it.
"""

from random import Random

from .chance import between, happens, pick
from .clock import DAY, add_months, month_start
from .decisions import Pause

EVENTS_LIVE = 30 * DAY
SURELY_AN_EVENT = EVENTS_LIVE - DAY


def plan_pause(rng: Random, anchor: int, elapsed: int, as_of: int) -> tuple[Pause, int] | None:
    """A pause in the month that opens at `anchor` + `elapsed` months, and how many renewals it swallows.

    None where no pause can be placed: it would begin after `as_of`, or its beginning could not be known later.
    """
    opens, first_void = add_months(anchor, elapsed), add_months(anchor, elapsed + 1)
    start = _knowable(rng, opens + 1, first_void, as_of)
    if start is None or start > as_of:
        return None
    swallowed = between(rng, 1, 4)
    last_void, first_paid = add_months(anchor, elapsed + swallowed), add_months(anchor, elapsed + swallowed + 1)
    end = _knowable(rng, last_void + 1, first_paid, as_of)
    if end is None:
        end = first_paid
    if end > as_of:
        behavior = pick(rng, {"void": 60, "mark_uncollectible": 20, "keep_as_draft": 20})
        return Pause(start, None, behavior), swallowed
    return Pause(start, end), swallowed


def _knowable(rng: Random, low: int, invoice: int, as_of: int) -> int | None:
    """A time in [low, invoice) that an event or the invoice's month will tell; None where there is no such time."""
    at = between(rng, low, invoice)
    if at > as_of - SURELY_AN_EVENT:
        return at
    low = max(low, month_start(invoice))
    return between(rng, low, invoice) if low < invoice else None


def gives_up_while_paused(rng: Random) -> bool:
    """Whether a paused customer leaves instead of coming back."""
    return happens(rng, 0.2)
