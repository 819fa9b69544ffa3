"""Pauses that are known for certain, and bills made meanwhile that seem to say otherwise.

While collection is paused Stripe voids bills or gives them up (docs.stripe.com/billing/subscriptions/pause-payment), as
every bill an hour after it was drafted. A subscription that is paused as a whole gives back its unused time, or the
whole period that the pause falls into (`bill_for.unused_time_from: item_current_period_start`, API version 2026-09-30).
"""

from typing import Any

from tests.python.rule_cases.cases_asleep import since, tried_and_paid
from tests.python.rule_cases.objects import GIVEN_UP, VOID, Book, Json, at, covering, item, line, months_after


def add(book: Book) -> None:
    voided_by_hand(book)
    voided_in_the_next_month(book)
    draft_of_a_paused_one(book)
    paid_all_the_same(book)
    period_given_back(book)
    period_given_back_and_woken(book)


def voided_by_hand(book: Book) -> None:
    why = "the bill of 20 February voided an hour after it was made"
    voided = {"paid_at": None, "voided_at": at("2026-02-20 13:00")}
    paused_in_february(book, "hand_voided", why, "2025-04-20", pause=VOID, status="void", transitions=voided)


def voided_in_the_next_month(book: Book) -> None:
    why = "the bill of 28 February 23:30 finalised and voided at 00:30"
    midnight = at("2026-03-01 00:30")
    voided = {"paid_at": None, "finalized_at": midnight, "voided_at": midnight}
    paused_in_february(book, "last_hour", why, "2025-04-28 23:30", pause=VOID, status="void", transitions=voided)


def draft_of_a_paused_one(book: Book) -> None:
    price = book.price("draft_hour", "10000")
    customer = book.case(
        "draft_hour",
        "bills given up since December, as the pause says; that of half an hour ago is a draft yet",
        [("2025-01", "100"), ("2025-12", "0")],
    )
    plan = item("draft_hour", price, since="2025-01-15 11:30")
    subscription = book.subscription(customer, [plan], "2025-01-15 11:30", pause_collection=GIVEN_UP)
    book.renewals(subscription, "2025-01-15 11:30", 11, [line(plan, 10000)])
    for number in range(3):
        begins = months_after("2025-12-15 11:30", number)
        lost = {"paid_at": None, "marked_uncollectible_at": at(begins) + 3600}
        period = covering(line(plan, 10000), begins, months_after(begins, 1))
        book.bill(subscription, begins, [period], status="uncollectible", transitions=lost)
    drafted = {"paid_at": None, "finalized_at": None}
    book.renewals(subscription, "2026-03-15 11:30", 1, [line(plan, 10000)], status="draft", transitions=drafted)


def paid_all_the_same(book: Book) -> None:
    """Given up an hour after it was made; that somebody paid it later does not end the pause."""
    why = "the bill of 20 February given up, and paid by hand on 1 March"
    paid = {"marked_uncollectible_at": at("2026-02-20 13:00"), "paid_at": at("2026-03-01")}
    paused_in_february(book, "paid_lost", why, "2025-04-20", pause=GIVEN_UP, transitions=paid)


def paused_in_february(book: Book, name: str, why: str, start: str, *, pause: Json, **outcome: Any) -> None:
    """$100 a month from `start` on, paused by an event of 18 February, and what became of the bill after it."""
    price = book.price(name, "10000")
    customer = book.case(name, f"paused by an event of 18 February, {why}", [("2025-04", "100"), ("2026-02", "0")])
    plan = item(name, price, since=start)
    subscription = book.subscription(customer, [plan], start, pause_collection=pause)
    book.renewals(subscription, start, 10, [line(plan, 10000)])
    book.renewals(subscription, months_after(start, 10), 1, [line(plan, 10000)], **outcome)
    book.event(subscription, "2026-02-18", {"pause_collection": None})


def period_given_back(book: Book) -> None:
    why = "paused on 5 December, the period since 24 November given back as a whole: 100 until then"
    expected = [("2025-01", "100"), ("2025-12", "0")]
    subscription = tried_and_paid(
        book, "given_back", why, expected, 11, status="paused", status_details=since("2025-12-05")
    )
    give_back(book, subscription)


def period_given_back_and_woken(book: Book) -> None:
    why = "the same, resumed on 18 February, as an event says"
    expected = [("2025-01", "100"), ("2025-12", "0"), ("2026-02", "100")]
    subscription = tried_and_paid(book, "given_back_woken", why, expected, 11)
    give_back(book, subscription)
    book.renewals(subscription, "2026-02-18", 1, [line(subscription["items"]["data"][0], 10000)])
    book.event(subscription, "2026-02-18", {"status": "paused", "status_details": since("2025-12-05")})


def give_back(book: Book, subscription: Json) -> None:
    """The bill of 5 December over what the one of 24 November charged for."""
    credit = line(subscription["items"]["data"][0], -10000, proration=True)
    book.bill(subscription, "2025-12-05", [covering(credit, "2025-11-24", "2025-12-24")], "subscription_update")
