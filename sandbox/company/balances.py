"""Credit in customers' balances: what a negative invoice leaves, later invoices use up. Also numbers the invoices."""

from .invoices import Invoice


def run_balance(invoices: list[Invoice], prefix: str, as_of: int) -> int:
    """Gives a customer's invoices their numbers and balances in order of finalisation; returns the balance at `as_of`.

    A credit is a negative balance, as at Stripe. Invoices that were never collected leave it as it is.
    """
    balance = 0
    finalized = [bill for bill in invoices if bill.status(as_of) != "draft"]
    ordered = sorted(finalized, key=lambda bill: (bill.finalized_at or 0, bill.id))
    for number, bill in enumerate(ordered, 1):
        bill.number = f"{prefix}-{number:04d}"
        bill.starting_balance = balance
        if bill.status(as_of) in ("paid", "open"):
            balance = balance + bill.total if bill.total < 0 else min(0, balance + bill.total)
        bill.ending_balance = balance
    return balance
