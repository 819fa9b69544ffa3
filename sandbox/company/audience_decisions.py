"""What marketing did and what people answered, as facts: visits, campaigns, e-mails, surveys, use of the product.

Times are epoch seconds UTC, months the midnight that opens them; money is whole cents of a dollar.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Traffic:
    """The website in a month from one source (a contact's `hs_analytics_source`)."""

    month: int
    source: str
    visits: int
    visitors: int
    contacts: int
    leads: int
    customers: int


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of one source in one month; `budget` None where nobody planned it, `spent` by what was paid for."""

    id: str
    source: str
    name: str
    month: int
    created: int
    budget: int | None
    spent: list[tuple[str, int]]

    @property
    def total(self) -> int:
        """Everything spent, cents."""
        return sum(amount for _, amount in self.spent)


@dataclass(frozen=True, slots=True)
class Newsletter:
    """A marketing e-mail sent at `sent_at` (None: a draft) and what became of it, counted in people."""

    id: str
    name: str
    sent_at: int | None
    created: int
    selected: int = 0
    sent: int = 0
    hard_bounces: int = 0
    soft_bounces: int = 0
    opens: int = 0
    clicks: int = 0
    unsubscribed: int = 0
    spam: int = 0
    archived_at: int | None = None

    @property
    def delivered(self) -> int:
        """Those it reached."""
        return self.sent - self.hard_bounces - self.soft_bounces


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a survey: NPS from 0 to 10, CSAT from 1 to 5."""

    id: str
    survey: str
    score: int
    at: int
    contact: str


@dataclass(frozen=True, slots=True)
class ProductEvent:
    """Something a contact did in the product: session, import or invitation (SESSION, IMPORT, INVITE)."""

    id: str
    kind: str
    at: int
    contact: str


SESSION, IMPORT, INVITE = "product_session", "data_imported", "colleague_invited"
NPS, CSAT = "NPS", "CSAT"


@dataclass(slots=True)
class Audience:
    """All of it."""

    traffic: list[Traffic] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    newsletters: list[Newsletter] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    events: list[ProductEvent] = field(default_factory=list)
