"""What a subscription's status does to its MRR: trials, pauses, failed payments, ends."""

from tests.python.rule_cases.objects import GIVEN_UP, Book, at, covering, item, line


def add(book: Book) -> None:
    trial_on_a_paying_customer(book)
    earlier_trial_no_longer_stated(book)
    incomplete_over_month_end(book)
    backdated(book)
    uncollectible_pause(book)
    kept_as_draft(book)
    resumed_long_ago(book)
    voided_by_hand(book)
    given_up_without_pause(book)
    unpaid_long_ago(book)
    first_bill_after_trial_fails(book)
    cancelled_then_kept(book)
    sent_invoice_paid_late(book)


def trial_on_a_paying_customer(book: Book) -> None:
    price = book.price("goodwill", "10000")
    customer = book.case(
        "goodwill", "a free June given to a customer who has paid since January keeps its MRR", [("2025-01", "100")]
    )
    plan = item("goodwill", price)
    trial = {"trial_start": at("2025-06-10"), "trial_end": at("2025-07-10")}
    subscription = book.subscription(customer, [plan], "2025-01-10", **trial)
    book.renewals(subscription, "2025-01-10", 5, [line(plan, 10000)])
    book.bill(subscription, "2025-06-10", [covering(line(plan, 0), "2025-06-10", "2025-07-10")])
    book.renewals(subscription, "2025-07-10", 9, [line(plan, 10000)])


def earlier_trial_no_longer_stated(book: Book) -> None:
    """The subscription states its last trial only; the first one shows as a bill over nothing."""
    price = book.price("retrial", "10000")
    customer = book.case(
        "retrial", "in trial until 10 March; the free September keeps its MRR", [("2025-02", "0"), ("2025-03", "100")]
    )
    plan = item("retrial", price, since="2025-02-10")
    trial = {"trial_start": at("2025-09-10"), "trial_end": at("2025-10-10")}
    subscription = book.subscription(customer, [plan], "2025-02-10", **trial)
    book.bill(subscription, "2025-02-10", [covering(line(plan, 0), "2025-02-10", "2025-03-10")], "subscription_create")
    book.renewals(subscription, "2025-03-10", 6, [line(plan, 10000)])
    book.bill(subscription, "2025-09-10", [covering(line(plan, 0), "2025-09-10", "2025-10-10")])
    book.renewals(subscription, "2025-10-10", 6, [line(plan, 10000)])


def incomplete_over_month_end(book: Book) -> None:
    price = book.price("late", "10000")
    customer = book.case(
        "late", "signed up on 31 May at 20:00, paid on 1 June at 09:00", [("2025-05", "0"), ("2025-06", "100")]
    )
    plan = item("late", price, since="2025-05-31 20:00")
    subscription = book.subscription(customer, [plan], "2025-05-31 20:00")
    first = covering(line(plan, 10000), "2025-05-31 20:00", "2025-06-30 20:00")
    book.bill(
        subscription,
        "2025-05-31 20:00",
        [first],
        "subscription_create",
        transitions={"paid_at": at("2025-06-01 09:00")},
    )
    book.renewals(subscription, "2025-06-30 20:00", 9, [line(plan, 10000)])


def backdated(book: Book) -> None:
    price = book.price("backdated", "10000")
    customer = book.case(
        "backdated", "made on 10 May with a start of 10 March: counts from March", [("2025-03", "100")]
    )
    plan = item("backdated", price, since="2025-05-10")
    subscription = book.subscription(customer, [plan], "2025-03-10", created=at("2025-05-10"))
    book.bill(
        subscription, "2025-05-10", [covering(line(plan, 20000), "2025-03-10", "2025-05-10")], "subscription_create"
    )
    book.renewals(subscription, "2025-05-10", 11, [line(plan, 10000)])


def uncollectible_pause(book: Book) -> None:
    price = book.price("uncollectible", "10000")
    customer = book.case(
        "uncollectible",
        "collection paused since before the bill of 10 November",
        [("2025-01", "100"), ("2025-11", "0")],
    )
    plan = item("uncollectible", price)
    subscription = book.subscription(customer, [plan], "2025-01-10", pause_collection=GIVEN_UP)
    book.renewals(subscription, "2025-01-10", 10, [line(plan, 10000)])
    book.renewals(
        subscription, "2025-11-10", 5, [line(plan, 10000)], status="uncollectible", transitions={"paid_at": None}
    )


def kept_as_draft(book: Book) -> None:
    price = book.price("draft", "10000")
    customer = book.case("draft", "a pause that keeps bills as drafts is a delay: still 100", [("2025-01", "100")])
    plan = item("draft", price)
    pause = {"behavior": "keep_as_draft", "resumes_at": None}
    subscription = book.subscription(customer, [plan], "2025-01-10", pause_collection=pause)
    book.renewals(subscription, "2025-01-10", 10, [line(plan, 10000)])
    drafts = {"paid_at": None, "finalized_at": None}
    book.renewals(subscription, "2025-11-10", 5, [line(plan, 10000)], status="draft", transitions=drafts)


