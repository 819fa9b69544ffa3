"""Trial offers: an item has an introductory price for a while, free or not, and goes over to its regular one.

`product_catalog.trial_offer` since API version 2026-03-25: its price is what is charged meanwhile, and "a paid
introductory period doesn't imply that the subscription has `trialing` status"
(docs.stripe.com/payments/checkout/trial-offers). The item's price is the introductory one until then, so it counts at
what it costs, as with a coupon of some months.
"""

from tests.python.rule_cases.objects import FLEXIBLE, Book, at, covering, item, line


def add(book: Book) -> None:
    for_nothing(book)
    for_little(book)
    beside_a_paid_plan(book)
    still_running(book)


def for_nothing(book: Book) -> None:
    free, price = book.price("offer_free", "0", every="week", count=2), book.price("offered", "8000")
    customer = book.case(
        "offered", "two weeks for nothing from 24 April, then $80", [("2025-04", "0"), ("2025-05", "80")]
    )
    plan = item("offered", price, since="2025-04-24", current_trial=None)
    subscription = book.subscription(customer, [plan], "2025-04-24", billing_mode=FLEXIBLE)
    trial = covering(line(plan, 0, price=free), "2025-04-24", "2025-05-08")
    book.bill(subscription, "2025-04-24", [trial], "subscription_create")
    book.renewals(subscription, "2025-05-08", 11, [line(plan, 8000)])


def for_little(book: Book) -> None:
    little, price = book.price("offer_little", "400", every="week", count=4), book.price("offered_little", "2000")
    customer = book.case(
        "offered_little",
        "$4 for four weeks from 10 April (4 x 365 / 84 / 4), then $20",
        [("2025-04", "4.345238"), ("2025-05", "20")],
    )
    plan = item("offered_little", price, since="2025-04-10", current_trial=None)
    subscription = book.subscription(customer, [plan], "2025-04-10", billing_mode=FLEXIBLE)
    trial = covering(line(plan, 400, price=little), "2025-04-10", "2025-05-08")
    book.bill(subscription, "2025-04-10", [trial], "subscription_create")
    book.renewals(subscription, "2025-05-08", 11, [line(plan, 2000)])


def beside_a_paid_plan(book: Book) -> None:
    free, price, extra = (
        book.price("offer_month", "0"),
        book.price("offer_base", "10000"),
        book.price("offer_x", "5000"),
    )
    customer = book.case(
        "offered_beside",
        "$100, and an add-on for nothing from 10 May to 10 June, $50 from then on",
        [("2025-01", "100"), ("2025-06", "150")],
    )
    plan = item("offer_base", price)
    addon = item("offer_x", extra, since="2025-05-10", current_trial=None)
    subscription = book.subscription(customer, [plan, addon], "2025-01-10", billing_mode=FLEXIBLE)
    book.renewals(subscription, "2025-01-10", 15, [line(plan, 10000)])
    trial = covering(line(addon, 0, price=free), "2025-05-10", "2025-06-10")
    book.bill(subscription, "2025-05-10", [trial], "subscription_update")
    book.renewals(subscription, "2025-06-10", 10, [line(addon, 5000)])


def still_running(book: Book) -> None:
    price = book.price("offer_now", "1000")
    customer = book.case(
        "offered_now", "$10 for three months from 10 January, $20 only from April on", [("2026-01", "10")]
    )
    trial = {"trial_offer": "to_now", "start_date": at("2026-01-10"), "end_date": at("2026-04-10")}
    plan = item("offer_now", price, since="2026-01-10", current_trial=trial)
    subscription = book.subscription(customer, [plan], "2026-01-10", billing_mode=FLEXIBLE)
    book.renewals(subscription, "2026-01-10", 3, [line(plan, 1000)])
