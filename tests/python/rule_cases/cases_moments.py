"""Several changes of one moment: backdated to the same midnight, or made within one second."""

from tests.python.rule_cases.objects import Book, Json, covering, item, line

MIDNIGHT = "2025-05-20 00:00"


def add(book: Book) -> None:
    seats_changed_twice(book)
    seats_changed_and_back(book)
    changed_then_removed(book)
    plan_changed_twice(book)
    tiers_changed_twice(book)
    renewal_undone(book)
    renewal_undone_to_none(book)
    noted_then_changed(book)
    noted_then_dropped(book)
    renewed_then_switched(book)


def change(of: Json, amount: int, quantity: int, price: Json | None = None, begins: str = MIDNIGHT) -> Json:
    """A proration line up to the renewal of 10 June."""
    return covering(line(of, amount, quantity, price, proration=True), begins, "2025-06-10")


def seats_changed_twice(book: Book) -> None:
    """Each change gives back what the one before it charged for: 12 seats were there for no time at all."""
    seat = book.price("seated_twice", "1000")
    customer = book.case(
        "seated_twice",
        "10 seats of $10; 12, then 13 on 20 May, both from its midnight on, charged for on 10 June",
        [("2025-01", "100"), ("2025-05", "130")],
    )
    seats = item("seated_twice", seat, 13)
    subscription = book.subscription(customer, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(seats, 10000, 10)])
    changes = [change(seats, -6935, 10), change(seats, 8323, 12), change(seats, -8323, 12), change(seats, 9016, 13)]
    book.bill(subscription, "2025-06-10", [*changes, covering(line(seats, 13000), "2025-06-10", "2025-07-10")])
    book.renewals(subscription, "2025-07-10", 9, [line(seats, 13000)])


def seats_changed_and_back(book: Book) -> None:
    seat = book.price("there_and_back", "1000")
    customer = book.case(
        "there_and_back",
        "10 seats of $10; 12 and then 10 again, both from the midnight of 20 May on",
        [("2025-01", "100")],
    )
    seats = item("there_and_back", seat, 10)
    subscription = book.subscription(customer, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(seats, 10000)])
    changes = [change(seats, -6935, 10), change(seats, 8323, 12), change(seats, -8323, 12), change(seats, 6935, 10)]
    book.bill(subscription, "2025-06-10", [*changes, covering(line(seats, 10000), "2025-06-10", "2025-07-10")])
    book.renewals(subscription, "2025-07-10", 9, [line(seats, 10000)])


def changed_then_removed(book: Book) -> None:
    base, seat = book.price("then_gone_base", "10000"), book.price("then_gone", "1000")
    customer = book.case(
        "then_gone",
        "$100 + 10 seats of $10; 12 seats and then none, both from the midnight of 20 May on: 200, 100",
        [("2025-01", "200"), ("2025-05", "100")],
    )
    plan, seats = item("then_gone_base", base), item("then_gone", seat, 12)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(plan, 10000), line(seats, 10000, 10)])
    changes = [change(seats, -6935, 10), change(seats, 8323, 12), change(seats, -8323, 12)]
    book.bill(subscription, "2025-06-10", [*changes, covering(line(plan, 10000), "2025-06-10", "2025-07-10")])
    book.renewals(subscription, "2025-07-10", 9, [line(plan, 10000)])


def plan_changed_twice(book: Book) -> None:
    """Each change has a bill of its own, with the change."""
    small, middle, large = (book.price(f"up_{amount}", f"{amount}00") for amount in (50, 80, 120))
    customer = book.case(
        "up",
        "$50; $80, then $120 within a minute of 20 May, both from its midnight on: 50, 120",
        [("2025-01", "50"), ("2025-05", "120")],
    )
    plan = item("up", large)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(plan, 5000, price=small)])
    first = [change(plan, -3468, 1, small), change(plan, 5548, 1, middle)]
    book.bill(subscription, "2025-05-20 09:00", first, "subscription_update")
    second = [change(plan, -5548, 1, middle), change(plan, 8323, 1, large)]
    book.bill(subscription, "2025-05-20 09:01", second, "subscription_update")
    book.renewals(subscription, "2025-06-10", 10, [line(plan, 12000)])


def tiers_changed_twice(book: Book) -> None:
    """The first tier is charged for in full before and after: the lines of the later bill are the state."""
    tiers = [
        {"up_to": 10, "unit_amount": 1000, "unit_amount_decimal": "1000", "flat_amount": None}
        | {"flat_amount_decimal": None},
        {"up_to": None, "unit_amount": 800, "unit_amount_decimal": "800", "flat_amount": None}
        | {"flat_amount_decimal": None},
    ]
    price = book.price("tiers_twice", None, billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)
    customer = book.case(
        "tiers_twice",
        "8 x $10; 25, then 30 within a minute of 20 May, both from its midnight on: 80, 10 x $10 + 20 x $8 = 260",
        [("2025-01", "80"), ("2025-05", "260")],
    )
    units = item("tiers_twice", price, 30)
    subscription = book.subscription(customer, [units], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(units, 8000, 8)])
    first = [change(units, -5548, 8), change(units, 6935, 10), change(units, 8323, 15)]
    book.bill(subscription, "2025-05-20 09:00", first, "subscription_update")
    second = [change(units, -6935, 10), change(units, -8323, 15), change(units, 6935, 10), change(units, 11097, 20)]
    book.bill(subscription, "2025-05-20 09:01", second, "subscription_update")
    book.renewals(subscription, "2025-06-10", 10, [line(units, 10000, 10), line(units, 16000, 20)])


