"""Stripe's shape of a subscription as it stood at a given time (API version 2026-05-27.dahlia)."""

from dataclasses import dataclass, field

from . import stripe_catalogue as shapes
from .clock import HOUR
from .decisions import Coupon, EndKind, Outcome, Redemption, Subscription
from .invoices import Billed, Span
from .stripe_catalogue import Object


@dataclass(slots=True)
class Shelf:
    """What all objects refer to: when the catalogue was made, and the coupon objects by id."""

    created: int
    coupons: dict[str, Object] = field(default_factory=dict)

    def discount(self, redemption: Redemption, subscription: Subscription) -> Object:
        """A redemption in Stripe's shape."""
        coupon = self.coupons[redemption.coupon.id]
        return shapes.discount(redemption, subscription.id, subscription.customer, coupon)


def coupons_redeemed(redemptions: list[Redemption], offers: list[Coupon], created: int) -> dict[str, Object]:
    """All coupon objects by id, each with the number of its redemptions."""
    counts = {offer.id: 0 for offer in offers}
    for redemption in redemptions:
        counts[redemption.coupon.id] += 1
    return {offer.id: shapes.coupon(offer, created, counts[offer.id]) for offer in offers}


def status_at(subscription: Subscription, at: int) -> str:
    """Stripe's status of a subscription at `at`."""
    ending = subscription.ending
    if ending and ending.kind is EndKind.NEVER_STARTED:
        return "incomplete_expired" if at >= ending.at else "incomplete"
    if ending and at >= ending.at:
        return "canceled"
    if subscription.unpaid_from is not None and at >= subscription.unpaid_from:
        return "unpaid"
    if subscription.trial_end and at < subscription.trial_end:
        return "trialing"
    return "past_due" if any(s <= at and (e is None or at < e) for s, e in failing(subscription)) else "active"


def failing(subscription: Subscription) -> list[tuple[int, int | None]]:
    """The times during which the latest charge had failed."""
    bad = (Outcome.RECOVERED, Outcome.UNPAID)
    return [(at + HOUR, p.settled_at) for at, p in subscription.payments.items() if p.outcome in bad]


def instants(billed: Billed, as_of: int) -> list[int]:
    """Every time up to `as_of` at which the subscription object changes, oldest first."""
    subscription, ending = billed.subscription, billed.subscription.ending
    found: set[int | None] = {span.at for span in billed.spans}
    found |= {at for pause in subscription.pauses for at in (pause.start, pause.end)}
    found |= {at for span in failing(subscription) for at in span}
    found |= {at for redemption in subscription.redemptions for at in (redemption.start, redemption.end)}
    found |= {subscription.trial_end, subscription.unpaid_from}
    if ending:
        found |= {ending.asked_at, ending.at}
    stop = min(ending.at, as_of) if ending else as_of
    return sorted(at for at in found if at is not None and subscription.created <= at <= stop)


def subscription_at(billed: Billed, at: int, shelf: Shelf) -> Object:
    """The subscription as the API would have returned it at `at`."""
    subscription = billed.subscription
    span = next(s for s in reversed(billed.spans) if s.at <= at)
    tax = subscription.tax
    pause = next((p for p in subscription.pauses if p.start <= at and (p.end is None or at < p.end)), None)
    return {
        "id": subscription.id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": span.anchor,
        "billing_cycle_anchor_config": None,
        "billing_mode": _billing_mode(subscription),
        "billing_schedules": [],
        "billing_thresholds": None,
        **_cancellation(subscription, at),
        "collection_method": "send_invoice" if subscription.invoiced else "charge_automatically",
        "created": subscription.created,
        "currency": subscription.items["a"].price.currency,
        "customer": subscription.customer,
        "customer_account": None,
        "days_until_due": 30 if subscription.invoiced else None,
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [shapes.tax_rate(tax, shelf.created)] if tax else [],
        "description": None,
        "discounts": _discounts(subscription, at, shelf, None),
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": _items(subscription, span, at, shelf),
        "latest_invoice": span.latest_invoice,
        "livemode": True,
        "managed_payments": None,
        "metadata": {},
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": {"behavior": pause.behavior, "resumes_at": None} if pause else None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": subscription.start,
        "status": status_at(subscription, at),
        "test_clock": None,
        "transfer_data": None,
        "trial_end": subscription.trial_end,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": subscription.start if subscription.trial_end else None,
    }


def _billing_mode(subscription: Subscription) -> Object:
    if subscription.itemized:
        return {"flexible": {"proration_discounts": "itemized"}, "type": "flexible", "updated_at": subscription.created}
    return {"flexible": None, "type": "classic"}


def _cancellation(subscription: Subscription, at: int) -> Object:
    ending = subscription.ending
    found: Object = {
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "ended_at": ending.at if ending and ending.at <= at else None,
    }
    if ending is None or ending.asked_at > at or ending.kind is EndKind.NEVER_STARTED:
        return found
    if ending.kind is EndKind.PERIOD_END:
        found |= {"cancel_at": ending.at, "cancel_at_period_end": True}
    found["canceled_at"] = ending.asked_at
    reason = "payment_failed" if ending.kind is EndKind.PAYMENT_FAILED else "cancellation_requested"
    found["cancellation_details"] = {
        "comment": ending.comment, "feedback": ending.feedback, "reason": reason,
    }  # fmt: skip
    return found


def _discounts(subscription: Subscription, at: int, shelf: Shelf, item: str | None) -> list[Object]:
    """Discounts still there at `at`: not those that ended, nor those that work once, which are used up at once."""
    return [
        shelf.discount(redemption, subscription)
        for redemption in subscription.redemptions
        if redemption.item == item
        and redemption.coupon.duration != "once"
        and redemption.start <= at
        and (redemption.end is None or at < redemption.end)
    ]


def _items(subscription: Subscription, span: Span, at: int, shelf: Shelf) -> Object:
    stem = subscription.id.removeprefix("sub_")
    data = []
    for letter, (terms, created) in span.items.items():
        item = {
            "id": f"si_{stem}{letter}",
            "object": "subscription_item",
            "billing_thresholds": None,
            "created": created,
            "current_period_end": span.period_end,
            "current_period_start": span.period_start,
            "discounts": _discounts(subscription, at, shelf, letter),
            "metadata": {},
            "price": shapes.price(terms.price, shelf.created),
            "subscription": subscription.id,
            "tax_rates": [],
        }
        if not terms.price.metered:
            item["quantity"] = terms.quantity
        data.append(item)
    url = f"/v1/subscription_items?subscription={subscription.id}"
    return {"object": "list", "data": data, "has_more": False, "url": url}
