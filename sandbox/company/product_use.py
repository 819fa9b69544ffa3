"""Use of the product by those who sign up themselves: sessions, imported data, invited colleagues.

A trial is product-qualified by three sessions, an import and an invitation within its first two weeks. More of those
that convert are; nothing happens within a day of the window's edge.
"""

from dataclasses import dataclass
from random import Random

from .audience_decisions import IMPORT, INVITE, SESSION, Audience, ProductEvent
from .chance import between, happens, stream
from .clock import DAY, HOUR
from .crm_decisions import Crm
from .decisions import Account, Subscription
from .frame import Frame

WINDOW = 14 * DAY
SESSIONS = 3
QUALIFIES = {"converted": 0.62, "running": 0.3, "ended": 0.12}


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial and what its customer's contact did in the window; `contact` None where the CRM knows nobody."""

    subscription: Subscription
    contact: str | None
    converted: bool
    running: bool
    sessions: int
    imported: bool
    invited: bool

    @property
    def qualified(self) -> bool:
        """Whether it reached what makes a product-qualified lead."""
        return self.sessions >= SESSIONS and self.imported and self.invited


def add_product_use(frame: Frame, accounts: list[Account], crm: Crm, audience: Audience) -> None:
    """Adds what every self-serve customer did in its first weeks, and now and then later while it pays."""
    for account in accounts:
        contact = crm.people.get(account.id)
        if account.sales_led or contact is None:
            continue
        rng = stream(frame.seed, "product", account.number)
        happened = _first_weeks(rng, account.subscriptions[0], frame.as_of) + _later(rng, account, frame.as_of)
        for at, kind in sorted(happened):
            if at <= frame.as_of:
                event = ProductEvent(str(4_700_001 + len(audience.events)), kind, at, contact)
                audience.events.append(event)


def outcome(trial: Subscription, as_of: int) -> str:
    """converted, running or ended, as of `as_of`."""
    if trial.earns_from(as_of) is not None:
        return "converted"
    undecided = trial.trial_end is not None and trial.trial_end > as_of
    return "running" if undecided and (trial.ending is None or trial.ending.at > as_of) else "ended"


def _first_weeks(rng: Random, first: Subscription, as_of: int) -> list[tuple[int, str]]:
    def within() -> int:
        return first.start + between(rng, HOUR, WINDOW - 36 * HOUR)

    def late() -> int:
        return first.start + WINDOW + between(rng, 36 * HOUR, 10 * DAY)

    if happens(rng, QUALIFIES[outcome(first, as_of)] if first.trial_end else 0.4):
        sessions = [(within(), SESSION) for _ in range(between(rng, SESSIONS, 11))]
        return [*sessions, (within(), IMPORT), (within(), INVITE)]
    found = [(within(), SESSION) for _ in range(between(rng, 0, 6))]
    if happens(rng, 0.4):
        found.append((within(), IMPORT))
    elif happens(rng, 0.3):
        found.append((within(), INVITE))
    if happens(rng, 0.15):
        found += [(late(), IMPORT), (late(), INVITE), (late(), SESSION)]  # too late to count
    return found


def _later(rng: Random, account: Account, as_of: int) -> list[tuple[int, str]]:
    """A session or two a month while it pays, hardly any in the last two months of most that leave."""
    begins, gone = account.pays_from(as_of), account.gone_at()
    if begins is None:
        return []
    fades = gone - 60 * DAY if gone is not None and happens(rng, 0.7) else as_of
    start, found = begins + 30 * DAY, []
    while start < min(as_of, gone or as_of, fades):
        found += [(start + between(rng, 0, 30 * DAY), SESSION) for _ in range(between(rng, 1, 3))]
        start += 30 * DAY
    return [step for step in found if gone is None or step[0] < gone]


def trials(frame: Frame, accounts: list[Account], crm: Crm, audience: Audience) -> list[Trial]:
    """Every trial begun by the company's now, with what was done in its window."""
    done: dict[str, list[ProductEvent]] = {}
    for event in audience.events:
        done.setdefault(event.contact, []).append(event)
    found = []
    for account in accounts:
        for subscription in account.subscriptions:
            if subscription.trial_end is None:
                continue
            contact = crm.people.get(account.id)
            window = range(subscription.start, subscription.start + WINDOW)
            kinds = [event.kind for event in done.get(contact or "", ()) if event.at in window]
            state = outcome(subscription, frame.as_of)
            found.append(
                Trial(
                    subscription=subscription,
                    contact=contact,
                    converted=state == "converted",
                    running=state == "running",
                    sessions=kinds.count(SESSION),
                    imported=IMPORT in kinds,
                    invited=INVITE in kinds,
                )
            )
    return found
