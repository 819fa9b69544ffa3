"""Subscriptions whose status is paused: on request or after a payment that failed, not only at the end of a trial.

Stripe bills nothing while a subscription sleeps, and says since when in `status_details.paused.transitioned_at`.
"""

from typing import Any

from tests.python.rule_cases.objects import FLEXIBLE, Book, Json, at, covering, item, line


def add(book: Book) -> None:
    told_by_an_event(book)
    told_by_the_subscription(book)
    told_by_nothing(book)
    woken_by_an_event(book)
    woken_long_ago(book)


def tried_and_paid(book: Book, name: str, why: str, mrr: list[tuple[str, str]], bills: int, **more: Any) -> Json:
    """$100 a month from 24 January 2025 on, after two weeks of trial, and so many bills."""
    price = book.price(name, "10000")
    plan = item(name, price)
    trial = {"trial_start": at("2025-01-10"), "trial_end": at("2025-01-24")}
    subscription = book.subscription(
        book.case(name, why, mrr), [plan], "2025-01-10", billing_mode=FLEXIBLE, **trial, **more
    )
    book.bill(subscription, "2025-01-10", [covering(line(plan, 0), "2025-01-10", "2025-01-24")], "subscription_create")
    book.renewals(subscription, "2025-01-24", bills, [line(plan, 10000)])
    return subscription


def since(moment: str) -> Json:
    return {
        "paused": {"type": "subscription", "transitioned_at": at(moment), "subscription": {"type": "pause_requested"}}
    }


def told_by_an_event(book: Book) -> None:
    """The event does not say what the status was before: not paused, since that was billed."""
    expected = [("2025-01", "100"), ("2026-02", "0")]
    why = "paused on 26 February, when the time up to 24 February had been paid"
    subscription = tried_and_paid(book, "asleep_event", why, expected, 13, status="paused")
    book.event(subscription, "2026-02-26", None, "paused")


def told_by_the_subscription(book: Book) -> None:
    expected = [("2025-01", "100"), ("2025-12", "0")]
    why = "paused since 5 December, as the subscription says, and paid up to 24 December"
    tried_and_paid(book, "asleep", why, expected, 11, status="paused", status_details=since("2025-12-05"))


def told_by_nothing(book: Book) -> None:
    """An older version of the API does not say since when."""
    expected = [("2025-01", "100"), ("2026-01", "0")]
    why = "paused for long, and paid up to 24 January"
    tried_and_paid(book, "asleep_unsaid", why, expected, 12, status="paused")


def woken_by_an_event(book: Book) -> None:
    expected = [("2025-01", "100"), ("2025-12", "0"), ("2026-02", "100")]
    why = "paused from 5 December to 18 February, as the event of its end says, with a new period from there on"
    subscription = tried_and_paid(book, "woken", why, expected, 11)
    book.renewals(subscription, "2026-02-18", 1, [line(subscription["items"]["data"][0], 10000)])
    book.event(subscription, "2026-02-18", {"status": "paused", "status_details": since("2025-12-05")})


def woken_long_ago(book: Book) -> None:
    """What a pause gives back waits for the next bill, as a credit without a charge."""
    expected = [("2025-01", "100"), ("2025-09", "0"), ("2025-12", "100")]
    why = "paused on 5 September with the rest given back, resumed on 18 December with a new period"
    subscription = tried_and_paid(book, "woken_long", why, expected, 8)
    plan = subscription["items"]["data"][0]
    # 19 of 31 days
    back = covering(line(plan, -6129, proration=True), "2025-09-05", "2025-09-24")
    first = covering(line(plan, 10000), "2025-12-18", "2026-01-18")
    book.bill(subscription, "2025-12-18", [back, first], "subscription_update")
    book.renewals(subscription, "2026-01-18", 2, [line(plan, 10000)])
