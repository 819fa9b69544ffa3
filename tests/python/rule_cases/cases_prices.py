"""Prices, quantities and how they change."""

from tests.python.rule_cases.objects import Book, at, covering, item, line


def add(book: Book) -> None:
    packages(book)
    volume_tiers(book)
    graduated_with_flat_fee(book)
    days(book)
    currencies(book)
    two_changes_in_one_period(book)
    swapped_item(book)
    pending_change(book)
    change_told_by_event(book)
    unbilled_change_waits_for_renewal(book)
    annual_upgrade(book)
    price_in_fractions_of_a_cent(book)
    none_at_first(book)
    free_tier_outgrown(book)


def packages(book: Book) -> None:
    price = book.price("pack", "500", transform_quantity={"divide_by": 10, "round": "up"})
    customer = book.case(
        "pack", "25 units are 3 packs of 10 at $5; 31 units are 4", [("2025-01", "15"), ("2025-06", "20")]
    )
    pack = item("pack", price, 31)
    subscription = book.subscription(customer, [pack], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(pack, 1500, 25)])
    change = [line(pack, -500, 25, proration=True), line(pack, 700, 31, proration=True)]
    dated = [covering(each, "2025-06-02", "2025-06-10") for each in change]
    book.bill(subscription, "2025-06-10", [*dated, covering(line(pack, 2000), "2025-06-10", "2025-07-10")])
    book.renewals(subscription, "2025-07-10", 9, [line(pack, 2000)])


def volume_tiers(book: Book) -> None:
    tiers = [
        {
            "up_to": 10,
            "unit_amount": 1000,
            "unit_amount_decimal": "1000",
            "flat_amount": None,
            "flat_amount_decimal": None,
        },
        {
            "up_to": None,
            "unit_amount": 800,
            "unit_amount_decimal": "800",
            "flat_amount": 500,
            "flat_amount_decimal": "500",
        },
    ]
    price = book.price("volume", None, billing_scheme="tiered", tiers_mode="volume", tiers=tiers)
    customer = book.case(
        "volume",
        "20 units all cost $8 plus $5 flat: 165; 10 units cost $10: 100",
        [("2025-01", "165"), ("2025-09", "100")],
    )
    units = item("volume", price, 10)
    subscription = book.subscription(customer, [units], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 8, [line(units, 16000, 20), line(units, 500, 0)])
    book.renewals(subscription, "2025-09-10", 7, [line(units, 10000, 10)])


def graduated_with_flat_fee(book: Book) -> None:
    tiers = [
        {"up_to": 5, "unit_amount": 0, "unit_amount_decimal": "0", "flat_amount": 2000, "flat_amount_decimal": "2000"},
        {
            "up_to": None,
            "unit_amount": 300,
            "unit_amount_decimal": "300",
            "flat_amount": None,
            "flat_amount_decimal": None,
        },
    ]
    price = book.price("graduated", None, billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)
    customer = book.case("graduated", "$20 for the first five, $3 for each of three more: 29", [("2025-01", "29")])
    units = item("graduated", price, 8)
    subscription = book.subscription(customer, [units], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 15, [line(units, 2000, 0), line(units, 0, 5), line(units, 900, 3)])


def days(book: Book) -> None:
    price = book.price("days", "1000", every="day", count=30)
    customer = book.case("days", "$10 every 30 days: 10 x 365 / 12 / 30 = 10.138889", [("2026-01", "10.138889")])
    plan = item("days", price, since="2026-01-10")
    subscription = book.subscription(customer, [plan], "2026-01-10")
    book.bill(
        subscription, "2026-01-10", [covering(line(plan, 1000), "2026-01-10", "2026-02-09")], "subscription_create"
    )
    book.bill(subscription, "2026-02-09", [covering(line(plan, 1000), "2026-02-09", "2026-03-11")])


