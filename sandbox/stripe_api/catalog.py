"""The resources that the sandbox lists: one row each, with the parameters that narrow the list."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Equal:
    """Keeps the objects whose field has the value given. Several paths: the newer shape first."""

    paths: tuple[str, ...]
    choices: tuple[str, ...] = ()
    boolean: bool = False
    # The resource that the value has to name; an id that it does not have is an error, as in Stripe.
    names: str | None = None


@dataclass(frozen=True)
class AnyOf:
    """Keeps the objects whose field has one of the values of an array parameter."""

    paths: tuple[str, ...]


@dataclass(frozen=True)
class EventType:
    """Keeps the events of one type, or of a group written with `*`."""

    paths: tuple[str, ...] = ("type",)


@dataclass(frozen=True)
class Pending:
    """Keeps the invoice items that are (`true`) or are not (`false`) without an invoice."""

    paths: tuple[str, ...] = ("invoice",)


@dataclass(frozen=True)
class SubscriptionStatus:
    """Hides what has ended unless asked for: `all`, `ended`, or a status by name."""

    paths: tuple[str, ...] = ("status",)


Filter = Equal | AnyOf | EventType | Pending | SubscriptionStatus


@dataclass(frozen=True)
class Resource:
    """A list endpoint. `name` is the file's stem and, unless `path` differs, the path's end.

    `kind` is what an object calls itself.
    """

    name: str
    kind: str
    filters: Mapping[str, Filter] = field(default_factory=dict)
    # A field holding a list that has an endpoint of its own below the object.
    nested: str | None = None
    at: str | None = None
    by_created: bool = True

    @property
    def path(self) -> str:
        """The path below /v1."""
        return self.at or self.name


ENDED_STATUSES = ("canceled", "incomplete_expired")
SUBSCRIPTION_STATUSES = (
    "active",
    "all",
    "canceled",
    "ended",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "paused",
    "trialing",
    "unpaid",
)

_ACTIVE = Equal(("active",), boolean=True)
_CHARGE = Equal(("charge",), names="charges")
_CURRENCY = Equal(("currency",))
_CUSTOMER = Equal(("customer",), names="customers")
_INVOICE = Equal(("invoice",), names="invoices")
_PAYMENT_INTENT = Equal(("payment_intent",))
_COLLECTION = Equal(("collection_method",), choices=("charge_automatically", "send_invoice"))

RESOURCES: Mapping[str, Resource] = {
    resource.name: resource
    for resource in (
        Resource(
            "balance_transactions",
            "balance_transaction",
            {
                "currency": _CURRENCY,
                "payout": Equal(("payout",)),
                "source": Equal(("source",)),
                "type": Equal(("type",)),
            },
        ),
        Resource(
            "billing_meters",
            "billing.meter",
            {"status": Equal(("status",), choices=("active", "inactive"))},
            at="billing/meters",
            by_created=False,
        ),
        Resource("charges", "charge", {"customer": _CUSTOMER, "payment_intent": _PAYMENT_INTENT}),
        Resource("coupons", "coupon"),
        Resource("credit_notes", "credit_note", {"customer": _CUSTOMER, "invoice": _INVOICE}, nested="lines"),
        Resource("customers", "customer", {"email": Equal(("email",))}),
        Resource("disputes", "dispute", {"charge": _CHARGE, "payment_intent": _PAYMENT_INTENT}),
        Resource("events", "event", {"type": EventType(), "types": AnyOf(("type",))}),
        Resource(
            "invoiceitems",
            "invoiceitem",
            {"customer": _CUSTOMER, "invoice": _INVOICE, "pending": Pending()},
        ),
        Resource(
            "invoices",
            "invoice",
            {
                "collection_method": _COLLECTION,
                "customer": _CUSTOMER,
                "status": Equal(("status",), choices=("draft", "open", "paid", "uncollectible", "void")),
                "subscription": Equal(
                    ("parent.subscription_details.subscription", "subscription"), names="subscriptions"
                ),
            },
            nested="lines",
        ),
        Resource(
            "payouts",
            "payout",
            {
                "destination": Equal(("destination",)),
                "status": Equal(("status",), choices=("canceled", "failed", "in_transit", "paid", "pending")),
            },
        ),
        Resource(
            "prices",
            "price",
            {
                "active": _ACTIVE,
                "currency": _CURRENCY,
                "lookup_keys": AnyOf(("lookup_key",)),
                "product": Equal(("product",), names="products"),
                "type": Equal(("type",), choices=("one_time", "recurring")),
            },
        ),
        Resource("products", "product", {"active": _ACTIVE, "ids": AnyOf(("id",))}),
        Resource(
            "promotion_codes",
            "promotion_code",
            {
                "active": _ACTIVE,
                "code": Equal(("code",)),
                "coupon": Equal(("promotion.coupon", "coupon"), names="coupons"),
                "customer": _CUSTOMER,
            },
        ),
        Resource("refunds", "refund", {"charge": _CHARGE, "payment_intent": _PAYMENT_INTENT}),
        Resource("subscription_schedules", "subscription_schedule", {"customer": _CUSTOMER}),
        Resource(
            "subscriptions",
            "subscription",
            {"collection_method": _COLLECTION, "customer": _CUSTOMER, "status": SubscriptionStatus()},
        ),
        Resource("tax_rates", "tax_rate", {"active": _ACTIVE, "inclusive": Equal(("inclusive",), boolean=True)}),
    )
}
BY_PATH: Mapping[str, Resource] = {resource.path: resource for resource in RESOURCES.values()}
