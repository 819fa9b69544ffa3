"""A living account in the sandbox: things happen in it at random, the same ones for the same seed."""

import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

START = datetime(2026, 11, 15, 13, tzinfo=UTC)  # an hour after the generated company's now

_open = build_opener(ProxyHandler({})).open


class Account:
    """Changes what a sandbox serves, through its control API."""

    def __init__(self, base: str, folder: Path, seed: int) -> None:
        self.base = base
        self._dice = random.Random(seed)
        self._number = 0
        self._ids = {
            name: [json.loads(line)["id"] for line in (folder / f"{name}.ndjson").read_text().splitlines()]
            for name in (
                "stripe/customers",
                "stripe/subscriptions",
                "stripe/invoices",
                "stripe/products",
                "hubspot/contacts",
                "hubspot/companies",
                "hubspot/deals",
            )
        }
        self.put("clock", {"now": START.isoformat()})

    def put(self, path: str, body: Any) -> Any:
        """A PUT to the control API."""
        return self._call("PUT", path, body)

    def post(self, path: str, body: Any) -> Any:
        """A POST to the control API."""
        return self._call("POST", path, body)

    def faults(self, **rates: float) -> None:
        """Set the switches; none switches all off."""
        self.put("faults", {"rates": rates, "seed": self._dice.randrange(1_000), "retry_after": 0, "hold": 0.2})

    def fired(self) -> dict[str, int]:
        """How often each switch has struck."""
        return self._call("GET", "faults")["fired"]

    def requests(self) -> dict[str, int]:
        """Requests answered since this was last asked, by path."""
        counted = self._call("GET", "requests")["by_path"]
        self._call("DELETE", "requests")
        return counted

    def invoice(self, number: int) -> str:
        """The id of one of the invoices."""
        return self._ids["stripe/invoices"][number]

    def wait(self, **duration: float) -> None:
        """Let the account's time pass."""
        self.post("clock/advance", {"seconds": timedelta(**duration).total_seconds()})

    def change(self, times: int = 1) -> None:
        """Something happens."""
        for _ in range(times):
            self._number += 1
            self._dice.choice(self._changes())()

    def _changes(self) -> Sequence[Callable[[], None]]:
        return (
            self._rename_customer,
            self._new_customer,
            self._delete_customer,
            self._touch("stripe/invoices"),
            self._touch("stripe/subscriptions"),
            self._touch("stripe/products"),
            self._cancel,
            self._new_invoice,
            self._edit("hubspot/contacts", "jobtitle"),
            self._edit("hubspot/companies", "industry"),
            self._edit("hubspot/deals", "amount"),
            self._new_contact,
            self._archive,
            self._merge,
            self._link,
            self._calculate,
        )

    def _pick(self, name: str) -> str:
        return self._dice.choice(self._ids[name])

    def _rename_customer(self) -> None:
        self.post("stripe/customers", {"id": self._pick("stripe/customers"), "name": f"Name {self._number}"})

    def _new_customer(self) -> None:
        identifier = f"cus_new{self._number}"
        self.post("stripe/customers", {"id": identifier, "name": "New", "currency": "usd", "metadata": {}})
        self._ids["stripe/customers"].append(identifier)

    def _delete_customer(self) -> None:
        # Those that came later only: they have no subscription that would have to end first.
        new = [identifier for identifier in self._ids["stripe/customers"] if identifier.startswith("cus_new")]
        if new:
            self._ids["stripe/customers"].remove(new[0])
            self._call("DELETE", f"stripe/customers/{new[0]}")

    def _touch(self, name: str) -> Callable[[], None]:
        return lambda: self.post(name, {"id": self._pick(name), "metadata": {"touched": str(self._number)}})

    def _cancel(self) -> None:
        if len(self._ids["stripe/subscriptions"]) > 1:
            identifier = self._pick("stripe/subscriptions")
            self._ids["stripe/subscriptions"].remove(identifier)
            self._call("DELETE", f"stripe/subscriptions/{identifier}")

    def _new_invoice(self) -> None:
        self.post(
            "stripe/invoices",
            {
                "id": f"in_new{self._number}",
                "customer": self._pick("stripe/customers"),
                "status": "open",
                "currency": "usd",
                "total": 100 * self._number,
                "lines": {"object": "list", "data": [], "has_more": False, "url": "/v1/invoices/x/lines"},
                "discounts": [],
                "metadata": {},
            },
        )
        self._ids["stripe/invoices"].append(f"in_new{self._number}")

    def _edit(self, name: str, field: str) -> Callable[[], None]:
        return lambda: self.post(name, {"id": self._pick(name), "properties": {field: str(self._number)}})

    def _new_contact(self) -> None:
        fields = {"email": f"new{self._number}@new.example", "lifecyclestage": "lead"}
        self._ids["hubspot/contacts"] += self.post("hubspot/contacts", {"properties": fields})["ids"]

    def _archive(self) -> None:
        name = self._dice.choice(("hubspot/contacts", "hubspot/deals"))
        if len(self._ids[name]) > 2:
            identifier = self._pick(name)
            self._ids[name].remove(identifier)
            self._call("DELETE", f"{name}/{identifier}")

    def _merge(self) -> None:
        contacts = self._ids["hubspot/contacts"]
        if len(contacts) > 2:
            primary, merged = self._dice.sample(contacts, 2)
            survivor = self.post("hubspot/contacts/merge", {"primary": primary, "merged": merged})["id"]
            self._ids["hubspot/contacts"] = [one for one in contacts if one not in (primary, merged)] + [survivor]

    def _link(self) -> None:
        ends = {"from": self._pick("hubspot/deals"), "to": self._pick("hubspot/contacts")}
        kinds = [{"category": "HUBSPOT_DEFINED", "typeId": 3, "label": None}]
        method = self._dice.choice(("PUT", "DELETE"))
        self._call(method, "hubspot/associations/deals/contacts", {**ends, "types": kinds}, may_miss=True)

    def _calculate(self) -> None:
        fields = {"properties": {"hs_email_open": str(self._number)}}
        self.post("hubspot/contacts?silent=true", {"id": self._pick("hubspot/contacts"), **fields})

    def _call(self, method: str, path: str, body: Any = None, *, may_miss: bool = False) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self.base}/_sandbox/{path}", data=data, method=method, headers=headers)
        try:
            with _open(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except HTTPError as error:
            if may_miss and error.code == 404:
                return None
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None
