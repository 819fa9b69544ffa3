"""One subscription in the course of time: what it is now, what it is charged, and what is told of it.

Not a billing engine: amounts of prorations are rough and statuses go where the draws send them, because what is tested
must hold however odd a history is. What an object says about one time does not contradict what others say about it.
"""

import heapq
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tests.python.properties.catalogue import Catalogue
from tests.python.properties.decisions import Plan
from tests.python.rule_cases.objects import Book, Json, at, covering, discount, item, line, months_after

DAY = 86_400
OPENS = at("2024-06-10 00:00")
EVENTS_LIVE = 30 * DAY
_ORDER = {"end": 0, "expire": 1, "sync": 9}  # at one second: an end comes before the bill, a sync sees the outcome


def moment(seconds: int) -> str:
    """Unix seconds as the text that the builders of objects take."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def copied(value: Any) -> Any:
    """A copy all the way down."""
    return json.loads(json.dumps(value))


def worth(each: Json) -> int:
    """About what an item costs a period, minor units."""
    return int(float(each["price"]["unit_amount_decimal"] or 700) * each["quantity"])


@dataclass
class Shelf:
    """What all subscriptions share: where their objects go, what there is to buy, and when syncs look."""

    syncs: Sequence[int]  # Unix seconds, ascending
    book: Book = field(default_factory=Book)

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.book)

    @property
    def until(self) -> int:
        return self.syncs[-1]


class Running:
    """A subscription now."""

    def __init__(self, shelf: Shelf, customer: str, currency: str, plan: Plan, loyal: Json | None) -> None:
        self.shelf, self.customer, self.currency, self.plan, self.loyal = shelf, customer, currency, plan, loyal
        self.start = OPENS + plan.day * DAY + plan.second
        self.queue: list[tuple[int, int, int, str, Any]] = []
        self.due: dict[str, tuple[int, int]] = {}  # item -> when it is charged next, how many periods it had
        self.pending: list[Json] = []
        self.bills: list[Json] = []
        self.is_failing = False
        self.gives_up = False  # the retries of a failed payment end after three weeks
        self._order, self._number, self._events = count(), count(1), count()
        self.name = f"{customer[4:]}_{sum(s['customer'] == customer for s in shelf.book.objects['subscriptions']) + 1}"
        self.sub = self._begin()

    def _begin(self) -> Json:
        plan = self.plan
        trial_end = self.start + plan.trial_days * DAY if plan.trial_days else None
        never = plan.first_payment == "never" and not trial_end
        tax = {"id": "txr_1", "object": "tax_rate", "percentage": 25.0, "inclusive": True}
        items = [self.new_item(price, quantity) for price, quantity in plan.items]
        self.due = {each["id"]: (self.start, 0) for each in items}
        self.at(self.start, "renew")
        return self.shelf.book.subscription(
            self.customer,
            items,
            moment(self.start - plan.backdated_days * DAY),
            created=self.start,
            currency=self.currency,
            collection_method="send_invoice" if plan.first_payment == "sent" else "charge_automatically",
            default_tax_rates=[tax] if plan.has_inclusive_tax else [],
            trial_start=self.start if trial_end else None,
            trial_end=trial_end,
            status="incomplete_expired" if never else "trialing" if trial_end else "active",
        )

    @property
    def items(self) -> list[Json]:
        """Those it has now."""
        return self.sub["items"]["data"]

    @property
    def is_over(self) -> bool:
        """Nothing happens to it any more."""
        return self.sub["status"] in ("canceled", "incomplete_expired")

    def at(self, when: int, kind: str, detail: Any = None) -> None:
        """Put something on the list of what comes."""
        heapq.heappush(self.queue, (when, _ORDER.get(kind, 5), next(self._order), kind, detail))

    def new_item(self, price: int, quantity: int) -> Json:
        """An item of a price by number."""
        sold = self.shelf.catalogue.price(self.currency, price)
        return item(f"{self.name}_{next(self._number)}", sold, quantity, moment(self.start))

    def renew(self, now: int) -> None:
        """Charge for every item whose period is over."""
        trial_end = self.sub["trial_end"] or 0
        if self.sub["status"] == "trialing" and now >= trial_end:
            self.update(now, status="active")
        lines = []
        for each in self.items:
            since, periods = self.due[each["id"]]
            if since > now:
                continue
            ends = trial_end if now < trial_end else self._period_end(each, now, periods)
            self.due[each["id"]] = (ends, 0 if now < trial_end else periods + 1)
            self.at(ends, "renew")
            lines.append(covering(line(each, 0 if now < trial_end else worth(each)), moment(since), moment(ends)))
        if lines:
            self.charge(now, [*self.pending, *lines])
            self.pending = []

    def _period_end(self, each: Json, now: int, periods: int) -> int:
        """When the period that begins now ends; month ends do not creep, as they are counted from the anchor."""
        recurring = each["price"]["recurring"]
        every = recurring["interval_count"]
        if days := {"day": 1, "week": 7}.get(recurring["interval"]):
            return now + days * every * DAY
        months = every * (12 if recurring["interval"] == "year" else 1)
        anchor = max(self.start, self.sub["trial_end"] or 0) if periods else now
        found = at(months_after(moment(anchor), months * (periods + 1)))
        return found if found > now else at(months_after(moment(now), months))

    def charge(self, now: int, lines: list[Json]) -> None:
        """Make a bill; what becomes of it depends on the state of the subscription."""
        status, times = self._fate(now)
        discounts = self.sub["discounts"] or ([self.loyal] if self.loyal else [])
        for each in lines:
            off = discounts if each["amount"] > 0 else []
            each["discount_amounts"] = [{"amount": each["amount"] // 4, "discount": found["id"]} for found in off]
        reason = "subscription_cycle" if self.bills else "subscription_create"
        bill = self.shelf.book.bill(
            self.sub, moment(now), lines, reason, status=status, transitions=times, discounts=copied(discounts)
        )
        self.bills.append(bill)
        for each in lines:
            if pending := each["parent"]["subscription_item_details"]["invoice_item"]:
                found = next(i for i in self.shelf.book.objects["invoiceitems"] if i["id"] == pending)
                found["invoice"] = bill["id"]
        self.sub["discounts"] = [d for d in self.sub["discounts"] if d["source"]["coupon"]["duration"] != "once"]
        if status == "open" and self.sub["status"] != "past_due":
            self.update(now + 1, status="past_due")
            if self.gives_up:
                self.at(now + 21 * DAY, "give_up", len(self.bills))

    def _fate(self, now: int) -> tuple[str, Json]:
        """Status and times of a bill made now."""
        pause = (self.sub["pause_collection"] or {}).get("behavior")
        if pause == "void" or self.sub["status"] == "incomplete_expired":
            return "void", {"paid_at": None, "voided_at": now}
        if pause == "mark_uncollectible":
            return "uncollectible", {"paid_at": None, "marked_uncollectible_at": now}
        if pause == "keep_as_draft" or self.sub["status"] == "unpaid":
            return "draft", {"paid_at": None, "finalized_at": None}
        if self.is_failing:
            return "open", {"paid_at": None}
        if self.plan.first_payment == "sent":
            return "paid", {"paid_at": now + 25 * DAY}
        return "paid", {"paid_at": now + 7_200} if self.plan.first_payment == "late" and not self.bills else {}

    def give(self, number: int, now: int, on: Json | None = None) -> None:
        """Put a discount on the subscription or on one of its items."""
        coupon = self.shelf.catalogue.coupon(self.currency, number)
        ends = months_after(moment(now), coupon["duration_in_months"]) if coupon["duration_in_months"] else None
        where = {"subscription": self.sub["id"]} | ({"subscription_item": on["id"]} if on else {})
        found = discount(
            f"{self.name}_{next(self._number)}", coupon, moment(now), ends, customer=self.customer, **where
        )
        (on or self.sub)["discounts"].append(found)
        if ends:
            self.at(at(ends), "expire", found["id"])

    def expire(self, now: int, discount_id: str) -> None:
        """Take a discount away whose time is over."""
        for holder in (self.sub, *self.items):
            kept = [found for found in holder["discounts"] if found["id"] != discount_id]
            if len(kept) < len(holder["discounts"]):
                holder["discounts"] = kept
                self.tell(now, {"discounts": [discount_id]})

    def update(self, now: int, **changed: object) -> None:
        """Change fields of the subscription and tell of it."""
        before = {name: self.sub[name] for name in changed}
        self.sub |= changed
        self.tell(now, before)

    def tell(self, now: int, before: Json) -> None:
        """An event, unless it is one of those that got lost or too old for the first sync."""
        if (
            next(self._events) not in self.plan.lost_events
            and self.shelf.syncs[0] - EVENTS_LIVE < now <= self.shelf.until
        ):
            self.shelf.book.event(self.sub, moment(now), copied(before))

    def end(self, now: int) -> None:
        """Cancelled now."""
        self.update(now, status="canceled", ended_at=now, canceled_at=self.sub["canceled_at"] or now)
