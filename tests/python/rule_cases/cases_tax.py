"""Inclusive tax that changes, comes in several rates, or is told by rounded amounts on bills only."""

from tests.python.rule_cases.cases_discounts import taken
from tests.python.rule_cases.objects import Book, Json, at, covering, discount, item, line


def add(book: Book) -> None:
    lowered(book)
    reverse_charge(book)
    registered_later(book)
    two_rates_on_bills(book)
    two_rates_stated(book)
    rounded_to_a_cent(book)
    taxed_and_untaxed_item(book)
    own_rates_on_top(book)
    replaced_within_a_year(book)
    charged_for_the_rest_only(book)
    not_billed_yet(book)
    first_bill_is_a_draft(book)
    billed_without_tax(book)


def lowered(book: Book) -> None:
    """The subscription states today's rate only; the bills tell what each period was taxed."""
    price = book.price("lowered", "11900", tax_behavior="inclusive")
    customer = book.case(
        "lowered",
        "$119 with 19 % tax in it, 7 % from the bill of 10 October on: 119 / 1.19, 119 / 1.07",
        [("2025-05", "100"), ("2025-10", "111.2150")],
    )
    plan = item("lowered", price, since="2025-05-10")
    subscription = book.subscription(customer, [plan], "2025-05-10", default_tax_rates=[rate("txr_low", 7)])
    book.renewals(subscription, "2025-05-10", 5, [line(plan, 11900, taxes=[tax(1900, 10000)])])
    book.renewals(subscription, "2025-10-10", 6, [line(plan, 11900, taxes=[tax(779, 11121)])])


def reverse_charge(book: Book) -> None:
    price = book.price("reverse", "11900", tax_behavior="inclusive")
    customer = book.case(
        "reverse",
        "$119 with 19 % tax in it; from the bill of 10 August the customer owes the tax itself: 119 is all ours",
        [("2025-05", "100"), ("2025-08", "119")],
        tax_exempt="reverse",
    )
    plan = item("reverse", price, since="2025-05-10")
    subscription = book.subscription(customer, [plan], "2025-05-10")
    book.renewals(subscription, "2025-05-10", 3, [line(plan, 11900, taxes=[tax(1900, 10000)])])
    book.renewals(subscription, "2025-08-10", 8, [line(plan, 11900, taxes=[tax(0, 11900)])])


def registered_later(book: Book) -> None:
    price = book.price("registered", "11900", tax_behavior="inclusive")
    customer = book.case(
        "registered",
        "$119 without any tax until the bill of 10 August takes 19 % out of it",
        [("2025-05", "119"), ("2025-08", "100")],
    )
    plan = item("registered", price, since="2025-05-10", tax_rates=[rate("txr_new", 19)])
    subscription = book.subscription(customer, [plan], "2025-05-10")
    book.renewals(subscription, "2025-05-10", 3, [line(plan, 11900)])
    book.renewals(subscription, "2025-08-10", 8, [line(plan, 11900, taxes=[tax(1900, 10000)])])


def two_rates_on_bills(book: Book) -> None:
    price = book.price("quebec", "22995", tax_behavior="inclusive")
    customer = book.case("quebec", "229.95 with 5 % and 9.975 % tax in it: 229.95 / 1.14975", [("2025-01", "200")])
    plan = item("quebec", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    taxes = [tax(1000, 20000), tax(1995, 20000)]
    book.renewals(subscription, "2025-01-10", 15, [line(plan, 22995, taxes=taxes)])


def two_rates_stated(book: Book) -> None:
    price = book.price("stated", "22995", tax_behavior="inclusive")
    customer = book.case(
        "stated", "229.95 less 45.99, with 5 % and 9.975 % tax in it: 183.96 / 1.14975", [("2025-01", "160")]
    )
    plan = item("stated", price, tax_rates=[rate("txr_gst", 5), rate("txr_qst", 9.975)])
    coupon = book.coupon("FIFTH45", amount_off=4599, currency="usd")
    off = discount("stated", coupon, "2025-01-10", subscription="sub_stated_1")
    subscription = book.subscription(customer, [plan], "2025-01-10", discounts=[off])
    taxes = [tax(800, 16000), tax(1596, 16000)]
    book.renewals(subscription, "2025-01-10", 15, [taken(line(plan, 22995, taxes=taxes), off, 4599)], discounts=[off])


def rounded_to_a_cent(book: Book) -> None:
    """1.60 of 8.39 is 19.07 %: the roundest rate that comes to 1.60 is 19 %, and 9.99 / 1.19 = 8.394958."""
    price = book.price("cents", "999", tax_behavior="inclusive")
    customer = book.case("cents", "9.99 with 19 % tax in it, told by its bills only", [("2025-01", "8.3950")])
    plan = item("cents", price)
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 15, [line(plan, 999, taxes=[tax(160, 839)])])


