"""Stripe's shape of invoices, their lines and invoice items as of a given time (API version 2026-05-27.dahlia)."""

from .decisions import TaxRate
from .invoices import Invoice, Line, PendingItem
from .stripe_catalogue import Object
from .stripe_subscriptions import Shelf


def invoice(bill: Invoice, at: int, customer: Object, shelf: Shelf) -> Object:
    """An invoice as the API would have returned it at `at`; `customer` gives name, e-mail and number prefix."""
    status, subscription = bill.status(at), bill.subscription
    paid = bill.amount_due if status == "paid" else 0
    tax = subscription.tax
    taxes = sum(line.tax for line in bill.lines)
    finalized = bill.finalized_at if status != "draft" else None
    cuts = [(r.id, amount) for line in bill.lines for r, amount in line.discounts]
    discount_amounts = [
        {"amount": sum(amount for i, amount in cuts if i == discount_id), "discount": discount_id}
        for discount_id in dict.fromkeys(discount_id for discount_id, _ in cuts)
    ]
    items_only = [r for r in bill.redemptions if r.item is None]
    return {
        "id": bill.id,
        "object": "invoice",
        "account_country": "SE",
        "account_name": "Example Account",
        "account_tax_ids": None,
        "amount_due": bill.amount_due,
        "amount_overpaid": 0,
        "amount_paid": paid,
        "amount_paid_off_stripe": 0,
        "amount_remaining": bill.amount_due - paid,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": bill.attempts if finalized else 0,
        "attempted": bool(finalized and bill.attempts),
        "auto_advance": status == "open" and (bill.retrying or subscription.invoiced),
        "automatic_tax": {
            "disabled_reason": None, "enabled": False, "liability": None, "provider": None, "status": None,
        },
        "automatically_finalizes_at": bill.finalized_at if status == "draft" else None,
        "billing_reason": bill.reason,
        "collection_method": "send_invoice" if subscription.invoiced else "charge_automatically",
        "created": bill.created,
        "currency": subscription.items["a"].price.currency,
        "custom_fields": None,
        "customer": subscription.customer,
        "customer_account": None,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": None,
        "customer_shipping": None,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [shelf.discount(redemption, subscription) for redemption in items_only],
        "due_date": bill.due_date,
        "effective_at": finalized,
        "ending_balance": bill.ending_balance if finalized else None,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": {
            "object": "list",
            "data": [_line(bill, number, line, shelf) for number, line in enumerate(bill.lines, 1)],
            "has_more": False,
            "url": f"/v1/invoices/{bill.id}/lines",
        },
        "livemode": True,
        "metadata": {},
        "next_payment_attempt": None,
        "number": bill.number if finalized else None,
        "on_behalf_of": None,
        "parent": {
            "quote_details": None,
            "subscription_details": {"metadata": {}, "subscription": subscription.id},
            "type": "subscription_details",
        },
        "payment_settings": {
            "default_mandate": None, "payment_method_options": None, "payment_method_types": None,
        },
        "period_end": bill.created,
        "period_start": bill.period_start,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": bill.starting_balance,
        "statement_descriptor": None,
        "status": status,
        "status_transitions": {
            "finalized_at": finalized,
            "marked_uncollectible_at": bill.uncollectible_at if status == "uncollectible" else None,
            "paid_at": bill.paid_at if status == "paid" else None,
            "voided_at": bill.voided_at if status == "void" else None,
        },
        "subtotal": bill.subtotal,
        "subtotal_excluding_tax": bill.subtotal - sum(line.tax_inside_list for line in bill.lines),
        "test_clock": None,
        "total": bill.total,
        "total_discount_amounts": discount_amounts,
        "total_excluding_tax": bill.total - taxes,
        "total_pretax_credit_amounts": [{**amount, "type": "discount"} for amount in discount_amounts],
        "total_taxes": [_tax(tax, taxes, sum(_taxable(line, tax) for line in bill.lines))] if tax else [],
        "webhooks_delivered_at": bill.created + 10,
    }  # fmt: skip


def _taxable(line: Line, tax: TaxRate) -> int:
    return line.discounted - line.tax if tax.inclusive else line.discounted


def _tax(tax: TaxRate, amount: int, taxable: int) -> Object:
    return {
        "amount": amount,
        "tax_behavior": "inclusive" if tax.inclusive else "exclusive",
        "tax_rate_details": {"tax_rate": tax.id},
        "taxability_reason": "standard_rated",
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def _line(bill: Invoice, number: int, line: Line, shelf: Shelf) -> Object:
    subscription, tax = bill.subscription, bill.subscription.tax
    own = [shelf.discount(r, subscription) for r in bill.redemptions if line.item and r.item == line.item]
    amounts = [{"amount": amount, "discount": redemption.id} for redemption, amount in line.discounts]
    return {
        "id": f"il_{bill.id.removeprefix('in_')}_{number}",
        "object": "line_item",
        "amount": line.amount,
        "currency": line.price.currency,
        "description": line.text,
        "discount_amounts": amounts,
        "discountable": line.discountable,
        "discounts": own if line.discountable else [],
        "invoice": bill.id,
        "livemode": True,
        "metadata": {},
        "parent": _parent(subscription.id, line),
        "period": {"end": line.end, "start": line.start},
        "pretax_credit_amounts": [{**amount, "type": "discount"} for amount in amounts],
        "pricing": _pricing(line),
        "quantity": line.quantity,
        "quantity_decimal": str(line.quantity),
        "subscription": subscription.id,
        "subtotal": line.amount,
        "taxes": [_tax(tax, line.tax, _taxable(line, tax))] if tax else [],
    }


def _parent(subscription: str, line: Line) -> Object:
    details: Object = {
        "invoice_item": line.invoice_item,
        "proration": line.proration,
        "proration_details": {"credited_items": None},
        "subscription": subscription,
    }
    if line.item is None:
        return {
            "invoice_item_details": details,
            "subscription_item_details": None,
            "type": "invoice_item_details",
        }
    details["subscription_item"] = f"si_{subscription.removeprefix('sub_')}{line.item}"
    return {"invoice_item_details": None, "subscription_item_details": details, "type": "subscription_item_details"}


def _pricing(line: Line) -> Object:
    return {
        "price_details": {"price": line.price.id, "product": line.price.product},
        "type": "price_details",
        "unit_amount_decimal": str(line.unit),
    }


def invoice_item(item: PendingItem) -> Object:
    """An invoice item: a proration or a one-off fee; `invoice` stays null while it waits."""
    line, subscription = item.line, item.subscription
    details = {"subscription": subscription.id}
    if line.item:
        details["subscription_item"] = f"si_{subscription.id.removeprefix('sub_')}{line.item}"
    found: Object = {
        "id": item.id,
        "object": "invoiceitem",
        "amount": line.amount,
        "currency": line.price.currency,
        "customer": subscription.customer,
        "customer_account": None,
        "date": item.date,
        "description": line.text,
        "discountable": line.discountable,
        "discounts": [],
        "invoice": item.invoice,
        "livemode": True,
        "metadata": {},
        "net_amount": line.discounted if line.proration else line.amount,
        "parent": {"subscription_details": details, "type": "subscription_details"},
        "period": {"end": line.end, "start": line.start},
        "pricing": _pricing(line),
        "proration": line.proration,
        "quantity": line.quantity,
        "quantity_decimal": str(line.quantity),
        "tax_rates": [],
        "test_clock": None,
    }
    if line.proration:
        cuts = [{"amount": amount, "discount": redemption.id} for redemption, amount in line.discounts]
        found["proration_details"] = {"discount_amounts": cuts}
    return found
