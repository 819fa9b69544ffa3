"""A person in both vendors' objects, with everything about her that must be gone once she is erased."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.erasure.stored import RULES
from orchestration.lake.place import let_read
from orchestration.landing import land
from orchestration.records import decode, to_record
from orchestration.settings import Settings
from orchestration.spool import Spool

SECRETS = [
    b"ada@",
    b"ada byron",
    b"lovelace",
    b"+46 70",
    b"st james",
    b"loves engines",
    b"4242 of ada",  # longer than a card's digits: four alone stand in some hash or other of a file
    b"example/i/abc",
    b"baroness",
]
OTHER = {"id": "cus_10", "object": "customer", "created": 1, "email": "bob@other.example", "name": "Bob Other"}


def customer(email: str = "Ada@Lovelace.example") -> dict[str, Any]:
    return {
        "id": "cus_1",
        "object": "customer",
        "created": 1,
        "email": email,
        "name": "Ada Lovelace",
        "phone": "+46 70 123",
        "description": "loves engines",
        "address": {"line1": "12 St James", "city": "London", "country": "GB"},
        "currency": "gbp",
        "balance": -300,
        "metadata": {"segment": "SMB", "hubspot_company_id": "71", "nickname": "Baroness"},
    }


CHARGE = {
    "id": "ch_1",
    "object": "charge",
    "created": 2,
    "amount": 4900,
    "customer": "cus_1",
    "receipt_email": "ada@lovelace.example",
    "payment_method_details": {"card": {"last4": "4242 of ada"}},
}
INVOICE = {
    "id": "in_1",
    "object": "invoice",
    "created": 2,
    "customer": "cus_1",
    "customer_name": "Ada Lovelace",
    "hosted_invoice_url": "https://pay.example/i/abc",
    "total": 4900,
    "currency": "gbp",
    "lines": {
        "object": "list",
        "has_more": False,
        "data": [{"id": "il_1", "amount": 4900, "description": "1 x Pro for Ada", "price": {"object": "price"}}],
    },
    "discounts": [{"id": "di_1", "source": {"coupon": {"id": "c", "object": "coupon", "name": "Launch 20%"}}}],
}
EVENT = {
    "id": "evt_1",
    "object": "event",
    "created": 3,
    "type": "customer.updated",
    "data": {"object": customer(), "previous_attributes": {"name": "Ada Byron, a baroness"}},
}
REFUND = {"id": "re_1", "object": "refund", "created": 3, "charge": "ch_1", "amount": 100, "description": "for Ada"}
BALANCE = {"id": "txn_1", "object": "balance_transaction", "created": 2, "exchange_rate": 1.25, "source": CHARGE}

CONTACT = {
    "id": "500",
    "createdAt": "2026-01-01T00:00:00Z",
    "updatedAt": "2026-01-02T00:00:00Z",
    "archived": False,
    "properties": {
        "email": "ADA@lovelace.example",
        "jobtitle": "Baroness",
        "lifecyclestage": "customer",
        "hs_merged_object_ids": "498;499",
        "hs_v2_date_entered_customer": "2026-01-02T00:00:00Z",
    },
    "propertiesWithHistory": {"lifecyclestage": [{"value": "customer", "timestamp": "2026-01-02T00:00:00Z"}]},
}
DEAL = {"id": "500", "archived": False, "properties": {"dealname": "Asked by bob@other.example", "amount": "10"}}


class Home:
    """A warehouse (and a lake, if one is named) with two versions of a customer, and what belongs to her."""

    def __init__(self, home: Path, destination: str = "duckdb") -> None:
        self.settings = Settings(home=home, destination=destination)
        self.stripe({"customers": [customer("ada.old@lovelace.example"), OTHER]})
        self.stripe(
            {
                "customers": [customer(), OTHER],
                "invoices": [INVOICE],
                "charges": [CHARGE],
                "events": [EVENT],
                "refunds": [REFUND],
                "balance_transactions": [BALANCE],
            },
            rejected=b'{"customer":"cus_1","customer_name":"Ada Lovelace"',
        )
        self.land("hubspot", {"contacts": [CONTACT, {**CONTACT, "id": "499"}], "deals": [DEAL]})

    def stripe(self, streams: dict[str, list[dict[str, Any]]], rejected: bytes = b"") -> int:
        return self.land("stripe", {name: rows for name, rows in streams.items() if name in RULES["stripe"]}, rejected)

    def land(self, source: str, streams: dict[str, list[dict[str, Any]]], rejected: bytes = b"") -> int:
        """One load; the number of new versions."""
        spool = Spool(self.settings.dlt_home / "spool", datetime.now(UTC))
        for name, objects in streams.items():
            for value in objects:
                spool.open(name).add(to_record(decode(json.dumps(value).encode()), RULES[source][name]))
        if rejected:
            spool.open("customers").reject(rejected, "cut off")
        landed = land(spool, source=source, load="test", settings=self.settings, rules=RULES[source])
        return sum(stream.new_versions for stream in landed.values())

    def objects(self, table: str) -> list[dict[str, Any]]:
        return [
            json.loads(payload) for (payload,) in self.rows(f"select payload from {table} order by extracted_at, id")
        ]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as connection:
            let_read(connection, self.settings)
            return connection.execute(query).fetchall()
