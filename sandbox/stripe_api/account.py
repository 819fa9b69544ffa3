"""One Stripe account: the collections of a folder, and how an object is found in them."""

from pathlib import Path
from typing import Any

from sandbox.clock import Clock
from sandbox.ndjson import decode
from sandbox.owner import number
from sandbox.stripe_api.catalog import RESOURCES, Resource
from sandbox.stripe_api.expand import Tree
from sandbox.stripe_api.meters import MeterEvents
from sandbox.stripe_api.older import OlderShape
from sandbox.stripe_api.params import Window
from sandbox.stripe_api.shape import Shaper
from sandbox.stripe_api.store import Collection

EVENT_DAYS = 30  # https://docs.stripe.com/api/events: events are kept for 30 days

_RESOURCE_OF_KIND = {resource.kind: resource.name for resource in RESOURCES.values()}


class Account:
    """The folder's `stripe/*.ndjson`, indexed. Raises DataError for a file that cannot be served."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.id = f"acct_{number(folder, 16)}"
        self.clock = clock or Clock()
        self.collections = {name: Collection(folder / f"{name}.ndjson") for name in RESOURCES}
        self.older_shape = OlderShape(self.collections["prices"].find)
        self.meter_events = MeterEvents(folder / "billing_meter_event_summaries.ndjson")
        self._shapers: dict[tuple[str, str], Shaper] = {}

    def existing(self, resource: Resource) -> Window:
        """When what exists at this time was created, in seconds; all times while the clock has not been set."""
        if not self.clock.is_set:
            return Window()
        now = self.clock.seconds()
        return Window(now - EVENT_DAYS * 86_400 if resource.name == "events" else None, now)

    def find(self, resource: Resource, object_id: str) -> bytes | None:
        """The stored bytes of an object that exists at this time, of a deleted one what is left of it."""
        collection = self.collections[resource.name]
        rank = collection.rank.get(object_id)
        if rank is None:
            return collection.find(object_id)
        first, last = self.existing(resource)
        created = collection.created(rank)
        if (first is not None and created < first) or (last is not None and created > last):
            return None
        return collection.read(rank)

    def show(self, resource: Resource, tree: Tree, stored: bytes) -> bytes:
        """The bytes of an object as they go out."""
        return self.shaper(resource.kind, tree).render(self.older_shape.of(resource.name, stored))

    def shaper(self, kind: str, tree: Tree) -> Shaper:
        """How objects of a kind go out with these fields expanded; made once and kept."""
        key = (kind, repr(tree))
        if key not in self._shapers:
            self._shapers[key] = Shaper(kind, tree, self._lookup)
        return self._shapers[key]

    def _lookup(self, kind: str | None, object_id: str) -> dict[str, Any] | None:
        """The stored object of an id; of any resource where the kind is open."""
        names = RESOURCES if kind is None else (_RESOURCE_OF_KIND.get(kind, ""),)
        for name in names:
            stored = self.collections[name].find(object_id) if name else None
            if stored is not None:
                return decode(stored)
        return None
