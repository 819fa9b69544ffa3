"""A coupon that was moved between a subscription and its items: it has another discount id there, and counts once."""

from tests.python.rule_cases.cases_discounts import taken
from tests.python.rule_cases.objects import Book, covering, discount, item, line


def add(book: Book) -> None:
    to_the_item(book)
    to_one_of_two_items(book)
    to_the_subscription(book)
    between_two_bills(book)


def to_the_item(book: Book) -> None:
    coupon = book.coupon("MOVED", percent_off=20)
    price = book.price("moved", "120000", every="year")
    customer = book.case(
        "moved",
        "$1,200 a year less 20 %, of the subscription, and from 20 February on of its item: 80",
        [("2025-06", "80")],
    )
    whole = discount("moved_whole", coupon, "2025-06-10", subscription="sub_moved_1")
    own = discount("moved_own", coupon, "2026-02-20", subscription="sub_moved_1", subscription_item="si_moved")
    plan = item("moved", price, since="2025-06-10", discounts=[own])
    subscription = book.subscription(customer, [plan], "2025-06-10")
    bill = covering(taken(line(plan, 120000), whole, 24000), "2025-06-10", "2026-06-10")
    book.bill(subscription, "2025-06-10", [bill], "subscription_create", discounts=[whole])


def to_one_of_two_items(book: Book) -> None:
    coupon = book.coupon("MOVED_ONE", percent_off=20)
    large, small = (
        book.price("moved_large", "120000", every="year"),
        book.price("moved_small", "24000", every="year"),
    )
    customer = book.case(
        "moved_one",
        "$1,200 + $240 a year less 20 %, from 20 February on off the first only: 96, then 80 + 20",
        [("2025-06", "96"), ("2026-02", "100")],
    )
    whole = discount("moved_one_whole", coupon, "2025-06-10", subscription="sub_moved_one_1")
    own = discount(
        "moved_one_own", coupon, "2026-02-20", subscription="sub_moved_one_1", subscription_item="si_moved_large"
    )
    plan = item("moved_large", large, since="2025-06-10", discounts=[own])
    addon = item("moved_small", small, since="2025-06-10")
    subscription = book.subscription(customer, [plan, addon], "2025-06-10")
    lines = [taken(line(plan, 120000), whole, 24000), taken(line(addon, 24000), whole, 4800)]
    dated = [covering(each, "2025-06-10", "2026-06-10") for each in lines]
    book.bill(subscription, "2025-06-10", dated, "subscription_create", discounts=[whole])


def to_the_subscription(book: Book) -> None:
    coupon = book.coupon("MOVED_UP", percent_off=20)
    large, small = book.price("up_large_y", "120000", every="year"), book.price("up_small_y", "24000", every="year")
    customer = book.case(
        "moved_up",
        "$1,200 + $240 a year, 20 % off the first, from 20 February on off both: 80 + 20, then 96",
        [("2025-06", "100"), ("2026-02", "96")],
    )
    own = discount(
        "moved_up_own", coupon, "2025-06-10", subscription="sub_moved_up_1", subscription_item="si_up_large_y"
    )
    whole = discount("moved_up_whole", coupon, "2026-02-20", subscription="sub_moved_up_1")
    plan, addon = item("up_large_y", large, since="2025-06-10"), item("up_small_y", small, since="2025-06-10")
    subscription = book.subscription(customer, [plan, addon], "2025-06-10", discounts=[whole])
    lines = [taken(line(plan, 120000, discounts=[own]), own, 24000), line(addon, 24000)]
    dated = [covering(each, "2025-06-10", "2026-06-10") for each in lines]
    book.bill(subscription, "2025-06-10", dated, "subscription_create")


def between_two_bills(book: Book) -> None:
    coupon = book.coupon("MOVED_MONTH", percent_off=20)
    price = book.price("moved_month", "10000")
    customer = book.case(
        "moved_month", "$100 less 20 %, of the subscription, from 20 May on of its item: 80", [("2025-01", "80")]
    )
    whole = discount("moved_month_whole", coupon, "2025-01-10", subscription="sub_moved_month_1")
    own = discount(
        "moved_month_own", coupon, "2025-05-20", subscription="sub_moved_month_1", subscription_item="si_moved_month"
    )
    plan = item("moved_month", price, discounts=[own])
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [taken(line(plan, 10000), whole, 2000)], discounts=[whole])
    book.renewals(subscription, "2025-06-10", 10, [taken(line(plan, 10000, discounts=[own]), own, 2000)])
