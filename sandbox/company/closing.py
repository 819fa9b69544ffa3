"""When deals were meant to close, time and again, in which currency they are written, and why they were lost.

The last date planned of a closed deal is never before its end: writing the true date in is never a push.
"""

from itertools import pairwise
from random import Random

from .chance import between, happens, pick, stream
from .clock import DAY
from .crm_decisions import Crm, Deal
from .frame import Frame

PUSHES = {
    "won": {0: 62.0, 1: 25.0, 2: 9.0, 3: 3.0, 4: 1.0},
    "lost": {0: 32.0, 1: 30.0, 2: 20.0, 3: 11.0, 4: 7.0},
    "open": {0: 40.0, 1: 26.0, 2: 18.0, 3: 10.0, 4: 6.0},
}
"""outcome -> how often such a deal's close date is put off."""
LOST_REASONS = {
    "Price": 22.0, "Went with a competitor": 24.0, "No budget": 20.0, "No decision": 16.0, "Missing feature": 10.0,
    "Bad timing": 8.0,
}  # fmt: skip
UNITS_PER_DOLLAR = {"usd": 100, "eur": 91, "sek": 1050}
"""The CRM's own rates, hundredths of a unit, which somebody wrote in once."""
_CURRENCIES = {"DE": "eur", "SE": "sek"}


def plan_closing(frame: Frame, crm: Crm) -> None:
    """Decides currency, close dates and the reason of a loss for every deal."""
    countries = {company.id: company.country for company in crm.companies}
    for deal in crm.deals:
        rng = stream(frame.seed, "closing", deal.id)
        abroad = _CURRENCIES.get(countries.get(deal.company or "", ""))
        if abroad and happens(rng, 0.5):
            deal.currency = abroad
        deal.close_dates = _close_dates(frame, deal, rng)
        if deal.outcome == "lost" and happens(rng, 0.88):
            deal.lost_reason = pick(rng, LOST_REASONS)


def _close_dates(frame: Frame, deal: Deal, rng: Random) -> list[tuple[int, int]]:
    closed = deal.outcome != "open"
    over = min(deal.closes, frame.as_of, deal.archived_at or frame.as_of)
    pushes = min(pick(rng, PUSHES[deal.outcome]), max(0, over - deal.created - 1))
    dates = [deal.closes + (between(rng, 0, 12 * DAY) if closed and happens(rng, 0.7) else 0)]
    for _ in range(pushes):
        dates.append(dates[-1] - between(rng, 7 * DAY, 40 * DAY))
    times = sorted(rng.sample(range(deal.created + 1, over), pushes)) if pushes else []
    found = list(zip([deal.created, *times], reversed(dates), strict=True))
    if closed and found[-1][1] != deal.closes:
        found.append((deal.closes, deal.closes))
    return found


def times_pushed(deal: Deal) -> int:
    """How often the close date was changed to a later one."""
    dates = [date for _, date in deal.close_dates]
    return sum(after > before for before, after in pairwise(dates))


def local_amount(deal: Deal) -> int | None:
    """The amount in hundredths of the deal's own currency."""
    return None if deal.amount is None else deal.amount * UNITS_PER_DOLLAR[deal.currency]
