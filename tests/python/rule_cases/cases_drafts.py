"""Bills that were still drafts when their subscription was cancelled: those of an unpaid one, and those held back."""

from tests.python.rule_cases.objects import Book, at, covering, item, line


def add(book: Book) -> None:
    cancelled_with_a_held_draft(book)
    cancelled_within_the_hour(book)
    upgrade_that_failed(book)


def cancelled_with_a_held_draft(book: Book) -> None:
    """Nobody failed to pay: the renewal was only held back, so it does not tell of unpaid."""
    price = book.price("held", "120000", every="year")
    customer = book.case(
        "held",
        "a year paid; the renewal of 20 January is held as a draft, cancelled on 10 February: churn in February",
        [("2025-01", "100"), ("2026-02", "0")],
    )
    plan = item("held", price, since="2025-01-20")
    ended = {"status": "canceled", "ended_at": at("2026-02-10"), "canceled_at": at("2026-02-10")}
    subscription = book.subscription(customer, [plan], "2025-01-20", collection_method="send_invoice", **ended)
    book.renewals(subscription, "2025-01-20", 1, [line(plan, 120000)], step=12)
    drafts = {"paid_at": None, "finalized_at": None}
    book.renewals(subscription, "2026-01-20", 1, [line(plan, 120000)], step=12, status="draft", transitions=drafts)


def cancelled_within_the_hour(book: Book) -> None:
    """Stripe leaves every renewal a draft for an hour."""
    price = book.price("within_hour", "10000")
    customer = book.case(
        "within_hour",
        "the renewal of 31 January 23:40 is a draft yet when it is cancelled at 00:10: churn in February",
        [("2025-10", "100"), ("2026-02", "0")],
    )
    plan = item("within_hour", price, since="2025-10-31 23:40")
    ended = {"status": "canceled", "ended_at": at("2026-02-01 00:10"), "canceled_at": at("2026-02-01 00:10")}
    subscription = book.subscription(customer, [plan], "2025-10-31 23:40", **ended)
    for day, end in (("10-31", "2025-11-30"), ("11-30", "2025-12-31"), ("12-31", "2026-01-31")):
        paid = covering(line(plan, 10000), f"2025-{day} 23:40", f"{end} 23:40")
        book.bill(subscription, f"2025-{day} 23:40", [paid])
    drafted = covering(line(plan, 10000), "2026-01-31 23:40", "2026-02-28 23:40")
    drafts = {"paid_at": None, "finalized_at": None}
    book.bill(subscription, "2026-01-31 23:40", [drafted], status="draft", transitions=drafts)


def upgrade_that_failed(book: Book) -> None:
    """The bill that could not be collected need not be a renewal."""
    small, large = book.price("up_small", "10000"), book.price("up_large", "20000")
    customer = book.case(
        "up_failed",
        "$100 to $200 on 15 September, its bill failed, October and November stayed drafts: churn in October",
        [("2025-01", "100"), ("2025-09", "200"), ("2025-10", "0")],
    )
    plan = item("up_failed", large)
    ended = {"status": "canceled", "ended_at": at("2025-12-05"), "canceled_at": at("2025-12-05")}
    subscription = book.subscription(customer, [plan], "2025-01-10", **ended)
    book.renewals(subscription, "2025-01-10", 9, [line(plan, 10000, price=small)])
    rest = ("2025-09-15", "2025-10-10")
    swap = [
        covering(line(plan, -8333, price=small, proration=True), *rest),
        covering(line(plan, 16667, proration=True), *rest),
    ]
    book.bill(subscription, "2025-09-15", swap, "subscription_update", status="open", transitions={"paid_at": None})
    drafts = {"paid_at": None, "finalized_at": None}
    book.renewals(subscription, "2025-10-10", 2, [line(plan, 20000)], status="draft", transitions=drafts)