def currencies(book: Book) -> None:
    for currency, minor, mrr in (
        ("krw", "9900", "9900"),
        ("bhd", "12500", "12.5"),
        ("isk", "990000", "9900"),
        ("huf", "350000", "3500"),
    ):
        price = book.price(currency, minor, currency=currency)
        why = f"{minor} minor units of {currency} are {mrr}"
        customer = book.case(currency, why, [("2025-01", mrr)], currency)
        plan = item(currency, price)
        subscription = book.subscription(customer, [plan], "2025-01-10", currency=currency)
        book.renewals(subscription, "2025-01-10", 15, [line(plan, int(minor))])


def two_changes_in_one_period(book: Book) -> None:
    price = book.price("seats", "1000")
    expected = [("2025-01", "100"), ("2025-05", "200"), ("2025-06", "120")]
    customer = book.case("twice", "10 seats, 20 from 28 May, 12 from 3 June, billed together on 10 June", expected)
    seats = item("twice", price, 12)
    subscription = book.subscription(customer, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(seats, 10000, 10)])
    first = [line(seats, -4333, 10, proration=True), line(seats, 8667, 20, proration=True)]
    second = [line(seats, -4500, 20, proration=True), line(seats, 2700, 12, proration=True)]
    dated = [covering(each, "2025-05-28", "2025-06-10") for each in first]
    dated += [covering(each, "2025-06-03", "2025-06-10") for each in second]
    book.bill(subscription, "2025-06-10", [*dated, covering(line(seats, 12000), "2025-06-10", "2025-07-10")])
    book.renewals(subscription, "2025-07-10", 9, [line(seats, 12000)])


def swapped_item(book: Book) -> None:
    """The plan is changed by deleting one item and adding another, not by changing the price of one."""
    old_price, new_price = book.price("old_plan", "5000"), book.price("new_plan", "9000")
    customer = book.case(
        "swap", "$50 until 20 August, $90 from then on: another item", [("2025-01", "50"), ("2025-08", "90")]
    )
    old, new = item("swap_old", old_price), item("swap_new", new_price, since="2025-08-20")
    subscription = book.subscription(customer, [new], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 8, [line(old, 5000)])
    change = [line(old, -3387, proration=True), line(new, 6097, proration=True)]
    dated = [covering(each, "2025-08-20", "2025-09-10") for each in change]
    book.bill(subscription, "2025-09-10", [*dated, covering(line(new, 9000), "2025-09-10", "2025-10-10")])
    book.renewals(subscription, "2025-10-10", 6, [line(new, 9000)])


def pending_change(book: Book) -> None:
    price = book.price("pending", "1000", every="year")
    customer = book.case(
        "pending",
        "10 annual seats at $10 ($100 a year), 24 from 5 February, not billed before January 2027",
        [("2026-01", "8.3333"), ("2026-02", "20")],
    )
    seats = item("pending", price, 24, since="2026-01-10")
    subscription = book.subscription(customer, [seats], "2026-01-10")
    book.bill(
        subscription,
        "2026-01-10",
        [covering(line(seats, 10000, 10), "2026-01-10", "2027-01-10")],
        "subscription_create",
    )
    of = {"subscription": subscription["id"], "subscription_item": seats["id"]}
    changed = at("2026-02-05")
    for amount, quantity in ((-9288, 10), (22291, 24)):
        book.objects["invoiceitems"].append(
            {"id": f"ii_pending_{quantity}", "object": "invoiceitem", "amount": amount, "currency": "usd"}
            | {"created": changed, "date": changed, "customer": customer, "invoice": None, "livemode": True}
            | {"proration": True, "quantity": quantity, "period": {"start": changed, "end": at("2027-01-10")}}
            | {"pricing": {"type": "price_details", "price_details": {"price": price["id"]}}}
            | {"parent": {"type": "subscription_details", "subscription_details": of}}
        )


