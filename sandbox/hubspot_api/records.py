"""A stored CRM object as a response shows it: the properties asked for, their history, associations."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sandbox.hubspot_api.objects import ObjectType
from sandbox.hubspot_api.store import Records


class Selection(NamedTuple):
    """What of each object goes out."""

    properties: tuple[str, ...]
    history: tuple[str, ...] = ()


def selection(records: Records, properties: Iterable[str], history: Iterable[str] = ()) -> Selection:
    """What a request that names these properties gets.

    Naming none gives the type's default ones; some always come; names that the account does not have are ignored.
    """
    kind: ObjectType = records.kind
    history = tuple(dict.fromkeys(name for name in history if name in records.property_names))
    named = tuple(properties)
    wanted = {*(named or kind.default_properties), *kind.always, *history}
    return Selection(tuple(sorted(wanted & records.property_names)), history)


def project(stored: dict[str, Any], chosen: Selection) -> dict[str, Any]:
    """One object in the shape of the API; a property without a value is null."""
    values = stored["properties"]
    projected: dict[str, Any] = {
        "id": stored["id"],
        "properties": {name: values.get(name) for name in chosen.properties},
    }
    if chosen.history:
        versions = stored.get("propertiesWithHistory") or {}
        projected["propertiesWithHistory"] = {name: versions.get(name, []) for name in chosen.history}
    for name in ("createdAt", "updatedAt", "archived", "archivedAt"):
        if name in stored:
            projected[name] = stored[name]
    if stored.get("archived") and "archivedAt" not in stored:
        projected["archivedAt"] = stored.get("updatedAt")
    return projected
