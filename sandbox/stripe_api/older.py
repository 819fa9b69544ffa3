"""Some objects in the shape of an API version before 2025, as an account shows them that has lived through both."""

import hashlib
from collections.abc import Callable
from typing import Any

from sandbox.company.older_shape import older_invoice, older_subscription
from sandbox.ndjson import decode, encode


class OlderShape:
    """Shows a share of all invoices and subscriptions in the older shape: by id, so always the same ones."""

    def __init__(self, find_price: Callable[[str], bytes | None] | None = None) -> None:
        self.share = 0.0
        self.seed = 0
        self._find_price = find_price or (lambda _id: None)

    def of(self, resource: str, stored: bytes) -> bytes:
        """The stored object, or its older shape if it is one of those that have it."""
        if not self.share or resource not in ("invoices", "subscriptions"):
            return stored
        found = decode(stored)
        if not self._chosen(found["id"]):
            return stored
        try:
            return encode(self._older(resource, found))
        except (KeyError, IndexError, TypeError):
            return stored  # it is in the older shape already, or lacks what the older one is made of

    def _older(self, resource: str, found: dict[str, Any]) -> dict[str, Any]:
        if resource == "subscriptions":
            return older_subscription(found)
        ids = {line["pricing"]["price_details"]["price"] for line in found["lines"]["data"]}
        stored = {price_id: self._find_price(price_id) for price_id in ids}
        return older_invoice(found, {price_id: decode(price) for price_id, price in stored.items() if price})

    def _chosen(self, object_id: str) -> bool:
        digest = hashlib.blake2b(f"{self.seed}|older_shape|{object_id}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) < self.share * 2**64
