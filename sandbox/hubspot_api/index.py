"""The search index over the records of one type: columns of property values, behind the records by a lag."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from sandbox.hubspot_api.objects import property_type
from sandbox.hubspot_api.values import Comparable, comparable

if TYPE_CHECKING:
    from sandbox.hubspot_api.store import Records

REMEMBERED_SEARCHES = 8


class _Properties(msgspec.Struct):
    properties: dict[str, str | None]


_properties_decoder = msgspec.json.Decoder(_Properties)


class SearchIndex:
    """What searches see of the records: each change only once it is older than the lag."""

    def __init__(self, records: Records) -> None:
        self.lag = timedelta()
        self._records = records
        self._columns: dict[str, list[str | None]] = {}
        self._comparables: dict[str, list[Comparable | None]] = {}
        self._searches: dict[bytes, list[int]] = {}
        # Of each record changed lately what it was before each change (None: nothing), and when it changed.
        self._before: dict[str, list[tuple[datetime, bytes | None]]] = {}
        # What the index has instead of a record's present content; None where it does not know the record yet.
        self._shown: dict[str, bytes | None] = {}

    def note(self, record_id: str, before: bytes | None) -> None:
        """A record is about to change."""
        self._before.setdefault(record_id, []).append((self._records.clock.now(), before))

    def make_room(self, position: int) -> None:
        """A record is about to be inserted at a position."""
        if position == len(self._records.ids):
            for column in (*self._columns.values(), *self._comparables.values()):
                column.append(None)
        else:
            self._columns.clear()
            self._comparables.clear()
        self._searches.clear()

    def forget(self, record_id: str) -> None:
        """A record is gone; searches lose it at once."""
        self._before.pop(record_id, None)
        self._shown.pop(record_id, None)
        self._columns.clear()
        self._comparables.clear()
        self._searches.clear()

    def settle(self) -> None:
        """Take in the changes that are older than the lag. To be called before a search."""
        if not self._before:
            return
        horizon = self._records.clock.now() - self.lag
        for record_id, changes in list(self._before.items()):
            hidden = [change for change in changes if change[0] > horizon]
            if hidden:
                self._before[record_id] = hidden
                self._shown[record_id] = hidden[0][1]
            else:
                del self._before[record_id]
                self._shown.pop(record_id, None)
            self._patch(record_id)
        self._searches.clear()

    def listed(self) -> list[int]:
        """The positions of the records that a search can find."""
        ids = self._records.ids
        unknown = {record_id for record_id, content in self._shown.items() if content is None}
        return [position for position in self._records.live if ids[position] not in unknown]

    def column(self, name: str) -> list[str | None]:
        """A property's value of every record, by position. Read from the file once, when a search first needs it."""
        if name not in self._columns:
            self._columns[name] = [self._properties(position).get(name) for position in range(len(self._records.ids))]
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

    def _patch(self, record_id: str) -> None:
        position = self._records.position(record_id)
        if position is None or not self._columns:
            return
        properties = self._properties(position)
        for name, column in self._columns.items():
            column[position] = properties.get(name)
            if name in self._comparables:
                self._comparables[name][position] = comparable(column[position], property_type(name))

    def _properties(self, position: int) -> dict[str, str | None]:
        record_id = self._records.ids[position]
        if record_id not in self._shown:
            return _properties_decoder.decode(self._records.bytes_at(position)).properties
        content = self._shown[record_id]
        return {} if content is None else _properties_decoder.decode(content).properties
