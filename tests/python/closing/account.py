"""A small account with twelve months of history, and what arrives after they were closed.

Figures are MRR a month in US dollars. The rules that they follow are those of DECISIONS.md.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from tests.python.rule_cases.objects import Book, Json, at, discount, item, line

MONTHS = tuple(f"2025-{month:02}" for month in range(1, 13))
CLOSED_AT = "2026-01-20T12:00:00Z"  # December has been over for 20 days: it closes by itself
FOUND_AT = "2026-02-02T12:00:00Z"  # January has been over for two days: it does not

# What every customer is worth in each of the twelve months, before anything arrives. `cus_days` pays $12 every ten
# days, which is 12 x 365 / 12 / 10 a month.
BEFORE = {
    "cus_steady": Decimal(100),
    "cus_back": Decimal(50),
    "cus_void": Decimal(80),
    "cus_hand": Decimal(70),
    "cus_late": Decimal(60),
    "cus_days": Decimal("36.5"),
}

_open = build_opener(ProxyHandler({})).open


class Account:
    """Writes the account's first folder, and changes what a sandbox serves of it."""

    def __init__(self, folder: Path) -> None:
        self._book = Book()
        for customer, mrr in BEFORE.items():
            name = customer.removeprefix("cus_")
            self._book.case(name, "", [("2025-01", str(mrr))])
            if name == "days":
                self._book.subscription(customer, [item(name, self._book.price(name, "1200", "day", 10))], "2025-01-10")
                continue
            cents = int(mrr * 100)
            plan = item(name, self._book.price(name, str(cents)))
            subscription = self._book.subscription(customer, [plan], "2025-01-10")
            self._book.renewals(subscription, "2025-01-10", 13, [line(plan, cents)])
        self._extra, self._new = self._book.price("extra", "3000"), self._book.price("new", "4000")
        self._book.write(folder)
        self._base = ""

    def serve(self, base: str) -> None:
        """From now on the account lives at this address."""
        self._base = base

    def backdated_change(self) -> list[str]:
        """$30 more from 5 October on, agreed on 25 January; the objects that say so."""
        self.pass_time("2026-01-25T12:00:00Z")
        extra = item("extra", self._extra, since="2026-01-25")
        added = self._book.subscription("cus_back", [extra], "2026-01-25", start_date=at("2025-10-05"))
        return [added["id"], *self._put("subscriptions", added)]

    def backdated_customer(self) -> list[str]:
        """A customer of $40 from 15 November on whom nobody knew before 26 January."""
        self.pass_time("2026-01-26T12:00:00Z")
        self._book.case("new", "", [("2025-11", "40")])
        self._put("customers", self._book.objects["customers"][-1])
        plan = item("new", self._new, since="2026-01-26")
        added = self._book.subscription("cus_new", [plan], "2026-01-26", start_date=at("2025-11-15"))
        return [added["id"], *self._put("subscriptions", added)]

    def void_invoices(self) -> list[str]:
        """December's bill of `cus_void`, voided in the second it was made; that of `cus_hand`, voided today."""
        self.pass_time("2026-01-27T12:00:00Z")
        born = self._bill("cus_void", "2025-12-10")
        for customer, voided_at in (("cus_void", born["created"]), ("cus_hand", at("2026-01-27"))):
            bill = self._bill(customer, "2025-12-10")
            transitions = bill["status_transitions"] | {"paid_at": None, "voided_at": voided_at}
            self._put(
                "invoices", {"id": bill["id"], "status": "void", "amount_paid": 0, "status_transitions": transitions}
            )
        return [born["id"]]

    def late_coupon(self) -> list[str]:
        """25 % off from 3 November on, entered on 28 January."""
        self.pass_time("2026-01-28T12:00:00Z")
        coupon = self._book.coupon("LATE", percent_off=25) | {"created": at("2026-01-28")}
        off = discount("late", coupon, "2025-11-03", subscription="sub_late_1")
        self._put("coupons", coupon)
        return ["LATE", "sub_late_1", *self._put("subscriptions", {"id": "sub_late_1", "discounts": [off]})]

    def pass_time(self, until: str) -> None:
        """The account's clock goes on."""
        self._call("PUT", "clock", {"now": until})

    def _bill(self, customer: str, day: str) -> Json:
        (found,) = [
            bill
            for bill in self._book.objects["invoices"]
            if bill["customer"] == customer and bill["created"] == at(day)
        ]
        return found

    def _put(self, resource: str, fields: Json) -> list[str]:
        """Create or change an object; the ids of the events that tell of it."""
        return list(self._call("POST", f"stripe/{resource}", fields).get("events", ()))

    def _call(self, method: str, path: str, body: Any) -> Any:
        request = Request(f"{self._base}/_sandbox/{path}", json.dumps(body).encode(), method=method)
        request.add_header("Content-Type", "application/json")
        with _open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"{}")
