"""Marketing month by month: visits behind the leads, what the campaigns cost, and the e-mails sent to everybody."""

from bisect import bisect_left
from collections import Counter
from random import Random
from uuid import UUID

from .audience_decisions import Audience, Campaign, Newsletter, Traffic
from .chance import between, happens, pick, stream
from .clock import DAY, HOUR, add_months, month_start, utc
from .crm_decisions import CUSTOMER, LEAD, Contact, Crm, first_entries
from .frame import Frame
from .journeys import ANALYTICS

COST_PER_LEAD = {
    "PAID_SEARCH": 6_000, "PAID_SOCIAL": 8_000, "SOCIAL_MEDIA": 2_500, "ORGANIC_SEARCH": 2_000, "REFERRALS": 3_500,
    "OFFLINE": 20_000,
}  # fmt: skip
"""Cents a lead of each source costs about; the others cost nothing that a campaign would show."""
_CHANNELS = {
    "PAID_SEARCH": ("Paid search", ("Google Ads", "Microsoft Advertising")),
    "PAID_SOCIAL": ("Paid social", ("LinkedIn Ads", "Meta Ads")),
    "SOCIAL_MEDIA": ("Social", ("Agency",)),
    "ORGANIC_SEARCH": ("Content", ("Writers", "SEO tools")),
    "REFERRALS": ("Partner programme", ("Partner fees",)),
    "OFFLINE": ("Trade fairs", ("Stands", "Travel", "Printing")),
}
_SENDS = {5: "Newsletter", 14: "Product news", 23: "Webinar invitation"}
"""day of the month -> what is sent then"""


def add_marketing(frame: Frame, crm: Crm, audience: Audience) -> None:
    """Adds visits, campaigns and marketing e-mails from the month of the first lead on."""
    real = [contact for contact in crm.contacts if contact.archived_at is None]
    contacts = Counter((month_start(c.created), c.source) for c in real)
    leads, customers = _first(real, LEAD), _first(real, CUSTOMER)
    month, number = min(month_start(c.created) for c in crm.contacts), 0
    joined = sorted(contact.created for contact in real)
    while month <= frame.as_of:
        for source in ANALYTICS:
            rng, key = stream(frame.seed, "marketing", month, source), (month, source)
            audience.traffic.append(_traffic(rng, key, contacts[key], leads[key], customers[key]))
            if source in COST_PER_LEAD:
                audience.campaigns.append(_campaign(rng, month, source, leads[key]))
        for day, name in _SENDS.items():
            rng, at = stream(frame.seed, "newsletter", month, day), month + (day - 1) * DAY + 9 * HOUR
            number += 1
            if at <= frame.as_of:
                audience.newsletters.append(_newsletter(rng, number, name, at, bisect_left(joined, at)))
        month = add_months(month, 1)
    _unfinished(frame, audience, month, number)


def _first(contacts: list[Contact], stage: str) -> Counter[tuple[int, str]]:
    """First real entries to a stage by month and source."""
    times = ((first_entries(c.entries).get(stage), c.source) for c in contacts)
    return Counter((month_start(at), source) for at, source in times if at is not None)


def _traffic(rng: Random, key: tuple[int, str], contacts: int, leads: int, customers: int) -> Traffic:
    """One to two visitors in a hundred become a lead; people met offline never visited anything."""
    month, source = key
    visitors = 0 if source == "OFFLINE" else leads * 10_000 // between(rng, 110, 190) if leads else between(rng, 5, 60)
    visits = visitors * between(rng, 115, 145) // 100
    return Traffic(month, source, visits, visitors, contacts, leads, customers)


def _campaign(rng: Random, month: int, source: str, leads: int) -> Campaign:
    label, items = _CHANNELS[source]
    left = max(20_000, leads * COST_PER_LEAD[source] * between(rng, 80, 121) // 100) + between(rng, 0, 100)
    spent: list[tuple[str, int]] = []
    for item in items[:-1]:
        part = left * between(rng, 30, 71) // 100
        spent.append((item, part))
        left -= part
    spent.append((items[-1], left))
    total = sum(amount for _, amount in spent)
    budget = None if happens(rng, 0.1) else total * between(rng, 90, 126) // 100 // 10_000 * 10_000 + 10_000
    return Campaign(_guid(rng), source, f"{label} {utc(month):%Y-%m}", month, month - 10 * DAY, budget, spent)


def _guid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def _newsletter(rng: Random, number: int, name: str, at: int, people: int) -> Newsletter:
    """About a quarter of those it reaches open it, and three in a hundred click; news of the product do better."""
    selected = people * between(rng, 80, 96) // 100
    sent = selected * between(rng, 960, 995) // 1000
    hard, soft = sent * between(rng, 2, 9) // 1000, sent * between(rng, 4, 14) // 1000
    delivered = sent - hard - soft
    opens = delivered * (between(rng, 200, 290) + (30 if name == "Product news" else 0)) // 1000
    clicks = min(opens, delivered * between(rng, 18, 46) // 1000)
    unsubscribed, spam = delivered * between(rng, 0, 6) // 1000, pick(rng, {0: 9.0, 1: 1.0}) if delivered > 100 else 0
    return Newsletter(
        id=str(5_100_000 + number),
        name=f"{name} {utc(at):%Y-%m}",
        sent_at=at,
        created=at - between(rng, DAY, 6 * DAY),
        selected=selected,
        sent=sent,
        hard_bounces=hard,
        soft_bounces=soft,
        opens=opens,
        clicks=clicks,
        unsubscribed=unsubscribed,
        spam=spam,
    )


def _unfinished(frame: Frame, audience: Audience, month: int, number: int) -> None:
    """A campaign that is planned for next month, a draft, and a draft that was thrown away."""
    rng = stream(frame.seed, "marketing", "unfinished")
    name = f"Conference {utc(month):%Y-%m}"
    audience.campaigns.append(Campaign(_guid(rng), "OFFLINE", name, month, frame.as_of - 5 * DAY, 1_500_000, []))
    for n, archived_at in ((1, None), (2, frame.as_of - 20 * DAY)):
        created = frame.as_of - 21 * DAY
        draft = Newsletter(str(5_100_000 + number + n), f"Draft {n}", None, created, archived_at=archived_at)
        audience.newsletters.append(draft)
