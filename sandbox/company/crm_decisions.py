"""What the generated company decided about its CRM: people and their stages, companies, deals, and who is who.

Times are epoch seconds UTC. Ids are HubSpot's, decimal numbers in strings.
"""

from dataclasses import dataclass, field

STAGES = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist")
LEAD, MQL, SQL, OPPORTUNITY, CUSTOMER = STAGES[1:6]
NOT_REAL = ("IMPORT", "MIGRATION")
"""Sources of stage entries that say nothing about when the stage was reached."""
WINDOWS = {(LEAD, MQL): 30, (MQL, SQL): 60, (SQL, CUSTOMER): 90}
"""Days within which a step of the funnel counts as converted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A lifecycle stage entered; an empty stage is one that was cleared by hand."""

    stage: str
    at: int
    source: str


@dataclass(slots=True)
class Contact:
    """A person. `company` is the primary one, `other_company` a second, unlabelled association."""

    id: str
    email: str
    first: str
    last: str
    created: int
    owner: str | None
    source: str
    entries: list[Entry]
    company: str | None = None
    other_company: str | None = None
    more_emails: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    archived_at: int | None = None


@dataclass(slots=True)
class Company:
    """A company in the CRM, last spoken to at `contacted_at`; `merged` are ids of records that went up in it."""

    id: str
    name: str
    domain: str | None
    created: int
    owner: str
    country: str
    employees: int
    merged: tuple[str, ...] = ()
    archived_at: int | None = None
    entries: list[Entry] = field(default_factory=list)
    churn_reason: str | None = None
    churn_noted_at: int | None = None
    contacted_at: int | None = None


@dataclass(slots=True)
class Deal:
    """A deal worth `amount` whole dollars, None where nobody filled it in. `outcome` is won, lost or open.

    `currency` is the one it is written in. `close_dates` are all dates it was ever meant to close on, each with the
    time of writing, oldest first; the last one is `closes`. `touches` are the times of all that was done about it,
    `next_touch` that of the next thing planned.
    """

    id: str
    name: str
    pipeline: str
    outcome: str
    stages: list[tuple[str, int]]
    amount: int | None
    created: int
    closes: int
    owner: str
    company: str | None
    contact: str | None
    archived_at: int | None = None
    currency: str = "usd"
    close_dates: list[tuple[int, int]] = field(default_factory=list)
    lost_reason: str | None = None
    touches: list[int] = field(default_factory=list)
    next_touch: int | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """How a Stripe customer shows itself to the CRM, and the match that follows: company and method by precedence."""

    customer: str
    email: str
    metadata: dict[str, str]
    method: str
    company: str | None


@dataclass(slots=True)
class Crm:
    """The whole CRM. Ids count up in order of creation by the generator.

    `people` leads from a Stripe customer to the id of the contact who stands for it, where the CRM knows one.
    """

    contacts: list[Contact] = field(default_factory=list)
    companies: list[Company] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    faces: dict[str, Face] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    taken_domains: set[str] = field(default_factory=set)
    merged_away: int = 0

    def contact_id(self) -> str:
        return str(1_000_001 + len(self.contacts))

    def company_id(self) -> str:
        return str(2_000_001 + len(self.companies))

    def deal_id(self) -> str:
        return str(3_000_001 + len(self.deals))

    def merged_id(self) -> str:
        """The id of a record that was merged away and exists no more."""
        self.merged_away += 1
        return str(9_000_000 + self.merged_away)


def first_entries(entries: list[Entry]) -> dict[str, int]:
    """When each stage was first entered, imports and migrations left out."""
    found: dict[str, int] = {}
    for entry in entries:
        if entry.stage and entry.source not in NOT_REAL:
            found[entry.stage] = min(entry.at, found.get(entry.stage, entry.at))
    return found
