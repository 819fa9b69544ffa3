"""Prices and plans that no list has any more: the objects that name them hold them, or the bills tell them."""

from typing import Any

from tests.python.rule_cases.objects import Book, Json, covering, item, line, months_after


def add(book: Book) -> None:
    embedded_in_lines(book)
    plan_in_lines(book)
    plan_in_an_event(book)
    another_currency_in_lines(book)
    told_by_bills(book)
    yearly_by_bills(book)
    month_ends(book)
    tiers_are_no_price(book)
    packages_are_no_price(book)
    four_weeks_are_no_month(book)


def unlisted(book: Book, name: str, amount: str | None, **more: Any) -> Json:
    """A price that was deleted: nothing lists it."""
    price = book.price(name, amount, **more)
    book.objects["prices"].remove(price)
    return price


def plan_of(price: Json) -> Json:
    """The same as the plan that it was called before."""
    return {
        "id": price["id"],
        "object": "plan",
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "product": price["product"],
        "tiers_mode": price["tiers_mode"],
        "transform_usage": price["transform_quantity"],
        "usage_type": price["recurring"]["usage_type"],
    }


def in_older_shape(invoice: Json, price: Json, *, named: str = "price") -> None:
    """Turn an invoice over one price into the shape before 2025-03-31, with the price (or plan) in its lines."""
    invoice["subscription"] = invoice.pop("parent")["subscription_details"]["subscription"]
    for billed in invoice["lines"]["data"]:
        details = billed.pop("parent")["subscription_item_details"]
        for later in ("pricing", "taxes"):
            billed.pop(later)
        billed |= {key: details[key] for key in ("subscription", "subscription_item", "proration", "invoice_item")}
        billed[named] = price if named == "price" else plan_of(price)


def stated(price: Json, unit: str) -> Json:
    """What the newer shape says of a line's price."""
    return {"type": "price_details", "price_details": {"price": price["id"]}, "unit_amount_decimal": unit}


