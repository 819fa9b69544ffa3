"""Events that Stripe writes in one second: their ids say nothing of their order, what they changed does."""

from tests.python.rule_cases.objects import VOID, Book, at, covering, item, line


def add(book: Book) -> None:
    resumed_by_two_events(book)
    named_and_resumed(book)
    named_and_paid(book)


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


def named_and_resumed(book: Book) -> None:
    price = book.price("named_resumed", "10000")
    customer = book.case(
        "named_resumed",
        "a pause since 10 December ends on 20 February, in the second in which metadata changed that still shows it",
        [("2025-01", "100"), ("2025-12", "0"), ("2026-02", "100")],
    )
    plan = item("named_resumed", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 11, [line(plan, 10000)])
    for day, end in (("2025-12-10", "2026-01-10"), ("2026-01-10", "2026-02-10"), ("2026-02-10", "2026-03-10")):
        voided = {"paid_at": None, "voided_at": at(day)}
        book.bill(subscription, day, [covering(line(plan, 10000), day, end)], status="void", transitions=voided)
    book.renewals(subscription, "2026-03-10", 1, [line(plan, 10000)])
    book.event(subscription, "2026-02-20", {"metadata": {"team": None}}, pause_collection=VOID)
    book.event(subscription, "2026-02-20", {"pause_collection": VOID})


def named_and_paid(book: Book) -> None:
    """As `recovered`, with a second event whose status is the one that the other has left behind."""
    price = book.price("named_paid", "10000")
    customer = book.case(
        "named_paid",
        "unpaid since the draft of 10 December, paid on 20 February, in the second in which metadata changed",
        [("2025-01", "100"), ("2025-12", "0"), ("2026-02", "100")],
    )
    plan = item("named_paid", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 10, [line(plan, 10000)])
    book.renewals(subscription, "2025-11-10", 1, [line(plan, 10000)], transitions={"paid_at": at("2026-02-20")})
    drafts = {"paid_at": None, "finalized_at": None}
    book.renewals(subscription, "2025-12-10", 3, [line(plan, 10000)], status="draft", transitions=drafts)
    book.renewals(subscription, "2026-03-10", 1, [line(plan, 10000)])
    book.event(subscription, "2026-02-20", {"metadata": {"team": None}}, status="unpaid")
    book.event(subscription, "2026-02-20", {"status": "unpaid"})
