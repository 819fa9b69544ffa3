"""The leads that never become customers, and the dirt of a CRM: duplicates, archived people, companies on free mail."""

from random import Random

from . import journeys
from .chance import between, happens, pick, stream
from .clock import DAY, HOUR, add_months
from .crm_decisions import Company, Contact, Crm
from .frame import Frame
from .names import company_name, free_mail, person
from .temper import MONTHLY_GROWTH

LEADS_PER_CUSTOMER = 7.2
MONTHS_BEFORE = 5
"""Leads came some months before the first customer did."""
_COUNTRIES = {"US": "usd", "DE": "eur", "SE": "sek"}
_SIZES = {(2, 25): 5.0, (25, 400): 4.0, (400, 6_000): 1.0}


def add_leads(frame: Frame, crm: Crm) -> None:
    """Adds every lead that stays one, with its company where it has one, and two odd companies."""
    for n in range(round(frame.customers * LEADS_PER_CUSTOMER)):
        rng = stream(frame.seed, "lead", n)
        contact = _lead(frame, crm, rng, n)
        crm.contacts.append(contact)
        if happens(rng, 0.02):
            crm.contacts.append(_twin(frame, crm, rng, contact))
    owner = journeys.OWNERS[0]
    crm.companies.append(Company(crm.company_id(), "Private mail", "gmail.com", frame.opens, owner, "US", 1))
    gone = Company(crm.company_id(), "Gone Ltd", "gone-for-good.example", frame.opens, owner, "US", 3)
    gone.archived_at = frame.opens + 9 * DAY
    crm.companies.append(gone)


def _lead(frame: Frame, crm: Crm, rng: Random, n: int) -> Contact:
    month = pick(rng, {m: MONTHLY_GROWTH**m for m in range(frame.months + MONTHS_BEFORE + 1)})
    start = add_months(frame.opens, month - MONTHS_BEFORE)
    came = between(rng, start, min(add_months(start, 1), frame.as_of - HOUR))
    entries = journeys.never_sold(rng, came)
    if happens(rng, 0.04):
        entries = journeys.imported(rng, entries)
    entries = journeys.until(entries, frame.as_of)
    first, last = person(rng)
    company = _company(crm, rng, came)
    email = f"{first}.{last}{n}@{company.domain}".lower() if company else free_mail(rng, first, last, 100_000 + n)
    contact = Contact(
        id=crm.contact_id(),
        email=email,
        first=first,
        last=last,
        created=entries[0].at,
        owner=rng.choice(journeys.OWNERS) if len(entries) > 2 else None,
        source=pick(rng, journeys.ANALYTICS),
        entries=entries,
        company=company.id if company else None,
    )
    if happens(rng, 0.012):
        contact.archived_at = min(frame.as_of, max(e.at for e in entries) + between(rng, HOUR, 3 * DAY))
    if happens(rng, 0.01):
        contact.merged = (crm.merged_id(),)
    if crm.companies and happens(rng, 0.01):
        contact.other_company = rng.choice(crm.companies[:50]).id
    return contact


def _twin(frame: Frame, crm: Crm, rng: Random, contact: Contact) -> Contact:
    """The same person once more, signed up with a private address and without a company."""
    came = min(frame.as_of, contact.created + between(rng, DAY, 40 * DAY))
    return Contact(
        id=crm.contact_id(),
        email=free_mail(rng, contact.first, contact.last, 500_000 + int(contact.id)),
        first=contact.first,
        last=contact.last,
        created=came,
        owner=None,
        source=contact.source,
        entries=journeys.signed_up(rng, came, None),
    )


def _company(crm: Crm, rng: Random, came: int) -> Company | None:
    """A company of its own for two leads in three; the others sign up with a private address."""
    if happens(rng, 0.35):
        return None
    country = pick(rng, dict.fromkeys(_COUNTRIES, 1.0))
    name, domain = company_name(rng, _COUNTRIES[country], crm.taken_domains)
    company = Company(
        id=crm.company_id(),
        name=name,
        domain=domain,
        created=came,
        owner=rng.choice(journeys.OWNERS[:-1]),
        country=country,
        employees=between(rng, *pick(rng, _SIZES)),
    )
    crm.companies.append(company)
    return company
