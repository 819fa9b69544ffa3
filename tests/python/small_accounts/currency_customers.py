"""Customers in five currencies, reported in dollars: what their rates do to MRR, movements, retention and cohorts.

Exchanges are stated as Stripe states them, from smallest unit to smallest unit: 0.64 turns yen into cents, so a yen is
worth $0.0064. Nobody ever exchanged CFA francs, and the seed has no rate of them either.
"""

from tests.python.rule_cases.objects import Book, Json, at, item, line

EXCHANGES = (
    ("2025-01-05", "eur", 1.0),
    ("2025-02-20", "eur", 1.1),
    ("2025-08-15", "eur", 1.2),
    ("2025-01-20", "jpy", 0.64),
    ("2025-06-10", "jpy", 0.7),
    ("2025-02-12", "kwd", 0.325),
)


def account() -> Book:
    book = Book()
    book.objects["balance_transactions"] = [exchange(*one) for one in EXCHANGES]
    yen = book.price("yen", "10000", currency="jpy")
    seats(book, "yen", yen, (("2025-01-10", 1), ("2025-09-10", 2)))
    dinar = book.price("dinar", "10000", currency="kwd")
    seats(book, "dinar", dinar, (("2025-02-10", 1),))
    yearly = book.price("yearly", "100000", "year", currency="eur")
    euro = book.case("euro", "", [("2025-01", "83.33333333")], "eur")
    two = item("euro", yearly, 2)
    subscription = book.subscription(euro, [two], "2025-01-10", currency="eur")
    book.renewals(subscription, "2025-01-10", 1, [line(two, 100000, 1)], step=12)
    undone = line(two, -66000, 1, proration=True) | {"period": {"start": at("2025-05-10"), "end": at("2026-01-10")}}
    added = line(two, 132000, 2, proration=True) | {"period": {"start": at("2025-05-10"), "end": at("2026-01-10")}}
    book.bill(subscription, "2025-05-10", [undone, added], "subscription_update")
    book.renewals(subscription, "2026-01-10", 1, [line(two, 200000, 2)], step=12)
    francs = book.price("francs", "50000", currency="xaf")
    seats(book, "nowhere", francs, (("2025-01-10", 1),), until="2025-10-10")
    both = book.case("both", "", [("2025-01", "50")])
    for currency, amount, until in (("usd", 5000, "2025-12-10"), ("eur", 2000, "2025-11-10")):
        price = book.price(f"both_{currency}", str(amount), currency=currency, product="prod_both")
        plan = item(f"both_{currency}", price)
        ended = {"status": "canceled", "canceled_at": at(until), "ended_at": at(until)}
        subscription = book.subscription(both, [plan], "2025-01-10", currency=currency, **ended)
        book.renewals(subscription, "2025-01-10", int(until[5:7]) - 1, [line(plan, amount)])
    return book


def seats(book: Book, name: str, price: Json, steps: tuple[tuple[str, int], ...], *, until: str | None = None) -> None:
    """A customer with so many units from each day on, billed every month."""
    currency, since, unit = price["currency"], steps[0][0], price["unit_amount"]
    customer = book.case(name, "", [(since[:7], "0")], currency)
    of = item(name, price, steps[-1][1], since=since)
    ended = {"status": "canceled", "canceled_at": at(until), "ended_at": at(until)} if until else {}
    subscription = book.subscription(customer, [of], since, currency=currency, **ended)
    ends = [day for day, _ in steps[1:]] + [until or "2026-04-10"]
    for (day, quantity), end in zip(steps, ends, strict=True):
        count = (int(end[:4]) - int(day[:4])) * 12 + int(end[5:7]) - int(day[5:7])
        book.renewals(subscription, day, count, [line(of, unit * quantity, quantity)])


def exchange(day: str, currency: str, rate: float) -> Json:
    """A payment in that currency that was settled in dollars."""
    return {
        "id": f"txn_{currency}_{day}",
        "object": "balance_transaction",
        "created": at(day),
        "currency": "usd",
        "amount": 1000,
        "exchange_rate": rate,
        "source": {"currency": currency},
    }
