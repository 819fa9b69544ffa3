"""Prices and coupons in several currencies: Stripe states the amounts of the others as `currency_options`."""

from typing import Any

from tests.python.rule_cases.cases_discounts import taken as taken_off
from tests.python.rule_cases.objects import Book, Json, discount, item, line


def add(book: Book) -> None:
    seats_in_three_currencies(book)
    yearly_yen(book)
    graduated_in_three_currencies(book)
    amount_off_in_euro(book)
    amount_off_by_the_bills(book)
    told_by_bills(book)
    told_by_amounts(book)
    told_by_nobody(book)
    billions_of_rupiah(book)


def options(**amounts: int) -> Json:
    """`currency_options` of a price of so much a unit."""
    return {
        currency: {"unit_amount": amount, "unit_amount_decimal": str(amount), "tax_behavior": "unspecified"}
        for currency, amount in amounts.items()
    }


def tier(up_to: int | None, unit: int, flat: int) -> Json:
    amounts = {"unit_amount": unit, "unit_amount_decimal": str(unit)}
    return {"up_to": up_to, **amounts, "flat_amount": flat, "flat_amount_decimal": str(flat)}


def sold(book: Book, of: Json, customer: str, amount: int, **more: Any) -> Json:
    """A subscription of the customer's currency from January 2025, with a bill over the amount every month."""
    currency = next(case.currency for case in book.cases if case.customer == customer)
    subscription = book.subscription(customer, [of], "2025-01-10", currency=currency)
    book.renewals(subscription, "2025-01-10", 15, [line(of, amount, currency=currency, **more)])
    return subscription


def seats_in_three_currencies(book: Book) -> None:
    price = book.price("seat_anywhere", "1000", currency_options=options(usd=1000, eur=900, jpy=1500))
    customer = book.case("seat_usd", "3 seats at $10", [("2025-01", "30")])
    sold(book, item("seat_usd", price, 3), customer, 3000)
    customer = book.case("seat_jpy", "4 seats at 1,500 yen, which has no smaller unit", [("2025-01", "6000")], "jpy")
    sold(book, item("seat_jpy", price, 4), customer, 6000)
    why = "5 seats at 9 euro: 45; 8 from the renewal of July: 72"
    customer = book.case("seat_eur", why, [("2025-01", "45"), ("2025-07", "72")], "eur")
    seats = item("seat_eur", price, 8)
    subscription = book.subscription(customer, [seats], "2025-01-10", currency="eur")
    book.renewals(subscription, "2025-01-10", 6, [line(seats, 4500, 5, currency="eur")])
    book.renewals(subscription, "2025-07-10", 9, [line(seats, 7200, currency="eur")])


def yearly_yen(book: Book) -> None:
    price = book.price("yearly_anywhere", "12000", "year", currency_options=options(usd=12000, jpy=18000))
    customer = book.case("yearly_jpy", "18,000 yen a year are 1,500 a month", [("2025-01", "1500")], "jpy")
    plan = item("yearly_jpy", price)
    subscription = book.subscription(customer, [plan], "2025-01-10", currency="jpy")
    book.renewals(subscription, "2025-01-10", 2, [line(plan, 18000, currency="jpy")], step=12)


def graduated_in_three_currencies(book: Book) -> None:
    tiers = {
        "usd": [tier(5, 0, 2000), tier(None, 300, 0)],
        "eur": [tier(5, 0, 1800), tier(None, 250, 0)],
        "jpy": [tier(10, 0, 3000), tier(None, 400, 0)],
    }
    price = book.price(
        "tiers_anywhere",
        None,
        billing_scheme="tiered",
        tiers_mode="graduated",
        tiers=tiers["usd"],
        currency_options={
            currency: {"unit_amount": None, "unit_amount_decimal": None, "tiers": rows}
            for currency, rows in tiers.items()
        },
    )
    for currency, why, mrr, billed in (
        ("usd", "8 units: $20 for five, $3 for each of three more", "29", (2000, 900)),
        ("eur", "8 units: 18 euro for five, 2.50 for each of three more", "25.5", (1800, 750)),
        ("jpy", "8 units, all in the first tier of ten: 3,000 yen", "3000", (3000,)),
    ):
        customer = book.case(f"tiers_{currency}", why, [("2025-01", mrr)], currency)
        units = item(f"tiers_{currency}", price, 8)
        subscription = book.subscription(customer, [units], "2025-01-10", currency=currency)
        quantities = (8,) if len(billed) == 1 else (5, 3)
        lines = [line(units, each, of, currency=currency) for each, of in zip(billed, quantities, strict=True)]
        book.renewals(subscription, "2025-01-10", 15, lines)


