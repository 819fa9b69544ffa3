"""Stripe objects of the hand-made cases, reduced to the fields that the API always gives and the models read."""

import calendar
import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Json = dict[str, Any]

AS_OF = "2026-03-15T12:00:00Z"
LAST_CLOSED_MONTH = date(2026, 2, 1)
RESOURCES = (
    "customers",
    "products",
    "prices",
    "coupons",
    "subscriptions",
    "invoices",
    "invoiceitems",
    "credit_notes",
    "subscription_schedules",
    "events",
)

# What a subscription carries while its collection is paused, and where its items are billed each in its own time.
VOID: Json = {"behavior": "void", "resumes_at": None}
GIVEN_UP: Json = {"behavior": "mark_uncollectible", "resumes_at": None}
FLEXIBLE: Json = {"type": "flexible", "flexible": {"proration_discounts": "itemized"}}


def at(moment: str) -> int:
    """Unix seconds of "YYYY-MM-DD" (noon) or "YYYY-MM-DD HH:MM[:SS]", UTC."""
    text = moment if " " in moment else f"{moment} 12:00"
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def months_after(moment: str, months: int) -> str:
    """The same day and time so many months later, on the last day where the month is too short."""
    then = datetime.fromtimestamp(at(moment), UTC)
    month = then.month - 1 + months
    year, month = then.year + month // 12, month % 12 + 1
    day = min(then.day, calendar.monthrange(year, month)[1])
    return then.replace(year=year, month=month, day=day).strftime("%Y-%m-%d %H:%M:%S")


@dataclass(frozen=True)
class Case:
    """What one customer must be worth: (first month "YYYY-MM", MRR from it on), and why."""

    name: str
    customer: str
    why: str
    expected: Sequence[tuple[str, str]]
    currency: str = "usd"


