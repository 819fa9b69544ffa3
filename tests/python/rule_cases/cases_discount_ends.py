"""Where a discount stops: looks that do not show it, other discounts in its place, and whose look proves what."""

from tests.python.rule_cases.cases_discounts import taken
from tests.python.rule_cases.objects import Book, Json, at, covering, discount, item, line


def add(book: Book) -> None:
    replaced_by_another(book)
    customers_coupon_and_an_event(book)
    own_coupon_first(book)
    order_outlives_the_first(book)
    items_coupon_between_other_bills(book)
    three_levels(book)
    removed_by_event(book)
    gone_before_the_trial_ended(book)
    customers_coupon_taken_off(book)
    customers_coupon_replaced(book)
    older_shape(book)


def replaced_by_another(book: Book) -> None:
    price = book.price("replaced", "10000")
    customer = book.case(
        "replaced",
        "20 % off, another coupon of 50 % in its place from 20 June on: never both",
        [("2025-01", "80"), ("2025-06", "50")],
    )
    plan = item("replaced", price)
    old = discount("replaced_old", book.coupon("FIFTHOFF", percent_off=20), "2025-01-10", subscription="sub_replaced_1")
    new = discount("replaced_new", book.coupon("HALVED", percent_off=50), "2025-06-20", subscription="sub_replaced_1")
    subscription = book.subscription(customer, [plan], "2025-01-10", discounts=[new])
    book.renewals(subscription, "2025-01-10", 6, [taken(line(plan, 10000), old, 2000)], discounts=[old])
    book.renewals(subscription, "2025-07-10", 9, [taken(line(plan, 10000), new, 5000)], discounts=[new])


def customers_coupon_and_an_event(book: Book) -> None:
    """A subscription never lists its customer's discount: looking at it proves nothing about that."""
    price = book.price("patron", "120000", every="year")
    off = discount("patron", book.coupon("PATRON", percent_off=20), "2025-01-10", customer="cus_patron")
    customer = book.case(
        "patron",
        "$1,200 a year: the customer's 20 % outlasts an event in February",
        [("2025-06", "80")],
        discount=off,
    )
    plan = item("patron", price, since="2025-06-10")
    subscription = book.subscription(customer, [plan], "2025-06-10")
    book.renewals(subscription, "2025-06-10", 1, [taken(line(plan, 120000), off, 24000)], step=12, discounts=[off])
    book.event(subscription, "2026-02-24", {"metadata": {"team": None}}, metadata={"team": "north"})


def own_coupon_first(book: Book) -> None:
    price = book.price("takes_over", "10000")
    loyal = discount("takes_over", book.coupon("LOYAL20", percent_off=20), "2025-01-10", customer="cus_takes_over")
    customer = book.case(
        "takes_over",
        "the subscription's own 50 % for 3 months, then the customer's 20 %",
        [("2025-01", "50"), ("2025-04", "80")],
        discount=loyal,
    )
    plan = item("takes_over", price)
    coupon = book.coupon("HALF3", "repeating", percent_off=50, duration_in_months=3)
    own = discount("takes_over_own", coupon, "2025-01-10", "2025-04-10", subscription="sub_takes_over_1")
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 3, [taken(line(plan, 10000), own, 5000)], discounts=[own])
    book.renewals(subscription, "2025-04-10", 12, [taken(line(plan, 10000), loyal, 2000)], discounts=[loyal])


def order_outlives_the_first(book: Book) -> None:
    """The amount was second in the list while the percentage was there, whatever place it has today."""
    price = book.price("second", "10000")
    customer = book.case(
        "second",
        "10 % for 3 months, then $10 off what is left: 100 x 0.9 - 10 = 80, and 90 from 10 April",
        [("2025-01", "80"), ("2025-04", "90")],
    )
    plan = item("second", price)
    tenth = book.coupon("TENTH3", "repeating", percent_off=10, duration_in_months=3)
    first = discount("second_b", tenth, "2025-01-10", "2025-04-10", subscription="sub_second_1")
    ten = book.coupon("TENOFF", amount_off=1000, currency="usd")
    second = discount("second_a", ten, "2025-01-10", subscription="sub_second_1")
    subscription = book.subscription(customer, [plan], "2025-01-10", discounts=[second])
    both = taken(taken(line(plan, 10000), first, 1000), second, 1000)
    book.renewals(subscription, "2025-01-10", 3, [both], discounts=[first, second])
    book.renewals(subscription, "2025-04-10", 12, [taken(line(plan, 10000), second, 1000)], discounts=[second])


