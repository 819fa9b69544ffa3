"""The CRM objects of one type, in the order in which pages show them: by id, the archived ones apart."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from sandbox.clock import Clock
from sandbox.hubspot_api.index import SearchIndex
from sandbox.hubspot_api.objects import ObjectType
from sandbox.hubspot_api.values import id_order
from sandbox.ndjson import NdjsonFile, Span, decode, encode

MERGED_IDS = "hs_merged_object_ids"


class _Key(msgspec.Struct, gc=False):
    """What a line must tell to be listed."""

    id: str
    properties: dict[str, str | None]
    archived: bool = False


_key_decoder = msgspec.json.Decoder(_Key)


class Records:
    """Positions of one type's objects, archived or not, ascending by id.

    A record's place in `ids` is its position. Where an id occurs twice the later line wins. The ids of records that
    were merged away lead to the record they were merged into, through any number of merges.
    """

    def __init__(self, folder: Path, kind: ObjectType, clock: Clock | None = None) -> None:
        self.kind = kind
        self.clock = clock or Clock()
        self.property_names: set[str] = set(kind.default_properties)
        self._file = NdjsonFile(folder / f"{kind.plural}.ndjson")
        spans: dict[str, Span] = {}
        archived: dict[str, bool] = {}
        self._survivors: dict[str, str] = {}
        for _, span, key in self._file.rows(_key_decoder):
            spans[key.id], archived[key.id] = span, key.archived
            self.property_names.update(key.properties)
            self._learn_merges(key.id, key.properties.get(MERGED_IDS))
        self.ids = sorted(spans, key=id_order)
        self._position = {record_id: position for position, record_id in enumerate(self.ids)}
        self._offsets = array("Q", (spans[record_id].offset for record_id in self.ids))
        self._lengths = array("L", (spans[record_id].length for record_id in self.ids))
        self._archived = [archived[record_id] for record_id in self.ids]
        # What has changed since the file was indexed, by id.
        self._changed: dict[str, bytes] = {}
        self._moved = False
        self._live, self._gone = self._split()
        self.index = SearchIndex(self)

    @property
    def live(self) -> "array[int]":
        """Positions of the records that are not archived, ascending."""
        self._count()
        return self._live

    @property
    def archived(self) -> "array[int]":
        """Positions of the archived records, ascending."""
        self._count()
        return self._gone

    def bytes_at(self, position: int) -> bytes:
        """The stored bytes of a record."""
        changed = self._changed.get(self.ids[position]) if self._changed else None
        return changed if changed is not None else self._file.read(self._span(position))

    def read(self, position: int) -> dict[str, Any]:
        """The stored object."""
        return decode(self.bytes_at(position))

    def position(self, record_id: str) -> int | None:
        """The position of a record by its own id, archived or not."""
        self._count()
        return self._position.get(record_id)

    @property
    def merged_away(self) -> Iterable[str]:
        """The ids that lead to other records."""
        return self._survivors.keys()

    def put(self, record: dict[str, Any]) -> None:
        """Add a record or replace the one that is there. The search index learns of it later."""
        record_id, content = record["id"], encode(record)
        position = self.position(record_id)
        self.property_names.update(record["properties"])
        self._learn_merges(record_id, record["properties"].get(MERGED_IDS))
        if position is None:
            self.index.note(record_id, None)
            position = bisect_left(self.ids, id_order(record_id), key=id_order)
            self.index.make_room(position)
            self.ids.insert(position, record_id)
            self._offsets.insert(position, 0)
            self._lengths.insert(position, 0)
            self._archived.insert(position, bool(record.get("archived")))
            if position == len(self.ids) - 1:
                # The usual place of a new record; nothing else moves.
                self._position[record_id] = position
                (self._gone if self._archived[position] else self._live).append(position)
            else:
                self._moved = True
        else:
            self.index.note(record_id, self.bytes_at(position))
            if self._archived[position] != bool(record.get("archived")):
                self._archived[position] = bool(record.get("archived"))
                self._moved = True
        self._changed[record_id] = content

    def remove(self, record_id: str) -> None:
        """Take a record away that was merged into another one."""
        position = self.position(record_id)
        if position is None:
            raise KeyError(record_id)
        for column in (self.ids, self._offsets, self._lengths, self._archived):
            del column[position]
        self._changed.pop(record_id, None)
        self.index.forget(record_id)
        self._moved = True

    def find(self, record_id: str, *, archived: bool = False) -> int | None:
        """The position of a record by its own id or by one that was merged into it; None if there is none."""
        position = self.position(record_id)
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

    def _learn_merges(self, survivor: str, merged_ids: str | None) -> None:
        for merged in (merged_ids or "").split(";"):
            if merged.strip():
                self._survivors[merged.strip()] = survivor

    def _count(self) -> None:
        """Bring positions up to date after records were added, archived or taken away."""
        if self._moved:
            self._position = {record_id: position for position, record_id in enumerate(self.ids)}
            self._live, self._gone = self._split()
            self._moved = False

    def _split(self) -> "tuple[array[int], array[int]]":
        live = array("L", (position for position, gone in enumerate(self._archived) if not gone))
        return live, array("L", (position for position, gone in enumerate(self._archived) if gone))

    def _span(self, position: int) -> Span:
        return Span(self._offsets[position], self._lengths[position])