def taxed_and_untaxed_item(book: Book) -> None:
    taxed, untaxed = (book.price(f"{name}_part", amount) for name, amount in (("taxed", "12500"), ("untaxed", "4000")))
    customer = book.case(
        "parts", "$125 with 25 % tax in it and $40 with none, 10 % off both: (100 + 40) x 0.9", [("2025-01", "126")]
    )
    items = [item("taxed_part", taxed), item("untaxed_part", untaxed)]
    off = discount("parts", book.coupon("PARTS10", percent_off=10), "2025-01-10", subscription="sub_parts_1")
    subscription = book.subscription(customer, items, "2025-01-10", discounts=[off])
    lines = [
        taken(line(items[0], 12500, taxes=[tax(2250, 9000)]), off, 1250),
        taken(line(items[1], 4000, taxes=[tax(0, 3600)]), off, 400),
    ]
    book.renewals(subscription, "2025-01-10", 15, lines, discounts=[off])


def own_rates_on_top(book: Book) -> None:
    """An item with rates of its own does not have the subscription's default."""
    price = book.price("on_top", "10000", tax_behavior="exclusive")
    customer = book.case(
        "on_top", "$100 and 8 % on top of it, where the subscription's default is 19 % in it", [("2025-01", "100")]
    )
    plan = item("on_top", price, tax_rates=[rate("txr_sales", 8) | {"inclusive": False}])
    subscription = book.subscription(customer, [plan], "2025-01-10", default_tax_rates=[rate("txr_vat", 19)])
    taxes = [tax(800, 10000) | {"tax_behavior": "exclusive"}]
    book.renewals(subscription, "2025-01-10", 15, [line(plan, 10000, taxes=taxes)])


def replaced_within_a_year(book: Book) -> None:
    """Of the new item there are proration lines only, until the next year begins."""
    old = book.price("switched_old", "119000", every="year", tax_behavior="inclusive")
    new = book.price("switched_new", "238000", every="year", tax_behavior="inclusive")
    customer = book.case(
        "switched",
        "$1,190 a year with 19 % tax in it, replaced by an item of $2,380 on 5 February: 1190 and 2380 / 1.19 / 12",
        [("2026-01", "83.3333"), ("2026-02", "166.6667")],
    )
    before, after = item("switched_old", old, since="2026-01-10"), item("switched_new", new, since="2026-02-05")
    subscription = book.subscription(customer, [after], "2026-01-10")
    book.renewals(subscription, "2026-01-10", 1, [line(before, 119000, taxes=[tax(19000, 100000)])], step=12)
    # 339 of 365 days
    back = line(before, -110523, proration=True, taxes=[tax(-17647, -92876)])
    rest = line(after, 221047, proration=True, taxes=[tax(35293, 185754)])
    dated = [covering(each, "2026-02-05", "2027-01-10") for each in (back, rest)]
    book.bill(subscription, "2026-02-05", dated, "subscription_update")


