"""True figures of sales work: deals, how often they were put off, and meetings by who booked them."""

from collections import Counter
from collections.abc import Iterator

from .clock import iso_date, iso_seconds, month_start
from .closing import times_pushed
from .crm_decisions import Crm
from .sales_decisions import Sales


def deals(crm: Crm) -> Iterator[tuple[object, ...]]:
    """Every deal that is not archived.

    (deal, owner, pipeline, stage, outcome, currency, whole dollars, created, closes, times pushed later, lost reason,
    last activity, next activity, number of activities)
    """
    for deal in crm.deals:
        if deal.archived_at is None:
            yield (
                deal.id,
                deal.owner,
                deal.pipeline,
                deal.stages[-1][0],
                deal.outcome,
                deal.currency,
                "" if deal.amount is None else deal.amount,
                iso_seconds(deal.created),
                iso_seconds(deal.closes),
                times_pushed(deal),
                deal.lost_reason or "",
                iso_seconds(deal.touches[-1]) if deal.touches else "",
                "" if deal.next_touch is None else iso_seconds(deal.next_touch),
                len(deal.touches),
            )


def meetings(sales: Sales, as_of: int) -> Iterator[tuple[str, str, str, int, int, int, int]]:
    """(owner, month, kind, booked, held, no show, cancelled): booked by the month of booking, the others of start."""
    counts: Counter[tuple[str, int, str, str]] = Counter()
    for meeting in sales.meetings:
        counts[meeting.owner, month_start(meeting.booked), meeting.kind, "booked"] += 1
        if meeting.start <= as_of:
            counts[meeting.owner, month_start(meeting.start), meeting.kind, meeting.outcome] += 1
    for owner, month, kind in sorted({key[:3] for key in counts}):
        found = [counts[owner, month, kind, what] for what in ("booked", "COMPLETED", "NO_SHOW", "CANCELED")]
        yield owner, iso_date(month), kind, found[0], found[1], found[2], found[3]