def change_told_by_event(book: Book) -> None:
    price = book.price("event", "1000", every="year")
    customer = book.case(
        "event",
        "an event of 24 February tells of 24 annual seats, without any proration",
        [("2025-06", "8.3333"), ("2026-02", "20")],
    )
    seats = item("event", price, 24, since="2025-06-10")
    subscription = book.subscription(customer, [seats], "2025-06-10")
    book.bill(
        subscription,
        "2025-06-10",
        [covering(line(seats, 10000, 10), "2025-06-10", "2026-06-10")],
        "subscription_create",
    )
    book.event(subscription, "2026-02-24", {"items": {"data": [{"id": seats["id"], "quantity": 10}]}})


def unbilled_change_waits_for_renewal(book: Book) -> None:
    price = book.price("silent", "1000")
    customer = book.case(
        "silent",
        "seats raised without proration count at the renewal that first shows them",
        [("2025-01", "30"), ("2025-07", "50")],
    )
    seats = item("silent", price, 5)
    subscription = book.subscription(customer, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 6, [line(seats, 3000, 3)])
    book.renewals(subscription, "2025-07-10", 9, [line(seats, 5000, 5)])


def annual_upgrade(book: Book) -> None:
    """Monthly to annual in mid-period: the period starts anew, the unused month is given back."""
    monthly, annual = book.price("to_annual_m", "10000"), book.price("to_annual_y", "108000", every="year")
    customer = book.case(
        "annual", "$100 a month until 20 June, $1,080 a year from then on: 90", [("2025-01", "100"), ("2025-06", "90")]
    )
    plan = item("annual", annual)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 6, [line(plan, 10000, price=monthly)])
    back = covering(line(plan, -6667, price=monthly, proration=True), "2025-06-20", "2025-07-10")
    book.bill(
        subscription,
        "2025-06-20",
        [back, covering(line(plan, 108000), "2025-06-20", "2026-06-20")],
        "subscription_update",
    )


def price_in_fractions_of_a_cent(book: Book) -> None:
    price = book.price("fraction", "0.5", unit_amount=None)
    customer = book.case("fraction", "12,345 units at half a cent: 61.725", [("2025-01", "61.725")])
    units = item("fraction", price, 12345)
    subscription = book.subscription(customer, [units], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 15, [line(units, 6173)])


def none_at_first(book: Book) -> None:
    """Nothing is what no seats cost: no trial, so seats that come without a bill count when they come."""
    price = book.price("none_yet", "1000")
    customer = book.case(
        "none_yet", "0 seats of $10, 5 from an event of 20 February on", [("2025-12", "0"), ("2026-02", "50")]
    )
    seats = item("none_yet", price, 5, since="2025-12-10")
    subscription = book.subscription(customer, [seats], "2025-12-10")
    book.renewals(subscription, "2025-12-10", 3, [line(seats, 0, 0)])
    book.event(subscription, "2026-02-20", {"items": {"data": [{"id": seats["id"], "quantity": 0}]}})
    book.renewals(subscription, "2026-03-10", 1, [line(seats, 5000, 5)])


def free_tier_outgrown(book: Book) -> None:
    tiers = [
        {"up_to": 5, "unit_amount": 0, "unit_amount_decimal": "0", "flat_amount": None, "flat_amount_decimal": None},
        {"up_to": None, "unit_amount": 700, "unit_amount_decimal": "700", "flat_amount": None}
        | {"flat_amount_decimal": None},
    ]
    price = book.price("free_tier", None, billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)
    customer = book.case(
        "free_tier",
        "3 units within the 5 that are free, 8 from an event of 20 February on: 3 x $7",
        [("2025-12", "0"), ("2026-02", "21")],
    )
    units = item("free_tier", price, 8, since="2025-12-10")
    subscription = book.subscription(customer, [units], "2025-12-10")
    book.renewals(subscription, "2025-12-10", 3, [line(units, 0, 3)])
    book.event(subscription, "2026-02-20", {"items": {"data": [{"id": units["id"], "quantity": 3}]}})
    book.renewals(subscription, "2026-03-10", 1, [line(units, 0, 5), line(units, 2100, 3)])
