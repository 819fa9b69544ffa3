"""Items of a subscription that come, go or change in the middle of a period."""

from tests.python.rule_cases.objects import Book, Json, at, covering, item, line


def add(book: Book) -> None:
    changed_then_left_out(book)
    added_and_left_out_before_a_bill(book)
    given_back_to_none(book)
    changed_in_the_second_of_a_renewal(book)
    free_plan_upgraded(book)
    free_year_upgraded(book)
    tiers_prorated(book)
    trial_put_in_mid_period(book)
    removed_and_added_by_event(book)
    annual_then_monthly_then_left_out(book)
    last_second_of_a_month(book)
    seats_change_in_trial(book)


def changed_then_left_out(book: Book) -> None:
    """The credit of an earlier seat change is no removal: something was sold in its place."""
    base, seat = book.price("left_out_base", "10000"), book.price("left_out_seat", "1000")
    customer = book.case(
        "left_out",
        "$100 + 2 seats of $10, 3 seats from 20 October, no seats on the bill of 10 November: 120, 130, 100",
        [("2025-01", "120"), ("2025-10", "130"), ("2025-11", "100")],
    )
    plan, seats = item("left_out_base", base), item("left_out_seat", seat)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 10, [line(plan, 10000), line(seats, 2000, 2)])
    change = [line(seats, -1355, 2, proration=True), line(seats, 2032, 3, proration=True)]
    dated = [covering(each, "2025-10-20", "2025-11-10") for each in change]
    book.bill(subscription, "2025-11-10", [*dated, covering(line(plan, 10000), "2025-11-10", "2025-12-10")])
    book.renewals(subscription, "2025-12-10", 4, [line(plan, 10000)])


def added_and_left_out_before_a_bill(book: Book) -> None:
    """Charged for the rest of one period only, and never given back: gone when that period ends."""
    base, addon = book.price("brief_base", "10000"), book.price("brief_addon", "4000")
    customer = book.case(
        "brief",
        "$100, an add-on of $40 from 15 October that the bill of 10 November no longer renews",
        [("2025-01", "100"), ("2025-10", "140"), ("2025-11", "100")],
    )
    plan, extra = item("brief_base", base), item("brief_addon", addon)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 10, [line(plan, 10000)])
    rest = covering(line(extra, 3355, proration=True), "2025-10-15", "2025-11-10")
    book.bill(subscription, "2025-11-10", [rest, covering(line(plan, 10000), "2025-11-10", "2025-12-10")])
    book.renewals(subscription, "2025-12-10", 4, [line(plan, 10000)])


def given_back_to_none(book: Book) -> None:
    seat = book.price("none_left", "1000")
    customer = book.case(
        "none_left",
        "5 seats of $10 given back on 20 August: a credit without a debit, though the item stays with quantity 0",
        [("2025-01", "50"), ("2025-08", "0")],
    )
    seats = item("none_left", seat, 0)
    subscription = book.subscription(customer, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 8, [line(seats, 5000, 5)])
    back = covering(line(seats, -3387, 5, proration=True), "2025-08-20", "2025-09-10")
    book.bill(subscription, "2025-09-10", [back, covering(line(seats, 0, 0), "2025-09-10", "2025-10-10")])
    book.renewals(subscription, "2025-10-10", 6, [line(seats, 0, 0)])


def changed_in_the_second_of_a_renewal(book: Book) -> None:
    seat = book.price("same_second", "1000")
    customer = book.case(
        "same_second",
        "10 seats billed at midnight of 1 July, 15 from that very second on, charged for with the bill of 1 August",
        [("2025-01", "100"), ("2025-07", "150")],
    )
    seats = item("same_second", seat, 15, since="2025-01-01 00:00")
    subscription = book.subscription(customer, [seats], "2025-01-01 00:00")
    book.renewals(subscription, "2025-01-01 00:00", 7, [line(seats, 10000, 10)])
    change = [line(seats, -10000, 10, proration=True), line(seats, 15000, 15, proration=True)]
    dated = [covering(each, "2025-07-01 00:00", "2025-08-01 00:00") for each in change]
    renewal = covering(line(seats, 15000, 15), "2025-08-01 00:00", "2025-09-01 00:00")
    book.bill(subscription, "2025-08-01 00:00", [*dated, renewal])
    book.renewals(subscription, "2025-09-01 00:00", 7, [line(seats, 15000, 15)])


