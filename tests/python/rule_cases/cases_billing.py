"""Bills that say something else than the contract, or cover other stretches of time than whole periods."""

from tests.python.rule_cases.objects import Book, Json, at, covering, item, line, months_after


def add(book: Book) -> None:
    stub_up_to_the_billing_day(book)
    billed_below_its_price(book)
    left_within_a_paid_year(book)
    pending_proration_with_tax_in_it(book)
    paused_within_a_paid_month(book)
    backdated_and_paid_late(book)
    from_usage_to_seats(book)
    from_seats_to_usage(book)
    credited(book)


def stub_up_to_the_billing_day(book: Book) -> None:
    """Everybody is billed on the first: the days before are a proration, without a regular line beside it."""
    price = book.price("anchored", "10000")
    customer = book.case("anchored", "$100 from 20 June, billed on the first of each month", [("2025-06", "100")])
    plan = item("anchored", price, since="2025-06-20 00:00")
    subscription = book.subscription(customer, [plan], "2025-06-20 00:00")
    stub = covering(line(plan, 3667, proration=True), "2025-06-20 00:00", "2025-07-01 00:00")
    book.bill(subscription, "2025-06-20 00:00", [stub], "subscription_create")
    book.renewals(subscription, "2025-07-01 00:00", 9, [line(plan, 10000)])


def billed_below_its_price(book: Book) -> None:
    """Stripe does not do this, an import of old invoices may: the checks have to say so."""
    price = book.price("below", "10000")
    customer = book.case("below", "a plan of $100 whose bills say $80, no discount anywhere", [("2025-01", "100")])
    plan = item("below", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 15, [line(plan, 8000)])


def left_within_a_paid_year(book: Book) -> None:
    price = book.price("left_year", "120000", every="year")
    customer = book.case(
        "left_year",
        "$1,200 a year, paid on 10 June, cancelled at once on 10 February without money back",
        [("2025-06", "100"), ("2026-02", "0")],
    )
    plan = item("left_year", price, since="2025-06-10")
    gone = at("2026-02-10")
    subscription = book.subscription(customer, [plan], "2025-06-10", status="canceled", ended_at=gone, canceled_at=gone)
    book.renewals(subscription, "2025-06-10", 1, [line(plan, 120000)], step=12)


def pending_proration_with_tax_in_it(book: Book) -> None:
    """What waits for the next bill does not say its tax yet; the bills before do."""
    price = book.price("vat_pending", "1250", tax_behavior="inclusive")
    customer = book.case("vat_pending", "4 seats at 12.50 with 25 % VAT in it, 8 from 12 March", [("2025-01", "40")])
    seats = item("vat_pending", price, 8)
    subscription = book.subscription(customer, [seats], "2025-01-10")
    tax = {"amount": 1000, "taxable_amount": 4000, "tax_behavior": "inclusive"}
    book.renewals(subscription, "2025-01-10", 15, [line(seats, 5000, 4, taxes=[tax])])
    of = {"subscription": subscription["id"], "subscription_item": seats["id"]}
    changed = at("2026-03-12")
    for amount, quantity in ((-4677, 4), (9355, 8)):
        book.objects["invoiceitems"].append(
            {"id": f"ii_vat_pending_{quantity}", "object": "invoiceitem", "amount": amount, "currency": "usd"}
            | {"created": changed, "date": changed, "customer": customer, "invoice": None, "livemode": True}
            | {"proration": True, "quantity": quantity, "period": {"start": changed, "end": at("2026-04-10")}}
            | {"pricing": {"type": "price_details", "price_details": {"price": price["id"]}}}
            | {"parent": {"type": "subscription_details", "subscription_details": of}}
        )


def paused_within_a_paid_month(book: Book) -> None:
    price = book.price("paid_pause", "10000")
    customer = book.case(
        "paid_pause",
        "collection paused by an event of 24 February, the bill of 10 February paid, that of 10 March voided at birth",
        [("2025-01", "100"), ("2026-02", "0")],
    )
    plan = item("paid_pause", price)
    pause = {"behavior": "void", "resumes_at": None}
    subscription = book.subscription(customer, [plan], "2025-01-10", pause_collection=pause)
    book.renewals(subscription, "2025-01-10", 14, [line(plan, 10000)])
    born_void = {"paid_at": None, "voided_at": at("2026-03-10")}
    book.renewals(subscription, "2026-03-10", 1, [line(plan, 10000)], status="void", transitions=born_void)
    book.event(subscription, "2026-02-24", {"pause_collection": None})


