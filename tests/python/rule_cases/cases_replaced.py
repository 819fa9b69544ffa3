"""What left without a credit or an event of its own: the others' bills, or what came in its place, tell when."""

from tests.python.rule_cases.cases_discounts import taken
from tests.python.rule_cases.objects import FLEXIBLE, Book, covering, discount, item, line


def add(book: Book) -> None:
    monthly_by_yearly(book)
    yearly_by_monthly(book)
    billed_each_in_its_own_time(book)
    succeeded_in_its_own_time(book)
    succeeded_within_a_month(book)
    not_billed_yet(book)
    coupon_of_a_year(book)
    event_that_shows_some_items(book)
    credit_over_nothing(book)


def monthly_by_yearly(book: Book) -> None:
    """Without prorations the new period begins at once, and its bill shows all that is sold from then on."""
    monthly, yearly = book.price("to_year_month", "10000"), book.price("to_year", "108000", every="year")
    customer = book.case(
        "to_year",
        "$100 a month until 20 June, another item of $1,080 a year in its place, nothing given back",
        [("2025-01", "100"), ("2025-06", "90")],
    )
    plan, next_plan = item("to_year_month", monthly), item("to_year", yearly, since="2025-06-20")
    subscription = book.subscription(customer, [next_plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 6, [line(plan, 10000)])
    year = covering(line(next_plan, 108000), "2025-06-20", "2026-06-20")
    book.bill(subscription, "2025-06-20", [year], "subscription_update")


def yearly_by_monthly(book: Book) -> None:
    yearly, monthly = book.price("to_month_year", "108000", every="year"), book.price("to_month", "10000")
    customer = book.case(
        "to_month",
        "$1,080 a year until 20 August, another item of $100 a month in its place, nothing given back",
        [("2025-01", "90"), ("2025-08", "100")],
    )
    plan, next_plan = item("to_month_year", yearly), item("to_month", monthly, since="2025-08-20")
    subscription = book.subscription(customer, [next_plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 1, [line(plan, 108000)], step=12)
    book.renewals(subscription, "2025-08-20", 7, [line(next_plan, 10000)])


def billed_each_in_its_own_time(book: Book) -> None:
    """In flexible billing mode a bill shows the items whose period begins, and no others."""
    yearly, monthly = book.price("own_time_year", "120000", every="year"), book.price("own_time_month", "5000")
    customer = book.case(
        "own_time", "$1,200 a year, not renewed on 10 March 2026, and $50 a month all along", [("2025-03", "150")]
    )
    platform, seats = item("own_time_year", yearly, since="2025-03-10"), item("own_time", monthly, since="2025-03-10")
    subscription = book.subscription(customer, [seats], "2025-03-10", billing_mode=FLEXIBLE)
    year = covering(line(platform, 120000), "2025-03-10", "2026-03-10")
    first = covering(line(seats, 5000), "2025-03-10", "2025-04-10")
    book.bill(subscription, "2025-03-10", [year, first], "subscription_create")
    book.renewals(subscription, "2025-04-10", 12, [line(seats, 5000)])


def succeeded_in_its_own_time(book: Book) -> None:
    """The same product again, on other terms: it took the place of the year that nothing was given back of."""
    yearly = book.price("own_year", "120000", every="year", product="prod_own_year")
    monthly = book.price("own_months", "15000", product="prod_own_year")
    customer = book.case(
        "own_succeeded",
        "$1,200 a year, from 20 August $150 a month for the same product as another item, nothing given back",
        [("2025-01", "100"), ("2025-08", "150")],
    )
    plan, next_plan = item("own_year", yearly), item("own_months", monthly, since="2025-08-20")
    subscription = book.subscription(customer, [next_plan], "2025-01-10", billing_mode=FLEXIBLE)
    book.renewals(subscription, "2025-01-10", 1, [line(plan, 120000)], step=12)
    book.renewals(subscription, "2025-08-20", 7, [line(next_plan, 15000)])


def succeeded_within_a_month(book: Book) -> None:
    monthly = book.price("own_month", "10000", product="prod_own_month")
    yearly = book.price("own_years", "108000", every="year", product="prod_own_month")
    customer = book.case(
        "own_month",
        "$100 a month, from 20 August $1,080 a year for the same product as another item, nothing given back",
        [("2025-01", "100"), ("2025-08", "90")],
    )
    plan, next_plan = item("own_month", monthly), item("own_years", yearly, since="2025-08-20")
    subscription = book.subscription(customer, [next_plan], "2025-01-10", billing_mode=FLEXIBLE)
    book.renewals(subscription, "2025-01-10", 8, [line(plan, 10000)])
    year = covering(line(next_plan, 108000), "2025-08-20", "2026-08-20")
    book.bill(subscription, "2025-08-20", [year], "subscription_update")


def not_billed_yet(book: Book) -> None:
    """A silent change counts at the bill that first shows it: the old item until then, the new one from then on."""
    small, large = book.price("unshown_small", "10000"), book.price("unshown_large", "12000")
    customer = book.case(
        "unshown",
        "$100 paid until 20 March; on 25 February another item of $120 in its place, without proration",
        [("2025-01", "100")],
    )
    plan, next_plan = item("unshown_small", small), item("unshown", large, since="2026-02-25")
    subscription = book.subscription(customer, [next_plan], "2025-01-20")
    book.renewals(subscription, "2025-01-20", 14, [line(plan, 10000)])


def coupon_of_a_year(book: Book) -> None:
    """No bill has shown the new coupon yet, and only the subscription shows that the old one is gone."""
    price = book.price("coupon_of_a_year", "120000", every="year")
    customer = book.case(
        "coupon_of_a_year",
        "$1,200 a year less 20 %, another coupon of 50 % in its place from 20 February on: never both",
        [("2025-06", "80"), ("2026-02", "50")],
    )
    on = {"subscription": "sub_coupon_of_a_year_1"}
    old = discount("year_old", book.coupon("YEAROLD", percent_off=20), "2025-06-10", **on)
    new = discount("year_new", book.coupon("YEARNEW", percent_off=50), "2026-02-20", **on)
    plan = item("coupon_of_a_year", price, since="2025-06-10")
    subscription = book.subscription(customer, [plan], "2025-06-10", discounts=[new])
    book.renewals(subscription, "2025-06-10", 1, [taken(line(plan, 120000), old, 24000)], step=12, discounts=[old])


def event_that_shows_some_items(book: Book) -> None:
    """Events cut long lists: what is not on the list may be there all the same."""
    price = book.price("cut_list", "1000")
    customer = book.case(
        "cut_list",
        "three items of $10; an event of 20 February shows two of them, the third left on 5 March",
        [("2025-01", "30")],
    )
    items = [item(f"cut_list_{number}", price) for number in range(3)]
    subscription = book.subscription(customer, items[:2], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 14, [line(each, 1000) for each in items])
    book.renewals(subscription, "2026-03-10", 1, [line(each, 1000) for each in items[:2]])
    shown = {"object": "list", "data": items[:2], "has_more": True, "total_count": 3}
    book.event(subscription, "2026-02-20", {"metadata": {"team": None}}, items=shown)


def credit_over_nothing(book: Book) -> None:
    """What a credit gives back tells it from a charge, in whatever words the line is put."""
    free, paid = book.price("worded_free", "0"), book.price("worded_paid", "5000")
    customer = book.case(
        "worded", "the free plan becomes one of $50 on 20 April, told in Swedish", [("2025-01", "0"), ("2025-04", "50")]
    )
    plan = item("worded", paid)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 4, [line(plan, 0, price=free)])
    unused = line(plan, 0, price=free, proration=True, description="Oanvänd tid")
    credited = {"credited_items": {"invoice": "in_1", "invoice_line_items": ["il_1"]}}
    unused["parent"]["subscription_item_details"]["proration_details"] = credited
    dated = [covering(each, "2025-04-20", "2025-05-10") for each in (unused, line(plan, 3333, proration=True))]
    book.bill(subscription, "2025-05-10", [*dated, covering(line(plan, 5000), "2025-05-10", "2025-06-10")])
    book.renewals(subscription, "2025-06-10", 10, [line(plan, 5000)])
