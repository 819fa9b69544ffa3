"""Customers of two HubSpot companies, and four customers whose year tells the two NRRs apart."""

from typing import Any

from tests.python.rule_cases.objects import Book, Json, at, item, line


def account() -> Book:
    book = Book()
    companies(book)
    year(book)
    return book


def companies(book: Book) -> None:
    """Company 7001: West ($100) leaves in June, when East goes from 2 to 5 seats of $50. Company 7002: its one contract
    goes over to another Stripe customer in September. Alone belongs to no company."""
    book.objects["companies"] = [company("7001"), company("7002")]
    plan, seat = book.price("plan", "10000"), book.price("seat", "5000")
    left_in_june = {"status": "canceled", "canceled_at": at("2025-06-10"), "ended_at": at("2025-06-10")}
    subscribe(book, "west", plan, "2025-01-10", 5, metadata={"hubspot_company_id": "7001"}, **left_in_june)
    east = book.case("east", "", [("2025-01", "100")], metadata={"hubspot_company_id": "7001"})
    seats = item("east", seat, 5)
    subscription = book.subscription(east, [seats], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(seats, 10000, 2)])
    book.renewals(subscription, "2025-06-10", 10, [line(seats, 25000)])
    left_in_september = {"status": "canceled", "canceled_at": at("2025-09-10"), "ended_at": at("2025-09-10")}
    subscribe(book, "before", plan, "2025-01-10", 8, metadata={"hubspot_company_id": "7002"}, **left_in_september)
    subscribe(book, "after", plan, "2025-09-10", 7, metadata={"hubspot_company_id": "7002"})
    subscribe(book, "alone", plan, "2025-01-10", 15)


def year(book: Book) -> None:
    """The plan `gap`. Grown ($100) goes to $110 in June. Euro pays 100 euros, each worth $1 until August and $1.50 from
    September on. Passing ($100) comes in May and leaves in November. Returned ($100) leaves in April and comes back in
    July."""
    book.objects["balance_transactions"] = [rate("2025-01-02", "1.00"), rate("2025-09-02", "1.50")]
    plan = book.price("gap", "10000")
    more = book.price("gap_more", "11000", product="prod_gap")
    euros = book.price("gap_euro", "10000", product="prod_gap", currency="eur")
    grown = item("grown", more)
    subscription = book.subscription(book.case("grown", "", [("2025-01", "100")]), [grown], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [line(grown, 10000, price=plan)])
    book.renewals(subscription, "2025-06-10", 10, [line(grown, 11000)])
    subscribe(book, "euro", euros, "2025-01-10", 15)
    left_in_november = {"status": "canceled", "canceled_at": at("2025-11-10"), "ended_at": at("2025-11-10")}
    subscribe(book, "passing", plan, "2025-05-10", 6, **left_in_november)
    left_in_april = {"status": "canceled", "canceled_at": at("2025-04-10"), "ended_at": at("2025-04-10")}
    returned = subscribe(book, "returned", plan, "2025-01-10", 3, **left_in_april)
    again = item("returned_again", plan, since="2025-07-10")
    book.renewals(book.subscription(returned, [again], "2025-07-10"), "2025-07-10", 8, [line(again, 10000)])


def subscribe(
    book: Book, name: str, price: Json, since: str, bills: int, *, metadata: Json | None = None, **end: Any
) -> str:
    """A customer with one subscription and as many paid bills; its id."""
    currency = price["currency"]
    customer = book.case(name, "", [(since[:7], "100")], currency, metadata=metadata or {})
    plan = item(name, price, since=since)
    subscription = book.subscription(customer, [plan], since, currency=currency, **end)
    book.renewals(subscription, since, bills, [line(plan, 10000)])
    return customer


def company(record: str) -> Json:
    """A HubSpot company."""
    return {
        "id": record,
        "properties": {"hs_object_id": record, "name": f"Company {record}", "createdate": "2024-12-01T00:00:00.000Z"},
        "createdAt": "2024-12-01T00:00:00.000Z",
        "updatedAt": "2024-12-01T00:00:00.000Z",
        "archived": False,
    }


def rate(day: str, dollars: str) -> Json:
    """A payment in euros that was settled in dollars."""
    return {
        "id": f"txn_{day}",
        "object": "balance_transaction",
        "created": at(day),
        "currency": "usd",
        "amount": 1000,
        "exchange_rate": float(dollars),
        "source": {"currency": "eur"},
    }
