"""A living account: objects are created, changed and deleted as if somebody worked in it, and events tell of it."""

from typing import Any

from sandbox.ndjson import decode, encode
from sandbox.stripe_api.account import Account
from sandbox.stripe_api.catalog import RESOURCES, Resource
from sandbox.stripe_api.events import LIFECYCLES, event, event_types, previous_attributes


class Changes:
    """Writes to one account. Every method gives the ids of the events that it wrote."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._events = 0

    def upsert(self, resource: Resource, fields: dict[str, Any], *, with_events: bool = True) -> list[str]:
        """Merge fields into an object, or make it. Nothing happens where that changes nothing."""
        collection = self._account.collections[resource.name]
        stored = None if collection.is_deleted(fields["id"]) else collection.find(fields["id"])
        now = self._account.clock.seconds()
        if stored is None:
            before = None
            after = {"object": resource.kind, "created": now, "livemode": True, **fields}
        else:
            before = decode(stored)
            after = merged(before, fields)
            if after == before:
                return []
            if isinstance(before.get("updated"), int) and "updated" not in fields:
                after["updated"] = now
        self._store(resource, after)
        kinds = event_types(resource.name, before, after) if with_events else []
        return self._write(resource, kinds, before, after)

    def delete(self, resource: Resource, object_id: str) -> list[str]:
        """Delete an object as Stripe does. Raises KeyError for an unknown one, ValueError for what stays for ever."""
        collection = self._account.collections[resource.name]
        if object_id not in collection.rank:
            raise KeyError(object_id)
        last = decode(collection.read(collection.rank[object_id]))
        if resource.name == "subscriptions":
            now = self._account.clock.seconds()
            return self.upsert(resource, {"id": object_id, "status": "canceled", "canceled_at": now, "ended_at": now})
        lifecycle = LIFECYCLES.get(resource.name)
        if lifecycle is None or lifecycle.deleted is None:
            raise ValueError(f"Stripe has no way to delete {resource.name}")
        if resource.name == "invoices" and last.get("status") != "draft":
            raise ValueError("Stripe deletes draft invoices only")
        # Only a customer leaves something behind; other deleted objects are not found any more.
        stub = {"id": object_id, "object": resource.kind, "deleted": True} if resource.name == "customers" else None
        collection.remove(object_id, encode(stub) if stub else None)
        return self._write(resource, [lifecycle.deleted], None, last)

    def touch(self, resource: Resource, choice: int) -> bool:
        """Change some object a little: the one at a rank, counted round and round; whether there was one."""
        collection = self._account.collections[resource.name]
        lifecycle = LIFECYCLES.get(resource.name)
        if not len(collection) or lifecycle is None or lifecycle.updated is None:
            return False
        object_id = collection.ids[choice % len(collection)]
        self.upsert(resource, {"id": object_id, "metadata": {"sandbox_touch": str(choice)}})
        return True

    def _store(self, resource: Resource, found: dict[str, Any]) -> None:
        collection = self._account.collections[resource.name]
        created = found.get("created", found.get("date"))
        if not isinstance(created, int):
            raise ValueError(f"{found['id']}: `created` must be whole seconds")
        collection.put(found["id"], created, encode(found))

    def _write(
        self, resource: Resource, kinds: list[str], before: dict[str, Any] | None, after: dict[str, Any]
    ) -> list[str]:
        shaper = self._account.shaper(resource.kind, {})
        shown = shaper.shape(after)
        previous = None if before is None else previous_attributes(shaper.shape(before), shown)
        written = []
        for kind in kinds:
            self._events += 1
            with_previous = previous if kind.endswith(".updated") else None
            entry = event(self._events, kind, self._account.clock.seconds(), shown, with_previous)
            self._store(RESOURCES["events"], entry)
            written.append(entry["id"])
        return written


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """`old` with the fields of `new`: hashes merged, everything else replaced."""
    result = dict(old)
    for name, value in new.items():
        inner = result.get(name)
        result[name] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return result
