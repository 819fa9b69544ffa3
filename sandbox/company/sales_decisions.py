"""What sales people did, as facts: leads worked on, meetings, calls, e-mails, tasks, and what won deals sell.

Times are epoch seconds UTC. Ids are HubSpot's, decimal numbers in strings.
"""

from dataclasses import dataclass, field

from .crm_decisions import Contact

SDRS = ("79101", "79102", "79103")
"""Owner ids of those who book first meetings for others."""
FIRST_MEETING, DEMO = "First meeting", "Demo"


@dataclass(frozen=True, slots=True)
class Lead:
    """A person that an SDR works on; `stages` with the time each was entered, oldest first."""

    id: str
    name: str
    owner: str
    label: str
    stages: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class LineItem:
    """What a deal sells: `amount` dollars a year, told in `currency`; `months` is how often it is billed."""

    id: str
    deal: str
    name: str
    quantity: int
    amount: int
    months: int
    currency: str
    starts: int
    created: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting put in the calendar at `booked`; `outcome` as HubSpot has it."""

    id: str
    owner: str
    kind: str
    booked: int
    start: int
    end: int
    outcome: str
    contact: str
    deal: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """A call; one that nobody answered lasts no time."""

    id: str
    owner: str
    at: int
    seconds: int
    inbound: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail between a sales person and a customer."""

    id: str
    owner: str
    at: int
    incoming: bool
    opens: int
    clicks: int
    replies: int


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done by `due`; `done` is when it was."""

    id: str
    owner: str
    kind: str
    created: int
    due: int
    done: int | None


@dataclass(slots=True)
class Sales:
    """All of it. Ids count up in order of creation by the generator."""

    leads: list[Lead] = field(default_factory=list)
    line_items: list[LineItem] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    def lead_id(self) -> str:
        return str(4_000_001 + len(self.leads))

    def line_item_id(self) -> str:
        return str(4_100_001 + len(self.line_items))

    def meeting_id(self) -> str:
        return str(4_200_001 + len(self.meetings))

    def call_id(self) -> str:
        return str(4_300_001 + len(self.calls))

    def mail_id(self) -> str:
        return str(4_400_001 + len(self.mails))

    def task_id(self) -> str:
        return str(4_500_001 + len(self.tasks))


def entered(contact: Contact, stage: str) -> int | None:
    """When a person first entered a stage, by whatever source; None where that never happened."""
    return min((entry.at for entry in contact.entries if entry.stage == stage), default=None)
