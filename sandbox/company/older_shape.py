"""The shape that invoices and subscriptions had before 2025, API version 2024-12-18.acacia.

Objects of the current shape are turned into the older one, field by field, for a handful of old customers.
"""

from .stripe_catalogue import Object

_LATER_IN_INVOICE = ("amount_overpaid", "amount_paid_off_stripe", "customer_account", "parent", "total_taxes")
_LATER_IN_LINE = ("parent", "pricing", "quantity_decimal", "subtotal", "taxes")
_LATER_IN_SUBSCRIPTION = ("billing_mode", "billing_schedules", "customer_account", "managed_payments")


def older_discount(found: Object) -> Object:
    """A discount with its coupon directly in it."""
    kept = {k: v for k, v in found.items() if k not in ("customer_account", "source")}
    return {**kept, "coupon": found["source"]["coupon"]}


def plan_of(price: Object) -> Object:
    """The plan object that went with a recurring price."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": True,
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": True,
        "metadata": {},
        "meter": recurring["meter"],
        "nickname": None,
        "product": price["product"],
        "tiers_mode": price["tiers_mode"],
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": recurring["usage_type"],
    }


def _older_taxes(taxes: list[Object]) -> list[Object]:
    return [
        {
            "amount": tax["amount"],
            "inclusive": tax["tax_behavior"] == "inclusive",
            "tax_rate": tax["tax_rate_details"]["tax_rate"],
            "taxability_reason": tax["taxability_reason"],
            "taxable_amount": tax["taxable_amount"],
        }
        for tax in taxes
    ]


def older_invoice(found: Object, prices: dict[str, Object]) -> Object:
    """An invoice in the older shape; `prices` are the price objects by id."""
    older = {k: v for k, v in found.items() if k not in _LATER_IN_INVOICE}
    older["automatic_tax"] = {k: v for k, v in found["automatic_tax"].items() if k != "provider"}
    older["discounts"] = [older_discount(d) for d in found["discounts"]]
    older["lines"] = {**found["lines"], "data": [_older_line(line, prices) for line in found["lines"]["data"]]}
    details = found["parent"]["subscription_details"]
    taxes = _older_taxes(found["total_taxes"])
    return older | {
        "application_fee_amount": None,
        "charge": None,
        "discount": None,
        "paid": found["status"] == "paid",
        "paid_out_of_band": False,
        "payment_intent": None,
        "quote": None,
        "subscription": details["subscription"],
        "subscription_details": {"metadata": {}},
        "tax": sum(tax["amount"] for tax in taxes) if taxes else None,
        "total_tax_amounts": taxes,
        "transfer_data": None,
    }


def _older_line(line: Object, prices: dict[str, Object]) -> Object:
    older = {k: v for k, v in line.items() if k not in _LATER_IN_LINE}
    details = line["parent"]["subscription_item_details"] or line["parent"]["invoice_item_details"]
    price = prices[line["pricing"]["price_details"]["price"]]
    taxes = _older_taxes(line["taxes"])
    excluded = sum(tax["amount"] for tax in taxes if tax["inclusive"])
    cut = sum(amount["amount"] for amount in line["discount_amounts"])
    older |= {
        "amount_excluding_tax": line["amount"] - cut - excluded,
        "discounts": [older_discount(d) for d in line["discounts"]],
        "plan": plan_of(price) if price["recurring"] else None,
        "price": price,
        "proration": details["proration"],
        "proration_details": details["proration_details"],
        "tax_amounts": taxes,
        "tax_rates": [],
        "type": "invoiceitem" if details["invoice_item"] else "subscription",
        "unit_amount_excluding_tax": line["pricing"]["unit_amount_decimal"],
    }
    if details.get("subscription_item"):
        older["subscription_item"] = details["subscription_item"]
    if details["invoice_item"]:
        older["invoice_item"] = details["invoice_item"]
    return older


def older_subscription(found: Object) -> Object:
    """A subscription in the older shape: the period on the subscription, a plan beside each price."""
    older = {k: v for k, v in found.items() if k not in _LATER_IN_SUBSCRIPTION}
    items = []
    for item in found["items"]["data"]:
        kept = {k: v for k, v in item.items() if k not in ("current_period_start", "current_period_end")}
        kept["discounts"] = [older_discount(d) for d in item["discounts"]]
        items.append({**kept, "plan": plan_of(item["price"])})
    first, single = found["items"]["data"][0], len(items) == 1
    discounts = [older_discount(d) for d in found["discounts"]]
    return older | {
        "current_period_end": first["current_period_end"],
        "current_period_start": first["current_period_start"],
        "discount": discounts[0] if discounts else None,
        "discounts": discounts,
        "items": {**found["items"], "data": items},
        "plan": items[0]["plan"] if single else None,
        "quantity": items[0].get("quantity") if single else None,
    }