def amount_off_in_euro(book: Book) -> None:
    price = book.price("off_anywhere", "5000", currency_options=options(usd=5000, eur=4500))
    off = {"usd": {"amount_off": 1000}, "eur": {"amount_off": 800}}
    coupon = book.coupon("TEN_OFF", amount_off=1000, currency="usd", currency_options=off)
    for currency, why, mrr, amount, taken in (
        ("usd", "$50 less $10", "40", 5000, 1000),
        ("eur", "45 euro less 8: the coupon's option, not its 10 dollars", "37", 4500, 800),
    ):
        customer = book.case(f"off_{currency}", why, [("2025-01", mrr)], currency)
        plan = item(f"off_{currency}", price)
        reduced = discount(f"off_{currency}", coupon, "2025-01-10", subscription=f"sub_off_{currency}_1")
        subscription = book.subscription(customer, [plan], "2025-01-10", currency=currency, discounts=[reduced])
        billed = line(plan, amount, currency=currency, discounts=[reduced["id"]])
        billed["discount_amounts"] = [{"amount": taken, "discount": reduced["id"]}]
        book.renewals(subscription, "2025-01-10", 15, [billed], discounts=[reduced])


def amount_off_by_the_bills(book: Book) -> None:
    price = book.price("off_unstated", "4500", currency="eur")
    coupon = book.coupon("TEN_OFF_UNSTATED", amount_off=1000, currency="usd")
    why = "9 of 45 euro off all bills by a coupon that states dollars only: 36"
    customer = book.case("off_unstated", why, [("2025-01", "36")], "eur")
    plan = item("off_unstated", price)
    reduced = discount("off_unstated", coupon, "2025-01-10", subscription="sub_off_unstated_1")
    subscription = book.subscription(customer, [plan], "2025-01-10", currency="eur", discounts=[reduced])
    billed = line(plan, 4500, discounts=[reduced["id"]])
    billed["discount_amounts"] = [{"amount": 900, "discount": reduced["id"]}]
    book.renewals(subscription, "2025-01-10", 15, [billed], discounts=[reduced])


def told_by_bills(book: Book) -> None:
    price = book.price("bills_tell", "1000")
    why = "the list has dollars only, the bills 8.505 euro a seat: 4 are 34.02, 6 from an event of 20 February 51.03"
    customer = book.case("bills_tell", why, [("2025-01", "34.02"), ("2026-02", "51.03")], "eur")
    pricing = {"type": "price_details", "price_details": {"price": price["id"]}, "unit_amount_decimal": "850.5"}
    subscription = sold(book, item("bills_tell", price, 4), customer, 3402, pricing=pricing)
    subscription["items"]["data"][0]["quantity"] = 6
    book.event(subscription, "2026-02-20", {"items": {"data": [{"quantity": 4}]}})
    book.objects["invoices"].pop()  # that of March would have six


def told_by_amounts(book: Book) -> None:
    price = book.price("amounts_tell", "1000")
    why = "3 seats for 2,700 yen, and the bills say no more"
    customer = book.case("amounts_tell", why, [("2025-01", "2700")], "jpy")
    sold(book, item("amounts_tell", price, 3), customer, 2700)


def told_by_nobody(book: Book) -> None:
    tiers = [tier(5, 0, 2000), tier(None, 300, 0)]
    price = book.price("nobody_tells", None, billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)
    why = "sold in euro, of which nothing states the tiers: not worth its $29, and a warning names it"
    customer = book.case("unknown_tiers", why, [("2025-01", "0")], "eur")
    units = item("unknown_tiers", price, 8)
    subscription = book.subscription(customer, [units], "2025-01-10", currency="eur")
    book.renewals(subscription, "2025-01-10", 15, [line(units, 1800, 5), line(units, 750, 3)])


def billions_of_rupiah(book: Book) -> None:
    """9e12 sen less 9e11: the product of the two, or of one and the seconds of a year, has more than twenty digits."""
    price = book.price("billions", "900000000000", every="year", currency="idr")
    customer = book.case(
        "billions",
        "10 seats of 9 billion rupiah a year less 9 billion each year, and a tenth once: 81 / 12",
        [("2025-06", "6750000000")],
        "idr",
    )
    seats = item("billions", price, 10, since="2025-06-10")
    coupon = book.coupon("BILLIONS", amount_off=900_000_000_000, currency="idr")
    off = discount("billions", coupon, "2025-06-10", subscription="sub_billions_1")
    once = discount("billions_once", book.coupon("TENTH_ONCE", "once", percent_off=10), "2025-06-10")
    subscription = book.subscription(customer, [seats], "2025-06-10", currency="idr", discounts=[off])
    billed = taken_off(taken_off(line(seats, 9_000_000_000_000), off, 900_000_000_000), once, 810_000_000_000)
    book.renewals(subscription, "2025-06-10", 1, [billed], step=12, discounts=[off, once])
