"""The Stripe objects that are read, one row each. To add a stream, add a row.

Paths, parameters and expandable fields are those of the API version that the SDK pins. Expansion goes four levels deep
at most, so a discount on an invoice line or a subscription item keeps its coupon as an id (see the stream `coupons`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from orchestration.records import RecordRules

LISTED = RecordRules(created=("created",))

Changes = Literal["events", "recent", "log", "summaries"]


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
class KeyedPart:
    """A part that the members of a mapping inside an object leave out until each is asked for by its key.

    The keys are known only from the object, so it is asked for again, as `<mapping>.<key>.<part>`, if it has that part
    itself: a tiered price has the tiers of its own currency, and tiers in every other one.
    """

    mapping: str
    part: str


@dataclass(frozen=True, slots=True)
class Unannounced:
    """Where to look for changes that Stripe makes no events of.

    `listed`: parameters of a short list of those that may change at any time, read at every run. `named_in`: a stream
    and the field anywhere in its objects: whatever a changed object of it names there is fetched anew too.
    """

    listed: Mapping[str, str]
    named_in: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stream:
    """One list of the API and the table it lands in, `raw_stripe.<name>`.

    `kinds` are the values of `object` by which an event means this stream, first that of the list. `changes` says how
    later runs learn of changes: from `events`; by reading again the `recent` days (what has no events); `log` is the
    events themselves; `summaries` are read per meter and customer. `windowed`: the list can be narrowed by `created`.
    `required`: no figure is right without it, so a key that may not read it fails the run instead of skipping it.
    `unannounced`: what to read besides, where some changes of a stream have no events (see Unannounced).
    `refers_to`: objects of another stream that these name and that lists leave out once deleted: (field, stream).
    """

    name: str
    description: str
    path: str
    kinds: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    expand: tuple[str, ...] = ()
    nested: tuple[NestedList, ...] = ()
    keyed: KeyedPart | None = None
    rules: RecordRules = LISTED
    changes: Changes = "events"
    recent_days: int = 0
    windowed: bool = True
    required: bool = False
    unannounced: Unannounced | None = None
    refers_to: tuple[str, str] | None = None
    group: str = "stripe"  # one: a single reading of the events serves all of them


STREAMS: tuple[Stream, ...] = (
    Stream(
        name="products",
        description="What is sold. One version per change of a product.",
        path="/v1/products",
        kinds=("product",),
        rules=RecordRules(created=("created",), updated=("updated",)),
        required=True,
    ),
    Stream(
        name="prices",
        description="Prices with their tiers in every currency, archived ones too. One version per change of a price.",
        path="/v1/prices",
        kinds=("price", "plan"),
        expand=("data.tiers", "data.currency_options"),
        keyed=KeyedPart(mapping="currency_options", part="tiers"),
        required=True,
    ),
    Stream(
        name="coupons",
        description="Coupons with the products they apply to. One version per change of a coupon.",
        path="/v1/coupons",
        kinds=("coupon",),
        expand=("data.applies_to", "data.currency_options"),
        required=True,
    ),
    Stream(
        name="promotion_codes",
        description="Codes that customers type in to get a coupon. One version per change.",
        path="/v1/promotion_codes",
        kinds=("promotion_code",),
    ),
    Stream(
        name="tax_rates",
        description="Tax rates, inclusive or exclusive, archived ones included. One version per change.",
        path="/v1/tax_rates",
        kinds=("tax_rate",),
    ),
    Stream(
        name="customers",
        description="Customers; a deleted one ends with a tombstone version. One version per change of a customer.",
        path="/v1/customers",
        kinds=("customer",),
        expand=("data.discount.source.coupon",),
        rules=RecordRules(created=("created",), volatile=_without_counters("discount")),
        required=True,
    ),
    Stream(
        name="subscriptions",
        description="Subscriptions in every status with all items and discounts. One version per change.",
        path="/v1/subscriptions",
        kinds=("subscription",),
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
        required=True,
        refers_to=("customer", "customers"),
    ),
    Stream(
        name="subscription_schedules",
        description="Planned phases of subscriptions. One version per change of a schedule.",
        path="/v1/subscription_schedules",
        kinds=("subscription_schedule",),
    ),
    Stream(
        name="invoices",
        description="Invoices in every status with all lines and discounts. One version per change.",
        path="/v1/invoices",
        kinds=("invoice",),
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
        required=True,
        refers_to=("customer", "customers"),
    ),
    Stream(
        name="invoiceitems",
        description="Amounts that wait for an invoice or came from one, prorations included. One version per change.",
        path="/v1/invoiceitems",
        kinds=("invoiceitem",),
        expand=("data.discounts.source.coupon",),
        rules=RecordRules(created=("date",), volatile=_without_counters("discounts")),
        required=True,
        # An item that is edited, or billed, has no event; the bill that it is on has one.
        unannounced=Unannounced(listed={"pending": "true"}, named_in=("invoices", "invoice_item")),
    ),
    Stream(
        name="credit_notes",
        description="Amounts taken off invoices after they were finalised, with all lines. One version per change.",
        path="/v1/credit_notes",
        kinds=("credit_note",),
        nested=(NestedList(name="lines", path="/v1/credit_notes/{id}/lines"),),
        rules=RecordRules(created=("created",), volatile=("pdf",)),
    ),
    Stream(
        name="charges",
        description="Attempts to take money from a customer. One version per change of a charge.",
        path="/v1/charges",
        kinds=("charge",),
        rules=RecordRules(created=("created",), volatile=("receipt_url",)),
    ),
    Stream(
        name="refunds",
        description="Money given back. One version per change of a refund.",
        path="/v1/refunds",
        kinds=("refund",),
    ),
    Stream(
        name="disputes",
        description="Charges that a customer's bank has questioned. One version per change.",
        path="/v1/disputes",
        kinds=("dispute",),
    ),
    Stream(
        name="payouts",
        description="Money sent to the account's own bank. One version per change of a payout.",
        path="/v1/payouts",
        kinds=("payout",),
    ),
    Stream(
        name="meters",
        description="What usage is counted, and how it is added up. One version per change of a meter.",
        path="/v1/billing/meters",
        kinds=("billing.meter",),
        windowed=False,
    ),
    Stream(
        name="meter_event_summaries",
        description="Usage a day of every customer who is billed by a meter. One version per change of a day's usage.",
        path="/v1/billing/meters/{meter}/event_summaries",
        rules=RecordRules(created=("start_time",)),
        changes="summaries",
        recent_days=35,  # Stripe takes usage up to 35 days late
    ),
    Stream(
        name="balance_transactions",
        description="Money in and out, with its exchange rate and what caused it. One version per change.",
        path="/v1/balance_transactions",
        expand=("data.source",),
        rules=RecordRules(created=("created",), volatile=("source.receipt_url",)),
        changes="recent",
        recent_days=7,  # until the money is available, which is all that changes about one
    ),
    Stream(
        name="events",
        description="What happened in the last 30 days, with the object as it was then. An event never changes.",
        path="/v1/events",
        rules=RecordRules(created=("created",), volatile=("pending_webhooks",)),
        changes="log",
    ),
)