def replaced(book: Book, name: str, why: str, before: Json, amount: int, *, named: str | None = None) -> None:
    """2 units of a price until September 2025, then of a listed one at $45; `named`: in bills of the older shape."""
    after = book.price(f"{name}_after", "4500")
    customer = book.case(name, f"{why}; 90 from September", [("2025-05", f"{amount // 100}"), ("2025-09", "90")])
    units = item(name, after, 2, since="2025-05-17")
    subscription = book.subscription(customer, [units], "2025-05-17")
    pricing = stated(before, str(amount // 2))
    for number in range(4):
        begins, ends = months_after("2025-05-17", number), months_after("2025-05-17", number + 1)
        billed = line(units, amount, price=before, pricing=pricing)
        reason = "subscription_cycle" if number else "subscription_create"
        invoice = book.bill(subscription, begins, [covering(billed, begins, ends)], reason)
        if named:
            in_older_shape(invoice, before, named=named)
    book.renewals(subscription, "2025-09-17", 6, [line(units, 9000)])


def embedded_in_lines(book: Book) -> None:
    price = unlisted(book, "line_price", "3000")
    replaced(book, "line_price", "the lines of older bills hold the price: 2 at $30", price, 6000, named="price")


def plan_in_lines(book: Book) -> None:
    price = unlisted(book, "line_plan", "3500")
    replaced(book, "line_plan", "the lines of older bills hold the plan: 2 at $35", price, 7000, named="plan")


def plan_in_an_event(book: Book) -> None:
    plan = unlisted(book, "event_plan", "2000")
    after = book.price("event_plan_after", "3000")
    why = "an event of an older version shows the plan at $20, unbilled, until 20 February: then $30"
    customer = book.case("event_plan", why, [("2026-01", "20"), ("2026-02", "30")])
    seat = item("event_plan", after, since="2026-01-20")
    subscription = book.subscription(customer, [seat], "2026-01-20")
    then = {key: value for key, value in seat.items() if key != "price"} | {"plan": plan_of(plan)}
    older = {"object": "list", "data": [then], "has_more": False}
    book.event(subscription, "2026-01-20", {"status": "incomplete"}, items=older)
    book.event(subscription, "2026-02-20", {"items": {"data": [{"plan": plan_of(plan)}]}})


def another_currency_in_lines(book: Book) -> None:
    price = book.price("line_dollars", "1000")
    why = "older lines hold the price in dollars, the list too: 2 for 18 euro are not $20"
    customer = book.case("line_dollars", why, [("2025-01", "18")], "eur")
    units = item("line_dollars", price, 2)
    subscription = book.subscription(customer, [units], "2025-01-10", currency="eur")
    for number in range(15):
        begins, ends = months_after("2025-01-10", number), months_after("2025-01-10", number + 1)
        invoice = book.bill(subscription, begins, [covering(line(units, 1800, currency="eur"), begins, ends)])
        in_older_shape(invoice, price)


def told_by_bills(book: Book) -> None:
    price = unlisted(book, "bill_price", "3000")
    replaced(book, "bill_price", "newer bills say what a unit costs and for how long: 2 at $30 a month", price, 6000)


def yearly_by_bills(book: Book) -> None:
    price, after = unlisted(book, "bill_year", "120000", every="year"), book.price("bill_year_after", "180000", "year")
    why = "one bill over $1,200 for a year: 100; from its renewal $1,800: 150"
    customer = book.case("bill_year", why, [("2025-02", "100"), ("2026-02", "150")])
    plan = item("bill_year", after, since="2025-02-10")
    subscription = book.subscription(customer, [plan], "2025-02-10")
    billed = line(plan, 120000, price=price, pricing=stated(price, "120000"))
    book.renewals(subscription, "2025-02-10", 1, [billed], step=12)
    book.renewals(subscription, "2026-02-10", 1, [line(plan, 180000)], step=12)


def month_ends(book: Book) -> None:
    price, after = unlisted(book, "month_ends", "3000"), book.price("month_ends_after", "4500")
    why = "bills from 31 January, 28 February and 31 March are all over a month: $30; then $45"
    customer = book.case("month_ends", why, [("2025-01", "30"), ("2025-04", "45")])
    plan = item("month_ends", after, since="2025-01-31")
    subscription = book.subscription(customer, [plan], "2025-01-31")
    ends = [months_after("2025-01-31", number) for number in range(15)]
    for number in range(14):
        sold: dict[str, Any] = {"price": price, "pricing": stated(price, "3000")} if number < 3 else {}
        billed = line(plan, 3000 if sold else 4500, **sold)
        reason = "subscription_cycle" if number else "subscription_create"
        book.bill(subscription, ends[number], [covering(billed, ends[number], ends[number + 1])], reason)


def not_told(book: Book, name: str, why: str, lines: list[tuple[int, int, str]]) -> None:
    """Bills that do not tell a price until September, when a listed one of $90 takes its place.

    `lines` of a bill: amount, quantity, unit amount stated.
    """
    price, after = unlisted(book, name, None), book.price(f"{name}_after", "9000")
    customer = book.case(name, f"{why}: unknown, then $90", [("2025-05", "0"), ("2025-09", "90")])
    plan = item(name, after, since="2025-05-17")
    subscription = book.subscription(customer, [plan], "2025-05-17")
    billed = [line(plan, amount, of, price, pricing=stated(price, unit)) for amount, of, unit in lines]
    book.renewals(subscription, "2025-05-17", 4, billed)
    book.renewals(subscription, "2025-09-17", 6, [line(plan, 9000)])


def tiers_are_no_price(book: Book) -> None:
    not_told(book, "bill_tiers", "a line for each tier", [(5000, 5, "1000"), (2400, 3, "800")])


def packages_are_no_price(book: Book) -> None:
    not_told(book, "bill_packs", "25 units in packs of ten, 3 at $5, come to no unit's price", [(1500, 25, "500")])


def four_weeks_are_no_month(book: Book) -> None:
    price, after = unlisted(book, "bill_weeks", None), book.price("bill_weeks_after", "9000")
    why = "bills every 28 days, the first over all of February: unknown, then $90"
    customer = book.case("bill_weeks", why, [("2025-02", "0"), ("2025-09", "90")])
    plan = item("bill_weeks", after, since="2025-02-01")
    subscription = book.subscription(customer, [plan], "2025-02-01")
    for begins, ends in (("2025-02-01", "2025-03-01"), ("2025-03-01", "2025-03-29"), ("2025-03-29", "2025-04-26")):
        book.bill(
            subscription, begins, [covering(line(plan, 3000, 1, price, pricing=stated(price, "3000")), begins, ends)]
        )
    book.renewals(subscription, "2025-09-17", 6, [line(plan, 9000)])
