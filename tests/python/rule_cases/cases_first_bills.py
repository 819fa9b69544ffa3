"""First bills that cover less than a whole period, or nothing at all: what was sold before the first whole one."""

from tests.python.rule_cases.objects import Book, Json, at, covering, item, line, months_after


def add(book: Book) -> None:
    stub_paid_late(book)
    never_paid_and_cancelled(book)
    free_month_after_a_paid_stub(book)
    free_up_to_the_billing_day(book)
    billed_from_a_later_day_on(book)


def stub_paid_late(book: Book) -> None:
    price = book.price("stub_late", "10000")
    customer = book.case(
        "stub_late",
        "signed up on 31 May at 20:00, billed on the 10th; the first ten days paid on 1 June at 09:00",
        [("2025-05", "0"), ("2025-06", "100")],
    )
    plan = item("stub_late", price, since="2025-05-31 20:00")
    subscription = book.subscription(customer, [plan], "2025-05-31 20:00")
    stub = covering(line(plan, 3118, proration=True), "2025-05-31 20:00", "2025-06-10")
    paid = {"paid_at": at("2025-06-01 09:00")}
    book.bill(subscription, "2025-05-31 20:00", [stub], "subscription_create", transitions=paid)
    book.renewals(subscription, "2025-06-10", 10, [line(plan, 10000)])


def free_month_after_a_paid_stub(book: Book) -> None:
    """The subscription was paid, although not for a whole period yet."""
    price = book.price("stub_goodwill", "10000")
    customer = book.case(
        "stub_goodwill", "eleven days of June paid, a free month from 28 June keeps the MRR", [("2025-06", "100")]
    )
    plan = item("stub_goodwill", price, since="2025-06-20")
    trial = {"trial_start": at("2025-06-28"), "trial_end": at("2025-07-28")}
    subscription = book.subscription(customer, [plan], "2025-06-20", **trial)
    stub = covering(line(plan, 3667, proration=True), "2025-06-20", "2025-07-01")
    book.bill(subscription, "2025-06-20", [stub], "subscription_create")
    back = covering(line(plan, -1000, proration=True), "2025-06-28", "2025-07-01")
    free = covering(line(plan, 0), "2025-06-28", "2025-07-28")
    book.bill(subscription, "2025-06-28", [back, free], "subscription_update")
    book.renewals(subscription, "2025-07-28", 8, [line(plan, 10000)])


def free_up_to_the_billing_day(book: Book) -> None:
    """Without prorations the days up to the billing day are free; the subscription is active and states no trial."""
    price = book.price("anchor_free", "10000")
    customer = book.case(
        "anchor_free", "$100 from 20 June, billed on the first, nothing asked for the days before", [("2025-06", "100")]
    )
    plan = item("anchor_free", price, since="2025-06-20")
    subscription = book.subscription(customer, [plan], "2025-06-20")
    free = covering(line(plan, 0), "2025-06-20", "2025-07-01")
    book.bill(subscription, "2025-06-20", [free], "subscription_create")
    book.renewals(subscription, "2025-07-01", 9, [line(plan, 10000)])


def billed_from_a_later_day_on(book: Book) -> None:
    """The first item has left since: only its bills are known of it, and they begin later than the subscription."""
    small, large = book.price("begun_small", "5000"), book.price("begun_large", "9000")
    # 21 and 12 of 31 days
    for name, made, first, bills, back, rest in (
        ("begun_backdated", "2025-05-10", "2025-05-10", 4, 3387, 6097),
        ("begun_anchored", "2025-03-10", "2025-04-01", 5, 1935, 3484),
    ):
        customer = book.case(
            name,
            "$50 from 10 March, billed from a later day on; another item of $90 in its place from 20 August",
            [("2025-03", "50"), ("2025-08", "90")],
        )
        plan, next_plan = item(f"{name}_small", small), item(f"{name}_large", large, since="2025-08-20")
        subscription = book.subscription(customer, [next_plan], "2025-03-10", created=at(made))
        book.renewals(subscription, first, bills, [line(plan, 5000)])
        renewed = months_after(first, bills)
        change = [line(plan, -back, proration=True), line(next_plan, rest, proration=True)]
        dated = [covering(each, "2025-08-20", renewed) for each in change]
        book.bill(subscription, renewed, [*dated, covering(line(next_plan, 9000), renewed, months_after(renewed, 1))])
        book.renewals(subscription, months_after(renewed, 1), 6, [line(next_plan, 9000)])


def never_paid_and_cancelled(book: Book) -> None:
    """An automatic one was incomplete until somebody cancelled it; one that is sent by invoice had begun."""
    price = book.price("unbegun", "10000")
    gone: Json = {"status": "canceled", "ended_at": at("2025-12-01 10:00"), "canceled_at": at("2025-12-01 10:00")}
    voided = {"paid_at": None, "voided_at": at("2025-12-01 10:00")}
    for name, collection, expected in (
        ("unbegun", "charge_automatically", [("2025-11", "0")]),
        ("unbegun_sent", "send_invoice", [("2025-11", "100"), ("2025-12", "0")]),
    ):
        customer = book.case(name, "from 30 November 20:00, cancelled unpaid on 1 December at 10:00", expected)
        plan = item(name, price, since="2025-11-30 20:00")
        subscription = book.subscription(customer, [plan], "2025-11-30 20:00", collection_method=collection, **gone)
        period = covering(line(plan, 10000), "2025-11-30 20:00", "2025-12-30 20:00")
        book.bill(subscription, "2025-11-30 20:00", [period], "subscription_create", status="void", transitions=voided)
