"""Stripe's shape of charges, failed ones among them, and of disputes (API version 2026-05-27.dahlia)."""

from .chance import between, happens, pick, stream
from .clock import DAY
from .decisions import EndKind, Outcome
from .frame import Frame
from .invoices import Invoice
from .stripe_catalogue import Object
from .stripe_payments import charge
from .timeline import RETRY_DAYS

DISPUTED = 0.004
"""Of charges to a card, those that the customer's bank questions."""
_DECLINES = {"insufficient_funds": 5.0, "do_not_honor": 2.0, "expired_card": 2.0}
_REASONS = {"fraudulent": 4.0, "subscription_canceled": 3.0, "product_unacceptable": 2.0, "duplicate": 1.0}
_DECIDED = 75 * DAY
_EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
    "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip


def charges(frame: Frame, bill: Invoice, customer: Object, *, disputed: bool) -> list[Object]:
    """Every attempt to collect an invoice up to now, oldest first; none where there is nothing to collect."""
    if bill.amount_due <= 0 or bill.status(frame.as_of) == "draft":
        return []
    found = [_failed(frame, bill, customer, n, at) for n, at in enumerate(failures(bill), 1) if at <= frame.as_of]
    if bill.status(frame.as_of) == "paid":
        found.append(charge(bill, customer, disputed=disputed))
    return found


def failures(bill: Invoice) -> list[int]:
    """When charges of an invoice failed, as decided for its subscription."""
    subscription, finalized = bill.subscription, bill.finalized_at
    if finalized is None or bill.attempts == 0:
        return []
    if subscription.ending and subscription.ending.kind is EndKind.NEVER_STARTED:
        return [finalized]
    fate = subscription.payments.get(bill.created)
    if fate is None or fate.outcome not in (Outcome.RECOVERED, Outcome.UNPAID):
        return []
    days = [0, *RETRY_DAYS]
    return [finalized + day * DAY for day in days if fate.settled_at is None or finalized + day * DAY < fate.settled_at]


def _failed(frame: Frame, bill: Invoice, customer: Object, number: int, at: int) -> Object:
    stem = bill.id.removeprefix("in_")
    decline = pick(stream(frame.seed, "decline", bill.id), _DECLINES)
    return charge(bill, customer) | {
        "id": f"ch_{stem}_f{number}",
        "amount_captured": 0,
        "balance_transaction": None,
        "captured": False,
        "created": at,
        "failure_code": "expired_card" if decline == "expired_card" else "card_declined",
        "failure_message": "Your card has expired." if decline == "expired_card" else "Your card was declined.",
        "outcome": {
            "advice_code": "try_again_later", "network_advice_code": None, "network_decline_code": None,
            "network_status": "declined_by_network", "reason": decline, "risk_level": "normal",
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        },
        "paid": False,
        "status": "failed",
    }  # fmt: skip


def dispute(frame: Frame, bill: Invoice) -> Object | None:
    """The dispute about the charge that paid an invoice; None for nearly all, and all that are paid by transfer."""
    rng, paid = stream(frame.seed, "dispute", bill.id), bill.paid_at
    if bill.subscription.invoiced or bill.amount_due <= 0 or paid is None or not happens(rng, DISPUTED):
        return None
    created = paid + between(rng, 5 * DAY, 40 * DAY)
    if created > frame.as_of:
        return None
    stem, reason = bill.id.removeprefix("in_"), pick(rng, _REASONS)
    decided, lost = frame.as_of - created > _DECIDED, happens(rng, 0.6)
    return {
        "id": f"du_{stem}",
        "object": "dispute",
        "amount": bill.amount_due,
        "balance_transactions": [],
        "charge": f"ch_{stem}",
        "created": created,
        "currency": bill.subscription.items["a"].price.currency,
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": created + 14 * DAY, "enhanced_eligibility": {}, "has_evidence": decided and not lost,
            "past_due": False, "submission_count": int(decided and not lost),
        },
        "is_charge_refundable": False,
        "livemode": True,
        "metadata": {},
        "payment_intent": f"pi_{stem}",
        "reason": reason,
        "status": ("lost" if lost else "won") if decided else "needs_response",
    }  # fmt: skip
