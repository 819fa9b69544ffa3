"""Stripe's shape of what is sold: products, prices, coupons, tax rates, discounts (API version 2026-05-27.dahlia)."""

from functools import cache
from typing import Any

from .decisions import Coupon, Price, Redemption, TaxRate

Object = dict[str, Any]

_INTERVALS = {1: ("month", 1), 3: ("month", 3), 12: ("year", 1)}


def product(product_id: str, name: str, created: int) -> Object:
    """A product."""
    return {
        "id": product_id,
        "object": "product",
        "active": True,
        "created": created,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": True,
        "marketing_features": [],
        "metadata": {},
        "name": name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "unit_label": None,
        "updated": created,
        "url": None,
    }


def meter_id(product_id: str) -> str:
    """The id of the meter that counts a product's usage."""
    return f"mtr_{product_id.removeprefix('prod_')}"


@cache
def price(sold: Price, created: int, with_tiers: bool = True) -> Object:
    """A price; events leave the tiers out (`with_tiers`)."""
    interval = _INTERVALS.get(sold.months)
    unit = None if sold.tiers else sold.unit
    found: Object = {
        "id": sold.id,
        "object": "price",
        "active": True,
        "billing_scheme": "tiered" if sold.tiers else "per_unit",
        "created": created,
        "currency": sold.currency,
        "custom_unit_amount": None,
        "livemode": True,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": sold.product,
        "recurring": interval
        and {
            "interval": interval[0],
            "interval_count": interval[1],
            "meter": meter_id(sold.product) if sold.metered else None,
            "usage_type": "metered" if sold.metered else "licensed",
        },
        "tax_behavior": "unspecified",
        "tiers_mode": "graduated" if sold.tiers else None,
        "transform_quantity": None,
        "type": "recurring" if interval else "one_time",
        "unit_amount": unit,
        "unit_amount_decimal": None if unit is None else str(unit),
    }
    if sold.tiers and with_tiers:
        found["tiers"] = [
            {
                "flat_amount": tier.flat or None,
                "flat_amount_decimal": str(tier.flat) if tier.flat else None,
                "unit_amount": tier.unit,
                "unit_amount_decimal": str(tier.unit),
                "up_to": tier.up_to,
            }
            for tier in sold.tiers
        ]
    return found


def coupon(offer: Coupon, created: int, redeemed: int) -> Object:
    """A coupon, redeemed that many times."""
    return {
        "id": offer.id,
        "object": "coupon",
        "amount_off": offer.amount or None,
        "created": created,
        "currency": offer.currency,
        "duration": offer.duration,
        "duration_in_months": offer.months,
        "livemode": True,
        "max_redemptions": None,
        "metadata": {},
        "name": offer.id,
        "percent_off": offer.percent or None,
        "redeem_by": None,
        "times_redeemed": redeemed,
        "valid": True,
    }


@cache
def tax_rate(rate: TaxRate, created: int) -> Object:
    """A tax rate."""
    return {
        "id": rate.id,
        "object": "tax_rate",
        "active": True,
        "country": rate.country,
        "created": created,
        "description": None,
        "display_name": rate.name,
        "effective_percentage": None,
        "flat_amount": None,
        "inclusive": rate.inclusive,
        "jurisdiction": None,
        "jurisdiction_level": None,
        "livemode": True,
        "metadata": {},
        "percentage": rate.percent,
        "rate_type": "percentage",
        "state": None,
        "tax_type": rate.kind,
    }


def discount(redemption: Redemption, subscription: str, customer: str, coupon_object: Object) -> Object:
    """A discount as a subscription, item or invoice carries it, its coupon inline."""
    item = f"si_{subscription.removeprefix('sub_')}{redemption.item}" if redemption.item else None
    return {
        "id": redemption.id,
        "object": "discount",
        "checkout_session": None,
        "customer": customer,
        "customer_account": None,
        "end": redemption.end,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": None,
        "source": {"coupon": coupon_object, "type": "coupon"},
        "start": redemption.start,
        "subscription": subscription,
        "subscription_item": item,
    }
