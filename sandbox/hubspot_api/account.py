"""One HubSpot account: the files of a folder, and the clock that it lives by."""

from datetime import timedelta
from pathlib import Path

from sandbox.clock import Clock
from sandbox.hubspot_api.associations import Associations
from sandbox.hubspot_api.objects import OBJECT_TYPES
from sandbox.hubspot_api.settings import AccountSettings
from sandbox.hubspot_api.shelf import Shelf
from sandbox.hubspot_api.store import Records
from sandbox.hubspot_api.web_analytics import WebAnalytics
from sandbox.owner import number

SHELVES = ("campaigns", "events", "forms", "marketing_emails")


class Account:
    """The folder's `hubspot/*.ndjson`. Raises DataError for a file that cannot be served."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.records = {name: Records(folder, kind, self.clock) for name, kind in OBJECT_TYPES.items()}
        self.associations = Associations(folder)
        self.settings = AccountSettings(folder)
        self.portal = self.settings.details().get("portalId") or number(folder, 8)
        self.shelves = {name: Shelf(folder / f"{name}.ndjson") for name in SHELVES}
        self.shelves["owners"] = self.settings.owner_shelf
        self.web_analytics = WebAnalytics(folder / "web_analytics_sources.ndjson")

    def set_index_lag(self, seconds: float) -> None:
        """How long searches do not see a change, by the account's clock."""
        for records in self.records.values():
            records.index.lag = timedelta(seconds=seconds)
