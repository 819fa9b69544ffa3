"""True funnel, win rate and identity, counted from the CRM's decisions alone."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from .clock import DAY, iso_date, month_start
from .crm_decisions import WINDOWS, Contact, Crm, Deal, first_entries


def funnel(contacts: list[Contact]) -> Iterator[tuple[str, str, str, int, int]]:
    """(cohort month, from stage, to stage, entered, converted), archived contacts left out."""
    counts: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    steps = list(WINDOWS.items())
    for contact in contacts:
        if contact.archived_at is not None:
            continue
        entries = first_entries(contact.entries)
        for number, ((begins, reaches), days) in enumerate(steps):
            if begins not in entries:
                continue
            count = counts[month_start(entries[begins]), number]
            count[0] += 1
            count[1] += 0 <= entries.get(reaches, -1) - entries[begins] <= days * DAY
    for (month, number), (entered, converted) in sorted(counts.items()):
        (begins, reaches), _ = steps[number]
        yield iso_date(month), begins, reaches, entered, converted


def ratio(part: int, whole: int) -> str:
    """A ratio with six decimals, rounded half up; empty where there is nothing to divide by."""
    if not whole:
        return ""
    return str((Decimal(part) / Decimal(whole)).quantize(Decimal("0.000001"), ROUND_HALF_UP))


def win_rate(deals: list[Deal]) -> Iterator[tuple[str, int, int, str, str]]:
    """(close month, won, lost, win rate by count, by value), archived left out; empty value where no deal has one."""
    months: dict[int, list[Deal]] = defaultdict(list)
    for deal in deals:
        if deal.archived_at is None and deal.outcome != "open":
            months[month_start(deal.closes)].append(deal)
    for month, closed in sorted(months.items()):
        won = [deal for deal in closed if deal.outcome == "won"]
        value = sum(deal.amount or 0 for deal in closed)
        won_value = sum(deal.amount or 0 for deal in won)
        yield iso_date(month), len(won), len(closed) - len(won), ratio(len(won), len(closed)), ratio(won_value, value)


def identity(crm: Crm) -> Iterator[tuple[str, str, str]]:
    """(Stripe customer, HubSpot company or nothing, method)."""
    for customer, face in sorted(crm.faces.items()):
        yield customer, face.company or "", face.method
