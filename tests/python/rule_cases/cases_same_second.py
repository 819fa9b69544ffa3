"""Events that Stripe writes in one second: their ids say nothing of their order, what they changed does."""

from tests.python.rule_cases.objects import Book, at, covering, item, line


def add(book: Book) -> None:
    resumed_by_two_events(book)


def resumed_by_two_events(book: Book) -> None:
    """The first by its id does not say what was before: customer.subscription.resumed has no previous_attributes."""
    price = book.price("two_events", "10000")
    customer = book.case(
        "two_events",
        "paused without a card from 20 January to 20 February, as one of two events of that second says",
        [("2026-01", "0"), ("2026-02", "100")],
    )
    plan = item("two_events", price, since="2026-01-06")
    trial = {"trial_start": at("2026-01-06"), "trial_end": at("2026-01-20")}
    subscription = book.subscription(customer, [plan], "2026-01-06", **trial)
    book.bill(subscription, "2026-01-06", [covering(line(plan, 0), "2026-01-06", "2026-01-20")], "subscription_create")
    book.bill(subscription, "2026-02-20", [covering(line(plan, 10000), "2026-02-20", "2026-03-20")])
    book.event(subscription, "2026-02-20", None, "resumed")
    book.event(subscription, "2026-02-20", {"status": "paused"})