def backdated_and_paid_late(book: Book) -> None:
    """The two hours without a payment were on 10 May, not since the start that was given later."""
    price = book.price("backpaid", "10000")
    customer = book.case(
        "backpaid", "made on 10 May with a start of 10 March, first paid two hours later", [("2025-03", "100")]
    )
    plan = item("backpaid", price, since="2025-05-10")
    subscription = book.subscription(customer, [plan], "2025-03-10", created=at("2025-05-10"))
    first = covering(line(plan, 30000), "2025-03-10", "2025-06-10")
    paid = {"paid_at": at("2025-05-10 14:00")}
    book.bill(subscription, "2025-05-10", [first], "subscription_create", transitions=paid)
    book.renewals(subscription, "2025-06-10", 10, [line(plan, 10000)])


def from_usage_to_seats(book: Book) -> None:
    usage, seats = calls(book, "seated_calls"), book.price("seated", "5000")
    customer = book.case(
        "seated",
        "one item: paid by use until the bill of 10 September, then 2 seats of $50",
        [("2025-05", "0"), ("2025-09", "100")],
    )
    plan = item("seated", seats, 2, since="2025-05-10")
    subscription = book.subscription(customer, [plan], "2025-05-10")
    for number in range(1, 5):
        used = covering(line(plan, 2000, 1000, usage), *around("2025-05-10", number - 1))
        then = [covering(line(plan, 10000), *around("2025-05-10", 4))] if number == 4 else []
        book.bill(subscription, months_after("2025-05-10", number), [used, *then])
    book.renewals(subscription, "2025-10-10", 6, [line(plan, 10000)])


def from_seats_to_usage(book: Book) -> None:
    """Nothing is given back, and what is used is billed a month later, over the month from the change on."""
    usage, seats = calls(book, "metered_calls"), book.price("unseated", "5000")
    customer = book.case(
        "unseated",
        "one item: a seat of $50 until 10 September, paid by use from then on",
        [("2025-05", "50"), ("2025-09", "0")],
    )
    plan = item("unseated", usage, since="2025-05-10") | {"quantity": None}
    subscription = book.subscription(customer, [plan], "2025-05-10")
    book.renewals(subscription, "2025-05-10", 4, [line(plan, 5000, 1, seats)])
    for number in range(4, 10):
        used = covering(line(plan, 2000, 1000), *around("2025-05-10", number))
        book.bill(subscription, months_after("2025-05-10", number + 1), [used])


def calls(book: Book, name: str) -> Json:
    """Two cents a call."""
    metered = {"interval": "month", "interval_count": 1, "meter": "mtr_calls", "usage_type": "metered"}
    return book.price(name, "2", recurring=metered)


def around(first: str, number: int) -> tuple[str, str]:
    """The month that begins so many months later."""
    return months_after(first, number), months_after(first, number + 1)


def credited(book: Book) -> None:
    """Credit notes give back what was paid, not what the contract says."""
    price = book.price("credited", "10000")
    customer = book.case("credited", "all of May and $40 of June given back by credit notes", [("2025-01", "100")])
    plan = item("credited", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 15, [line(plan, 10000)])
    bills = [bill for bill in book.objects["invoices"] if bill["customer"] == customer]
    for number, (day, amount) in enumerate((("2025-05-12", 10000), ("2025-06-12", 4000)), start=1):
        bill = bills[3 + number]
        bill["post_payment_credit_notes_amount"] = amount
        note = {"id": f"cn_{number}", "object": "credit_note", "created": at(day), "currency": "usd", "livemode": True}
        note |= {"customer": customer, "invoice": bill["id"], "status": "issued", "type": "post_payment"}
        note |= {"amount": amount, "lines": {"object": "list", "data": [], "has_more": False}}
        book.objects["credit_notes"].append(note)
