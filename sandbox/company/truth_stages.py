"""True stage entries of contacts and companies, and the funnel by source and owner, from the CRM's decisions alone."""

from collections.abc import Iterator

from .clock import iso_seconds
from .crm_decisions import NOT_REAL, Contact, Crm, Entry
from .truth_crm import funnel

UNKNOWN = "unknown"


def stage_entries(crm: Crm) -> Iterator[tuple[str, str, str, str, int, str]]:
    """Of every contact that is not archived: (id, stage, first entered, last entered, entries, import only)."""
    for contact in crm.contacts:
        if contact.archived_at is None:
            yield from _entries(contact.id, contact.entries)


def company_stage_entries(crm: Crm) -> Iterator[tuple[str, str, str, str, int, str]]:
    """The same of every company that is not archived."""
    for company in crm.companies:
        if company.archived_at is None:
            yield from _entries(company.id, company.entries)


def _entries(record_id: str, entries: list[Entry]) -> Iterator[tuple[str, str, str, str, int, str]]:
    """Real entries of each stage; where there are none, what an import or a migration says of it, marked as such."""
    for stage in dict.fromkeys(e.stage for e in sorted(entries, key=lambda e: e.at) if e.stage):
        written = [e for e in entries if e.stage == stage]
        real = [e.at for e in written if e.source not in NOT_REAL]
        times = real or [e.at for e in written]
        only = "false" if real else "true"
        yield record_id, stage, iso_seconds(min(times)), iso_seconds(max(times)), len(times), only


def funnel_by_dimension(crm: Crm) -> Iterator[tuple[str, str, str, str, str, int, int]]:
    """(cohort month, from stage, to stage, dimension, its value, entered, converted) by source and by owner."""
    for dimension in ("source", "owner"):
        groups: dict[str, list[Contact]] = {}
        for contact in crm.contacts:
            value = contact.source if dimension == "source" else contact.owner
            groups.setdefault(value or UNKNOWN, []).append(contact)
        for value, contacts in sorted(groups.items()):
            for month, begins, reaches, entered, converted in funnel(contacts):
                yield month, begins, reaches, dimension, value, entered, converted
