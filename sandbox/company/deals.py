"""Deals: won ones behind sales-led customers, lost and open ones behind leads, and a few renewals."""

from dataclasses import dataclass
from random import Random

from . import journeys
from .catalogue import in_usd
from .chance import between, happens, pick, stream, triangular
from .charges import parts
from .clock import DAY, HOUR
from .crm_decisions import CUSTOMER, OPPORTUNITY, Contact, Crm, Deal
from .decisions import Account, Segment
from .frame import Frame

PIPELINE = ("appointmentscheduled", "presentationscheduled", "contractsent")
RENEWALS = "7700001"
_SIZE = {
    Segment.SMB: (2_000, 5_000, 12_000),
    Segment.MID: (6_000, 12_000, 40_000),
    Segment.ENTERPRISE: (30_000, 60_000, 160_000),
}
"""First-year value of a deal in USD: low, most likely, high."""


def add_deals(frame: Frame, accounts: list[Account], crm: Crm) -> None:
    """Adds all deals: for customers that were sold to, and for leads that got as far as an opportunity."""
    found = ((crm.faces[account.id].company, account) for account in accounts if account.sales_led)
    by_company = {company: account for company, account in found if company}
    for contact in crm.contacts:
        opened = next((e.at for e in contact.entries if e.stage == OPPORTUNITY), None)
        if opened is None:
            continue
        talks = _Talks(frame, crm, stream(frame.seed, "deal", contact.id), contact)
        signed = next((e.at for e in contact.entries if e.stage == CUSTOMER), None)
        if signed is not None:
            account = by_company.get(contact.company or "")
            talks.won(opened, signed, first_year_usd(account) if account else talks.size())
        elif happens(talks.rng, 0.94):
            talks.not_won(opened)


def first_year_usd(account: Account) -> int:
    """List price of a customer's first purchase for a year, whole dollars."""
    year = 0
    for terms in account.subscriptions[0].items.values():
        if not terms.price.metered:
            year += sum(amount for _, _, amount, _ in parts(terms.price, terms.quantity)) * 12 // terms.price.months
    return in_usd(year, account.currency) // 100


@dataclass(slots=True)
class _Talks:
    """The sales talks with one person."""

    frame: Frame
    crm: Crm
    rng: Random
    contact: Contact

    def size(self) -> int:
        segment = pick(self.rng, {Segment.SMB: 2, Segment.MID: 6, Segment.ENTERPRISE: 2})
        return round(triangular(self.rng, _SIZE[segment]) / 100) * 100

    def steps(self, opened: int, closed: int, final: str | None) -> list[tuple[str, int]]:
        """Stages passed between the opening and the end of a deal; those that close it end with `final`."""
        passed = len(PIPELINE) if final == "closedwon" else between(self.rng, 1, len(PIPELINE) + 1)
        span = max(closed - opened, passed + 1)
        found = [(PIPELINE[n], opened + span * n // (passed + 1)) for n in range(passed)]
        return [*found, (final, closed)] if final else found

    def add(self, outcome: str, stages: list[tuple[str, int]], amount: int | None, closes: int) -> Deal:
        number = len(self.crm.deals) + 1
        deal = Deal(
            id=self.crm.deal_id(),
            name=f"{self.contact.last} {number:04d}",
            pipeline="default",
            outcome=outcome,
            stages=stages,
            amount=amount,
            created=stages[0][1],
            closes=closes,
            owner=self.contact.owner or journeys.OWNERS[number % 7],
            company=self.contact.company,
            contact=self.contact.id,
        )
        self.crm.deals.append(deal)
        return deal

    def won(self, opened: int, signed: int, amount: int) -> None:
        """A deal won some days before the service began, now and then without an amount; maybe renewed a year later."""
        closed = max(opened + HOUR, signed - between(self.rng, 0, 3 * DAY))
        closed = min(closed, self.frame.as_of)
        written = None if happens(self.rng, 0.03) else amount
        self.add("won", self.steps(opened, closed, "closedwon"), written, closed)
        if signed + 300 * DAY < self.frame.as_of and happens(self.rng, 0.12):
            self.renewal(signed, amount)

    def not_won(self, opened: int) -> None:
        """A deal that is lost, or still open where its time is not over; some open ones are overdue."""
        low, high = journeys.CYCLE_DAYS[pick(self.rng, {Segment.SMB: 3, Segment.MID: 5, Segment.ENTERPRISE: 2})]
        closed, as_of = opened + between(self.rng, low * DAY, high * DAY), self.frame.as_of
        amount = None if happens(self.rng, 0.06) else self.size()
        if closed > as_of or happens(self.rng, 0.03):
            stages = [step for step in self.steps(opened, closed, None) if step[1] <= as_of]
            deal = self.add("open", stages, amount, closed)
        else:
            deal = self.add("lost", self.steps(opened, closed, "closedlost"), amount, closed)
        if happens(self.rng, 0.02):
            deal.archived_at = min(as_of, deal.stages[-1][1] + between(self.rng, HOUR, 5 * DAY))
        elif happens(self.rng, 0.03):
            deal.company = None

    def renewal(self, signed: int, amount: int) -> None:
        """The talk about a customer's second year, in a pipeline of its own."""
        opened = signed + 280 * DAY
        closed = opened + between(self.rng, 20 * DAY, 80 * DAY)
        outcome, final = ("won", "910002") if happens(self.rng, 0.8) else ("lost", "910003")
        stages = [("910001", opened), (final, closed)]
        if closed > self.frame.as_of:
            outcome, stages = "open", stages[:1]
        deal = self.add(outcome, stages, round(amount * 1.1), closed)
        deal.pipeline, deal.name = RENEWALS, f"Renewal {deal.name}"