@dataclass
class Book:
    """Collects objects and expectations, and writes them as a folder that the sandbox serves."""

    objects: dict[str, list[Json]] = field(default_factory=lambda: {name: [] for name in RESOURCES})
    cases: list[Case] = field(default_factory=list)

    def case(
        self, name: str, why: str, expected: Sequence[tuple[str, str]], currency: str = "usd", **customer: Any
    ) -> str:
        """A customer of its own for a case; its id."""
        customer_id = f"cus_{name}"
        assert name not in {case.name for case in self.cases}, f"a case {name} is there already"
        self.cases.append(Case(name, customer_id, why, expected, currency))
        self.objects["customers"].append(
            {
                "id": customer_id,
                "object": "customer",
                "created": at("2024-12-01"),
                "currency": currency,
                "livemode": True,
            }
            | {"email": None, "name": name, "metadata": {}, "discount": None}
            | customer
        )
        return customer_id

    def price(self, name: str, amount: str | None, every: str = "month", count: int = 1, **more: Any) -> Json:
        """A recurring price; `amount` in minor units."""
        price: Json = {
            "id": f"price_{name}",
            "object": "price",
            "active": True,
            "billing_scheme": "per_unit",
            "created": at("2024-12-01"),
            "currency": "usd",
            "livemode": True,
            "product": f"prod_{name}",
            "recurring": {"interval": every, "interval_count": count, "meter": None, "usage_type": "licensed"},
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring",
            "unit_amount": int(amount) if amount and amount.isdigit() else None,
            "unit_amount_decimal": amount,
        }
        price |= more
        self.objects["prices"].append(price)
        self.objects["products"].append(
            {"id": f"prod_{name}", "object": "product", "active": True, "created": at("2024-12-01"), "livemode": True}
            | {"name": name}
        )
        return price

    def coupon(self, name: str, duration: str = "forever", **off: Any) -> Json:
        coupon = {"id": name, "object": "coupon", "amount_off": None, "percent_off": None, "currency": None}
        coupon |= {
            "duration": duration,
            "duration_in_months": None,
            "livemode": True,
            "created": at("2024-12-01"),
        } | off
        self.objects["coupons"].append(coupon)
        return coupon

    def subscription(self, customer: str, items: Sequence[Json], start: str, **more: Any) -> Json:
        """A subscription `sub_<customer>_<n>` with the items it has today."""
        number = sum(1 for known in self.objects["subscriptions"] if known["customer"] == customer) + 1
        subscription: Json = {
            "id": f"sub_{customer[4:]}_{number}",
            "object": "subscription",
            "billing_mode": {"type": "classic", "flexible": None},
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "collection_method": "charge_automatically",
            "created": at(start),
            "currency": "usd",
            "customer": customer,
            "default_tax_rates": [],
            "discounts": [],
            "ended_at": None,
            "livemode": True,
            "metadata": {},
            "pause_collection": None,
            "schedule": None,
            "start_date": at(start),
            "status": "active",
            "trial_end": None,
            "trial_start": None,
        }
        subscription |= more
        subscription["items"] = {"object": "list", "data": list(items), "has_more": False}
        for each in items:
            each["subscription"] = subscription["id"]
        self.objects["subscriptions"].append(subscription)
        return subscription

    def bill(
        self, subscription: Json, on: str, lines: Iterable[Json], reason: str = "subscription_cycle", **more: Any
    ) -> Json:
        """An invoice of a subscription, paid five seconds after it was made unless said otherwise."""
        number = len(self.objects["invoices"]) + 1
        transitions = {
            "finalized_at": at(on),
            "paid_at": at(on) + 5,
            "voided_at": None,
            "marked_uncollectible_at": None,
        }
        invoice: Json = {
            "id": f"in_{number:05}",
            "object": "invoice",
            "amount_paid": 0,
            "billing_reason": reason,
            "collection_method": subscription["collection_method"],
            "created": at(on),
            "currency": subscription["currency"],
            "customer": subscription["customer"],
            "discounts": [],
            "livemode": True,
            "parent": {"type": "subscription_details", "subscription_details": {"subscription": subscription["id"]}},
            "status": "paid",
        }
        invoice |= {key: value for key, value in more.items() if key != "transitions"}
        invoice["status_transitions"] = transitions | more.get("transitions", {})
        data = [dict(line, id=f"il_{number:05}_{position}") for position, line in enumerate(lines)]
        for line in data:
            line["parent"]["subscription_item_details"]["subscription"] = subscription["id"]
        invoice["lines"] = {"object": "list", "data": data, "has_more": False}
        invoice["total"] = sum(line["amount"] for line in data)
        invoice["amount_paid"] = invoice["total"] if invoice["status"] == "paid" else 0
        self.objects["invoices"].append(invoice)
        return invoice

    def renewals(
        self, subscription: Json, first: str, count: int, lines: Sequence[Json], step: int = 1, **more: Any
    ) -> None:
        """`count` equal bills, `step` months apart, each over one period from its own date."""
        for number in range(count):
            begins, ends = months_after(first, number * step), months_after(first, (number + 1) * step)
            reason = "subscription_cycle" if at(begins) > subscription["created"] else "subscription_create"
            dated = [covering(line, begins, ends) for line in lines]
            self.bill(subscription, begins, dated, reason, **more)

    def event(self, subscription: Json, on: str, previous: Json | None, kind: str = "updated", /, **then: Any) -> None:
        """customer.subscription.<kind>: the subscription as it was right after. Ids follow the order of calls."""
        number = len(self.objects["events"]) + 1
        self.objects["events"].append(
            {
                "id": f"evt_{number:04}",
                "object": "event",
                "type": f"customer.subscription.{kind}",
                "created": at(on),
                "livemode": True,
                "data": {"object": json.loads(json.dumps(subscription)) | then}
                | ({} if previous is None else {"previous_attributes": previous}),
            }
        )

    def write(self, folder: Path) -> None:
        (folder / "stripe").mkdir(parents=True)
        (folder / "hubspot").mkdir()
        (folder / "expected").mkdir()
        (folder / "meta.json").write_text(
            json.dumps({"as_of": AS_OF, "reporting_currency": "usd", "reporting_timezone": "UTC"})
        )
        for name, rows in self.objects.items():
            newest_first = sorted(rows, key=lambda row: row["created"])
            (folder / "stripe" / f"{name}.ndjson").write_text("".join(json.dumps(row) + "\n" for row in newest_first))
        with (folder / "expected" / "mrr_month_end.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["customer_id", "month", "currency", "mrr"])
            for case in self.cases:
                writer.writerows([case.customer, month, case.currency, mrr] for month, mrr in monthly(case.expected))


def monthly(steps: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Month by month what the steps say, up to the last closed month."""
    rows: list[tuple[str, str]] = []
    month = date.fromisoformat(f"{steps[0][0]}-01")
    changes = dict(steps)
    mrr = Decimal(0)
    while month <= LAST_CLOSED_MONTH:
        mrr = Decimal(changes.get(month.strftime("%Y-%m"), mrr))
        rows.append((month.isoformat(), f"{mrr:.4f}"))
        month = (month.replace(day=28) + (date(2000, 1, 5) - date(2000, 1, 1))).replace(day=1)
    return rows


def item(name: str, price: Json, quantity: int = 1, since: str = "2025-01-10", **more: Any) -> Json:
    """A subscription item."""
    return {
        "id": f"si_{name}",
        "object": "subscription_item",
        "created": at(since),
        "discounts": [],
        "metadata": {},
        "price": {key: value for key, value in price.items() if key != "tiers"},
        "quantity": quantity,
        "tax_rates": [],
    } | more


def line(of: Json, amount: int, quantity: int | None = None, price: Json | None = None, **more: Any) -> Json:
    """An invoice line of an item; give it a period with `covering`."""
    proration = more.pop("proration", False)
    return {
        "object": "line_item",
        "amount": amount,
        "currency": (price or of["price"])["currency"],
        "description": ("Unused time" if amount < 0 else "Remaining time") if proration else "Plan",
        "discount_amounts": [],
        "discounts": [],
        "livemode": True,
        "parent": {
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": {"subscription_item": of["id"], "proration": proration, "invoice_item": None},
        },
        "pricing": {"type": "price_details", "price_details": {"price": (price or of["price"])["id"]}},
        "quantity": of["quantity"] if quantity is None else quantity,
        "taxes": [],
    } | more


def covering(of: Json, begins: str, ends: str) -> Json:
    """The line over a period."""
    return json.loads(json.dumps(of)) | {"period": {"start": at(begins), "end": at(ends)}}


def discount(name: str, coupon: Json, start: str, end: str | None = None, **on: Any) -> Json:
    """A discount object; say what it hangs on: customer, subscription, subscription_item."""
    found = {
        "id": f"di_{name}",
        "object": "discount",
        "start": at(start),
        "end": at(end) if end else None,
        "invoice": None,
    }
    found |= {"invoice_item": None, "customer": None, "subscription": None, "subscription_item": None}
    return found | {"source": {"type": "coupon", "coupon": coupon}} | on
