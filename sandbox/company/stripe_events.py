"""Events of the last 30 days: subscriptions created, updated, ended; invoices paid, failed, voided; customers deleted.

An update is found by comparing a subscription with itself a moment before, so `previous_attributes` holds exactly
what changed. Payloads are as Stripe sends them: nothing expanded, lists cut at ten.
"""

from typing import Any

from .clock import HOUR
from .invoices import Billed, Invoice
from .pauses import EVENTS_LIVE
from .stripe_catalogue import Object
from .stripe_invoices import invoice
from .stripe_subscriptions import Shelf, instants, status_at, subscription_at

API_VERSION = "2026-05-27.dahlia"
INLINE = 10


def _payload(value: Any) -> Any:
    """An object as events carry it: discounts as ids, prices without tiers, nested lists cut at ten."""
    if isinstance(value, list):
        return [_payload(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    found = {k: _payload(v) for k, v in value.items() if k != "tiers"}
    if isinstance(value.get("discounts"), list):
        found["discounts"] = [d if isinstance(d, str) else d["id"] for d in value["discounts"]]
    if value.get("object") == "list" and len(value["data"]) > INLINE:
        found |= {"data": found["data"][:INLINE], "has_more": True}
    return found


def _event(at: int, kind: str, subject: Object, previous: Object | None = None) -> Object:
    data: Object = {"object": _payload(subject)}
    if previous is not None:
        data["previous_attributes"] = _payload(previous)
    return {
        "object": "event",
        "api_version": API_VERSION,
        "created": at,
        "data": data,
        "livemode": True,
        "pending_webhooks": 0,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def subscription_events(billed: Billed, as_of: int, shelf: Shelf) -> list[Object]:
    """What happened to a subscription within the last 30 days."""
    found: list[Object] = []
    before: int | None = None
    for at in instants(billed, as_of):
        if at > as_of - EVENTS_LIVE:
            now = subscription_at(billed, at, shelf)
            if before is None:
                found.append(_event(at, "customer.subscription.created", now))
            elif now["ended_at"] == at and now["status"] == "canceled":
                found.append(_event(at, "customer.subscription.deleted", now))
            else:
                was = subscription_at(billed, before, shelf)
                changed = {k: v for k, v in was.items() if v != now[k]}
                if "items" in changed:
                    changed["items"] = {"data": was["items"]["data"]}
                if changed:
                    found.append(_event(at, "customer.subscription.updated", now, changed))
        before = at
    return found


def invoice_events(bill: Invoice, as_of: int, customer: Object, shelf: Shelf) -> list[Object]:
    """What happened to an invoice within the last 30 days."""
    times: list[tuple[int | None, str]] = [
        (bill.paid_at, "invoice.paid"),
        (bill.voided_at, "invoice.voided"),
        (bill.uncollectible_at, "invoice.marked_uncollectible"),
    ]
    if status_at(bill.subscription, bill.created + HOUR) == "past_due" and bill.finalized_at == bill.created + HOUR:
        times.append((bill.finalized_at, "invoice.payment_failed"))
    return [
        _event(at, kind, invoice(bill, at, customer, shelf))
        for at, kind in times
        if at is not None and as_of - EVENTS_LIVE < at <= as_of
    ]


def customer_deleted(at: int, as_of: int, customer: Object) -> list[Object]:
    """The deletion of a customer, with the customer as it was, where it is recent."""
    return [_event(at, "customer.deleted", customer)] if as_of - EVENTS_LIVE < at <= as_of else []


def numbered(events: list[Object]) -> list[Object]:
    """Events in order of time, with their ids."""
    ordered = sorted(events, key=lambda e: (e["created"], e["data"]["object"]["id"], e["type"]))
    return [{"id": f"evt_{n:07d}", **event} for n, event in enumerate(ordered, 1)]
