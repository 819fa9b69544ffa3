"""Customers of whom each shows one signal of the health score, and some who show all or none, or left.

Everybody pays $100 a month from 10 January 2025 on where nothing else is said. "Now" is 15 March 2026, noon.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.python.rule_cases.objects import Book, Json, at, item, line
from tests.python.small_accounts.churn_customers import add_churn_and_motions
from tests.python.small_accounts.crm_records import add, company, nps, pipeline
from tests.python.small_accounts.rollup_customers import rate, subscribe

START = "2025-01-10"
SIGNALS = ("cancellation", "payments", "usage", "seats", "nps", "contact")

# Customer, points of the known signals (the weights of the others are shared out in whole points), band.
EXPECTED_POINTS: list[tuple[str, dict[str, float], str]] = [
    # of 60 known: 67 and 33
    ("plain", {"cancellation": 67, "payments": 33}, "too_little_known"),
    ("leaving", {"cancellation": 0, "payments": 33}, "at_risk"),
    ("overdue", {"cancellation": 67, "payments": 0}, "watch"),
    ("disputed", {"cancellation": 67, "payments": 0}, "watch"),
    ("retried", {"cancellation": 67, "payments": 16.5}, "watch"),
    ("half", {"cancellation": 33.5, "payments": 33}, "watch"),
    ("resumed", {"cancellation": 67, "payments": 33}, "too_little_known"),
    # usage that began 40 days ago has no whole window before the last 28; an answer of August is too old in March
    ("fresh", {"cancellation": 67, "payments": 33}, "too_little_known"),
    ("long_ago", {"cancellation": 67, "payments": 33}, "too_little_known"),
    # of 70: 57.1 -> 57, 85.7 -> 86 less 57, 100 less 86; 3 of 10 seats are gone, and a 5 is a detractor
    ("seats", {"cancellation": 57, "payments": 29, "seats": 0}, "watch"),
    ("unhappy", {"cancellation": 57, "payments": 29, "nps": 0}, "watch"),
    # of 75: 53.3 -> 53, 80 less 53, 20; usage of 40 for 100 costs all, of 70 for 100 half
    ("metered", {"cancellation": 53, "payments": 27, "usage": 0}, "watch"),
    ("slower", {"cancellation": 53, "payments": 27, "usage": 10}, "watch"),
    # of 65: 61.5 -> 62, 92.3 -> 92 less 62, 8; 1 December is 104 days ago
    ("quiet", {"cancellation": 62, "payments": 30, "contact": 0}, "healthy"),
    # nothing but the subscription is known
    ("unbilled", {"cancellation": 100}, "too_little_known"),
    ("sound", dict(zip(SIGNALS, (40, 20, 15, 10, 10, 5), strict=True)), "healthy"),
    ("failing", dict.fromkeys(SIGNALS, 0), "at_risk"),
]


def account() -> Book:
    book = Book()
    pipeline(book)
    plan = book.price("plan", "10000")
    single_signals(book, plan)
    scheduled_ends(book, plan)
    twins(book)
    leavers(book, plan)
    add_churn_and_motions(book)
    return book


def single_signals(book: Book, plan: Json) -> None:
    """Plain shows nothing. Overdue's bill of March is open; a charge of Retried's failed, which was paid;
    Disputed's was questioned. Seats goes from 10 to 7 in March. Metered uses 100 a day, and 40 a day in the last 28
    days; Slower 70; Fresh began 40 days ago. Unhappy answered 10, then 5; Long_ago answered 3 in August. Quiet was
    last spoken with on 1 December."""
    subscribe(book, "plain", plan, START, 15)
    unbilled = book.case("unbilled", "", [("2025-01", "100")])
    book.subscription(unbilled, [item("unbilled", plan)], START)
    subscribe(book, "overdue", plan, START, 14, status="past_due")
    open_bill(book, "overdue", "2026-03-10")
    subscribe(book, "retried", plan, START, 15)
    charge(book, "retried", "2026-03-10 12:01", "failed")
    charge(book, "retried", "2026-03-12", "succeeded")
    subscribe(book, "disputed", plan, START, 15)
    dispute(book, charge(book, "disputed", "2026-02-10", "succeeded"), "2026-02-20")
    seats(book, "seats", last=7)
    for name, recent in (("metered", 40), ("slower", 70)):
        subscribe(book, name, plan, START, 15)
        usage(book, f"cus_{name}", "2025-10-01", "2026-02-14", 100)
        usage(book, f"cus_{name}", "2026-02-15", "2026-03-14", recent)
    subscribe(book, "fresh", plan, START, 15)
    usage(book, "cus_fresh", "2026-02-03", "2026-03-14", 1)
    subscribe(book, "unhappy", plan, START, 15, metadata=company(book, "7101"))
    nps(book, "7101", ("2025-12-10", 10), ("2026-02-01", 5))
    subscribe(book, "long_ago", plan, START, 15, metadata=company(book, "7102"))
    nps(book, "7102", ("2025-08-01", 3))
    subscribe(book, "quiet", plan, START, 15, metadata=company(book, "7103", contacted=["2025-06-01", "2025-12-01"]))


def scheduled_ends(book: Book, plan: Json) -> None:
    """Leaving's only subscription will end, of Half's two the one of $50, Euro's (100 euros at $1.50) and
    Nowhere's, whose currency nobody quotes. Resumed gave notice on 20 July 2025 and took it back on 5 August."""
    notice: Json = {"cancel_at_period_end": True, "canceled_at": at("2026-03-01"), "cancel_at": at("2026-04-10")}
    subscribe(book, "leaving", plan, START, 15, **notice)
    small = book.price("small", "5000")
    half = subscribe(book, "half", plan, START, 15)
    second = item("half_small", small)
    book.renewals(book.subscription(half, [second], START, **notice), START, 15, [line(second, 5000)])
    book.objects["balance_transactions"] = [rate("2025-01-02", "1.50")]
    subscribe(book, "euro", book.price("euro", "10000", currency="eur"), START, 15, **notice)
    subscribe(book, "nowhere", book.price("nowhere", "10000", currency="kes"), START, 15, **notice)
    subscribe(book, "resumed", plan, START, 15)
    resumed = book.objects["subscriptions"][-1]
    then = {"cancel_at_period_end": True, "canceled_at": at("2025-07-20"), "cancel_at": at("2025-08-10")}
    book.event(resumed, "2025-07-20", {"cancel_at_period_end": False}, **then)
    book.event(resumed, "2025-08-05", {"cancel_at_period_end": True})