def free_plan_upgraded(book: Book) -> None:
    """A bill over nothing is no trial where the price is nothing."""
    free, paid = book.price("free_plan", "0"), book.price("paid_plan", "5000")
    customer = book.case(
        "upgraded",
        "the free plan becomes one of $50 on 20 April, charged for on 10 May",
        [("2025-01", "0"), ("2025-04", "50")],
    )
    plan = item("upgraded", paid)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 4, [line(plan, 0, price=free)])
    unused = line(plan, 0, price=free, proration=True, description="Unused time on 1 x Plan")
    dated = [covering(each, "2025-04-20", "2025-05-10") for each in (unused, line(plan, 3333, proration=True))]
    book.bill(subscription, "2025-05-10", [*dated, covering(line(plan, 5000), "2025-05-10", "2025-06-10")])
    book.renewals(subscription, "2025-06-10", 10, [line(plan, 5000)])


def free_year_upgraded(book: Book) -> None:
    free, paid = book.price("free_year", "0", every="year"), book.price("paid_year", "60000", every="year")
    customer = book.case(
        "upgraded_by_event",
        "the free year becomes one of $600 with an event of 24 February, not charged for yet",
        [("2025-06", "0"), ("2026-02", "50")],
    )
    plan = item("upgraded_by_event", paid, since="2025-06-10")
    subscription = book.subscription(customer, [plan], "2025-06-10")
    book.renewals(subscription, "2025-06-10", 1, [line(plan, 0, price=free)], step=12)
    book.event(subscription, "2026-02-24", {"items": {"data": [{"id": plan["id"]}]}})


def tiers_prorated(book: Book) -> None:
    """One line a tier, on both sides of the change: the quantities of one side add up."""
    tiers = [
        {"up_to": 10, "unit_amount": 1000, "unit_amount_decimal": "1000", "flat_amount": 2000}
        | {"flat_amount_decimal": "2000"},
        {"up_to": None, "unit_amount": 800, "unit_amount_decimal": "800", "flat_amount": None}
        | {"flat_amount_decimal": None},
    ]
    price = book.price("tiered_change", None, billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)
    customer = book.case(
        "tiered_change",
        "$20 + 8 x $10 = 100; from 25 May $20 + 10 x $10 + 15 x $8 = 240",
        [("2025-01", "100"), ("2025-05", "240")],
    )
    units = item("tiered_change", price, 25)
    subscription = book.subscription(customer, [units], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(units, 2000, 0), line(units, 8000, 8)])
    change = [
        line(units, -1032, 0, proration=True),
        line(units, -4129, 8, proration=True),
        line(units, 1032, 0, proration=True),
        line(units, 5161, 10, proration=True),
        line(units, 6194, 15, proration=True),
    ]
    dated = [covering(each, "2025-05-25", "2025-06-10") for each in change]
    full = [line(units, 2000, 0), line(units, 10000, 10), line(units, 12000, 15)]
    book.bill(subscription, "2025-06-10", [*dated, *(covering(each, "2025-06-10", "2025-07-10") for each in full)])
    book.renewals(subscription, "2025-07-10", 9, full)


def trial_put_in_mid_period(book: Book) -> None:
    price = book.price("free_weeks", "10000")
    customer = book.case(
        "free_weeks",
        "a free month from 20 June gives back the rest of the paid one; the subscription has been paid: still 100",
        [("2025-01", "100")],
    )
    plan = item("free_weeks", price)
    trial = {"trial_start": at("2025-06-20"), "trial_end": at("2025-07-20")}
    subscription = book.subscription(customer, [plan], "2025-01-10", **trial)
    book.renewals(subscription, "2025-01-10", 6, [line(plan, 10000)])
    back = covering(line(plan, -6667, proration=True), "2025-06-20", "2025-07-10")
    free = covering(line(plan, 0), "2025-06-20", "2025-07-20")
    book.bill(subscription, "2025-06-20", [back, free], "subscription_update")
    book.renewals(subscription, "2025-07-20", 8, [line(plan, 10000)])


