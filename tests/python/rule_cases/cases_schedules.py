"""Subscription schedules: phases that are still to come count in committed MRR, and in nothing else.

Committed MRR is MRR plus signed changes that are not live yet, less churn and downgrades that are known
(retentionlens.com/saas-metrics/committed-mrr, bigdelta.com/library/metrics/committed-mrr); the sum of all signed
changes of a subscription is what its last phase is worth. With `end_behavior: cancel` the subscription ends with that
phase, with `release` it goes on as it is; a released schedule has its subscription in `released_subscription`
(docs.stripe.com/api/subscription_schedules/release).
"""

from collections.abc import Sequence

from tests.python.rule_cases.objects import Book, Json, at, discount, item, line

# what the customer's committed MRR must be: (first month, amount from it on); it is the MRR until then
COMMITTED: dict[str, Sequence[tuple[str, str]]] = {
    "step_down": [("2026-01", "100"), ("2026-02", "40")],
    "step_up": [("2025-12", "100"), ("2026-01", "250")],
    "step_begun": [("2025-10", "100"), ("2025-11", "60"), ("2026-01", "60"), ("2026-02", "60")],
    "dip": [("2026-01", "100"), ("2026-02", "120")],
    "fixed_term": [("2025-12", "100"), ("2026-01", "0")],
    "let_go": [("2025-12", "100"), ("2026-01", "40"), ("2026-02", "100")],
    "same_again": [("2026-01", "90"), ("2026-02", "90")],
    "planned_less": [("2026-01", "150"), ("2026-02", "100")],
    "ramp_coupon": [("2025-12", "50"), ("2026-01", "100")],
    "pilot": [("2026-01", "0"), ("2026-02", "300")],
    "half_off": [("2026-01", "50"), ("2026-02", "20")],
    "promised": [("2026-01", "100"), ("2026-02", "100")],
    "kept_gone": [("2026-01", "50"), ("2026-02", "20")],
    "free_later": [("2026-01", "200"), ("2026-02", "50")],
    "yearly_next": [("2026-01", "100"), ("2026-02", "80")],
    "shared_off": [("2026-01", "100"), ("2026-02", "130")],
    # asleep in its trial, it is worth nothing yet
    "trial_plan": [("2026-02", "0")],
}


def add(book: Book) -> None:
    one_change(book)
    several_phases(book)
    ends(book)
    discounts(book)
    free_today(book)


def phase(begins: str, ends: str, *items: tuple[Json, int], **more: object) -> Json:
    listed = [{"price": price["id"], "quantity": quantity, "discounts": []} for price, quantity in items]
    return {"start_date": at(begins), "end_date": at(ends), "currency": "usd", "discounts": [], "items": listed} | more


def schedule(book: Book, of: Json, made: str, phases: Sequence[Json], **more: object) -> None:
    found = {"id": f"sub_sched_{of['id'][4:]}", "object": "subscription_schedule", "created": at(made)}
    found |= {"customer": of["customer"], "subscription": of["id"], "livemode": True}
    found |= {"released_subscription": None, "released_at": None, "canceled_at": None, "completed_at": None}
    found |= {"status": "active", "end_behavior": "release", "phases": list(phases)}
    of["schedule"] = found["id"]
    book.objects["subscription_schedules"].append(found | more)


def running(
    book: Book,
    name: str,
    price: Json,
    *,
    start: str = "2025-01-10",
    months: int = 15,
    off: Json | None = None,
    amount_off: int = 0,
    **more: object,
) -> Json:
    """A subscription to one unit, billed every month."""
    plan = item(name, price, since=start)
    subscription = book.subscription(f"cus_{name}", [plan], start, **more)
    less: Json = {}
    if off:
        less = {"discounts": [off["id"]], "discount_amounts": [{"amount": amount_off, "discount": off["id"]}]}
    book.renewals(subscription, start, months, [line(plan, price["unit_amount"], **less)])
    return subscription


