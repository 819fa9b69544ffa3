"""Discounts: what hangs on an item, a subscription or a customer, in which order, and for how long."""

from tests.python.rule_cases.objects import Book, Json, discount, item, line


def add(book: Book) -> None:
    amount_shared_by_two_items(book)
    stacked(book)
    customer_coupon(book)
    limited_to_a_product(book)
    removed_early(book)
    mid_period(book)
    free_forever(book)
    larger_than_the_price(book)
    annual_amount_off(book)
    inclusive_tax_from_bills(book)
    deleted_coupon(book)
    one_item_free(book)
    limited_to_what_has_left(book)


def amount_shared_by_two_items(book: Book) -> None:
    first, second = book.price("shared_a", "10000"), book.price("shared_b", "5000")
    customer = book.case("shared", "$100 + $50 with $30 off the subscription: 120, not 90", [("2025-01", "120")])
    a, b = item("shared_a", first), item("shared_b", second)
    off = discount(
        "shared", book.coupon("OFF30", amount_off=3000, currency="usd"), "2025-01-10", subscription="sub_shared_1"
    )
    subscription = book.subscription(customer, [a, b], "2025-01-10", discounts=[off])
    lines = [taken(line(a, 10000), off, 2000), taken(line(b, 5000), off, 1000)]
    book.renewals(subscription, "2025-01-10", 15, lines, discounts=[off])


def stacked(book: Book) -> None:
    """$10 off and 10 % off, in both orders: each applies to what the one before it left."""
    price = book.price("stacked", "10000")
    tenth, ten = book.coupon("TENTH", percent_off=10), book.coupon("TEN", amount_off=1000, currency="usd")
    for name, coupons, mrr in (("percent_first", (tenth, ten), "80"), ("amount_first", (ten, tenth), "81")):
        customer = book.case(name, f"$100 with 10 % and $10 off in this order: {mrr}", [("2025-01", mrr)])
        plan = item(name, price)
        offs = [
            discount(f"{name}_{number}", coupon, "2025-01-10", subscription=f"sub_{name}_1")
            for number, coupon in enumerate(coupons)
        ]
        subscription = book.subscription(customer, [plan], "2025-01-10", discounts=offs)
        bill = line(plan, 10000)
        for off, coupon, before in zip(offs, coupons, (10000, 9000), strict=True):
            bill = taken(bill, off, 1000 if coupon is ten else before // 10)
        book.renewals(subscription, "2025-01-10", 15, [bill], discounts=offs)


def customer_coupon(book: Book) -> None:
    """The customer's coupon reaches the subscription that has none of its own, and only that one."""
    price = book.price("loyal", "10000")
    fifth, half = book.coupon("FIFTH", percent_off=20), book.coupon("HALFOFF", percent_off=50)
    loyal = discount("loyal", fifth, "2025-01-10", customer="cus_loyal")
    expected = [("2025-01", "80"), ("2025-03", "130")]
    customer = book.case(
        "loyal", "$100 less the customer's 20 %, then another $100 less its own 50 %", expected, discount=loyal
    )
    plain, own = item("loyal_a", price), item("loyal_b", price, since="2025-03-10")
    first = book.subscription(customer, [plain], "2025-01-10")
    book.renewals(first, "2025-01-10", 15, [taken(line(plain, 10000), loyal, 2000)], discounts=[loyal])
    halved = discount("loyal_own", half, "2025-03-10", customer=customer, subscription="sub_loyal_2")
    second = book.subscription(customer, [own], "2025-03-10", discounts=[halved])
    book.renewals(second, "2025-03-10", 13, [taken(line(own, 10000), halved, 5000)], discounts=[halved])


def limited_to_a_product(book: Book) -> None:
    first, second = book.price("limited_a", "10000"), book.price("limited_b", "5000")
    customer = book.case("limited", "half off, but only of the product at $50: 100 + 25", [("2025-01", "125")])
    a, b = item("limited_a", first), item("limited_b", second)
    coupon = book.coupon("LIMITED", percent_off=50, applies_to={"products": ["prod_limited_b"]})
    off = discount("limited", coupon, "2025-01-10", subscription="sub_limited_1")
    subscription = book.subscription(customer, [a, b], "2025-01-10", discounts=[off])
    book.renewals(subscription, "2025-01-10", 15, [line(a, 10000), taken(line(b, 5000), off, 2500)], discounts=[off])


def removed_early(book: Book) -> None:
    """A forever coupon taken away in June, long before events reach back: the June bill is the first without it."""
    price = book.price("removed", "10000")
    customer = book.case("removed", "25 % off until the bill of 10 June", [("2025-01", "75"), ("2025-06", "100")])
    plan = item("removed", price)
    off = discount("removed", book.coupon("QUARTEROFF", percent_off=25), "2025-01-10", subscription="sub_removed_1")
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 5, [taken(line(plan, 10000), off, 2500)], discounts=[off])
    book.renewals(subscription, "2025-06-10", 10, [line(plan, 10000)])


