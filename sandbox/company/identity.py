"""How each Stripe customer can be found in the CRM: by metadata, e-mail, domain or not at all, decided beforehand.

The precedence is the documented one: `metadata.hubspot_company_id`, then the e-mail of a contact through its primary
company, then a company domain that only one company has, else none. What is decided here leaves no room for doubt:
domains are unique unless a doubled one is the point.
"""

from dataclasses import dataclass
from random import Random

from . import journeys
from .chance import between, happens, pick, stream
from .clock import DAY
from .crm_decisions import Company, Contact, Crm, Entry, Face
from .decisions import Account, Segment
from .frame import Frame
from .names import free_mail, person


@dataclass(frozen=True, slots=True)
class Way:
    """A way of being known: the match it leads to, the e-mails at Stripe and in the CRM, and if a company exists."""

    method: str
    stripe_email: str
    contact_email: str = "{personal}"
    company: bool = True


WAYS = {
    "metadata": Way("metadata", "{personal}"),
    "metadata_elsewhere": Way("metadata", "invoices@pay-{domain}"),
    "metadata_merged": Way("metadata", "{personal}"),
    "metadata_shared": Way("metadata", "invoices@{domain}", company=False),
    "metadata_stale": Way("email", "{personal}"),
    "email": Way("email", "{personal}"),
    "email_additional": Way("email", "accounts@{domain}"),
    "email_private": Way("email", "{private}", "{private}"),
    "domain": Way("domain", "billing@{domain}"),
    "domain_archived": Way("domain", "billing@{domain}"),
    "domain_doubled": Way("none", "billing@{domain}"),
    "free_mail": Way("none", "{private}", "{local}@mail-{domain}", company=False),
    "no_company": Way("none", "{private}", "{private}", company=False),
    "unknown": Way("none", "billing@{domain}", "", company=False),
}
_SALES_LED = {
    "metadata": 30.0, "metadata_elsewhere": 12.0, "metadata_merged": 3.0, "metadata_shared": 2.0, "email": 26.0,
    "email_additional": 4.0, "domain": 16.0, "domain_archived": 2.0, "domain_doubled": 2.0, "unknown": 3.0,
}  # fmt: skip
_SELF_SERVE = {
    "metadata": 5.0, "email": 34.0, "email_private": 8.0, "metadata_stale": 3.0, "domain": 14.0, "free_mail": 20.0,
    "no_company": 8.0, "unknown": 8.0,
}  # fmt: skip
_EMPLOYEES = {Segment.SMB: (2, 25), Segment.MID: (25, 400), Segment.ENTERPRISE: (400, 6_000)}


def introduce(frame: Frame, accounts: list[Account], crm: Crm) -> None:
    """Gives every customer its face, and the CRM the companies and people behind them."""
    for account in accounts:
        _introduce(frame, account, crm, stream(frame.seed, "identity", account.number))


def _introduce(frame: Frame, account: Account, crm: Crm, rng: Random) -> None:
    name = pick(rng, _SALES_LED if account.sales_led else _SELF_SERVE)
    known = [face.company for face in crm.faces.values() if face.company]
    if name == "metadata_shared" and not known:
        name = "metadata"
    way, entries = WAYS[name], _entries(frame, account, rng)
    came = entries[0].at
    first, last = person(rng)
    local = f"{first}.{last}".lower()
    words = {"local": local, "domain": account.domain, "personal": f"{local}@{account.domain}"}
    words["private"] = free_mail(rng, first, last, account.number)
    company = _company(account, crm, rng, came) if way.company else None
    target = company.id if company else rng.choice(known) if name == "metadata_shared" else None
    if company and name == "metadata_merged":
        company.merged = (crm.merged_id(),)
    elif company and name == "domain_doubled":
        _company(account, crm, rng, min(frame.as_of, came + DAY))
    elif company and way.method != "domain" and happens(rng, 0.08):
        company.domain = None
    email = way.stripe_email.format(**words)
    face = Face(account.id, email, _metadata(name, account, company, target), way.method, target)
    if name == "email" and happens(rng, 0.1):
        face = Face(face.customer, email.title(), face.metadata, face.method, face.company)
    if way.method == "none" or account.deleted_at is not None:  # of a deleted customer only a stub is left
        face = Face(face.customer, face.email, face.metadata, "none", None)
    crm.faces[account.id] = face
    if not way.contact_email or (name == "free_mail" and happens(rng, 0.5)):
        return
    contact = Contact(
        id=crm.contact_id(),
        email=way.contact_email.format(**words),
        first=first,
        last=last,
        created=came,
        owner=rng.choice(journeys.OWNERS) if account.sales_led else None,
        source=pick(rng, journeys.ANALYTICS),
        entries=entries,
        company=target,
    )
    crm.contacts.append(contact)
    crm.people[account.id] = contact.id
    if name == "email_additional":
        contact.more_emails = (email, f"{local}@old-{account.domain}")
        contact.merged = (crm.merged_id(),)
    if name == "domain_archived":
        archived_at = min(frame.as_of, came + between(rng, DAY, 30 * DAY))
        _colleague(crm, rng, email, target, came).archived_at = archived_at
    for n in range(between(rng, 0, 3) if company and company.domain else 0):
        joined = min(frame.as_of, came + between(rng, 0, 20 * DAY))
        _colleague(crm, rng, f"team{n + 1}@{account.domain}", target, joined)


def _metadata(name: str, account: Account, company: Company | None, target: str | None) -> dict[str, str]:
    """What the customer's metadata say: a company, one that was merged away, one that never was, or nothing."""
    if name == "metadata_stale":
        return {"hubspot_company_id": str(8_000_000 + account.number)}
    if WAYS[name].method != "metadata" or target is None:
        return {}
    return {"hubspot_company_id": company.merged[0] if company and company.merged else target}


def _entries(frame: Frame, account: Account, rng: Random) -> list[Entry]:
    """The stages of the customer's main contact: sold by people, or signed up by itself."""
    first = account.subscriptions[0]
    if account.sales_led:
        entries = journeys.sold(rng, account.segment, first.start)
        if happens(rng, 0.04):
            entries.append(Entry("evangelist", first.start + between(rng, 60 * DAY, 200 * DAY), "CRM_UI"))
    else:
        entries = journeys.signed_up(rng, first.start - between(rng, 60, DAY), account.pays_from(frame.as_of))
    if happens(rng, 0.03):
        entries = journeys.imported(rng, entries)
    return journeys.until(entries, frame.as_of)


def _company(account: Account, crm: Crm, rng: Random, created: int) -> Company:
    company = Company(
        id=crm.company_id(),
        name=account.name,
        domain=account.domain,
        created=created,
        owner=rng.choice(journeys.OWNERS[:-1]),
        country=account.country,
        employees=between(rng, *_EMPLOYEES[account.segment]),
    )
    crm.companies.append(company)
    return company


def _colleague(crm: Crm, rng: Random, email: str, company: str | None, created: int) -> Contact:
    """Another person at the company, who subscribed to something and never went further."""
    first, last = person(rng)
    contact = Contact(
        id=crm.contact_id(),
        email=email,
        first=first,
        last=last,
        created=created,
        owner=None,
        source=pick(rng, journeys.ANALYTICS),
        entries=[Entry("subscriber", created, "FORM")],
        company=company,
    )
    crm.contacts.append(contact)
    return contact
