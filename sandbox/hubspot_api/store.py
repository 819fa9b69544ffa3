"""The CRM objects of one type, in the order in which pages show them: by id, the archived ones apart."""

from array import array
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from sandbox.hubspot_api.objects import ObjectType, property_type
from sandbox.hubspot_api.values import Comparable, comparable
from sandbox.ndjson import NdjsonFile, Span, decode

MERGED_IDS = "hs_merged_object_ids"
REMEMBERED_SEARCHES = 8

IdOrder = tuple[int, str]


class _Key(msgspec.Struct, gc=False):
    """What a line must tell to be listed."""

    id: str
    properties: dict[str, str | None]
    archived: bool = False


_key_decoder = msgspec.json.Decoder(_Key)


class _Properties(msgspec.Struct):
    properties: dict[str, str | None]


_properties_decoder = msgspec.json.Decoder(_Properties)


class Records:
    """Positions of one type's objects, archived or not, ascending by id.

    A record's place in `ids` is its position. Where an id occurs twice the later line wins. The ids of records that
    were merged away lead to the record they were merged into, through any number of merges.
    """

    def __init__(self, folder: Path, kind: ObjectType) -> None:
        self.kind = kind
        self.property_names: set[str] = set(kind.default_properties)
        self._file = NdjsonFile(folder / f"{kind.plural}.ndjson")
        spans: dict[str, Span] = {}
        archived: dict[str, bool] = {}
        self._survivors: dict[str, str] = {}
        for _, span, key in self._file.rows(_key_decoder):
            spans[key.id], archived[key.id] = span, key.archived
            self.property_names.update(key.properties)
            for merged in (key.properties.get(MERGED_IDS) or "").split(";"):
                if merged.strip():
                    self._survivors[merged.strip()] = key.id
        self.ids = sorted(spans, key=id_order)
        self._position = {record_id: position for position, record_id in enumerate(self.ids)}
        self._offsets = array("Q", (spans[record_id].offset for record_id in self.ids))
        self._lengths = array("L", (spans[record_id].length for record_id in self.ids))
        self._archived = [archived[record_id] for record_id in self.ids]
        # Positions of the live and of the archived records, both ascending.
        self.live = array("L", (position for position, gone in enumerate(self._archived) if not gone))
        self.archived = array("L", (position for position, gone in enumerate(self._archived) if gone))
        self._columns: dict[str, list[str | None]] = {}
        self._comparables: dict[str, list[Comparable | None]] = {}
        self._searches: dict[bytes, list[int]] = {}

    def read(self, position: int) -> dict[str, Any]:
        """The stored object."""
        return decode(self._file.read(self._span(position)))

    def find(self, record_id: str, *, archived: bool = False) -> int | None:
        """The position of a record by its own id or by one that was merged into it; None if there is none."""
        position = self._position.get(record_id)
        seen = {record_id}
        while (position is None or self._archived[position]) and record_id in self._survivors:
            record_id = self._survivors[record_id]
            if record_id in seen:
                break
            seen.add(record_id)
            position = self._position.get(record_id)
        if position is None or self._archived[position] != archived:
            return None
        return position

    def after(self, record_id: str, *, archived: bool) -> int:
        """How many of the live (or archived) records have an id up to this one; it need not exist."""
        positions = self.archived if archived else self.live
        return bisect_right(positions, id_order(record_id), key=lambda position: id_order(self.ids[position]))

    def column(self, name: str) -> list[str | None]:
        """A property's value of every record, by position. Read from the file once, when a search first needs it."""
        if name not in self._columns:
            self._columns[name] = [
                _properties_decoder.decode(self._file.read(self._span(position))).properties.get(name)
                for position in range(len(self.ids))
            ]
        return self._columns[name]

    def comparables(self, name: str) -> list[Comparable | None]:
        """The same values in a form that compares."""
        if name not in self._comparables:
            kind = property_type(name)
            self._comparables[name] = [comparable(value, kind) for value in self.column(name)]
        return self._comparables[name]

    def remembered(self, key: bytes, find: Callable[[], list[int]]) -> list[int]:
        """What `find` gave for this key, which must say all that the result depends on besides the records."""
        if key not in self._searches:
            if len(self._searches) >= REMEMBERED_SEARCHES:
                del self._searches[next(iter(self._searches))]
            self._searches[key] = find()
        return self._searches[key]

    def _span(self, position: int) -> Span:
        return Span(self._offsets[position], self._lengths[position])


def id_order(record_id: str) -> IdOrder:
    """Ids ascend as the numbers that they are; what is no number stands at the end, by its text."""
    return (int(record_id), "") if record_id.isdecimal() else (2**63, record_id)
