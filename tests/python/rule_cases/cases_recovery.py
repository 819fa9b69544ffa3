"""Subscriptions that came back to what they were, and states that only an event remembers."""

from collections.abc import Sequence

from tests.python.rule_cases.objects import GIVEN_UP, VOID, Book, Json, at, covering, item, line, months_after


def add(book: Book) -> None:
    unpaid_then_paid(book)
    unpaid_seen_by_chance(book)
    unpaid_then_cancelled(book)
    trial_without_a_card(book)
    trial_lengthened_after_payment(book)
    resumed_by_the_clock(book)
    uncollectible_then_resumed(book)
    written_off_before_the_pause(book)
    cancelled_while_paused(book)
    paused_says_the_bill(book)
    dunned_says_the_bill(book)
    setup_fee_in_trial(book)
    back_in_the_same_month(book)


def unpaid_then_paid(book: Book) -> None:
    price = book.price("recovered", "10000")
    customer = book.case(
        "recovered",
        "November failed, bills from December on stayed drafts, an event of 20 February ends unpaid",
        [("2025-01", "100"), ("2025-12", "0"), ("2026-02", "100")],
    )
    plan = item("recovered", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 10, [line(plan, 10000)])
    late = {"paid_at": at("2026-02-20")}
    book.renewals(subscription, "2025-11-10", 1, [line(plan, 10000)], transitions=late)
    drafts = {"paid_at": None, "finalized_at": None}
    book.renewals(subscription, "2025-12-10", 3, [line(plan, 10000)], status="draft", transitions=drafts)
    book.renewals(subscription, "2026-03-10", 1, [line(plan, 10000)])
    book.event(subscription, "2026-02-20", {"status": "unpaid"})


def unpaid_seen_by_chance(book: Book) -> None:
    """An event that changed something else tells what the status was, not since when."""
    price = book.price("by_chance", "10000")
    customer = book.case(
        "by_chance",
        "unpaid since November's bill stayed a draft; an event of 24 February only changes metadata",
        [("2025-01", "100"), ("2025-11", "0")],
    )
    plan = item("by_chance", price)
    subscription = book.subscription(customer, [plan], "2025-01-10", status="unpaid")
    book.renewals(subscription, "2025-01-10", 9, [line(plan, 10000)])
    book.renewals(subscription, "2025-10-10", 1, [line(plan, 10000)], status="open", transitions={"paid_at": None})
    drafts = {"paid_at": None, "finalized_at": None}
    book.renewals(subscription, "2025-11-10", 5, [line(plan, 10000)], status="draft", transitions=drafts)
    book.event(subscription, "2026-02-24", {"metadata": {"team": None}}, metadata={"team": "north"})


def unpaid_then_cancelled(book: Book) -> None:
    price = book.price("gave_up", "10000")
    customer = book.case(
        "gave_up",
        "September failed, October and November stayed drafts, cancelled on 5 December: churn in October",
        [("2025-01", "100"), ("2025-10", "0")],
    )
    plan = item("gave_up", price)
    ended = {"status": "canceled", "ended_at": at("2025-12-05"), "canceled_at": at("2025-12-05")}
    subscription = book.subscription(customer, [plan], "2025-01-10", **ended)
    book.renewals(subscription, "2025-01-10", 8, [line(plan, 10000)])
    book.renewals(subscription, "2025-09-10", 1, [line(plan, 10000)], status="open", transitions={"paid_at": None})
    drafts = {"paid_at": None, "finalized_at": None}
    book.renewals(subscription, "2025-10-10", 2, [line(plan, 10000)], status="draft", transitions=drafts)


def trial_without_a_card(book: Book) -> None:
    price = book.price("no_card", "10000")
    customer = book.case(
        "no_card",
        "the trial ended on 20 January without a card: paused until an event of 20 February",
        [("2026-01", "0"), ("2026-02", "100")],
    )
    plan = item("no_card", price, since="2026-01-06")
    trial = {"trial_start": at("2026-01-06"), "trial_end": at("2026-01-20")}
    subscription = book.subscription(customer, [plan], "2026-01-06", **trial)
    book.bill(subscription, "2026-01-06", [covering(line(plan, 0), "2026-01-06", "2026-01-20")], "subscription_create")
    book.bill(subscription, "2026-02-20", [covering(line(plan, 10000), "2026-02-20", "2026-03-20")])
    book.event(subscription, "2026-02-20", {"status": "paused"})


