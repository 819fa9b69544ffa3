"""What every sync of an account reads: its customers' objects as they stood at that time, as far as they are new."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.python.properties.decisions import History, Plan
from tests.python.properties.running import DAY, OPENS, Running, Shelf, copied, moment
from tests.python.properties.steps import STEPS
from tests.python.rule_cases.cases_discount_ends import flat
from tests.python.rule_cases.objects import Json, discount, months_after

Reading = dict[str, list[Json]]
"""What one sync reads: the new and changed objects of each stream."""


_RATES = {"eur": 1.08, "sek": 0.0951, "jpy": 0.00668, "kwd": 3.2519}  # dollars a unit


class Account:
    """Customers of one Stripe account, who live up to the last of the syncs (Unix seconds, ascending)."""

    def __init__(self, syncs: Sequence[int]) -> None:
        self.shelf = Shelf(syncs)
        self.seen: list[list[Json]] = [[] for _ in syncs]  # the subscriptions as each sync saw them
        self.older: set[str] = set()  # customers whose objects have the older shape
        self.shelf.book.objects["balance_transactions"] = [*_exchanged(self.shelf.until)]

    def add(self, histories: Mapping[str, History]) -> None:
        """Bill customers, by name."""
        for name, history in histories.items():
            loyal = self._loyal(name, history)
            more = {"created": OPENS - DAY, "discount": loyal, "deleted_at_last": history.is_deleted}
            customer = self.shelf.book.case(name, "", [], history.currency, **more)
            if history.is_older_shape:
                self.older.add(customer)
            for plan in history.plans:
                self._run(Running(self.shelf, customer, history.currency, plan, loyal), plan)

    def _loyal(self, name: str, history: History) -> Json | None:
        if history.customer_discount is None:
            return None
        coupon = self.shelf.catalogue.coupon(history.currency, history.customer_discount)
        months = coupon["duration_in_months"]
        ends = months_after(moment(OPENS), months) if months else None
        return discount(f"{name}_loyal", coupon, moment(OPENS), ends, customer=f"cus_{name}")

    def _run(self, running: Running, plan: Plan) -> None:
        """Everything that happens to one subscription, in order of time."""
        if plan.discount is not None:
            running.give(plan.discount, running.start)
        for position, sync in enumerate(self.shelf.syncs):
            running.at(sync, "sync", position)
        when = running.start
        for step in plan.steps:
            when = max(when - when % DAY + step.days * DAY + step.second, when + 1)
            running.at(when, "step", step)
        if running.is_over:
            running.renew(running.start)
        while running.queue and running.queue[0][0] <= self.shelf.until:
            now, _, _, kind, detail = heapq.heappop(running.queue)
            if kind == "sync" and now >= running.start:
                self.seen[detail].append(copied(running.sub))
            elif not running.is_over:
                _happen(running, now, kind, detail)

    def readings(self, *, reshaped: bool = False) -> list[Reading]:
        """What each sync reads: the objects that it has not seen yet, or not like this.

        `reshaped` gives the objects of every customer in the other one of the two shapes.
        """
        everybody = {customer["id"] for customer in self.shelf.book.objects["customers"]}
        older = everybody - self.older if reshaped else self.older
        known: dict[str, Json] = {}
        return [self._reading(position, known, older) for position in range(len(self.shelf.syncs))]

    def _reading(self, position: int, known: dict[str, Json], older: set[str]) -> Reading:
        found: Reading = {}
        sync = self.shelf.syncs[position]
        for stream, objects in self.shelf.book.objects.items():
            there = (
                self.seen[position] if stream == "subscriptions" else _as_seen(stream, objects, sync, self.shelf.until)
            )
            shaped = [_shaped(stream, copied(value), older) for value in there]
            found[stream] = [value for value in shaped if known.get(value["id"]) != value]
            known.update({value["id"]: value for value in shaped})
        return found


def _happen(running: Running, now: int, kind: str, detail: Any) -> None:
    """What was due comes, unless it has been called off since."""
    if kind == "renew":
        running.renew(now)
    elif kind == "end" and running.sub["cancel_at"] == now:
        running.end(now)
    elif kind == "expire":
        running.expire(now, detail)
    elif kind == "unpause" and (running.sub["pause_collection"] or {}).get("resumes_at") == now:
        running.update(now, pause_collection=None)
    elif kind == "give_up":
        STEPS[kind](running, now, detail)
    elif kind == "step":
        STEPS[detail.kind](running, now, detail.number)


def _exchanged(until: int) -> Iterator[Json]:
    """A payment in every foreign currency every 20 days, settled in dollars at a rate that never stands still."""
    for number, when in enumerate(range(OPENS, until, 20 * DAY)):
        for currency, rate in _RATES.items():
            yield {
                "id": f"txn_{currency}_{number}",
                "object": "balance_transaction",
                "created": when,
                "currency": "usd",
                "amount": 1000,
                "exchange_rate": round(rate * (1 + number % 7 / 100), 6),
                "source": {"currency": currency},
            }


def _shaped(stream: str, value: Json, older: set[str]) -> Json:
    """The object as the API gives it, in the shape of before 2025 where its customer is one of the `older`."""
    subscription = value if stream == "subscriptions" else value["data"]["object"] if stream == "events" else None
    is_older = (subscription or value).get("customer") in older
    if subscription and is_older:
        for found in subscription["discounts"]:
            found["coupon"] = found.pop("source")["coupon"]
        subscription["discount"] = subscription["discounts"][0] if subscription["discounts"] else None
        if len(subscription["discounts"]) < 2:
            del subscription["discounts"]
    if stream == "events" and subscription:
        for holder in (subscription, *subscription["items"]["data"]):
            holder["discounts"] = [each["id"] for each in holder.get("discounts", ())]
    elif stream == "subscriptions":
        for each in value["items"]["data"]:
            for found in each["discounts"]:  # Stripe expands four levels, so these keep the coupon as an id
                found["source"]["coupon"] = found["source"]["coupon"]["id"]
    elif stream == "invoices" and is_older:
        value["subscription"] = value.pop("parent")["subscription_details"]["subscription"]
        value["lines"]["data"] = [flat(each) for each in value["lines"]["data"]]
    return value


def _as_seen(stream: str, objects: Iterable[Json], sync: int, last: int) -> list[Json]:
    """The objects that were there at a sync, as they were then."""
    if stream == "customers":
        return [_customer_at(value, sync, is_last=sync == last) for value in objects]
    if stream == "invoices":
        return [_bill_at(value, sync) for value in objects if value["created"] <= sync]
    dated = "date" if stream == "invoiceitems" else "created"
    return [value for value in objects if value[dated] <= sync]


def _customer_at(value: Json, sync: int, *, is_last: bool) -> Json:
    """A customer that has grown, or gone, since the sync before the last."""
    value = value | {"metadata": {"segment": "enterprise" if is_last else "smb"}}
    if value.pop("deleted_at_last") and is_last:
        return {"id": value["id"], "object": "customer", "deleted": True}
    ends = (value["discount"] or {}).get("end")
    return value | {"discount": None} if ends and ends <= sync else value


def _bill_at(value: Json, sync: int) -> Json:
    """A bill that was paid, or voided, later was open then."""
    times = value["status_transitions"]
    later = {name for name, when in times.items() if when and when > sync}
    if not later:
        return value
    status = "open" if later & {"paid_at", "voided_at", "marked_uncollectible_at"} else value["status"]
    return value | {"status": status, "status_transitions": times | dict.fromkeys(later)}
