"""Meetings, calls, e-mails and tasks: SDRs book first meetings with people, owners of deals do the rest.

Nothing is decided about what lies after the company's now but what is in the calendar already.
"""

from dataclasses import dataclass
from random import Random

from .chance import between, happens, pick, stream
from .clock import DAY, HOUR
from .crm_decisions import MQL, SQL, Contact, Crm, Deal
from .frame import Frame
from .leads_worked import sdr_of
from .sales_decisions import DEMO, FIRST_MEETING, Call, Mail, Meeting, Sales, Task, entered

_OUTCOMES = {
    "with_sql": {"COMPLETED": 78.0, "NO_SHOW": 9.0, "CANCELED": 4.0, "RESCHEDULED": 9.0},
    "without": {"COMPLETED": 40.0, "NO_SHOW": 34.0, "CANCELED": 18.0, "RESCHEDULED": 8.0},
    "second": {"COMPLETED": 84.0, "NO_SHOW": 11.0, "CANCELED": 5.0},
}
FORGOTTEN = 0.02
"""Of meetings that are over, those whose outcome nobody wrote down."""
_TASKS = {"TODO": 3.0, "CALL": 4.0, "EMAIL": 3.0}


def add_activities(frame: Frame, crm: Crm, sales: Sales) -> None:
    """Adds all activities, and tells each deal what was done about it and what is planned."""
    for contact in crm.contacts:
        if contact.archived_at is None:
            _first_meeting(_Diary(frame, sales, stream(frame.seed, "first-meeting", contact.id)), contact)
    for deal in crm.deals:
        diary = _Diary(frame, sales, stream(frame.seed, "activities", deal.id))
        _work_on(diary, deal)


def _first_meeting(diary: "_Diary", contact: Contact) -> None:
    """Most people are met before they count as an SQL; of the others that marketing sent, some are."""
    rng, mql, sql = diary.rng, entered(contact, MQL), entered(contact, SQL)
    if sql is not None and happens(rng, 0.85):
        booked = max(contact.created, sql - between(rng, 2 * DAY, 9 * DAY))
        diary.meet(_Invitation(contact.id, None, sdr_of(contact), FIRST_MEETING), booked, "with_sql")
    elif sql is None and mql is not None and happens(rng, 0.3):
        booked = mql + between(rng, HOUR, 20 * DAY)
        diary.meet(_Invitation(contact.id, None, sdr_of(contact), FIRST_MEETING), booked, "without")


def _work_on(diary: "_Diary", deal: Deal) -> None:
    """Demos, calls, e-mails and tasks about a deal; every fourth open one was left alone weeks ago."""
    rng, as_of = diary.rng, diary.frame.as_of
    stop = deal.archived_at or (as_of if deal.outcome == "open" else min(deal.stages[-1][1], as_of))
    if deal.outcome == "open" and happens(rng, 0.25):
        stop = min(stop, deal.created + max(DAY, (stop - deal.created) // 4))
    done: list[int] = []
    planned: list[int] = []
    for _ in range(between(rng, 1, 4) if deal.contact else 0):
        booked = between(rng, deal.created, stop if deal.outcome == "open" else stop - 9 * DAY)
        invitation = _Invitation(deal.contact or "", deal.id, deal.owner, DEMO)
        for meeting in diary.meet(invitation, booked, "with_sql"):
            (done if meeting.start <= as_of else planned).append(meeting.start)
    done += [diary.call(deal.owner, between(rng, deal.created, stop)) for _ in range(between(rng, 0, 4))]
    done += [diary.mail(deal.owner, between(rng, deal.created, stop)) for _ in range(between(rng, 1, 6))]
    for _ in range(between(rng, 0, 3)):
        task = diary.task(deal.owner, between(rng, deal.created, stop), still_open=deal.outcome == "open")
        if task.done is not None:
            done.append(task.done)
        elif task.due > as_of:
            planned.append(task.due)
    deal.touches = sorted(done)
    deal.next_touch = min(planned, default=None)


@dataclass(frozen=True, slots=True)
class _Invitation:
    """Who meets whom about what."""

    contact: str
    deal: str | None
    owner: str
    kind: str


@dataclass(slots=True)
class _Diary:
    """Writes activities down, with one stream of chance."""

    frame: Frame
    sales: Sales
    rng: Random

    def meet(self, invitation: "_Invitation", booked: int, odds: str) -> list[Meeting]:
        """A meeting booked at `booked` and, where it is put off, the one in its place; none booked after now."""
        rng, as_of = self.rng, self.frame.as_of
        found: list[Meeting] = []
        while booked <= as_of:
            start = (booked + between(rng, DAY, 9 * DAY)) // 1_800 * 1_800
            outcome = pick(rng, _OUTCOMES[odds])
            if start > as_of or happens(rng, FORGOTTEN):
                outcome = "SCHEDULED"
            meeting = Meeting(
                id=self.sales.meeting_id(),
                owner=invitation.owner,
                kind=invitation.kind,
                booked=booked,
                start=start,
                end=start + 1_800,
                outcome=outcome,
                contact=invitation.contact,
                deal=invitation.deal,
            )
            self.sales.meetings.append(meeting)
            found.append(meeting)
            if outcome != "RESCHEDULED":
                break
            booked, odds = min(start, as_of), "second"
        return found

    def call(self, owner: str, at: int) -> int:
        """A call; every third is not answered. None is longer than a quarter of an hour."""
        seconds = between(self.rng, 30, 900) if happens(self.rng, 0.66) else 0
        self.sales.calls.append(Call(self.sales.call_id(), owner, at, seconds, happens(self.rng, 0.15)))
        return at

    def mail(self, owner: str, at: int) -> int:
        rng, incoming = self.rng, happens(self.rng, 0.3)
        opens = 0 if incoming else between(rng, 0, 4)
        clicks = int(opens > 0 and happens(rng, 0.2))
        replies = int(opens > 0 and happens(rng, 0.3))
        self.sales.mails.append(Mail(self.sales.mail_id(), owner, at, incoming, opens, clicks, replies))
        return at

    def task(self, owner: str, created: int, still_open: bool) -> Task:
        """Something to do within a fortnight; that of a deal under way may still wait, overdue or not."""
        rng, as_of = self.rng, self.frame.as_of
        due = created + between(rng, DAY, 14 * DAY)
        done: int | None = min(as_of, due - between(rng, 0, DAY // 2))
        if still_open and (due > as_of or happens(rng, 0.15)):
            done = None
        task = Task(self.sales.task_id(), owner, pick(rng, _TASKS), created, due, done)
        self.sales.tasks.append(task)
        return task