def trial_lengthened_after_payment(book: Book) -> None:
    price = book.price("stretched", "10000")
    customer = book.case(
        "stretched",
        "a trial stated from 10 January to 10 July, but paid from 24 January: it ended there",
        [("2025-01", "100")],
    )
    plan = item("stretched", price)
    trial = {"trial_start": at("2025-01-10"), "trial_end": at("2025-07-10")}
    subscription = book.subscription(customer, [plan], "2025-01-10", **trial)
    book.bill(subscription, "2025-01-10", [covering(line(plan, 0), "2025-01-10", "2025-01-24")], "subscription_create")
    book.renewals(subscription, "2025-01-24", 5, [line(plan, 10000)])
    book.bill(subscription, "2025-06-24", [covering(line(plan, 0), "2025-06-24", "2025-07-10")])
    book.renewals(subscription, "2025-07-10", 9, [line(plan, 10000)])


def resumed_by_the_clock(book: Book) -> None:
    price = book.price("clock", "10000")
    customer = book.case(
        "clock", "paused by an event of 16 February until 26 February, as the pause says", [("2025-01", "100")]
    )
    plan = item("clock", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 15, [line(plan, 10000)])
    pause = {"behavior": "void", "resumes_at": at("2026-02-26")}
    book.event(subscription, "2026-02-16", {"pause_collection": None}, pause_collection=pause)


def uncollectible_then_resumed(book: Book) -> None:
    price = book.price("written_off", "10000")
    customer = book.case(
        "written_off",
        "a pause until 16 February made the bills of December and January uncollectible, not the next",
        [("2025-01", "100"), ("2025-12", "0"), ("2026-02", "100")],
    )
    plan = item("written_off", price)
    subscription = book.subscription(customer, [plan], "2025-01-20")
    book.renewals(subscription, "2025-01-20", 11, [line(plan, 10000)])
    lost = {"paid_at": None}
    book.renewals(subscription, "2025-12-20", 2, [line(plan, 10000)], status="uncollectible", transitions=lost)
    book.renewals(subscription, "2026-02-20", 1, [line(plan, 10000)], status="uncollectible", transitions=lost)
    book.event(subscription, "2026-02-16", {"pause_collection": GIVEN_UP})


def written_off_before_the_pause(book: Book) -> None:
    """The event says that the pause began there: what was written off before is what dunning gave up."""
    price = book.price("dunned", "10000")
    customer = book.case(
        "dunned",
        "bills of December and January written off after their retries, past due, paused on 18 February",
        [("2025-01", "100"), ("2026-02", "0")],
    )
    plan = item("dunned", price)
    subscription = book.subscription(customer, [plan], "2025-01-20", status="past_due", pause_collection=GIVEN_UP)
    book.renewals(subscription, "2025-01-20", 11, [line(plan, 10000)])
    for begins, ends in (("2025-12-20", "2026-01-20"), ("2026-01-20", "2026-02-20")):
        lost = {"paid_at": None, "marked_uncollectible_at": at(begins) + 25 * 86_400}
        gone = covering(line(plan, 10000), begins, ends)
        book.bill(subscription, begins, [gone], status="uncollectible", transitions=lost)
    given_up = {"paid_at": None, "marked_uncollectible_at": at("2026-02-20")}
    paused = covering(line(plan, 10000), "2026-02-20", "2026-03-20")
    book.bill(subscription, "2026-02-20", [paused], status="uncollectible", transitions=given_up)
    book.event(subscription, "2026-02-18", {"pause_collection": None})


def cancelled_while_paused(book: Book) -> None:
    price = book.price("gone_paused", "10000")
    customer = book.case(
        "gone_paused",
        "bills of November and December voided at once, cancelled on 20 January: churn in November",
        [("2025-01", "100"), ("2025-11", "0")],
    )
    plan = item("gone_paused", price)
    ended = {"status": "canceled", "ended_at": at("2026-01-20"), "canceled_at": at("2026-01-20")}
    subscription = book.subscription(customer, [plan], "2025-01-10", pause_collection=VOID, **ended)
    book.renewals(subscription, "2025-01-10", 10, [line(plan, 10000)])
    for begins, ends in (("2025-11-10", "2025-12-10"), ("2025-12-10", "2026-01-10")):
        voided = {"paid_at": None, "voided_at": at(begins)}
        book.bill(subscription, begins, [covering(line(plan, 10000), begins, ends)], status="void", transitions=voided)


