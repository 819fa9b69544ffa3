"""What won deals sell: one to three line items that add up to the deal's amount."""

from .catalogue import ANNUAL, MONTHLY, QUARTERLY
from .chance import between, pick, stream
from .crm_decisions import Crm
from .frame import Frame
from .sales_decisions import LineItem, Sales

_PLANS = {"Growth": 5.0, "Platform": 4.0, "Scale": 3.0}
_EXTRAS = ("Analytics add-on", "Priority support")
_TERMS = {ANNUAL: 5.0, MONTHLY: 3.0, QUARTERLY: 1.0}
_COUNTS = {1: 5.0, 2: 4.0, 3: 2.0}


def add_line_items(frame: Frame, crm: Crm, sales: Sales) -> None:
    """Adds the line items of every won deal that has an amount; all of one deal are billed alike."""
    for deal in crm.deals:
        if deal.outcome != "won" or not deal.amount:
            continue
        rng = stream(frame.seed, "line-items", deal.id)
        months, count = pick(rng, _TERMS), pick(rng, _COUNTS)
        extras = [deal.amount * between(rng, 5, 20) // 100 for _ in range(count - 1)]
        seats, main = between(rng, 2, 60), deal.amount - sum(extras)
        parts = [(pick(rng, _PLANS), seats if main % seats == 0 else 1, main)]
        parts += [(name, 1, amount) for name, amount in zip(_EXTRAS, extras, strict=False)]
        for name, quantity, amount in parts:
            item = LineItem(
                id=sales.line_item_id(),
                deal=deal.id,
                name=name,
                quantity=quantity,
                amount=amount,
                months=months,
                currency=deal.currency,
                starts=deal.closes,
                created=deal.stages[-2][1],
            )
            sales.line_items.append(item)