def renewal_undone(book: Book) -> None:
    """Backdated to the start of the period, the credit undoes the very line that charged for it."""
    base, addon = book.price("undone_base", "10000"), book.price("undone_addon", "4000")
    customer = book.case(
        "undone",
        "$100 + $40; on 25 October the second is taken out from 10 October on, all of it given back on 10 November",
        [("2025-01", "140"), ("2025-10", "100")],
    )
    plan, extra = item("undone_base", base), item("undone_addon", addon)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 10, [line(plan, 10000), line(extra, 4000)])
    back = covering(line(extra, -4000, proration=True), "2025-10-10", "2025-11-10")
    book.bill(subscription, "2025-11-10", [back, covering(line(plan, 10000), "2025-11-10", "2025-12-10")])
    book.renewals(subscription, "2025-12-10", 4, [line(plan, 10000)])


def renewal_undone_to_none(book: Book) -> None:
    seat = book.price("undone_seats", "1000")
    customer = book.case(
        "undone_seats",
        "5 seats of $10; on 25 August none from 10 August on, all given back, though the item stays with quantity 0",
        [("2025-01", "50"), ("2025-08", "0")],
    )
    seats = item("undone_seats", seat, 0)
    subscription = book.subscription(customer, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 8, [line(seats, 5000, 5)])
    back = covering(line(seats, -5000, 5, proration=True), "2025-08-10", "2025-09-10")
    book.bill(subscription, "2025-09-10", [back, covering(line(seats, 0, 0), "2025-09-10", "2025-10-10")])
    book.renewals(subscription, "2025-10-10", 6, [line(seats, 0, 0)])


def noted_then_changed(book: Book) -> None:
    """Two calls in one second, whose events are in the order of their ids or not: the change tells which was first."""
    seat = book.price("noted", "12000", every="year")
    for name, is_noted_first in (("noted", True), ("noted_after", False)):
        customer = book.case(
            name,
            "10 seats of $120 a year, in one second of 24 February a note and 24 seats",
            [("2025-06", "100"), ("2026-02", "240")],
        )
        seats = item(name, seat, 24, since="2025-06-10")
        before = seats | {"quantity": 10}
        subscription = book.subscription(customer, [seats], "2025-06-10")
        book.renewals(subscription, "2025-06-10", 1, [line(seats, 120000, 10)], step=12)
        of_note = ({"metadata": {"note": None}}, {"items": entries([before])})
        of_seats = ({"items": entries([before]), "quantity": 10}, {"items": entries([seats])})
        for previous, then in (of_note, of_seats) if is_noted_first else (of_seats, of_note):
            book.event(subscription, "2026-02-24", previous, **then)


def noted_then_dropped(book: Book) -> None:
    base, addon = book.price("noted_base", "120000", every="year"), book.price("noted_addon", "24000", every="year")
    customer = book.case(
        "noted_dropped",
        "$1,200 + $240 a year, in one second of 24 February a note and the second gone: 120, 100",
        [("2025-06", "120"), ("2026-02", "100")],
    )
    plan, extra = item("noted_base", base, since="2025-06-10"), item("noted_addon", addon, since="2025-06-10")
    subscription = book.subscription(customer, [plan], "2025-06-10")
    book.renewals(subscription, "2025-06-10", 1, [line(plan, 120000), line(extra, 24000)], step=12)
    both = entries([plan, extra | {"subscription": subscription["id"]}])
    book.event(subscription, "2026-02-24", {"metadata": {"note": None}}, items=both)
    book.event(subscription, "2026-02-24", {"items": both})


def entries(items: list[Json]) -> Json:
    return {"object": "list", "data": items, "has_more": False}


def renewed_then_switched(book: Book) -> None:
    """Two bills begin a period of the item in one second; the one that a change made gives the other's month back."""
    monthly, annual = book.price("renewed_month", "10000"), book.price("renewed_year", "108000", every="year")
    customer = book.case(
        "renewed_then_switched",
        "$100 a month, renewed on 10 June, and in that second switched to $1,080 a year: 100, 1,080 / 12 = 90",
        [("2025-01", "100"), ("2025-06", "90")],
    )
    plan = item("renewed_then_switched", annual)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 6, [line(plan, 10000, price=monthly)])
    given_back = covering(line(plan, -10000, price=monthly, proration=True), "2025-06-10", "2025-07-10")
    year = covering(line(plan, 108000), "2025-06-10", "2026-06-10")
    book.bill(subscription, "2025-06-10", [given_back, year], "subscription_update")
