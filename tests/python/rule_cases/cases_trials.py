"""Trials that end without a payment method: Stripe pauses the subscription, and sends no bill, where it is told to.

A trial that really ended has a bill from its end on; one that was paused has none until somebody resumes it.
"""

from tests.python.rule_cases.objects import Book, Json, at, covering, item, line


def add(book: Book) -> None:
    paused_then_cancelled(book)
    paused_then_resumed(book)
    went_on_with_a_card(book)
    told_to_bill_anyway(book)
    stub_to_the_first_of_the_month(book)
    trial_moved_while_it_ran(book)
    trial_moved_after_payment(book)
    first_bill_kept_as_draft(book)
    cancelled_at_the_end_of_the_trial(book)


def trial_of(start: str, end: str, without_card: str = "pause") -> Json:
    """What a subscription says of its trial, and of what is to happen at its end without a payment method."""
    settings = {"end_behavior": {"missing_payment_method": without_card}}
    return {"trial_start": at(start), "trial_end": at(end), "trial_settings": settings}


def paused_then_cancelled(book: Book) -> None:
    """The event of the pause is gone, and that of the end says nothing of the status before it."""
    price = book.price("carded_never", "10000")
    customer = book.case(
        "carded_never",
        "paused at its trial's end on 20 January, cancelled on 20 February: never paid",
        [("2026-01", "0")],
    )
    plan = item("carded_never", price, since="2026-01-06")
    ended = {"status": "canceled", "ended_at": at("2026-02-20"), "canceled_at": at("2026-02-20")}
    subscription = book.subscription(customer, [plan], "2026-01-06", **trial_of("2026-01-06", "2026-01-20"), **ended)
    book.bill(subscription, "2026-01-06", [covering(line(plan, 0), "2026-01-06", "2026-01-20")], "subscription_create")
    book.event(subscription, "2026-02-20", None, "deleted")


def paused_then_resumed(book: Book) -> None:
    """A resumption whose bill is not paid within 23 hours fails: Stripe voids the bill and the pause goes on."""
    price = book.price("carded_late", "10000")
    customer = book.case(
        "carded_late",
        "paused at its trial's end on 20 January, resumed in vain on 10 March, billed and paid from 5 April on",
        [("2025-01", "0"), ("2025-04", "100")],
    )
    plan = item("carded_late", price, since="2025-01-06")
    subscription = book.subscription(customer, [plan], "2025-01-06", **trial_of("2025-01-06", "2025-01-20"))
    book.bill(subscription, "2025-01-06", [covering(line(plan, 0), "2025-01-06", "2025-01-20")], "subscription_create")
    in_vain = covering(line(plan, 10000), "2025-03-10", "2025-04-10")
    voided = {"paid_at": None, "voided_at": at("2025-03-11")}
    book.bill(subscription, "2025-03-10", [in_vain], "subscription_update", status="void", transitions=voided)
    book.renewals(subscription, "2025-04-05", 12, [line(plan, 10000)])


def went_on_with_a_card(book: Book) -> None:
    price = book.price("carded", "10000")
    customer = book.case(
        "carded",
        "would have been paused without a card, but was billed from its trial's end on, until 5 July",
        [("2025-01", "100"), ("2025-07", "0")],
    )
    plan = item("carded", price, since="2025-01-06")
    ended = {"status": "canceled", "ended_at": at("2025-07-05"), "canceled_at": at("2025-07-05")}
    subscription = book.subscription(customer, [plan], "2025-01-06", **trial_of("2025-01-06", "2025-01-20"), **ended)
    book.bill(subscription, "2025-01-06", [covering(line(plan, 0), "2025-01-06", "2025-01-20")], "subscription_create")
    book.renewals(subscription, "2025-01-20", 6, [line(plan, 10000)])


def told_to_bill_anyway(book: Book) -> None:
    """Anchored to the first of the month, with nothing asked for the days before: the trial's end brings no bill."""
    price = book.price("free_days", "10000")
    customer = book.case(
        "free_days",
        "active from 20 January on, and not told to pause, although the first bill is of 1 February",
        [("2025-01", "100")],
    )
    plan = item("free_days", price, since="2025-01-06")
    trial = trial_of("2025-01-06", "2025-01-20", without_card="create_invoice")
    subscription = book.subscription(customer, [plan], "2025-01-06", **trial)
    book.bill(subscription, "2025-01-06", [covering(line(plan, 0), "2025-01-06", "2025-01-20")], "subscription_create")
    book.renewals(subscription, "2025-02-01", 14, [line(plan, 10000)])


