"""Which events Stripe writes when an object changes, and what they look like."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The version that answers when a request names none; the shape of the objects is the folder's, whatever is asked.
API_VERSION = "2026-05-27.dahlia"


@dataclass(frozen=True)
class Lifecycle:
    """The event types of one resource; None where Stripe has none, `by_status` what a new status adds.

    Source: the event types of the Stripe SDK, https://docs.stripe.com/api/events/types
    """

    created: str
    updated: str | None
    deleted: str | None = None
    by_status: Mapping[str, str] = field(default_factory=dict)


LIFECYCLES: Mapping[str, Lifecycle] = {
    "billing_meters": Lifecycle(
        "billing.meter.created",
        "billing.meter.updated",
        by_status={"active": "billing.meter.reactivated", "inactive": "billing.meter.deactivated"},
    ),
    "charges": Lifecycle(
        "charge.succeeded", "charge.updated", by_status={"succeeded": "charge.succeeded", "failed": "charge.failed"}
    ),
    "coupons": Lifecycle("coupon.created", "coupon.updated", "coupon.deleted"),
    "credit_notes": Lifecycle("credit_note.created", "credit_note.updated", by_status={"void": "credit_note.voided"}),
    "customers": Lifecycle("customer.created", "customer.updated", "customer.deleted"),
    "disputes": Lifecycle(
        "charge.dispute.created",
        "charge.dispute.updated",
        by_status={"won": "charge.dispute.closed", "lost": "charge.dispute.closed"},
    ),
    "invoiceitems": Lifecycle("invoiceitem.created", None, "invoiceitem.deleted"),
    "invoices": Lifecycle(
        "invoice.created",
        "invoice.updated",
        "invoice.deleted",
        {
            "open": "invoice.finalized",
            "paid": "invoice.paid",
            "uncollectible": "invoice.marked_uncollectible",
            "void": "invoice.voided",
        },
    ),
    "payouts": Lifecycle(
        "payout.created",
        "payout.updated",
        by_status={"canceled": "payout.canceled", "failed": "payout.failed", "paid": "payout.paid"},
    ),
    "prices": Lifecycle("price.created", "price.updated", "price.deleted"),
    "products": Lifecycle("product.created", "product.updated", "product.deleted"),
    "promotion_codes": Lifecycle("promotion_code.created", "promotion_code.updated"),
    "refunds": Lifecycle("refund.created", "refund.updated", by_status={"failed": "refund.failed"}),
    "subscription_schedules": Lifecycle(
        "subscription_schedule.created",
        "subscription_schedule.updated",
        by_status={
            "canceled": "subscription_schedule.canceled",
            "completed": "subscription_schedule.completed",
            "released": "subscription_schedule.released",
        },
    ),
    "subscriptions": Lifecycle(
        "customer.subscription.created",
        "customer.subscription.updated",
        "customer.subscription.deleted",
        {"paused": "customer.subscription.paused"},
    ),
    "tax_rates": Lifecycle("tax_rate.created", "tax_rate.updated"),
}


def event_types(resource: str, before: dict[str, Any] | None, after: dict[str, Any]) -> list[str]:
    """The types of the events that a change of one object sets off; none for a resource without events."""
    lifecycle = LIFECYCLES.get(resource)
    if lifecycle is None:
        return []
    if before is None:
        return [lifecycle.created]
    status = after.get("status")
    is_new_status = status != before.get("status")
    if resource == "subscriptions" and is_new_status and status == "canceled":
        return ["customer.subscription.deleted"]
    types = [lifecycle.updated] if lifecycle.updated else []
    if is_new_status and isinstance(status, str) and status in lifecycle.by_status:
        types.append(lifecycle.by_status[status])
    return types


def event(number: int, kind: str, at: int, shown: dict[str, Any], previous: dict[str, Any] | None) -> dict[str, Any]:
    """An event object; `shown` is the object in the shape of the API, `previous` what its changed fields were."""
    data: dict[str, Any] = {"object": shown}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": f"evt_sandbox_{number:010d}",
        "object": "event",
        "api_version": API_VERSION,
        "created": at,
        "data": data,
        "livemode": shown.get("livemode", True),
        "pending_webhooks": 0,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def previous_attributes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The earlier values of what has changed: of hashes only the changed keys, of lists the whole."""
    previous: dict[str, Any] = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        is_hash = isinstance(old, dict) and isinstance(new, dict) and old.get("object") != "list"
        previous[name] = previous_attributes(old, new) if is_hash and old and new else old
    return previous
