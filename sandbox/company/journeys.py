"""How people move through the funnel: lifecycle stage entries with the lengths, gaps and dirt of a real CRM."""

from random import Random

from .chance import between, happens, pick
from .clock import DAY, HOUR
from .crm_decisions import CUSTOMER, LEAD, MQL, OPPORTUNITY, SQL, WINDOWS, Entry
from .decisions import Segment

SOURCES = {LEAD: "FORM", MQL: "AUTOMATION_PLATFORM", SQL: "CRM_UI", OPPORTUNITY: "DEALS", CUSTOMER: "DEALS"}
ANALYTICS = {
    "ORGANIC_SEARCH": 26.0, "PAID_SEARCH": 18.0, "DIRECT_TRAFFIC": 20.0, "REFERRALS": 10.0, "SOCIAL_MEDIA": 6.0,
    "PAID_SOCIAL": 6.0, "EMAIL_MARKETING": 7.0, "OFFLINE": 7.0,
}  # fmt: skip
OWNERS = tuple(str(79_001 + n) for n in range(8))
"""Owner ids; the last one has left the company and is archived."""

BECOMES_MQL = 0.43
BECOMES_SQL = 0.335
CYCLE_DAYS = {Segment.SMB: (12, 60), Segment.MID: (22, 75), Segment.ENTERPRISE: (70, 190)}
"""Days from SQL to a signed contract."""


def gap(rng: Random, low: int, high: int, window: int) -> int:
    """Seconds between two stages, never within a day and a half of the edge of the funnel's window (days)."""
    while True:
        seconds = between(rng, low * DAY, high * DAY)
        if abs(seconds - window * DAY) > 3 * DAY // 2:
            return seconds


def lead_to_mql(rng: Random) -> int:
    """Mostly within the funnel's 30 days."""
    return gap(rng, 34, 75, 30) if happens(rng, 0.08) else gap(rng, 1, 27, 30)


def mql_to_sql(rng: Random) -> int:
    """Mostly within the funnel's 60 days."""
    return gap(rng, 64, 120, 60) if happens(rng, 0.08) else gap(rng, 2, 52, 60)


def sold(rng: Random, segment: Segment, signed: int) -> list[Entry]:
    """The way of a sales-led customer, worked back from the signature."""
    sql = signed - gap(rng, *CYCLE_DAYS[segment], WINDOWS[SQL, CUSTOMER])
    mql = sql - mql_to_sql(rng)
    times = [(LEAD, mql - lead_to_mql(rng)), (MQL, mql), (SQL, sql)]
    times += [(OPPORTUNITY, sql + between(rng, HOUR, 4 * DAY)), (CUSTOMER, signed)]
    if happens(rng, 0.06):
        del times[1]  # straight from lead to sales
    return _entries(times)


def signed_up(rng: Random, came: int, paid: int | None) -> list[Entry]:
    """The way of a self-serve customer: a lead at sign-up, a customer once it pays."""
    times = [(LEAD, came)]
    if paid is not None:
        times.append((CUSTOMER, max(paid, came + 1) + between(rng, 10, 600)))
    return [Entry(stage, at, "FORM" if stage == LEAD else "INTEGRATION") for stage, at in times]


def never_sold(rng: Random, came: int) -> list[Entry]:
    """The way of a lead that never becomes a customer."""
    times = [(LEAD, came)]
    if happens(rng, 0.15):
        times.insert(0, ("subscriber", came - between(rng, DAY, 60 * DAY)))
    if happens(rng, 0.03):
        times.append((SQL, came + mql_to_sql(rng)))  # sales took it without marketing
    elif happens(rng, BECOMES_MQL):
        times.append((MQL, came + lead_to_mql(rng)))
        if happens(rng, BECOMES_SQL):
            times.append((SQL, times[-1][1] + mql_to_sql(rng)))
    if times[-1][0] == SQL:
        times.append((OPPORTUNITY, times[-1][1] + between(rng, HOUR, 4 * DAY)))
    return _reversed(rng, _entries(times))


def _entries(times: list[tuple[str, int]]) -> list[Entry]:
    return [Entry(stage, at, SOURCES.get(stage, "FORM")) for stage, at in times]


def _reversed(rng: Random, entries: list[Entry]) -> list[Entry]:
    """Now and then somebody clears a stage and sets it back, and it is reached a second time."""
    last = entries[-1]
    if last.stage not in (MQL, OPPORTUNITY) or not happens(rng, 0.06):
        return entries
    cleared = last.at + between(rng, 5 * DAY, 40 * DAY)
    back = [Entry("", cleared, "CRM_UI"), Entry(LEAD, cleared + 1, "CRM_UI")]
    again = [Entry(MQL, cleared + between(rng, 2 * DAY, 30 * DAY), SOURCES[MQL])] if happens(rng, 0.5) else []
    return entries + back + again


def imported(rng: Random, entries: list[Entry]) -> list[Entry]:
    """The same way, its first steps written by an import or a migration at the times that those pretended."""
    source = pick(rng, {"IMPORT": 2, "MIGRATION": 1})
    steps = between(rng, 1, len(entries) + 1)
    return [Entry(e.stage, e.at, source if n < steps else e.source) for n, e in enumerate(entries)]


def until(entries: list[Entry], as_of: int) -> list[Entry]:
    """What has happened by `as_of`."""
    return [entry for entry in entries if entry.at <= as_of]