def resumed_long_ago(book: Book) -> None:
    price = book.price("resumed", "10000")
    expected = [("2025-01", "100"), ("2025-04", "0"), ("2025-07", "100")]
    customer = book.case("resumed", "the bills of April to June were voided in the second they were made", expected)
    plan = item("resumed", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 3, [line(plan, 10000)])
    for month in ("04", "05", "06"):
        day, end = f"2025-{month}-10", f"2025-{int(month) + 1:02}-10"
        voided = {"paid_at": None, "voided_at": at(day)}
        book.bill(subscription, day, [covering(line(plan, 10000), day, end)], status="void", transitions=voided)
    book.renewals(subscription, "2025-07-10", 9, [line(plan, 10000)])


def voided_by_hand(book: Book) -> None:
    price = book.price("voided", "10000")
    customer = book.case(
        "voided", "the bill of 10 May was voided five days later, nothing else changed", [("2025-01", "100")]
    )
    plan = item("voided", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 4, [line(plan, 10000)])
    voided = {"paid_at": None, "voided_at": at("2025-05-15")}
    book.bill(
        subscription,
        "2025-05-10",
        [covering(line(plan, 10000), "2025-05-10", "2025-06-10")],
        status="void",
        transitions=voided,
    )
    book.renewals(subscription, "2025-06-10", 10, [line(plan, 10000)])


def given_up_without_pause(book: Book) -> None:
    price = book.price("given_up", "10000")
    customer = book.case(
        "given_up", "one bill was written off, the subscription went on and never carried a pause", [("2025-01", "100")]
    )
    plan = item("given_up", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 4, [line(plan, 10000)])
    lost = {"paid_at": None, "marked_uncollectible_at": at("2025-06-20")}
    gone = covering(line(plan, 10000), "2025-05-10", "2025-06-10")
    book.bill(subscription, "2025-05-10", [gone], status="uncollectible", transitions=lost)
    book.renewals(subscription, "2025-06-10", 10, [line(plan, 10000)])


def unpaid_long_ago(book: Book) -> None:
    """No event reaches back to the change: the first bill that stayed a draft tells that the retries had ended."""
    price = book.price("unpaid", "10000")
    customer = book.case(
        "unpaid", "September's bill failed, October's stayed a draft", [("2025-01", "100"), ("2025-10", "0")]
    )
    plan = item("unpaid", price)
    subscription = book.subscription(customer, [plan], "2025-01-10", status="unpaid")
    book.renewals(subscription, "2025-01-10", 8, [line(plan, 10000)])
    book.renewals(subscription, "2025-09-10", 1, [line(plan, 10000)], status="open", transitions={"paid_at": None})
    drafts = {"paid_at": None, "finalized_at": None}
    book.renewals(subscription, "2025-10-10", 6, [line(plan, 10000)], status="draft", transitions=drafts)


def first_bill_after_trial_fails(book: Book) -> None:
    price = book.price("failing", "10000")
    customer = book.case(
        "failing", "the trial ended on 24 February and its first bill failed: past_due counts", [("2026-02", "100")]
    )
    plan = item("failing", price, since="2026-02-10")
    trial = {"trial_start": at("2026-02-10"), "trial_end": at("2026-02-24")}
    subscription = book.subscription(customer, [plan], "2026-02-10", status="past_due", **trial)
    book.bill(subscription, "2026-02-10", [covering(line(plan, 0), "2026-02-10", "2026-02-24")], "subscription_create")
    owed = covering(line(plan, 10000), "2026-02-24", "2026-03-24")
    book.bill(subscription, "2026-02-24", [owed], status="open", transitions={"paid_at": None})


def cancelled_then_kept(book: Book) -> None:
    price = book.price("kept", "10000")
    customer = book.case("kept", "a scheduled end in April 2026 changes committed MRR only", [("2025-01", "100")])
    plan = item("kept", price)
    ending = {"cancel_at_period_end": True, "cancel_at": at("2026-04-10"), "canceled_at": at("2026-02-20")}
    subscription = book.subscription(customer, [plan], "2025-01-10", **ending)
    book.renewals(subscription, "2025-01-10", 15, [line(plan, 10000)])


def sent_invoice_paid_late(book: Book) -> None:
    price = book.price("sent", "120000", every="year")
    customer = book.case(
        "sent", "an invoice sent on 20 May and paid 45 days later counts from May", [("2025-05", "100")]
    )
    plan = item("sent", price, since="2025-05-20")
    subscription = book.subscription(customer, [plan], "2025-05-20", collection_method="send_invoice")
    year = covering(line(plan, 120000), "2025-05-20", "2026-05-20")
    book.bill(subscription, "2025-05-20", [year], "subscription_create", transitions={"paid_at": at("2025-07-04")})
