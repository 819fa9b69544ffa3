"""Which fields of a Stripe object the API shows as ids, hides, or cuts, until `expand[]` asks for them.

Only fields with a rule are listed; all others are served as they are. Source: the `x-expansionResources` and
`x-expandableFields` of Stripe's OpenAPI description, plus the flat fields of API versions before 2025-03-31.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Ref:
    """Shown as an id, or a list of ids; the object when expanded. `kind` is None where any object can stand."""

    kind: str | None = None


@dataclass(frozen=True)
class Hidden:
    """Left out unless expanded."""


@dataclass(frozen=True)
class HiddenMembers:
    """Left out unless expanded: an object whose keys only the data knows, each with an object that has these fields."""

    fields: "Fields"


@dataclass(frozen=True)
class Child:
    """An object that always stands inline, with rules of its own."""

    kind: str


@dataclass(frozen=True)
class Listing:
    """A nested list object, cut at its first page; `kind` is that of its elements."""

    kind: str


@dataclass(frozen=True)
class Group:
    """A plain object, or an array of them, that has no `object` field but fields with rules."""

    fields: "Fields"


Rule = Ref | Hidden | HiddenMembers | Child | Listing | Group
Fields = Mapping[str, Rule]

_DISCOUNT_AMOUNTS = Group({"discount": Ref("discount")})
_PRICE_DETAILS = Group({"price_details": Group({"price": Ref("price")})})
_TAXES = Group({"tax_rate_details": Group({"tax_rate": Ref("tax_rate")})})
_PAYMENT_DEFAULTS: Fields = {"default_payment_method": Ref("payment_method"), "default_source": Ref()}
_SCHEDULE_DISCOUNTS = Group(
    {"coupon": Ref("coupon"), "discount": Ref("discount"), "promotion_code": Ref("promotion_code")}
)

SCHEMAS: Mapping[str, Fields] = {
    "balance_transaction": {"source": Ref()},
    "charge": {
        "balance_transaction": Ref("balance_transaction"),
        "customer": Ref("customer"),
        "invoice": Ref("invoice"),
        "payment_intent": Ref("payment_intent"),
        "refunds": Hidden(),
    },
    "coupon": {"applies_to": Hidden(), "currency_options": Hidden()},
    "credit_note": {
        "customer": Ref("customer"),
        "customer_balance_transaction": Ref("customer_balance_transaction"),
        "discount_amounts": _DISCOUNT_AMOUNTS,
        "invoice": Ref("invoice"),
        "lines": Listing("credit_note_line_item"),
        "refunds": Group({"refund": Ref("refund")}),
        "total_taxes": _TAXES,
    },
    "credit_note_line_item": {"discount_amounts": _DISCOUNT_AMOUNTS, "taxes": _TAXES},
    "customer": {
        "cash_balance": Hidden(),
        "default_source": Ref(),
        "discount": Child("discount"),
        "invoice_settings": Group({"default_payment_method": Ref("payment_method")}),
        "sources": Hidden(),
        "subscriptions": Hidden(),
        "tax": Hidden(),
        "tax_ids": Hidden(),
        "test_clock": Ref("test_clock"),
    },
    "discount": {
        "coupon": Child("coupon"),
        "customer": Ref("customer"),
        "promotion_code": Ref("promotion_code"),
        "source": Group({"coupon": Ref("coupon")}),
    },
    "dispute": {"charge": Ref("charge"), "payment_intent": Ref("payment_intent")},
    "event": {},
    "invoice": {
        **_PAYMENT_DEFAULTS,
        "charge": Ref("charge"),
        "customer": Ref("customer"),
        "discount": Child("discount"),
        "discounts": Ref("discount"),
        "from_invoice": Group({"invoice": Ref("invoice")}),
        "latest_revision": Ref("invoice"),
        "lines": Listing("line_item"),
        "parent": Group({"subscription_details": Group({"subscription": Ref("subscription")})}),
        "payment_intent": Ref("payment_intent"),
        "payments": Hidden(),
        "subscription": Ref("subscription"),
        "test_clock": Ref("test_clock"),
        "total_discount_amounts": _DISCOUNT_AMOUNTS,
        "total_taxes": _TAXES,
    },
    "invoiceitem": {
        "customer": Ref("customer"),
        "discounts": Ref("discount"),
        "invoice": Ref("invoice"),
        "plan": Child("plan"),
        "price": Child("price"),
        "pricing": _PRICE_DETAILS,
        "subscription": Ref("subscription"),
        "test_clock": Ref("test_clock"),
    },
    "line_item": {
        "discount_amounts": _DISCOUNT_AMOUNTS,
        "discounts": Ref("discount"),
        "plan": Child("plan"),
        "price": Child("price"),
        "pricing": _PRICE_DETAILS,
        "subscription": Ref("subscription"),
        "taxes": _TAXES,
    },
    "payout": {
        "application_fee": Ref("application_fee"),
        "balance_transaction": Ref("balance_transaction"),
        "destination": Ref(),
        "failure_balance_transaction": Ref("balance_transaction"),
        "original_payout": Ref("payout"),
        "reversed_by": Ref("payout"),
    },
    "plan": {"product": Ref("product"), "tiers": Hidden()},
    "price": {"currency_options": HiddenMembers({"tiers": Hidden()}), "product": Ref("product"), "tiers": Hidden()},
    "product": {"default_price": Ref("price"), "tax_code": Ref("tax_code")},
    "promotion_code": {
        "coupon": Child("coupon"),
        "customer": Ref("customer"),
        "promotion": Group({"coupon": Ref("coupon")}),
    },
    "refund": {
        "balance_transaction": Ref("balance_transaction"),
        "charge": Ref("charge"),
        "customer": Ref("customer"),
        "failure_balance_transaction": Ref("balance_transaction"),
        "payment_intent": Ref("payment_intent"),
        "payment_method": Ref("payment_method"),
    },
    "subscription": {
        **_PAYMENT_DEFAULTS,
        "customer": Ref("customer"),
        "discount": Child("discount"),
        "discounts": Ref("discount"),
        "items": Listing("subscription_item"),
        "latest_invoice": Ref("invoice"),
        "pending_setup_intent": Ref("setup_intent"),
        "plan": Child("plan"),
        "schedule": Ref("subscription_schedule"),
        "test_clock": Ref("test_clock"),
    },
    "subscription_item": {"discounts": Ref("discount"), "plan": Child("plan"), "price": Child("price")},
    "subscription_schedule": {
        "customer": Ref("customer"),
        "default_settings": Group({"default_payment_method": Ref("payment_method")}),
        "phases": Group(
            {
                "add_invoice_items": Group({"discounts": _SCHEDULE_DISCOUNTS, "price": Ref("price")}),
                "default_payment_method": Ref("payment_method"),
                "discounts": _SCHEDULE_DISCOUNTS,
                "items": Group({"discounts": _SCHEDULE_DISCOUNTS, "plan": Ref("plan"), "price": Ref("price")}),
            }
        ),
        "subscription": Ref("subscription"),
        "test_clock": Ref("test_clock"),
    },
}