def stub_to_the_first_of_the_month(book: Book) -> None:
    price = book.price("anchored_trial", "10000")
    customer = book.case(
        "anchored_trial",
        "the bill at the trial's end covers twelve days only, as a proration: not paused",
        [("2025-01", "100")],
    )
    plan = item("anchored_trial", price, since="2025-01-06")
    subscription = book.subscription(customer, [plan], "2025-01-06", **trial_of("2025-01-06", "2025-01-20"))
    book.bill(subscription, "2025-01-06", [covering(line(plan, 0), "2025-01-06", "2025-01-20")], "subscription_create")
    book.bill(subscription, "2025-01-20", [covering(line(plan, 3871, proration=True), "2025-01-20", "2025-02-01")])
    book.renewals(subscription, "2025-02-01", 14, [line(plan, 10000)])


def trial_moved_while_it_ran(book: Book) -> None:
    price = book.price("moved_trial", "10000")
    customer = book.case(
        "moved_trial",
        "in trial until 20 January, then until 10 February, billed from there on",
        [("2025-01", "0"), ("2025-02", "100")],
    )
    plan = item("moved_trial", price, since="2025-01-06")
    subscription = book.subscription(customer, [plan], "2025-01-06", **trial_of("2025-01-06", "2025-02-10"))
    book.bill(subscription, "2025-01-06", [covering(line(plan, 0), "2025-01-06", "2025-01-20")], "subscription_create")
    book.bill(subscription, "2025-01-18", [covering(line(plan, 0), "2025-01-18", "2025-02-10")], "subscription_update")
    book.renewals(subscription, "2025-02-10", 14, [line(plan, 10000)])


def trial_moved_after_payment(book: Book) -> None:
    """The end that is stated falls into a year that was paid for: that nothing was billed there proves nothing."""
    price = book.price("moved_later", "120000", every="year")
    customer = book.case(
        "moved_later",
        "paid a year from 20 January on; the end of the trial was moved to 1 June without a new bill",
        [("2025-01", "100")],
    )
    plan = item("moved_later", price, since="2025-01-06")
    subscription = book.subscription(customer, [plan], "2025-01-06", **trial_of("2025-01-06", "2025-06-01"))
    book.bill(subscription, "2025-01-06", [covering(line(plan, 0), "2025-01-06", "2025-01-20")], "subscription_create")
    book.renewals(subscription, "2025-01-20", 2, [line(plan, 120000)], step=12)


def first_bill_kept_as_draft(book: Book) -> None:
    price = book.price("first_draft", "10000")
    customer = book.case(
        "first_draft",
        "the bill of 20 February is still a draft, but it was made: the trial ended",
        [("2026-02", "100")],
    )
    plan = item("first_draft", price, since="2026-02-06")
    trial = trial_of("2026-02-06", "2026-02-20")
    subscription = book.subscription(
        customer, [plan], "2026-02-06", status="active", collection_method="send_invoice", **trial
    )
    book.bill(subscription, "2026-02-06", [covering(line(plan, 0), "2026-02-06", "2026-02-20")], "subscription_create")
    held = covering(line(plan, 10000), "2026-02-20", "2026-03-20")
    drafted = {"paid_at": None, "finalized_at": None}
    book.bill(subscription, "2026-02-20", [held], status="draft", transitions=drafted)


def cancelled_at_the_end_of_the_trial(book: Book) -> None:
    price = book.price("tried_only", "10000")
    customer = book.case("tried_only", "ended with its trial on 20 January: never worth anything", [("2025-01", "0")])
    plan = item("tried_only", price, since="2025-01-06")
    ended = {"status": "canceled", "ended_at": at("2025-01-20"), "canceled_at": at("2025-01-10")}
    subscription = book.subscription(customer, [plan], "2025-01-06", **trial_of("2025-01-06", "2025-01-20"), **ended)
    book.bill(subscription, "2025-01-06", [covering(line(plan, 0), "2025-01-06", "2025-01-20")], "subscription_create")