def mid_period(book: Book) -> None:
    """A coupon counts from its own start, which lies between two bills."""
    price = book.price("mid", "10000")
    customer = book.case(
        "mid",
        "20 % off for 3 months from 25 June to 25 September",
        [("2025-01", "100"), ("2025-06", "80"), ("2025-09", "100")],
    )
    plan = item("mid", price)
    coupon = book.coupon("MID", "repeating", percent_off=20, duration_in_months=3)
    off = discount("mid", coupon, "2025-06-25", "2025-09-25", subscription="sub_mid_1")
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 6, [line(plan, 10000)])
    book.renewals(subscription, "2025-07-10", 3, [taken(line(plan, 10000), off, 2000)], discounts=[off])
    book.renewals(subscription, "2025-10-10", 6, [line(plan, 10000)])


def free_forever(book: Book) -> None:
    price = book.price("free", "10000")
    customer = book.case("free", "100 % off for ever is worth nothing, and is no trial", [("2025-01", "0")])
    plan = item("free", price)
    off = discount("free", book.coupon("FREE", percent_off=100), "2025-01-10", subscription="sub_free_1")
    subscription = book.subscription(customer, [plan], "2025-01-10", discounts=[off])
    book.renewals(subscription, "2025-01-10", 15, [taken(line(plan, 10000), off, 10000)], discounts=[off])


def larger_than_the_price(book: Book) -> None:
    price, addon = book.price("floor", "2000"), book.price("floor_addon", "1500")
    customer = book.case(
        "floor", "$25 off an item of $20 leaves 0, not -5; the other item keeps its 15", [("2025-01", "15")]
    )
    a = item("floor_a", price)
    b = item("floor_b", addon)
    off = discount(
        "floor", book.coupon("OFF25", amount_off=2500, currency="usd"), "2025-01-10", subscription="sub_floor_1"
    )
    a["discounts"] = [off | {"subscription_item": a["id"]}]
    subscription = book.subscription(customer, [a, b], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 15, [taken(line(a, 2000), a["discounts"][0], 2000), line(b, 1500)])


def annual_amount_off(book: Book) -> None:
    price = book.price("annual_off", "120000", every="year")
    customer = book.case("annual_off", "$1,200 a year with $240 off each bill: 960 / 12", [("2025-01", "80")])
    plan = item("annual_off", price)
    coupon = book.coupon("OFF240", amount_off=24000, currency="usd")
    off = discount("annual_off", coupon, "2025-01-10", subscription="sub_annual_off_1")
    subscription = book.subscription(customer, [plan], "2025-01-10", discounts=[off])
    book.renewals(subscription, "2025-01-10", 2, [taken(line(plan, 120000), off, 24000)], step=12, discounts=[off])