def items_coupon_between_other_bills(book: Book) -> None:
    """Bills for the other item say nothing about the discount on this one."""
    monthly, annual = book.price("apart_month", "10000"), book.price("apart_year", "120000", every="year")
    customer = book.case(
        "apart",
        "$100 a month, and $1,200 a year with 20 % off that item for 6 months: 180, and 200 from July",
        [("2025-01", "180"), ("2025-07", "200")],
    )
    plan, support = item("apart_month", monthly), item("apart_year", annual)
    coupon = book.coupon("FIFTH6", "repeating", percent_off=20, duration_in_months=6)
    on = {"subscription": "sub_apart_1", "subscription_item": support["id"]}
    off = discount("apart", coupon, "2025-01-10", "2025-07-10", **on)
    subscription = book.subscription(customer, [plan, support], "2025-01-10")
    year = covering(taken(line(support, 120000, discounts=[off]), off, 24000), "2025-01-10", "2026-01-10")
    first = covering(line(plan, 10000), "2025-01-10", "2025-02-10")
    book.bill(subscription, "2025-01-10", [first, year], "subscription_create")
    book.renewals(subscription, "2025-02-10", 11, [line(plan, 10000)])
    second_year = covering(line(support, 120000), "2026-01-10", "2027-01-10")
    book.bill(subscription, "2026-01-10", [covering(line(plan, 10000), "2026-01-10", "2026-02-10"), second_year])
    book.renewals(subscription, "2026-02-10", 2, [line(plan, 10000)])


def three_levels(book: Book) -> None:
    price = book.price("levels", "10000")
    half = discount("levels", book.coupon("LEVEL50", percent_off=50), "2025-01-10", customer="cus_levels")
    customer = book.case(
        "levels",
        "$20 off the item, then 10 % off the subscription, and the customer's 50 % not at all: (100 - 20) x 0.9",
        [("2025-01", "72")],
        discount=half,
    )
    plan = item("levels", price)
    on = {"subscription": "sub_levels_1", "subscription_item": plan["id"]}
    twenty = discount("levels_item", book.coupon("LEVEL20", amount_off=2000, currency="usd"), "2025-01-10", **on)
    tenth = discount("levels_sub", book.coupon("LEVEL10", percent_off=10), "2025-01-10", subscription="sub_levels_1")
    plan["discounts"] = [twenty]
    subscription = book.subscription(customer, [plan], "2025-01-10", discounts=[tenth])
    bill = taken(taken(line(plan, 10000, discounts=[twenty]), twenty, 2000), tenth, 800)
    book.renewals(subscription, "2025-01-10", 15, [bill], discounts=[tenth])


def removed_by_event(book: Book) -> None:
    price = book.price("taken_away", "10000")
    customer = book.case(
        "taken_away",
        "25 % off until an event of 20 February shows none",
        [("2025-01", "75"), ("2026-02", "100")],
    )
    plan = item("taken_away", price)
    off = discount("taken_away", book.coupon("AWAY", percent_off=25), "2025-01-10", subscription="sub_taken_away_1")
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 14, [taken(line(plan, 10000), off, 2500)], discounts=[off])
    book.event(subscription, "2026-02-20", {"discounts": [off["id"]]})


def gone_before_the_trial_ended(book: Book) -> None:
    price = book.price("unkept", "10000")
    customer = book.case(
        "unkept",
        "25 % off stands on the trial's bill only: the first charge of 24 February is in full",
        [("2025-02", "100")],
    )
    plan = item("unkept", price, since="2025-02-10")
    off = discount("unkept", book.coupon("UNKEPT", percent_off=25), "2025-02-10", subscription="sub_unkept_1")
    trial = {"trial_start": at("2025-02-10"), "trial_end": at("2025-02-24")}
    subscription = book.subscription(customer, [plan], "2025-02-10", **trial)
    free = covering(line(plan, 0), "2025-02-10", "2025-02-24")
    book.bill(subscription, "2025-02-10", [free], "subscription_create", discounts=[off])
    book.renewals(subscription, "2025-02-24", 13, [line(plan, 10000)])