def setup_fee_in_trial(book: Book) -> None:
    price = book.price("with_fee", "10000")
    customer = book.case(
        "with_fee",
        "a fee paid at the start of a trial does not pay for the subscription: 0 until 10 March",
        [("2025-02", "0"), ("2025-03", "100")],
    )
    plan = item("with_fee", price, since="2025-02-10")
    trial = {"trial_start": at("2025-02-10"), "trial_end": at("2025-03-10")}
    subscription = book.subscription(customer, [plan], "2025-02-10", **trial)
    first = book.bill(
        subscription, "2025-02-10", [covering(line(plan, 0), "2025-02-10", "2025-03-10")], "subscription_create"
    )
    fee = covering(line(plan, 50000), "2025-02-10", "2025-02-10") | {"id": "il_fee"}
    fee["parent"] = {
        "type": "invoice_item_details",
        "invoice_item_details": {"invoice_item": "ii_fee", "proration": False, "subscription": subscription["id"]},
        "subscription_item_details": None,
    }
    first["lines"]["data"].append(fee)
    first |= {"total": 50000, "amount_paid": 50000}
    book.renewals(subscription, "2025-03-10", 13, [line(plan, 10000)])


def back_in_the_same_month(book: Book) -> None:
    small, large = book.price("back_small", "10000"), book.price("back_large", "12000")
    customer = book.case(
        "back",
        "$100 ends on 5 August, $120 begins on 20 August: expansion",
        [("2025-01", "100"), ("2025-08", "120")],
    )
    plan, next_plan = item("back_small", small), item("back_large", large, since="2025-08-20")
    ended = {"status": "canceled", "ended_at": at("2025-08-05"), "canceled_at": at("2025-08-05")}
    first = book.subscription(customer, [plan], "2025-01-10", **ended)
    book.renewals(first, "2025-01-10", 7, [line(plan, 10000)])
    second = book.subscription(customer, [next_plan], "2025-08-20")
    book.renewals(second, "2025-08-20", 7, [line(next_plan, 12000)])


def paused_says_the_bill(book: Book) -> None:
    """Bills say since version 2026-09-30 why they were given up: nothing else tells of a pause that is long over."""
    price = book.price("forgone", "10000")
    customer = book.case(
        "forgone",
        "the bills of June and July given up an hour after they were made, since collection was paused",
        [("2025-01", "100"), ("2025-06", "0"), ("2025-08", "100")],
    )
    plan = item("forgone", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(plan, 10000)])
    given_up(book, subscription, ("2025-06-10", "2025-07-10"), "subscription_paused")
    book.renewals(subscription, "2025-08-10", 8, [line(plan, 10000)])


def dunned_says_the_bill(book: Book) -> None:
    price = book.price("retried", "10000")
    customer = book.case(
        "retried",
        "the bills of November and December given up after all retries, paused since before that of 10 January",
        [("2025-01", "100"), ("2026-01", "0")],
    )
    plan = item("retried", price)
    subscription = book.subscription(customer, [plan], "2025-01-10", pause_collection=GIVEN_UP)
    book.renewals(subscription, "2025-01-10", 10, [line(plan, 10000)])
    given_up(book, subscription, ("2025-11-10", "2025-12-10"), "max_payment_attempts")
    given_up(book, subscription, ("2026-01-10", "2026-02-10", "2026-03-10"), "subscription_paused")


def given_up(book: Book, subscription: Json, days: Sequence[str], reason: str) -> None:
    """Bills of these days, marked uncollectible an hour later, and what they say of it."""
    for begins in days:
        lost = {"paid_at": None, "marked_uncollectible_at": at(begins) + 3600}
        said = {"status": "uncollectible", "status_details": {"uncollectible": {"reason": reason}}}
        period = covering(line(subscription["items"]["data"][0], 10000), begins, months_after(begins, 1))
        book.bill(subscription, begins, [period], transitions=lost, **said)