def twins(book: Book) -> None:
    """Sound and Failing have the same past up to 31 January 2026, with all six signals known; from February on
    everything goes wrong for Failing."""
    sound = company(book, "7104", contacted=["2025-06-01", "2025-11-20", "2026-03-01"])
    failing = company(book, "7105", contacted=["2025-06-01", "2025-11-20"])
    seats(book, "sound", last=10, metadata=sound)
    notice: Json = {"cancel_at_period_end": True, "canceled_at": at("2026-02-25"), "cancel_at": at("2026-04-10")}
    seats(book, "failing", last=5, is_open=True, metadata=failing, status="past_due", **notice)
    charge(book, "failing", "2026-02-12", "failed")
    nps(book, "7104", ("2025-12-10", 9))
    nps(book, "7105", ("2025-12-10", 9), ("2026-02-20", 2))
    usage(book, "cus_sound", "2025-02-01", "2026-03-14", 100)
    usage(book, "cus_failing", "2025-02-01", "2026-01-31", 100)
    usage(book, "cus_failing", "2026-02-01", "2026-03-14", 10)


def leavers(book: Book, plan: Json) -> None:
    """Gone gave notice on 20 August 2025 and left on 10 September: too expensive. Unpaid's bill of October stayed
    open and it was cancelled for that on 20 November. Back left on 10 April without a word and came back in July."""
    told: Json = {"reason": "cancellation_requested", "feedback": "too_expensive", "comment": "Ask for Ann, 555-0100"}
    ends: Json = {"canceled_at": at("2025-08-20"), "ended_at": at("2025-09-10"), "status": "canceled"}
    subscribe(book, "gone", plan, START, 8, cancellation_details=told, **ends)
    failed: Json = {"reason": "payment_failed", "feedback": None, "comment": None}
    ends = {"canceled_at": at("2025-11-20"), "ended_at": at("2025-11-20"), "status": "canceled"}
    subscribe(book, "unpaid", plan, START, 9, cancellation_details=failed, **ends)
    open_bill(book, "unpaid", "2025-10-10")
    ends = {"canceled_at": at("2025-04-10"), "ended_at": at("2025-04-10"), "status": "canceled"}
    back = subscribe(book, "back", plan, START, 3, **ends)
    again = item("back_again", plan, since="2025-07-10")
    book.renewals(book.subscription(back, [again], "2025-07-10"), "2025-07-10", 9, [line(again, 10000)])


def seats(book: Book, name: str, last: int, *, is_open: bool = False, **more: Any) -> None:
    """Ten seats of $10; `last` of them on the bill of March 2026, which may be open."""
    price = next((each for each in book.objects["prices"] if each["id"] == "price_seat"), None)
    price = price or book.price("seat", "1000")
    customer = book.case(name, "", [("2025-01", "100")], metadata=more.pop("metadata", {}))
    now = item(name, price, last)
    subscription = book.subscription(customer, [now], START, **more)
    book.renewals(subscription, START, 14, [line(now, 10000, 10)])
    if is_open:
        open_bill(book, name, "2026-03-10", last * 1000, last)
    else:
        book.renewals(subscription, "2026-03-10", 1, [line(now, last * 1000, last)])


def open_bill(book: Book, name: str, on: str, amount: int = 10000, quantity: int = 1) -> None:
    """A bill of the customer's first subscription that nobody paid."""
    subscription = next(each for each in book.objects["subscriptions"] if each["customer"] == f"cus_{name}")
    (own,) = subscription["items"]["data"]
    lines = [line(own, amount, quantity)]
    book.renewals(subscription, on, 1, lines, status="open", transitions={"paid_at": None})


def charge(book: Book, name: str, on: str, status: str) -> str:
    """An attempt to take $100; its id."""
    number = len(book.objects.get("charges", []))
    found = {"id": f"ch_{number}", "object": "charge", "created": at(on), "customer": f"cus_{name}", "status": status}
    add(book, "charges", found | {"amount": 10000, "currency": "usd", "disputed": False})
    return found["id"]


def dispute(book: Book, charged: str, on: str) -> None:
    """The bank questions a charge."""
    found = {"id": f"dp_{charged}", "object": "dispute", "created": at(on), "charge": charged, "status": "lost"}
    add(book, "disputes", found | {"amount": 10000, "currency": "usd", "reason": "fraudulent"})


def usage(book: Book, customer: str, first: str, last: str, units: int) -> None:
    """So many units on every day from the first to the last."""
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        found: Json = {"id": f"mtrusg_{customer}_{start}", "created": start, "customer": customer, "meter": "mtr_1"}
        add(
            book,
            "meter_event_summaries",
            found | {"aggregated_value": units, "start_time": start, "end_time": start + 86_400},
        )
        day += timedelta(days=1)