def customers_coupon_taken_off(book: Book) -> None:
    """Neither the subscription nor a bill before June tells; the event does."""
    price = book.price("unlucky", "120000", every="year")
    off = discount("unlucky", book.coupon("LUCKY25", percent_off=25), "2025-06-10", customer="cus_unlucky")
    customer = book.case(
        "unlucky",
        "$1,200 a year less the customer's 25 %, which an event of 20 February takes off: 75, 100",
        [("2025-06", "75"), ("2026-02", "100")],
    )
    plan = item("unlucky", price, since="2025-06-10")
    subscription = book.subscription(customer, [plan], "2025-06-10")
    book.renewals(subscription, "2025-06-10", 1, [taken(line(plan, 120000), off, 30000)], step=12, discounts=[off])
    removed = {"id": "evt_unlucky", "object": "event", "type": "customer.discount.deleted", "livemode": True}
    book.objects["events"].append(removed | {"created": at("2026-02-20"), "data": {"object": off}})


def customers_coupon_replaced(book: Book) -> None:
    """A customer has one discount at a time, and no bill has shown the new one yet."""
    price = book.price("luckier", "120000", every="year")
    old = discount("luckier_old", book.coupon("LUCKY20", percent_off=20), "2025-06-10", customer="cus_luckier")
    new = discount("luckier_new", book.coupon("LUCKY50", percent_off=50), "2026-02-20", customer="cus_luckier")
    customer = book.case(
        "luckier",
        "$1,200 a year less the customer's 20 %, another coupon of 50 % in its place from 20 February on",
        [("2025-06", "80"), ("2026-02", "50")],
        discount=new,
    )
    plan = item("luckier", price, since="2025-06-10")
    subscription = book.subscription(customer, [plan], "2025-06-10")
    book.renewals(subscription, "2025-06-10", 1, [taken(line(plan, 120000), old, 24000)], step=12, discounts=[old])


def older_shape(book: Book) -> None:
    """acacia: one `discount`, its coupon inside it, flat lines."""
    price = book.price("older", "2000")
    customer = book.case(
        "older",
        "3 seats of $20 with 10 % off, 5 from 20 May: 54, 90",
        [("2025-01", "54"), ("2025-05", "90")],
    )
    seats = item("older", price, 5)
    coupon = book.coupon("OLDER", percent_off=10)
    off = discount("older", coupon, "2025-01-10", subscription="sub_older_1", customer=customer)
    off["coupon"] = off.pop("source")["coupon"]
    subscription = book.subscription(customer, [seats], "2025-01-10", discount=off)
    del subscription["discounts"]
    before = len(book.objects["invoices"])
    book.renewals(subscription, "2025-01-10", 5, [taken(line(seats, 6000, 3), off, 600)], discount=off)
    change = [line(seats, -3484, 3, proration=True), line(seats, 5806, 5, proration=True)]
    dated = [covering(each, "2025-05-20", "2025-06-10") for each in change]
    renewal = covering(taken(line(seats, 10000, 5), off, 1000), "2025-06-10", "2025-07-10")
    book.bill(subscription, "2025-06-10", [*dated, renewal], discount=off)
    book.renewals(subscription, "2025-07-10", 9, [taken(line(seats, 10000, 5), off, 1000)], discount=off)
    for invoice in book.objects["invoices"][before:]:
        invoice["subscription"] = invoice.pop("parent")["subscription_details"]["subscription"]
        del invoice["discounts"]
        invoice["lines"]["data"] = [flat(each) for each in invoice["lines"]["data"]]


def flat(of: Json) -> Json:
    """A line as it was before 2025: no `parent`, no `pricing`."""
    details = of["parent"]["subscription_item_details"]
    price_id = of["pricing"]["price_details"]["price"]
    rest = {key: value for key, value in of.items() if key not in ("parent", "pricing", "taxes")}
    return rest | details | {"plan": {"id": price_id}, "price": {"id": price_id}, "tax_amounts": []}
