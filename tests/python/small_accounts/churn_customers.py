"""Customers who left in February 2026, each with another kind of reason, and customers of every sales motion.

All begin on 10 December 2025. Who leaves does so on 10 February 2026, from $100 a month.
"""

from typing import Any

from tests.python.rule_cases.objects import Book, Json, at, item, line
from tests.python.small_accounts.crm_records import company, deal

START, END = "2025-12-10", "2026-02-10"
SECRET = "Moved to Mars with Ann"
"""What a person wrote: it belongs in no mart."""


# Customer; cause, its source, whether the customer wanted to go, whether sources contradict each other.
EXPECTED_CAUSES: list[tuple[str, tuple[object, ...]]] = [
    ("gone", ("budget", "stripe_feedback", True, False)),
    ("unpaid", ("payment_failed", "stripe_reason", False, False)),
    ("back", ("unknown", None, None, False)),
    ("rival", ("competitor", "hubspot_company", True, False)),
    ("disagree", ("budget", "stripe_feedback", True, True)),
    ("renewal", ("budget", "hubspot_deal", True, False)),
    ("upsold", ("unknown", None, None, False)),
    ("novel", ("unknown", None, None, False)),
    ("owing", ("payment_failed", "stripe_status", False, False)),
]


def add_churn_and_motions(book: Book) -> None:
    plan = book.price("basic", "10000")
    reasons(book, plan)
    motions(book, plan)


def reasons(book: Book, plan: Json) -> None:
    """Rival says other in Stripe and competitor in HubSpot; Disagree too expensive in Stripe and low usage in
    HubSpot. Renewal's renewal was lost for want of budget, Upsold's lost deal was no renewal. Novel's reason is in
    no seed. Owing's subscription went unpaid instead of ending."""
    leave(book, "rival", plan, "other", company(book, "7201", churn_reason="Switched to competitor"))
    leave(book, "disagree", plan, "too_expensive", company(book, "7202", churn_reason="low_usage"))
    leave(book, "renewal", plan, None, company(book, "7203"))
    lost = {"closed_lost_reason": "No budget", "dealtype": "existingbusiness"}
    deal(book, "5001", "7203", "lost", ("2026-01-02", "2026-01-31"), **lost)
    leave(book, "upsold", plan, None, company(book, "7204"))
    lost = {"closed_lost_reason": "competitor", "dealtype": "newbusiness"}
    deal(book, "5002", "7204", "lost", ("2026-01-02", "2026-01-31"), **lost)
    leave(book, "novel", plan, None, company(book, "7205", churn_reason=SECRET))
    owing = begin(book, "owing", plan, 2, {}, status="unpaid")
    lines = [line(owing["items"]["data"][0], 10000)]
    book.renewals(owing, END, 1, lines, status="draft", transitions={"finalized_at": None, "paid_at": None})


def motions(book: Book, plan: Json) -> None:
    """Alone has no deal. Sold's was opened before it signed up, and won; Grown's after it had signed up, and won.
    Warned's was lost before it came by itself; Second's too, and another one was won later. Payg pays by use only."""
    begin(book, "alone", plan, 4, company(book, "7301"))
    begin(book, "sold", book.price("large", "200000"), 4, company(book, "7302"))
    deal(book, "5003", "7302", "won", ("2025-11-01", "2025-12-05"))
    begin(book, "grown", book.price("medium", "100000"), 4, company(book, "7303"))
    deal(book, "5004", "7303", "won", ("2026-01-15", "2026-02-01"))
    begin(book, "warned", plan, 4, company(book, "7304"))
    deal(book, "5005", "7304", "lost", ("2025-11-01", "2025-11-20"))
    begin(book, "second", plan, 4, company(book, "7305"))
    deal(book, "5006", "7305", "lost", ("2025-11-01", "2025-11-20"))
    deal(book, "5007", "7305", "won", ("2026-01-15", "2026-02-01"))
    metered = {"interval": "month", "interval_count": 1, "meter": "mtr_2", "usage_type": "metered"}
    begin(book, "payg", book.price("calls", "5", recurring=metered), 4, {}, amount=5000)


def leave(book: Book, name: str, plan: Json, feedback: str | None, metadata: Json) -> None:
    told = {"reason": "cancellation_requested", "feedback": feedback, "comment": f"{SECRET}, she said"}
    ends = {"canceled_at": at(END), "ended_at": at(END), "status": "canceled", "cancellation_details": told}
    begin(book, name, plan, 2, metadata, **ends)


def begin(book: Book, name: str, price: Json, bills: int, metadata: Json, *, amount: int = 0, **more: Any) -> Json:
    """A customer made on the day on which its only subscription begins; the subscription."""
    customer = book.case(name, "", [(START[:7], "100")], metadata=metadata, created=at(START))
    own = item(name, price, since=START)
    subscription = book.subscription(customer, [own], START, **more)
    book.renewals(subscription, START, bills, [line(own, amount or price["unit_amount"])])
    return subscription