def removed_and_added_by_event(book: Book) -> None:
    base = book.price("year_base", "120000", every="year")
    addon = book.price("year_addon", "24000", every="year")
    one = book.case(
        "dropped",
        "$1,200 + $240 a year, the second gone with an event of 24 February, without any credit: 120, 100",
        [("2025-06", "120"), ("2026-02", "100")],
    )
    plan, extra = item("dropped", base, since="2025-06-10"), item("dropped_addon", addon, since="2025-06-10")
    subscription = book.subscription(one, [plan], "2025-06-10")
    book.renewals(subscription, "2025-06-10", 1, [line(plan, 120000), line(extra, 24000)], step=12)
    book.event(subscription, "2026-02-24", {"items": {"data": [{"id": plan["id"]}, {"id": extra["id"]}]}})
    two = book.case(
        "gained",
        "$1,200 a year, $240 more with an event of 24 February, without any charge: 100, 120",
        [("2025-06", "100"), ("2026-02", "120")],
    )
    plan, extra = item("gained", base, since="2025-06-10"), item("gained_addon", addon, since="2026-02-24")
    subscription = book.subscription(two, [plan, extra], "2025-06-10")
    book.renewals(subscription, "2025-06-10", 1, [line(plan, 120000)], step=12)
    book.event(subscription, "2026-02-24", {"items": {"data": [{"id": plan["id"]}]}})


def annual_then_monthly_then_left_out(book: Book) -> None:
    """An item's end is the end of the period billed last, not of the longest one."""
    base = book.price("shorter_base", "10000")
    yearly, monthly = book.price("shorter_year", "12000", every="year"), book.price("shorter_month", "1500")
    customer = book.case(
        "shorter",
        "$100 + $120 a year; the latter $15 a month from 10 June, no longer renewed on 10 August: 110, 115, 100",
        [("2025-01", "110"), ("2025-06", "115"), ("2025-08", "100")],
    )
    plan, extra = item("shorter", base), item("shorter_addon", monthly)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    year = covering(line(extra, 12000, price=yearly), "2025-01-10", "2026-01-10")
    first = covering(line(plan, 10000), "2025-01-10", "2025-02-10")
    book.bill(subscription, "2025-01-10", [first, year], "subscription_create")
    book.renewals(subscription, "2025-02-10", 4, [line(plan, 10000)])
    back = covering(line(extra, -7036, price=yearly, proration=True), "2025-06-10", "2026-01-10")
    both = [covering(each, "2025-06-10", "2025-07-10") for each in (line(plan, 10000), line(extra, 1500))]
    book.bill(subscription, "2025-06-10", [back, *both])
    book.renewals(subscription, "2025-07-10", 1, [line(plan, 10000), line(extra, 1500)])
    book.renewals(subscription, "2025-08-10", 8, [line(plan, 10000)])


def last_second_of_a_month(book: Book) -> None:
    seat = book.price("last_second", "1000")
    customer = book.case(
        "last_second",
        "10 seats, 12 from the last second of February, told by an event of a second later",
        [("2025-06", "100"), ("2026-02", "120")],
    )
    seats = item("last_second", seat, 12, since="2025-06-10")
    subscription = book.subscription(customer, [seats], "2025-06-10")
    book.renewals(subscription, "2025-06-10", 9, [line(seats, 10000, 10)])
    change = [line(seats, -3333, 10, proration=True), line(seats, 4000, 12, proration=True)]
    dated = [covering(each, "2026-02-28 23:59:59", "2026-03-10") for each in change]
    book.bill(subscription, "2026-03-10", [*dated, covering(line(seats, 12000, 12), "2026-03-10", "2026-04-10")])
    book.event(subscription, "2026-03-01 00:00", {"items": {"data": [{"id": seats["id"], "quantity": 10}]}})


def seats_change_in_trial(book: Book) -> None:
    seat = book.price("trial_seats", "1000")
    customer = book.case(
        "trial_seats",
        "5 seats in trial, 8 from 20 May, converted at midnight of 1 June: nothing in May, 80 in June",
        [("2025-05", "0"), ("2025-06", "80")],
    )
    seats = item("trial_seats", seat, 8, since="2025-05-10")
    trial = {"trial_start": at("2025-05-10"), "trial_end": at("2025-06-01 00:00")}
    subscription = book.subscription(customer, [seats], "2025-05-10", **trial)
    free = covering(line(seats, 0, 5), "2025-05-10", "2025-06-01 00:00")
    book.bill(subscription, "2025-05-10", [free], "subscription_create")
    change: list[Json] = [line(seats, 0, 5, proration=True), line(seats, 0, 8, proration=True)]
    change[0]["description"] = "Unused time on 5 x Plan"
    dated = [covering(each, "2025-05-20", "2025-06-01 00:00") for each in change]
    renewal = covering(line(seats, 8000), "2025-06-01 00:00", "2025-07-01 00:00")
    book.bill(subscription, "2025-06-01 00:00", [*dated, renewal])
    book.renewals(subscription, "2025-07-01 00:00", 9, [line(seats, 8000)])
