"""All that one sandbox consists of: both accounts, the clock, the fault switches, what is forbidden, what was asked."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec

from sandbox.clock import Clock
from sandbox.faults.switches import Faults
from sandbox.hubspot_api import account as hubspot
from sandbox.hubspot_api.changes import Changes as HubSpotChanges
from sandbox.ndjson import DataError
from sandbox.stripe_api import account as stripe
from sandbox.stripe_api.catalog import BY_PATH
from sandbox.stripe_api.changes import Changes as StripeChanges

FORBIDDEN_FILE = "forbidden.json"


class Sandbox:
    """One folder, served. Changes live in memory; the folder stays as it is.

    Raises DataError for a folder or a file that cannot be served.
    """

    def __init__(self, folder: Path, clock: Clock | None = None, faults: Faults | None = None) -> None:
        if not folder.is_dir():
            raise DataError(f"{folder}: no such folder")
        if not any((folder / vendor).is_dir() for vendor in ("stripe", "hubspot")):
            raise DataError(f"{folder}: has neither a folder stripe/ nor a folder hubspot/")
        self.clock = clock or Clock()
        self.faults = faults or Faults()
        self.stripe = stripe.Account(folder / "stripe", self.clock)
        self.hubspot = hubspot.Account(folder / "hubspot", self.clock)
        self.stripe_changes = StripeChanges(self.stripe)
        self.hubspot_changes = HubSpotChanges(self.hubspot)
        # Beginnings of paths that the key's scopes or the account's plan do not include.
        self.forbidden = _forbidden(folder / FORBIDDEN_FILE)
        # Requests by method and path, ids left out.
        self.requests: Counter[str] = Counter()
        self.apply_faults()

    def set_faults(self, rates: Mapping[str, float]) -> None:
        """Replace all fault switches. Raises ValueError."""
        self.faults.set(rates)
        self.apply_faults()

    def apply_faults(self) -> None:
        """Tell the accounts of the switches that are theirs."""
        self.stripe.older_shape.share = self.faults.rates.get("older_shape", 0.0)
        self.stripe.older_shape.seed = self.faults.seed
        self.hubspot.set_index_lag(self.faults.rates.get("index_lag", 0.0))

    def touch(self, path: str, choice: int) -> bool:
        """Change some object of the list at a path; whether there was one."""
        parts = path.strip("/").removesuffix("/search").split("/")
        if parts[0] == "v1":
            resource = BY_PATH.get("/".join(parts[1:]))
            return resource is not None and self.stripe_changes.touch(resource, choice)
        return "objects" in parts and self.hubspot_changes.touch(parts[-1], choice)


def _forbidden(path: Path) -> tuple[str, ...]:
    if not path.exists():
        return ()
    try:
        return tuple(msgspec.json.decode(path.read_bytes(), type=list[str]))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}") from error
