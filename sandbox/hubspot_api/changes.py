"""A living account: records are created, changed, archived and merged as if somebody worked in it."""

from datetime import datetime
from typing import Any

from sandbox.clock import iso
from sandbox.hubspot_api.account import Account
from sandbox.hubspot_api.store import MERGED_IDS, Records

# Properties whose earlier values are kept from the first one on.
_WITH_HISTORY = frozenset({"closedate", "dealstage", "hs_pipeline_stage", "lifecyclestage"})


class Changes:
    """Writes to one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def upsert(self, type_name: str, fields: dict[str, Any], *, silent: bool = False) -> str:
        """Merge fields into a record, or make it; its id. A silent change leaves the modified time alone."""
        if type_name in self._account.shelves:
            return self._put_on_shelf(type_name, fields)
        records, now = self._records(type_name), self._account.clock.now()
        record_id = str(fields.get("id") or _next_id(records))
        position = records.position(record_id)
        record = _new(records, record_id, now) if position is None else records.read(position)
        given = {name: _text(value) for name, value in fields.get("properties", {}).items()}
        record |= {name: value for name, value in fields.items() if name not in ("id", "properties")}
        if not silent or position is None:
            modified = given.setdefault(records.kind.modified_property, iso(now))
            record["updatedAt"] = fields.get("updatedAt", modified)
        _remember(record, given, now)
        record["properties"] = {**record["properties"], **given}
        records.put(record)
        return record_id

    def archive(self, type_name: str, record_id: str) -> None:
        """Archive a record. Its modified time stays as it was, as HubSpot leaves it. Raises KeyError."""
        now = iso(self._account.clock.now())
        if type_name in self._account.shelves:
            shelf = self._account.shelves[type_name]
            found = shelf.find(record_id)
            if found is None:
                raise KeyError(record_id)
            shelf.put({**found, "archived": True, "archivedAt": now})
            return
        records = self._records(type_name)
        record = records.read(_existing(records, record_id))
        records.put({**record, "archived": True, "archivedAt": now})

    def merge(self, type_name: str, primary: str, other: str, *, new_id: bool = True) -> str:
        """Merge two records into one, by default a new one as HubSpot does since 2025; its id. Raises KeyError."""
        records, now = self._records(type_name), self._account.clock.now()
        first, second = (records.read(_existing(records, each)) for each in (primary, other))
        survivor_id = _next_id(records) if new_id else primary
        kept = {name: value for name, value in first["properties"].items() if value not in (None, "")}
        merged_ids = [primary, other] if new_id else [*(kept.get(MERGED_IDS) or "").split(";"), other]
        properties = {
            **second["properties"],
            **kept,
            "hs_object_id": survivor_id,
            MERGED_IDS: ";".join(filter(None, merged_ids)),
            records.kind.modified_property: iso(now),
        }
        survivor = {**second, **first, "id": survivor_id, "properties": properties, "updatedAt": iso(now)}
        for gone in (primary, other) if new_id else (other,):
            records.remove(gone)
            self._account.associations.move(records.kind.plural, gone, survivor_id)
        records.put(survivor)
        return survivor_id

    def bulk_edit(self, type_name: str, properties: dict[str, Any], first: int | None = None) -> int:
        """Give the first live records the same values and the same modified millisecond; how many they are."""
        records = self._records(type_name)
        modified = iso(self._account.clock.now())
        ids = [records.ids[position] for position in records.live[:first]]
        for record_id in ids:
            record = records.read(_existing(records, record_id))
            given = {name: _text(value) for name, value in properties.items()}
            record["properties"] |= {**given, records.kind.modified_property: modified}
            records.put({**record, "updatedAt": modified})
        return len(ids)

    def touch(self, type_name: str, choice: int) -> bool:
        """Change some live record a little: the one at a position, counted round and round; whether there was one."""
        records = self._account.records.get(type_name)
        if records is None or not len(records.live):
            return False
        record_id = records.ids[records.live[choice % len(records.live)]]
        self.upsert(type_name, {"id": record_id, "properties": {"sandbox_touch": str(choice)}})
        return True

    def _records(self, type_name: str) -> Records:
        return self._account.records[type_name]

    def _put_on_shelf(self, name: str, fields: dict[str, Any]) -> str:
        shelf = self._account.shelves[name]
        object_id = str(fields.get("id") or shelf.next_id())
        now = iso(self._account.clock.now())
        existing = shelf.find(object_id)
        stamps = {} if name == "events" else {"createdAt": now, "updatedAt": now}
        if existing is not None and stamps:
            stamps = {"updatedAt": now}
        shelf.put({**(existing or {}), **stamps, **fields, "id": object_id})
        return object_id


def _existing(records: Records, record_id: str) -> int:
    position = records.position(record_id)
    if position is None:
        raise KeyError(record_id)
    return position


def _next_id(records: Records) -> str:
    """A number above all others, also above those that were merged away."""
    highest = next((int(name) for name in reversed(records.ids) if name.isdecimal()), 0)  # they ascend
    return str(1 + max([highest, *(int(name) for name in records.merged_away if name.isdecimal())]))


def _new(records: Records, record_id: str, now: datetime) -> dict[str, Any]:
    created = {records.kind.created_property: iso(now), "hs_object_id": record_id}
    return {
        "id": record_id,
        "properties": created,
        "propertiesWithHistory": {},
        "createdAt": iso(now),
        "updatedAt": iso(now),
        "archived": False,
    }


def _remember(record: dict[str, Any], given: dict[str, str | None], now: datetime) -> None:
    """Put the new values before the earlier ones, where the record keeps those."""
    history = dict(record.get("propertiesWithHistory") or {})
    for name, value in given.items():
        if (name in history or name in _WITH_HISTORY) and record["properties"].get(name) != value:
            entry = {"value": value or "", "timestamp": iso(now), "sourceType": "CRM_UI"}
            history[name] = [entry, *history.get(name, [])]
    record["propertiesWithHistory"] = history


def _text(value: Any) -> str | None:
    """Property values are text, whatever they hold."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
