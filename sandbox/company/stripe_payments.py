"""Balance transactions of paid invoices settled in another currency than theirs, the whole charge as their source."""

from decimal import ROUND_HALF_UP, Decimal

from .clock import DAY, day_start
from .invoices import Invoice
from .stripe_catalogue import Object

FEE_PERCENT = Decimal("0.034")
FEE_FIXED = 30
"""Stripe's fee: a share of the charge and cents, both in the settlement currency."""


def balance_transaction(
    bill: Invoice, rates: dict[tuple[str, int], Decimal], customer: Object, *, disputed: bool = False
) -> Object | None:
    """The settlement of a paid invoice in USD; None where it is in USD already or nothing was charged."""
    currency = bill.subscription.items["a"].price.currency
    if currency == "usd" or bill.paid_at is None or bill.amount_due == 0:
        return None
    rate = rates[currency, day_start(bill.paid_at)]
    amount = int((bill.amount_due * rate).quantize(Decimal(1), ROUND_HALF_UP))
    fee = int((amount * FEE_PERCENT).quantize(Decimal(1), ROUND_HALF_UP)) + FEE_FIXED
    stem = bill.id.removeprefix("in_")
    detail = {
        "amount": fee, "application": None, "currency": "usd", "description": "Stripe processing fees",
        "type": "stripe_fee",
    }  # fmt: skip
    return {
        "id": f"txn_{stem}",
        "object": "balance_transaction",
        "amount": amount,
        "available_on": day_start(bill.paid_at) + 3 * DAY,
        "balance_type": "payments",
        "created": bill.paid_at,
        "currency": "usd",
        "description": "Subscription payment",
        "exchange_rate": float(rate),
        "fee": fee,
        "fee_details": [detail],
        "net": amount - fee,
        "reporting_category": "charge",
        "source": charge(bill, customer, disputed=disputed),
        "status": "available",
        "type": "charge",
    }


def charge(bill: Invoice, customer: Object, *, disputed: bool = False) -> Object:
    """The charge that paid an invoice."""
    stem, currency = bill.id.removeprefix("in_"), bill.subscription.items["a"].price.currency
    return {
        "id": f"ch_{stem}",
        "object": "charge",
        "amount": bill.amount_due,
        "amount_captured": bill.amount_due,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": f"txn_{stem}" if currency != "usd" else None,
        "billing_details": {
            "address": {
                "city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None,
            },
            "email": customer["email"],
            "name": customer["name"],
            "phone": None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": "EXAMPLE ACCOUNT",
        "captured": True,
        "created": bill.paid_at,
        "currency": currency,
        "customer": bill.subscription.customer,
        "description": "Subscription payment",
        "disputed": disputed,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": True,
        "metadata": {},
        "on_behalf_of": None,
        "outcome": None,
        "paid": True,
        "payment_intent": f"pi_{stem}",
        "payment_method": None,
        "payment_method_details": None,
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }  # fmt: skip
