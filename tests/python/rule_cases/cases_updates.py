"""Changes that wait for their payment, and never get it.

With `payment_behavior: pending_if_incomplete` Stripe makes the bill of a change at once and the change only when that
is paid: "the subscription will continue to cycle as if no update request was made"
(docs.stripe.com/billing/pending-updates-reference). By default a change holds whatever becomes of its bill.
"""

from tests.python.rule_cases.objects import Book, Json, at, covering, item, line

VOIDED: Json = {"status": "void", "transitions": {"paid_at": None, "voided_at": at("2025-05-21 11:00")}}


def add(book: Book) -> None:
    never_paid(book)
    never_paid_of_a_year(book)
    another_one_paid(book)
    new_item_never_paid(book)
    year_never_paid(book)
    kept_without_its_bill(book)
    kept_and_changed_silently(book)


def never_paid(book: Book) -> None:
    seat = book.price("lapsed", "1000")
    customer = book.case("lapsed", "8 seats instead of 5, asked for on 20 May and never paid", [("2025-01", "50")])
    seats = item("lapsed", seat, 5)
    subscription = book.subscription(customer, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(seats, 5000)])
    three_more(book, subscription, seats)
    book.renewals(subscription, "2025-06-10", 10, [line(seats, 5000)])


def never_paid_of_a_year(book: Book) -> None:
    """No bill since, but the subscription shows its seats; the bill is still open."""
    seat = book.price("lapsed_year", "12000", every="year")
    customer = book.case(
        "lapsed_year", "15 seats a year instead of 10, asked for on 20 February and not paid", [("2025-06", "100")]
    )
    seats = item("lapsed_year", seat, 10, since="2025-06-10")
    subscription = book.subscription(customer, [seats], "2025-06-10")
    book.renewals(subscription, "2025-06-10", 1, [line(seats, 120000)], step=12)
    change = [line(seats, -36000, 10, proration=True), line(seats, 54000, 15, proration=True)]
    rest = [covering(each, "2026-02-20", "2026-06-10") for each in change]
    unpaid = {"status": "open", "transitions": {"paid_at": None}}
    book.bill(subscription, "2026-02-20", rest, "subscription_update", **unpaid)


def another_one_paid(book: Book) -> None:
    """The credit of the next change says what was there until then: the old plan."""
    small, large = book.price("lapsed_small", "10000"), book.price("lapsed_large", "20000")
    medium = book.price("lapsed_medium", "12000")
    customer = book.case(
        "lapsed_then",
        "$100, $200 asked for on 20 April and never paid, $120 on 5 May",
        [("2025-01", "100"), ("2025-05", "120")],
    )
    plan = item("lapsed_then", medium)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 4, [line(plan, 10000, price=small)])
    refused = [line(plan, -6667, price=small, proration=True), line(plan, 13333, price=large, proration=True)]
    paid = [line(plan, -1667, price=small, proration=True), line(plan, 2000, proration=True)]
    book.bill(
        subscription,
        "2025-04-20",
        [covering(each, "2025-04-20", "2025-05-10") for each in refused],
        "subscription_update",
        **VOIDED,
    )
    book.bill(
        subscription, "2025-05-05", [covering(each, "2025-05-05", "2025-05-10") for each in paid], "subscription_update"
    )
    book.renewals(subscription, "2025-05-10", 11, [line(plan, 12000)])


def new_item_never_paid(book: Book) -> None:
    base, extra = book.price("lapsed_base", "10000"), book.price("lapsed_extra", "4000")
    customer = book.case("lapsed_item", "an add-on asked for on 20 May and never paid", [("2025-01", "100")])
    plan, addon = item("lapsed_base", base), item("lapsed_extra", extra)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(plan, 10000)])
    asked = covering(line(addon, 2710, proration=True), "2025-05-20", "2025-06-10")
    book.bill(subscription, "2025-05-20", [asked], "subscription_update", **VOIDED)
    book.renewals(subscription, "2025-06-10", 10, [line(plan, 10000)])


def year_never_paid(book: Book) -> None:
    """Another interval begins a new period: its bill charges for a whole one."""
    monthly, yearly = book.price("lapsed_month", "10000"), book.price("lapsed_months", "108000", every="year")
    customer = book.case(
        "lapsed_interval", "$1,080 a year instead of $100 a month, asked for on 20 May", [("2025-01", "100")]
    )
    plan = item("lapsed_interval", monthly)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(plan, 10000)])
    swap = [
        covering(line(plan, -6774, proration=True), "2025-05-20", "2025-06-10"),
        covering(line(plan, 108000, price=yearly), "2025-05-20", "2026-05-20"),
    ]
    book.bill(subscription, "2025-05-20", swap, "subscription_update", **VOIDED)
    book.renewals(subscription, "2025-06-10", 10, [line(plan, 10000)])


def kept_without_its_bill(book: Book) -> None:
    """The next change gives 8 seats back, so there were 8, although nobody paid for that change."""
    seat = book.price("forgiven", "1000")
    customer = book.case(
        "forgiven",
        "8 seats instead of 5 from 20 May, their bill voided the next day; 9 from 2 June",
        [("2025-01", "50"), ("2025-05", "80"), ("2025-06", "90")],
    )
    seats = item("forgiven", seat, 9)
    subscription = book.subscription(customer, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(seats, 5000, 5)])
    three_more(book, subscription, seats)
    more = [line(seats, -2133, 8, proration=True), line(seats, 2400, 9, proration=True)]
    rest = [covering(each, "2025-06-02", "2025-06-10") for each in more]
    book.bill(subscription, "2025-06-10", [*rest, covering(line(seats, 9000), "2025-06-10", "2025-07-10")])
    book.renewals(subscription, "2025-07-10", 9, [line(seats, 9000)])


def kept_and_changed_silently(book: Book) -> None:
    """Nothing shows the 5 seats again that the voided bill gave back: they were 8, and 9 by the next bill."""
    seat = book.price("forgiven_silent", "1000")
    customer = book.case(
        "forgiven_silent",
        "8 seats instead of 5 from 20 May, their bill voided; 9 on that of 10 June, without a proration",
        [("2025-01", "50"), ("2025-05", "80"), ("2025-06", "90")],
    )
    seats = item("forgiven_silent", seat, 9)
    subscription = book.subscription(customer, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(seats, 5000, 5)])
    three_more(book, subscription, seats)
    book.renewals(subscription, "2025-06-10", 10, [line(seats, 9000)])


def three_more(book: Book, subscription: Json, seats: Json) -> None:
    """The bill of 8 seats instead of 5 from 20 May on, voided the next day."""
    change = [line(seats, -3387, 5, proration=True), line(seats, 5419, 8, proration=True)]
    rest = [covering(each, "2025-05-20", "2025-06-10") for each in change]
    book.bill(subscription, "2025-05-20", rest, "subscription_update", **VOIDED)
