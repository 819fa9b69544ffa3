"""Stripe's shape of billing meters, and the usage they counted a day (API version 2026-05-27.dahlia)."""

from .clock import DAY
from .decisions import Price
from .invoices import Billed
from .stripe_catalogue import Object, meter_id
from .usage import days_of


def meter(sold: Price, created: int) -> Object:
    """The meter of a metered price's product."""
    return {
        "id": meter_id(sold.product),
        "object": "billing.meter",
        "created": created,
        "customer_mapping": {"event_payload_key": "stripe_customer_id", "type": "by_id"},
        "default_aggregation": {"formula": "sum"},
        "display_name": sold.label,
        "event_name": f"{sold.product.removeprefix('prod_')}_used",
        "event_time_window": None,
        "livemode": True,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
        "updated": created,
        "value_settings": {"event_payload_key": "value"},
    }


def summaries(billed: Billed, as_of: int) -> list[Object]:
    """What a subscription's customer used on every day that is over, as the sandbox keeps it."""
    return [
        {
            "customer": billed.subscription.customer,
            "meter": meter_id(product),
            "start_time": day,
            "end_time": day + DAY,
            "aggregated_value": used,
        }
        for product, day, used in days_of(billed, as_of)
    ]
