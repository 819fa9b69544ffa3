"""Customers of whom each policy switch speaks, and what each is worth by default and under the switch."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.python.rule_cases.cases_discounts import taken
from tests.python.rule_cases.objects import Book, Json, at, covering, discount, item, line, months_after

Steps = Sequence[tuple[str, str]]
"""(first month "YYYY-MM", MRR from it on), as in a rule case."""

ALL = "all"
SWITCHES: Mapping[str, Any] = {
    "past_due_grace_days": 30,
    "once_coupons_reduce_mrr": True,
    "trials_count_in_mrr": True,
    "usage_counts_in_mrr": True,
    "churn_date": "canceled_at",
    "month_days": 360,
    "month_week_days": 73,
}


class Account:
    """The customers: `book` holds what they are worth by default, `under` by customer what a switch makes of it.

    A customer of whom one switch speaks is worth the same under all of them together.
    """

    def __init__(self) -> None:
        self.book = Book()
        self.under: dict[str, dict[str, Steps]] = {}
        for add in (past_due, recovered, once, trial, lost_trial, daily, asked_to_end, ending, usage, only_usage):
            add(self)
        self.several()
        self.steady()

    def customer(self, name: str, why: str, default: Steps, **under: Steps) -> str:
        customer = self.book.case(name, why, default)
        self.under[customer] = under
        if len(under) == 1:
            self.under[customer][ALL] = next(iter(under.values()))
        return customer

    def several(self) -> None:
        """$10 a week: x 365/84 = 43.4524, x 360/84 = 42.8571, x 365/73 = 50, x 360/73 = 49.3151."""
        customer = self.customer(
            "several",
            "a weekly price whose payment fails on 10 November: each switch changes its part of it",
            [("2025-01", "43.45238095")],
            month_days=[("2025-01", "42.85714286")],
            month_week_days=[("2025-01", "50")],
            past_due_grace_days=[("2025-01", "43.45238095"), ("2025-12", "0")],
            all=[("2025-01", "49.31506849"), ("2025-12", "0")],
        )
        plan = item("several", self.book.price("several", "1000", "week"))
        subscription = self.book.subscription(customer, [plan], "2025-01-10", status="past_due")
        self.book.event(subscription, "2025-11-10 12:05", {"status": "active"})

    def steady(self) -> None:
        """Nothing that a switch speaks of."""
        customer = self.customer("steady", "no switch speaks of it", [("2025-01", "100")])
        plan = item("steady", self.book.price("steady", "10000"))
        self.book.renewals(
            self.book.subscription(customer, [plan], "2025-01-10"), "2025-01-10", 15, [line(plan, 10000)]
        )


def past_due(account: Account) -> None:
    """Unpaid since 10 November 12:05: thirty days end on 10 December 12:05."""
    customer = account.customer(
        "pastdue",
        "the payment of 10 November fails, and still does",
        [("2025-01", "100")],
        past_due_grace_days=[("2025-01", "100"), ("2025-12", "0")],
    )
    plan = item("pastdue", account.book.price("pastdue", "10000"))
    subscription = account.book.subscription(customer, [plan], "2025-01-10", status="past_due")
    account.book.renewals(subscription, "2025-01-10", 10, [line(plan, 10000)])
    account.book.renewals(
        subscription, "2025-11-10", 5, [line(plan, 10000)], status="open", transitions={"paid_at": None}
    )
    account.book.event(subscription, "2025-11-10 12:05", {"status": "active"})


def recovered(account: Account) -> None:
    """Past due from 10 June to 20 August. A look at it on 5 July does not begin the thirty days anew."""
    customer = account.customer(
        "recovered",
        "the payment of 10 June comes on 20 August: worth nothing from 10 July on, back on 20 August",
        [("2025-01", "100")],
        past_due_grace_days=[("2025-01", "100"), ("2025-07", "0"), ("2025-08", "100")],
    )
    plan = item("recovered", account.book.price("recovered", "10000"))
    subscription = account.book.subscription(customer, [plan], "2025-01-10")
    for number in range(15):
        day, end = months_after("2025-01-10", number), months_after("2025-01-10", number + 1)
        late = {"paid_at": at("2025-08-20")} if "2025-06" <= day[:7] <= "2025-08" else {}
        account.book.bill(subscription, day, [covering(line(plan, 10000), day, end)], transitions=late)
    account.book.event(subscription, "2025-06-10 12:05", {"status": "active"}, status="past_due")
    account.book.event(subscription, "2025-07-05", {"metadata": {"team": None}}, status="past_due")
    account.book.event(subscription, "2025-08-20", {"status": "past_due"})


def once(account: Account) -> None:
    customer = account.customer(
        "once",
        "20 % off the first bill; that of 10 February comes without it",
        [("2025-01", "100")],
        once_coupons_reduce_mrr=[("2025-01", "80"), ("2025-02", "100")],
    )
    plan = item("once", account.book.price("once", "10000"))
    coupon = account.book.coupon("WELCOME", duration="once", percent_off=20)
    off = discount("once", coupon, "2025-01-10", subscription="sub_once_1")
    subscription = account.book.subscription(customer, [plan], "2025-01-10")
    first = covering(taken(line(plan, 10000), off, 2000), "2025-01-10", "2025-02-10")
    account.book.bill(subscription, "2025-01-10", [first], "subscription_create", discounts=[off])
    account.book.renewals(subscription, "2025-02-10", 14, [line(plan, 10000)])


def trial(account: Account) -> None:
    customer = account.customer(
        "trial",
        "in trial from 10 February to 10 March, paid since",
        [("2025-02", "0"), ("2025-03", "100")],
        trials_count_in_mrr=[("2025-02", "100")],
    )
    plan = item("trial", account.book.price("trial", "10000"), since="2025-02-10")
    dates = {"trial_start": at("2025-02-10"), "trial_end": at("2025-03-10")}
    subscription = account.book.subscription(customer, [plan], "2025-02-10", **dates)
    account.book.bill(subscription, "2025-02-10", [covering(line(plan, 0), "2025-02-10", "2025-03-10")])
    account.book.renewals(subscription, "2025-03-10", 13, [line(plan, 10000)])


def lost_trial(account: Account) -> None:
    customer = account.customer(
        "losttrial",
        "in trial from 10 June to 10 July, gone without a payment",
        [("2025-06", "0")],
        trials_count_in_mrr=[("2025-06", "100"), ("2025-07", "0")],
    )
    plan = item("losttrial", account.book.price("losttrial", "10000"), since="2025-06-10")
    dates = {"trial_start": at("2025-06-10"), "trial_end": at("2025-07-10")}
    gone = {"status": "canceled", "canceled_at": at("2025-07-10"), "ended_at": at("2025-07-10")}
    subscription = account.book.subscription(customer, [plan], "2025-06-10", **dates, **gone)
    account.book.bill(subscription, "2025-06-10", [covering(line(plan, 0), "2025-06-10", "2025-07-10")])


def daily(account: Account) -> None:
    """$1 a day: x 365/12 = 30.4167, x 360/12 = 30."""
    customer = account.customer("daily", "$1 a day", [("2025-01", "30.41666667")], month_days=[("2025-01", "30")])
    account.book.subscription(customer, [item("daily", account.book.price("daily", "100", "day"))], "2025-01-10")


def yearly(account: Account, customer: str, start: str, **end: Any) -> None:
    """$1,200 a year, billed once."""
    name = customer[4:]
    plan = item(name, account.book.price(name, "120000", "year"), since=start)
    subscription = account.book.subscription(customer, [plan], start, **end)
    account.book.renewals(subscription, start, 1, [line(plan, 120000)], step=12)


def asked_to_end(account: Account) -> None:
    customer = account.customer(
        "asked",
        "cancelled on 20 August for the end of its year, 10 January",
        [("2025-01", "100"), ("2026-01", "0")],
        churn_date=[("2025-01", "100"), ("2025-08", "0")],
    )
    end = {"canceled_at": at("2025-08-20"), "ended_at": at("2026-01-10")}
    yearly(account, customer, "2025-01-10", status="canceled", cancel_at_period_end=True, **end)


def ending(account: Account) -> None:
    customer = account.customer(
        "ending",
        "cancelled on 5 February for the end of its year, 10 April: still there",
        [("2025-04", "100")],
        churn_date=[("2025-04", "100"), ("2026-02", "0")],
    )
    end = {"canceled_at": at("2026-02-05"), "cancel_at": at("2026-04-10")}
    yearly(account, customer, "2025-04-10", cancel_at_period_end=True, **end)


def metered(account: Account, name: str) -> Json:
    """An item that is billed for what was used, a cent a unit."""
    recurring = {"interval": "month", "interval_count": 1, "meter": "mtr_calls", "usage_type": "metered"}
    return item(f"{name}_calls", account.book.price(f"{name}_calls", "1", recurring=recurring))


def used(calls: Json, units: int, until: str) -> Json:
    return covering(line(calls, units, units), months_after(until, -1), until)


def usage(account: Account) -> None:
    """$50 a month and a cent a call. Calls of a period that ends in a month count in that month, and no longer."""
    customer = account.customer(
        "usage",
        "calls of $12.34 until 10 February, $20 until 10 March, none, $7.50 until 10 May, none",
        [("2025-01", "50")],
        usage_counts_in_mrr=[
            *[("2025-01", "50"), ("2025-02", "62.34"), ("2025-03", "70"), ("2025-04", "50")],
            *[("2025-05", "57.50"), ("2025-06", "50")],
        ],
    )
    plan, calls = item("usage", account.book.price("usage", "5000")), metered(account, "usage")
    subscription = account.book.subscription(customer, [plan, calls], "2025-01-10")
    units = {1: 1234, 2: 2000, 4: 750}
    for number in range(15):
        day, end = months_after("2025-01-10", number), months_after("2025-01-10", number + 1)
        lines = [covering(line(plan, 5000), day, end)]
        if number in units:
            lines.append(used(calls, units[number], day))
        account.book.bill(subscription, day, lines)


def only_usage(account: Account) -> None:
    customer = account.customer(
        "onlyusage",
        "nothing but calls: $30, $30, $40, then cancelled on 10 April",
        [("2025-01", "0")],
        usage_counts_in_mrr=[("2025-01", "0"), ("2025-02", "30"), ("2025-04", "40"), ("2025-05", "0")],
    )
    calls = metered(account, "onlyusage")
    gone = {"status": "canceled", "canceled_at": at("2025-04-10"), "ended_at": at("2025-04-10")}
    subscription = account.book.subscription(customer, [calls], "2025-01-10", **gone)
    for number, units in ((1, 3000), (2, 3000), (3, 4000)):
        day = months_after("2025-01-10", number)
        account.book.bill(subscription, day, [used(calls, units, day)])
