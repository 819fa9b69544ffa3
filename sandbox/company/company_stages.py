"""Lifecycle stages of companies: they follow their people, now and then by hand, by import or back again."""

from collections import defaultdict
from random import Random

from .chance import between, happens, stream
from .clock import DAY
from .crm_decisions import LEAD, MQL, NOT_REAL, STAGES, Company, Contact, Crm, Entry
from .frame import Frame
from .journeys import imported, until

_RANK = {stage: rank for rank, stage in enumerate(STAGES)}


def add_company_stages(frame: Frame, crm: Crm) -> None:
    """Gives every company its stage entries; a company without people has none."""
    people: dict[str, list[Contact]] = defaultdict(list)
    for contact in crm.contacts:
        if contact.company:
            people[contact.company].append(contact)
    for company in crm.companies:
        rng = stream(frame.seed, "company-stages", company.id)
        entries = _followed(rng, company, people[company.id])
        if not entries or happens(rng, 0.02):
            continue  # nobody switched the automation on for these
        if happens(rng, 0.04):
            entries = imported(rng, entries)
        elif happens(rng, 0.04):
            entries = _regressed(rng, entries)
        company.entries = until(entries, min(frame.as_of, company.archived_at or frame.as_of))


def _followed(rng: Random, company: Company, people: list[Contact]) -> list[Entry]:
    """The highest stage that any of the people is in, seconds after they entered it; only ever forward."""
    found: list[Entry] = []
    for entry in sorted((e for person in people for e in person.entries if e.stage), key=lambda e: e.at):
        at = max(entry.at + between(rng, 2, 90), company.created)
        if found and (_RANK[entry.stage] <= _RANK[found[-1].stage] or at < found[-1].at):
            continue
        if found and found[-1].at == at:
            found.pop()  # all that its people had reached before the company was there counts at once
        source = entry.source if entry.source in NOT_REAL else "AUTOMATION_PLATFORM"
        found.append(Entry(entry.stage, at, source))
    return found


def _regressed(rng: Random, entries: list[Entry]) -> list[Entry]:
    """The stage cleared by hand and set back to lead; every other time it is qualified again."""
    last = entries[-1]
    if _RANK[last.stage] < _RANK[MQL]:
        return entries
    cleared = last.at + between(rng, 3 * DAY, 50 * DAY)
    back = [Entry("", cleared, "CRM_UI"), Entry(LEAD, cleared + 1, "CRM_UI")]
    again = [Entry(MQL, cleared + between(rng, 2 * DAY, 30 * DAY), "AUTOMATION_PLATFORM")] if happens(rng, 0.5) else []
    return entries + back + again