def inclusive_tax_from_bills(book: Book) -> None:
    """Automatic tax: no rate stands on the subscription, the bills alone tell that 25 % VAT is in the price."""
    price = book.price("vat", "9900", tax_behavior="inclusive")
    customer = book.case("vat", "99 with 25 % VAT in it, 10 % off first: 89.10 / 1.25", [("2025-01", "71.28")])
    plan = item("vat", price)
    off = discount("vat", book.coupon("VAT10", percent_off=10), "2025-01-10", subscription="sub_vat_1")
    subscription = book.subscription(customer, [plan], "2025-01-10", discounts=[off])
    tax = {
        "amount": 1782,
        "taxable_amount": 7128,
        "tax_behavior": "inclusive",
        "tax_rate_details": {"tax_rate": "txr_1"},
    }
    book.renewals(subscription, "2025-01-10", 15, [taken(line(plan, 9900, taxes=[tax]), off, 990)], discounts=[off])


def deleted_coupon(book: Book) -> None:
    """No list holds the coupon, and the API does not expand an item's: its bills alone tell of 25 %."""
    price = book.price("orphan", "10000")
    customer = book.case("orphan", "$100 with 25 % off the item by a coupon deleted since", [("2025-01", "75")])
    plan = item("orphan", price)
    on = {"subscription": "sub_orphan_1", "subscription_item": plan["id"]}
    off = discount("orphan", book.coupon("ORPHAN", percent_off=25), "2025-01-10", **on)
    book.objects["coupons"].pop()
    plan["discounts"] = [off]
    subscription = book.subscription(customer, [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 15, [taken(line(plan, 10000, discounts=[off]), off, 2500)])


def one_item_free(book: Book) -> None:
    """An amount off the whole comes off what the coupons before it left: nothing is left of a free item."""
    free, paid = (book.price(f"{name}_item", amount) for name, amount in (("free", "6000"), ("paid", "4000")))
    customer = book.case(
        "one_free", "$60 made free by a coupon for its product + $40, then $30 off the whole", [("2025-01", "10")]
    )
    items = [item("free_item", free), item("paid_item", paid)]
    gift = book.coupon("FREEITEM", percent_off=100, applies_to={"products": ["prod_free_item"]})
    off = book.coupon("WHOLE30", amount_off=3000, currency="usd")
    discounts = [
        discount(f"one_free_{number}", coupon, "2025-01-10", subscription="sub_one_free_1")
        for number, coupon in enumerate((gift, off))
    ]
    subscription = book.subscription(customer, items, "2025-01-10", discounts=discounts)
    lines = [taken(line(items[0], 6000), discounts[0], 6000), taken(line(items[1], 4000), discounts[1], 3000)]
    book.renewals(subscription, "2025-01-10", 15, lines, discounts=discounts)


def limited_to_what_has_left(book: Book) -> None:
    base, extra = book.price("kept_base", "10000"), book.price("left_extra", "4000")
    theirs = discount("outdone_c", book.coupon("THEIRS10", percent_off=10), "2025-01-10", customer="cus_outdone")
    customer = book.case(
        "outdone",
        "50 % off the add-on only, instead of the customer's 10 %, also after the add-on has left: 120, 100",
        [("2025-01", "120"), ("2025-06", "100")],
        discount=theirs,
    )
    coupon = book.coupon("EXTRA50", percent_off=50, applies_to={"products": ["prod_left_extra"]})
    own = discount("outdone_s", coupon, "2025-01-10", subscription="sub_outdone_1")
    items = [item("kept_base", base), item("left_extra", extra)]
    subscription = book.subscription(customer, items[:1], "2025-01-10", discounts=[own])
    lines = [line(items[0], 10000), taken(line(items[1], 4000), own, 2000)]
    book.renewals(subscription, "2025-01-10", 5, lines, discounts=[own])
    book.renewals(subscription, "2025-06-10", 10, lines[:1], discounts=[own])


def taken(from_line: Json, off: Json, amount: int) -> Json:
    """The line with a discount's share on it."""
    return from_line | {"discount_amounts": [*from_line["discount_amounts"], {"amount": amount, "discount": off["id"]}]}