def one_change(book: Book) -> None:
    full, small = book.price("sched_full", "10000"), book.price("sched_small", "4000")
    seat = book.price("sched_seat", "5000")
    book.case("step_down", "$100, $40 from 10 April by a schedule of 10 February", [("2025-01", "100")])
    down = [phase("2025-01-10", "2026-04-10", (full, 1)), phase("2026-04-10", "2027-04-10", (small, 1))]
    schedule(book, running(book, "step_down", full), "2026-02-10", down)

    book.case("step_up", "2 seats at $50, 5 from 10 May by a schedule of 20 January", [("2025-01", "100")])
    plan = item("step_up", seat, 2)
    subscription = book.subscription("cus_step_up", [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 15, [line(plan, 10000)])
    up = [phase("2025-01-10", "2026-05-10", (seat, 2)), phase("2026-05-10", "2027-05-10", (seat, 5))]
    schedule(book, subscription, "2026-01-20", up)

    yearly = book.price("sched_yearly", "96000", every="year")
    book.case("yearly_next", "$100 a month, $960 a year from 10 April", [("2025-01", "100")])
    longer = [phase("2025-01-10", "2026-04-10", (full, 1)), phase("2026-04-10", "2027-04-10", (yearly, 1))]
    schedule(book, running(book, "yearly_next", full), "2026-02-10", longer)

    addon = book.price("sched_addon", "5000")
    book.case("planned_less", "$100 and an add-on of $50 that the next phase leaves out", [("2025-01", "150")])
    both = [item("planned_less", full), item("planned_less_x", addon)]
    subscription = book.subscription("cus_planned_less", both, "2025-01-10")
    book.renewals(subscription, "2025-01-10", 15, [line(both[0], 10000), line(both[1], 5000)])
    less = [phase("2025-01-10", "2026-04-10", (full, 1), (addon, 1)), phase("2026-04-10", "2027-04-10", (full, 1))]
    schedule(book, subscription, "2026-02-10", less)


def several_phases(book: Book) -> None:
    now, low, high = book.price("dip_now", "10000"), book.price("dip_low", "5000"), book.price("dip_high", "12000")
    book.case("dip", "$100, $50 in April and May, $120 from then on: -50 and +70", [("2025-01", "100")])
    phases = [
        phase("2025-01-10", "2026-04-10", (now, 1)),
        phase("2026-04-10", "2026-06-10", (low, 1)),
        phase("2026-06-10", "2027-06-10", (high, 1)),
    ]
    schedule(book, running(book, "dip", now), "2026-02-10", phases)

    lower = book.price("begun_low", "6000")
    book.case("step_begun", "$60 from 10 January, known since 5 November", [("2025-01", "100"), ("2026-01", "60")])
    plan = item("step_begun", lower)
    subscription = book.subscription("cus_step_begun", [plan], "2025-01-10")
    book.renewals(subscription, "2025-01-10", 12, [line(plan, 10000, price=now)])
    book.renewals(subscription, "2026-01-10", 3, [line(plan, 6000)])
    begun = [phase("2025-01-10", "2026-01-10", (now, 1)), phase("2026-01-10", "2027-01-10", (lower, 1))]
    schedule(book, subscription, "2025-11-05", begun)


def ends(book: Book) -> None:
    price, less = book.price("term", "10000"), book.price("term_less", "4000")
    book.case("fixed_term", "$100 until 10 April, where it ends; known since 20 January", [("2025-01", "100")])
    term = [phase("2025-01-10", "2026-04-10", (price, 1))]
    schedule(book, running(book, "fixed_term", price), "2026-01-20", term, end_behavior="cancel")

    book.case("let_go", "$40 planned on 5 January, and given up on 3 February", [("2025-01", "100")])
    phases = [phase("2025-01-10", "2026-04-10", (price, 1)), phase("2026-04-10", "2027-04-10", (less, 1))]
    subscription = running(book, "let_go", price)
    given_up = {"status": "released", "released_at": at("2026-02-03"), "subscription": None}
    schedule(book, subscription, "2026-01-05", phases, released_subscription=subscription["id"], **given_up)


def discounts(book: Book) -> None:
    price, less = book.price("off", "10000"), book.price("off_less", "4000")
    ten = book.coupon("sched_ten", percent_off=10)
    half = book.coupon("sched_half", percent_off=50)
    of_customer = discount("same_again", ten, "2025-01-10", customer="cus_same_again")
    why = "$100 with the customer's 10 % off, and no change planned"
    book.case("same_again", why, [("2025-01", "90")], discount=of_customer)
    phases = [phase("2025-01-10", "2026-04-10", (price, 1)), phase("2026-04-10", "2027-04-10", (price, 1))]
    schedule(book, running(book, "same_again", price, off=of_customer, amount_off=1000), "2026-02-10", phases)

    book.case("ramp_coupon", "half off until 10 April, then $100 by a schedule of 20 January", [("2025-01", "50")])
    off = discount("ramp_coupon", half, "2025-01-10", subscription="sub_ramp_coupon_1")
    ramp = [
        phase("2025-01-10", "2026-04-10", (price, 1), discounts=[{"coupon": "sched_half"}]),
        phase("2026-04-10", "2027-04-10", (price, 1)),
    ]
    subscription = running(book, "ramp_coupon", price, off=off, amount_off=5000, discounts=[off])
    schedule(book, subscription, "2026-01-20", ramp)

    gone = book.coupon("sched_gone", percent_off=50)
    book.objects["coupons"].remove(gone)
    for name, coupon, why in (
        ("half_off", half, "half off $100, and half off $40 from 10 April; the discount is reused"),
        ("kept_gone", gone, "as half_off, of a coupon that was deleted: the discount still says it"),
    ):
        book.case(name, why, [("2025-01", "50")])
        off = discount(name, coupon, "2025-01-10", subscription=f"sub_{name}_1")
        kept = [{"discount": off["id"], "coupon": None}]
        phases = [
            phase("2025-01-10", "2026-04-10", (price, 1), discounts=kept),
            phase("2026-04-10", "2027-04-10", (less, 1), discounts=kept),
        ]
        subscription = running(book, name, price, off=off, amount_off=5000, discounts=[off])
        schedule(book, subscription, "2026-02-10", phases)

    book.case("promised", "a coming coupon that nothing describes: what it leaves is not known", [("2025-01", "100")])
    unknown = [
        phase("2025-01-10", "2026-04-10", (price, 1)),
        phase("2026-04-10", "2027-04-10", (price, 1), discounts=[{"promotion_code": "promo_gone", "coupon": None}]),
    ]
    schedule(book, running(book, "promised", price), "2026-02-10", unknown)

    book.coupon("sched_ten_dollars", amount_off=1000, currency="usd")
    book.case("shared_off", "$100, then $100 and $40 with $10 off the bill from 10 April", [("2025-01", "100")])
    more = [
        phase("2025-01-10", "2026-04-10", (price, 1)),
        phase("2026-04-10", "2027-04-10", (price, 1), (less, 1), discounts=[{"coupon": "sched_ten_dollars"}]),
    ]
    schedule(book, running(book, "shared_off", price), "2026-02-10", more)

    book.coupon("sched_all", percent_off=100)
    book.coupon("sched_fifty_dollars", amount_off=5000, currency="usd")
    why = "two of $100; from 10 April one is free, and $50 come off the bill, which is the other's: 50"
    book.case("free_later", why, [("2025-01", "200")])
    other = book.price("sched_other", "10000")
    both = [item("free_later", price), item("free_later_x", other)]
    subscription = book.subscription("cus_free_later", both, "2025-01-10")
    book.renewals(subscription, "2025-01-10", 15, [line(both[0], 10000), line(both[1], 10000)])
    later = phase("2026-04-10", "2027-04-10", (price, 1), (other, 1), discounts=[{"coupon": "sched_fifty_dollars"}])
    later["items"][0]["discounts"] = [{"coupon": "sched_all"}]
    schedule(book, subscription, "2026-02-10", [phase("2025-01-10", "2026-04-10", (price, 1), (other, 1)), later])


def free_today(book: Book) -> None:
    free, paid = book.price("pilot_free", "0"), book.price("pilot_paid", "30000")
    book.case("pilot", "free until 10 April, then $300 by a schedule of 10 February", [("2026-01", "0")])
    phases = [phase("2026-01-10", "2026-04-10", (free, 1)), phase("2026-04-10", "2027-04-10", (paid, 1))]
    schedule(book, running(book, "pilot", free, start="2026-01-10", months=3), "2026-02-10", phases)

    trial = {"status": "trialing", "trial_start": at("2026-02-10"), "trial_end": at("2026-04-10")}
    book.case("trial_plan", "in a trial until 10 April, and $300 planned from May on", [("2026-02", "0")])
    plan = item("trial_plan", book.price("trial_plan", "10000"), since="2026-02-10")
    subscription = book.subscription("cus_trial_plan", [plan], "2026-02-10", **trial)
    book.renewals(subscription, "2026-02-10", 1, [line(plan, 0)])
    later = [phase("2026-02-10", "2026-05-10", (plan["price"], 1)), phase("2026-05-10", "2027-05-10", (paid, 1))]
    schedule(book, subscription, "2026-02-10", later)
