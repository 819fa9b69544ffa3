"""The Stripe objects that are read, one row each. To add a stream, add a row.

Paths, parameters and expandable fields are those of the API version that the SDK pins. Expansion goes four levels deep
at most, so a discount on an invoice line or a subscription item keeps its coupon as an id (see the stream `coupons`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestration.records import RecordRules

LISTED = RecordRules(created=("created",))


def _without_counters(*holders: str) -> tuple[str, ...]:
    """The redemption counter in every copy of a coupon: one new redemption is no change of all who ever had it."""
    coupons = ("source.coupon", "coupon")  # the shape of the pinned version, and the one before it
    return tuple(f"{holder}.{coupon}.times_redeemed" for holder in holders for coupon in coupons)


@dataclass(frozen=True, slots=True)
class NestedList:
    """The list `name` inside an object, which the API cuts at about ten entries; the rest has a path of its own.

    `path` and `params` may hold `{id}`, the id of the object around it.
    """

    name: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    expand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """One list of the API and the table it lands in, `raw_stripe.<name>`."""

    name: str
    group: str
    description: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    expand: tuple[str, ...] = ()
    nested: tuple[NestedList, ...] = ()
    rules: RecordRules = LISTED
    # Objects of another stream that these refer to and that lists leave out once deleted: (field, stream).
    refers_to: tuple[str, str] | None = None


STREAMS: tuple[Stream, ...] = (
    Stream(
        name="products",
        group="catalogue",
        description="What is sold. One version per change of a product.",
        path="/v1/products",
        rules=RecordRules(created=("created",), updated=("updated",)),
    ),
    Stream(
        name="prices",
        group="catalogue",
        description="Prices with their tiers, archived ones included. One version per change of a price.",
        path="/v1/prices",
        expand=("data.tiers",),
    ),
    Stream(
        name="coupons",
        group="catalogue",
        description="Coupons with the products they apply to. One version per change of a coupon.",
        path="/v1/coupons",
        expand=("data.applies_to",),
    ),
    Stream(
        name="customers",
        group="billing",
        description="Customers; a deleted one ends with a tombstone version. One version per change of a customer.",
        path="/v1/customers",
        expand=("data.discount.source.coupon",),
        rules=RecordRules(created=("created",), volatile=_without_counters("discount")),
    ),
    Stream(
        name="subscriptions",
        group="billing",
        description="Subscriptions in every status with all items and discounts. One version per change.",
        path="/v1/subscriptions",
        params={"status": "all"},
        expand=("data.discounts.source.coupon", "data.items.data.discounts"),
        nested=(
            NestedList(
                name="items",
                path="/v1/subscription_items",
                params={"subscription": "{id}"},
                expand=("data.discounts",),
            ),
        ),
        rules=RecordRules(created=("created",), volatile=_without_counters("discounts", "items.data.discounts")),
        refers_to=("customer", "customers"),
    ),
    Stream(
        name="invoices",
        group="billing",
        description="Invoices in every status with all lines and discounts. One version per change.",
        path="/v1/invoices",
        expand=("data.discounts.source.coupon", "data.lines.data.discounts"),
        nested=(NestedList(name="lines", path="/v1/invoices/{id}/lines", expand=("data.discounts",)),),
        rules=RecordRules(
            created=("created",),
            volatile=(
                *_without_counters("discounts", "lines.data.discounts"),
                # Links that Stripe signs anew when it is asked.
                "hosted_invoice_url",
                "invoice_pdf",
            ),
        ),
        refers_to=("customer", "customers"),
    ),
    Stream(
        name="invoiceitems",
        group="billing",
        description="Amounts that wait for an invoice or came from one, prorations included. One version per change.",
        path="/v1/invoiceitems",
        expand=("data.discounts.source.coupon",),
        rules=RecordRules(created=("date",), volatile=_without_counters("discounts")),
    ),
    Stream(
        name="events",
        group="ledger",
        description="What happened in the last 30 days, with the object as it was then. An event never changes.",
        path="/v1/events",
        rules=RecordRules(created=("created",), volatile=("pending_webhooks",)),
    ),
    Stream(
        name="balance_transactions",
        group="ledger",
        description="Money in and out, with its exchange rate and what caused it. One version per change.",
        path="/v1/balance_transactions",
        expand=("data.source",),
        rules=RecordRules(created=("created",), volatile=("source.receipt_url",)),
    ),
)
