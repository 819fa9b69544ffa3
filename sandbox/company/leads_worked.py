"""HubSpot's lead objects: every person that marketing or sales took seriously, as an SDR works on them."""

from random import Random

from .chance import between, happens, pick, stream
from .clock import DAY, HOUR
from .crm_decisions import MQL, SQL, Contact, Crm
from .frame import Frame
from .sales_decisions import SDRS, Lead, Sales, entered

NEW, ATTEMPTING, CONNECTED, QUALIFIED, UNQUALIFIED = (
    "new-stage-id", "attempting-stage-id", "connected-stage-id", "qualified-stage-id", "unqualified-stage-id",
)  # fmt: skip
_LABELS = {"HOT": 2.0, "WARM": 5.0, "COLD": 3.0}


def add_worked_leads(frame: Frame, crm: Crm, sales: Sales) -> None:
    """Adds a lead for every contact that became an MQL or an SQL."""
    for contact in crm.contacts:
        qualified = entered(contact, SQL)
        taken = [at for at in (entered(contact, MQL), qualified) if at is not None]
        if not taken or contact.archived_at is not None:
            continue
        rng = stream(frame.seed, "worked-lead", contact.id)
        stages = _stages(rng, min(taken), qualified)
        sales.leads.append(
            Lead(
                id=sales.lead_id(),
                name=f"{contact.first} {contact.last}",
                owner=sdr_of(contact),
                label=pick(rng, _LABELS),
                stages=[step for step in stages if step[1] <= frame.as_of],
            )
        )


def sdr_of(contact: Contact) -> str:
    """The SDR who works on a person: they take turns."""
    return SDRS[int(contact.id) % len(SDRS)]


def _stages(rng: Random, taken: int, qualified: int | None) -> list[tuple[str, int]]:
    """From new to qualified as the contact becomes an SQL, or to unqualified weeks later, or still being tried."""
    attempt = taken + between(rng, 600, 20 * HOUR)
    found = [(NEW, taken)]
    if qualified is not None:
        steps = [(ATTEMPTING, attempt), (CONNECTED, attempt + between(rng, HOUR, 3 * DAY))]
        return [*found, *(step for step in steps if step[1] < qualified), (QUALIFIED, max(qualified, taken + 1))]
    found.append((ATTEMPTING, attempt))
    if happens(rng, 0.5):
        found.append((CONNECTED, attempt + between(rng, HOUR, 5 * DAY)))
    if happens(rng, 0.8):
        found.append((UNQUALIFIED, found[-1][1] + between(rng, DAY, 60 * DAY)))
    return found
