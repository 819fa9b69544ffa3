"""All Stripe objects of the generated company, by the name of their file, made by the billing engine from decisions."""

from dataclasses import dataclass
from decimal import Decimal

from . import stripe_catalogue as shapes
from .balances import run_balance
from .billing import bill
from .catalogue import COUPONS, PRODUCTS, all_prices
from .clock import DAY, add_months
from .crm_decisions import Face
from .decisions import Account
from .frame import Frame
from .fx import daily_rates
from .invoices import Billed
from .older_shape import older_invoice, older_subscription
from .stripe_catalogue import Object
from .stripe_charges import charges, dispute
from .stripe_events import customer_deleted, invoice_events, numbered, subscription_events
from .stripe_invoices import invoice, invoice_item
from .stripe_meters import meter, summaries
from .stripe_payments import balance_transaction
from .stripe_subscriptions import Shelf, coupons_redeemed, instants, status_at, subscription_at

LISTS = (
    "customers", "subscriptions", "invoices", "invoiceitems", "events", "balance_transactions", "charges", "disputes",
    "billing_meter_event_summaries",
)  # fmt: skip
EMPTY = ("credit_notes", "subscription_schedules")


def stripe_objects(frame: Frame, accounts: list[Account], faces: dict[str, Face]) -> dict[str, list[Object]]:
    """Every Stripe object, by the name of its file, oldest first."""
    created = frame.opens - 60 * DAY
    redeemed = [r for account in accounts for s in account.subscriptions for r in s.redemptions]
    shelf = Shelf(created, coupons_redeemed(redeemed, list(COUPONS.values()), created))
    desk = _Desk(frame, shelf, daily_rates(frame.seed, frame.opens, frame.as_of))
    found: dict[str, list[Object]] = {name: [] for name in (*LISTS, *EMPTY)}
    for account in accounts:
        for name, objects in desk.account(account, faces[account.id]).items():
            found[name] += objects
    for name, objects in found.items():
        key = {"invoiceitems": "date", "billing_meter_event_summaries": "start_time"}.get(name, "created")
        objects.sort(key=lambda o: (o.get(key, 0), o.get("id", "")))
    return found | {
        "products": [shapes.product(f"prod_{p.key}", p.name, created) for p in PRODUCTS],
        "prices": [shapes.price(sold, created) for sold in all_prices()],
        "billing_meters": [meter(sold, created) for sold in all_prices() if sold.metered and sold.currency == "usd"],
        "coupons": list(shelf.coupons.values()),
        "events": numbered(found["events"]),
    }


@dataclass(slots=True)
class _Desk:
    frame: Frame
    shelf: Shelf
    rates: dict[tuple[str, int], Decimal]

    def account(self, account: Account, face: Face) -> dict[str, list[Object]]:
        """All objects of one customer."""
        as_of, shelf = self.frame.as_of, self.shelf
        billed = [bill(subscription, as_of) for subscription in account.subscriptions]
        bills = [i for b in billed for i in b.invoices]
        balance = run_balance(bills, account.id.removeprefix("cus_"), as_of)
        late = any(status_at(s, as_of) in ("past_due", "unpaid") for s in account.subscriptions)
        sequence = 1 + sum(b.number is not None for b in bills)
        customer = _customer(account, face, balance=balance, late=late, sequence=sequence)
        events = [e for b in billed for e in subscription_events(b, as_of, shelf)]
        events += [e for i in bills for e in invoice_events(i, as_of, customer, shelf)]
        if account.deleted_at is not None:
            events += customer_deleted(account.deleted_at, as_of, customer)
        paid = [i for i in bills if i.status(as_of) == "paid"]
        disputed = {i.id: d for i in paid if (d := dispute(self.frame, i)) is not None}
        payments = (balance_transaction(i, self.rates, customer, disputed=i.id in disputed) for i in paid)
        return {
            "customers": [_stub(account) if account.deleted_at is not None else customer],
            "subscriptions": [self.subscription(b) for b in billed],
            "invoices": [o for b in billed for o in self.invoices(b, customer)],
            "invoiceitems": [invoice_item(item) for b in billed for item in b.items],
            "events": events,
            "balance_transactions": [payment for payment in payments if payment is not None],
            "charges": [o for i in bills for o in charges(self.frame, i, customer, disputed=i.id in disputed)],
            "disputes": list(disputed.values()),
            "billing_meter_event_summaries": [row for b in billed for row in summaries(b, as_of)],
        }

    def subscription(self, billed: Billed) -> Object:
        at = instants(billed, self.frame.as_of)[-1]
        found = subscription_at(billed, at, self.shelf)
        return older_subscription(found) if billed.subscription.older_shape else found

    def invoices(self, billed: Billed, customer: Object) -> list[Object]:
        """A subscription's invoices; those of some old customers in the older shape, up to a year ago."""
        as_of = self.frame.as_of
        found = [invoice(i, as_of, customer, self.shelf) for i in billed.invoices]
        if not billed.subscription.older_shape:
            return found
        recent = add_months(as_of, -12)
        prices = {sold.id: shapes.price(sold, self.shelf.created) for sold in all_prices()}
        return [o if o["created"] > recent else older_invoice(o, prices) for o in found]


def _stub(account: Account) -> Object:
    return {"id": account.id, "object": "customer", "deleted": True}


def _customer(account: Account, face: Face, *, balance: int, late: bool, sequence: int) -> Object:
    return {
        "id": account.id,
        "object": "customer",
        "address": {
            "city": None, "country": account.country, "line1": None, "line2": None, "postal_code": None, "state": None,
        },
        "balance": balance,
        "created": account.created,
        "currency": account.currency,
        "customer_account": None,
        "default_source": None,
        "delinquent": late,
        "description": None,
        "discount": None,
        "email": face.email,
        "invoice_prefix": account.id.removeprefix("cus_"),
        "invoice_settings": {
            "custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None,
        },
        "livemode": True,
        "metadata": face.metadata,
        "name": account.name,
        "next_invoice_sequence": sequence,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }  # fmt: skip
