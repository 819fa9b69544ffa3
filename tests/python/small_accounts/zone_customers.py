"""Customers of a company that reports in Stockholm: what happened within two hours of a month's end there.

Stockholm is an hour ahead of UTC in winter and two in summer, so the last hours of a month in UTC are the next month's
first there. All times below are UTC; the months are Stockholm's.
"""

from typing import Any

from tests.python.rule_cases.cases_discounts import taken
from tests.python.rule_cases.objects import VOID, Book, Json, at, covering, discount, item, line, months_after

ZONE = "Europe/Stockholm"


def zone_customers() -> Book:
    book = Book()
    price = book.price("plain", "10000")
    begun(book, price)
    ended(book, price)
    seated(book)
    tried(book, price)
    discounted(book, price)
    paused_by_its_bill(book, price)
    paused_by_events(book, price)
    return book


def monthly(book: Book, customer: str, price: Json, start: str, bills: int, **more: Any) -> Json:
    """$100 a month from `start` on."""
    plan = item(customer[4:], price, since=start)
    subscription = book.subscription(customer, [plan], start, **more)
    book.renewals(subscription, start, bills, [line(plan, 10000)])
    return subscription


def begun(book: Book, price: Json) -> None:
    late = book.case("begun_in_may", "begun on 1 May at 00:30", [("2025-05", "100")])
    monthly(book, late, price, "2025-04-30 22:30", 11)
    early = book.case("begun_in_april", "begun on 30 April at 23:30", [("2025-04", "100")])
    monthly(book, early, price, "2025-04-30 21:30", 11)
    winter = book.case("begun_in_winter", "begun on 1 January 2025 at 00:30", [("2025-01", "100")])
    monthly(book, winter, price, "2024-12-31 23:30", 15)


def ended(book: Book, price: Json) -> None:
    """Clocks went back on 26 October."""
    for name, moment, month in (
        ("ended_in_november", "2025-10-31 23:30", "2025-11"),
        ("ended_in_october", "2025-10-31 22:59", "2025-10"),
    ):
        customer = book.case(name, f"$100 until {moment} UTC", [("2025-01", "100"), (month, "0")])
        gone = {"status": "canceled", "ended_at": at(moment), "canceled_at": at(moment)}
        monthly(book, customer, price, "2025-01-10", 10, **gone)


def seated(book: Book) -> None:
    seat = book.price("seat", "1000")
    customer = book.case("seated", "5 seats, 8 from 1 July at 00:10", [("2025-01", "50"), ("2025-07", "80")])
    seats = item("seated", seat, 8)
    subscription = book.subscription(customer, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 6, [line(seats, 5000, 5)])
    change = [line(seats, -1600, 5, proration=True), line(seats, 2560, 8, proration=True)]
    rest = [covering(each, "2025-06-30 22:10", "2025-07-10") for each in change]
    book.bill(subscription, "2025-07-10", [*rest, covering(line(seats, 8000), "2025-07-10", "2025-08-10")])
    book.renewals(subscription, "2025-08-10", 8, [line(seats, 8000)])


def tried(book: Book, price: Json) -> None:
    customer = book.case("tried", "in trial to 1 May at 00:30", [("2025-04", "0"), ("2025-05", "100")])
    begins, ends = "2025-04-16 22:30", "2025-04-30 22:30"
    plan = item("tried", price, since=begins)
    subscription = book.subscription(customer, [plan], begins, trial_start=at(begins), trial_end=at(ends))
    book.bill(subscription, begins, [covering(line(plan, 0), begins, ends)], "subscription_create")
    book.renewals(subscription, ends, 11, [line(plan, 10000)])


def discounted(book: Book, price: Json) -> None:
    """In force up to the last instant of July there."""
    coupon = book.coupon("QUARTER", "repeating", percent_off=20, duration_in_months=3)
    customer = book.case(
        "discounted", "20 % off from 1 May 00:00 to 1 August 00:00", [("2025-05", "80"), ("2025-08", "100")]
    )
    begins, ends = "2025-04-30 22:00", "2025-07-31 22:00"
    off = discount("quarter", coupon, begins, ends, subscription="sub_discounted_1")
    plan = item("discounted", price, since=begins)
    subscription = book.subscription(customer, [plan], begins)
    book.renewals(subscription, begins, 3, [taken(line(plan, 10000), off, 2000)], discounts=[off])
    book.renewals(subscription, ends, 8, [line(plan, 10000)])


def paused_by_its_bill(book: Book, price: Json) -> None:
    customer = book.case(
        "paused_by_bill",
        "from 1 February 00:30; the bill of 1 December 00:30 and all after it voided at birth",
        [("2025-02", "100"), ("2025-12", "0")],
    )
    subscription = monthly(book, customer, price, "2025-01-31 23:30", 10)
    plan = subscription["items"]["data"][0]
    for number in range(4):
        begins = months_after("2025-11-30 23:30", number)
        voided = {"paid_at": None, "voided_at": at(begins)}
        period = covering(line(plan, 10000), begins, months_after(begins, 1))
        book.bill(subscription, begins, [period], status="void", transitions=voided)


def paused_by_events(book: Book, price: Json) -> None:
    for name, moment, expected in (
        ("paused_in_march", "2026-02-28 23:30", [("2025-01", "100")]),
        ("paused_in_february", "2026-02-28 22:30", [("2025-01", "100"), ("2026-02", "0")]),
    ):
        customer = book.case(name, f"paused from {moment} UTC to 5 March", expected)
        subscription = monthly(book, customer, price, "2025-01-10", 15)
        book.event(subscription, moment, {"pause_collection": None}, "updated", pause_collection=VOID)
        book.event(subscription, "2026-03-05", {"pause_collection": VOID})