def charged_for_the_rest_only(book: Book) -> None:
    base = book.price("rest_base", "11900", tax_behavior="inclusive")
    addon = book.price("rest_addon", "4760", tax_behavior="inclusive")
    customer = book.case(
        "rest",
        "$119, an add-on of $47.60 from 15 October to 10 November, 19 % tax in both: 100, 140, 100",
        [("2025-05", "100"), ("2025-10", "140"), ("2025-11", "100")],
    )
    plan, extra = item("rest_base", base, since="2025-05-10"), item("rest_addon", addon, since="2025-10-15")
    subscription = book.subscription(customer, [plan], "2025-05-10")
    charged = line(plan, 11900, taxes=[tax(1900, 10000)])
    book.renewals(subscription, "2025-05-10", 6, [charged])
    # 26 of 31 days
    rest = covering(line(extra, 3992, proration=True, taxes=[tax(637, 3355)]), "2025-10-15", "2025-11-10")
    book.bill(subscription, "2025-11-10", [rest, covering(charged, "2025-11-10", "2025-12-10")])
    book.renewals(subscription, "2025-12-10", 4, [charged])


def not_billed_yet(book: Book) -> None:
    """What waits for the next bill does not say its tax: it is taken to be that of the subscription's other items."""
    base = book.price("unbilled_base", "142800", every="year", tax_behavior="inclusive")
    addon = book.price("unbilled_addon", "71400", every="year", tax_behavior="inclusive")
    customer = book.case(
        "unbilled",
        "$1,428 a year, $714 more from 20 February and not billed yet, 19 % tax in it: 1428 and 714 / 1.19 / 12",
        [("2025-06", "100"), ("2026-02", "150")],
    )
    plan, extra = item("unbilled_base", base, since="2025-06-10"), item("unbilled_addon", addon, since="2026-02-20")
    subscription = book.subscription(customer, [plan, extra], "2025-06-10")
    book.renewals(subscription, "2025-06-10", 1, [line(plan, 142800, taxes=[tax(22800, 120000)])], step=12)
    of = {"subscription": subscription["id"], "subscription_item": extra["id"]}
    added = at("2026-02-20")
    book.objects["invoiceitems"].append(
        {"id": "ii_unbilled", "object": "invoiceitem", "amount": 21518, "currency": "usd"}
        | {"created": added, "date": added, "customer": customer, "invoice": None, "livemode": True}
        | {"proration": True, "quantity": 1, "period": {"start": added, "end": at("2026-06-10")}}
        | {"pricing": {"type": "price_details", "price_details": {"price": addon["id"]}}}
        | {"parent": {"type": "subscription_details", "subscription_details": of}}
    )


def first_bill_is_a_draft(book: Book) -> None:
    price = book.price("tax_draft", "119000", every="year", tax_behavior="inclusive")
    customer = book.case(
        "tax_draft",
        "$1,190 a year, the first bill a draft with 19 % tax in it: 1190 / 1.19 / 12",
        [("2026-01", "83.3333")],
    )
    plan = item("tax_draft", price, since="2026-01-12")
    subscription = book.subscription(customer, [plan], "2026-01-12", collection_method="send_invoice")
    year = covering(line(plan, 119000, taxes=[tax(19000, 100000)]), "2026-01-12", "2027-01-12")
    held = {"paid_at": None, "finalized_at": None}
    book.bill(subscription, "2026-01-12", [year], "subscription_create", status="draft", transitions=held)


def billed_without_tax(book: Book) -> None:
    """An item whose own bills name no tax has none, whatever the others have."""
    taxed, untaxed = book.price("beside_taxed", "12500"), book.price("beside_untaxed", "4000")
    customer = book.case(
        "beside", "$125 with 25 % tax in it and $40 that no bill taxes: 100 + 40", [("2025-01", "140")]
    )
    items = [item("beside_taxed", taxed), item("beside_untaxed", untaxed)]
    subscription = book.subscription(customer, items, "2025-01-10")
    lines = [line(items[0], 12500, taxes=[tax(2500, 10000)]), line(items[1], 4000)]
    book.renewals(subscription, "2025-01-10", 15, lines)


def tax(amount: int, taxable: int) -> Json:
    """What a line says of an inclusive tax, in minor units."""
    return {"amount": amount, "taxable_amount": taxable, "tax_behavior": "inclusive"}


def rate(name: str, percent: float) -> Json:
    """A tax rate that is in the price."""
    return {"id": name, "object": "tax_rate", "percentage": percent, "inclusive": True}
