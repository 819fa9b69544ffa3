"""The objects of one Stripe resource, in the order in which lists show them: newest first."""

from array import array
from bisect import bisect_left, bisect_right
from pathlib import Path
from typing import Any

import msgspec

from sandbox.ndjson import DataError, NdjsonFile, Span
from sandbox.stripe_api.params import Window


class _Key(msgspec.Struct, gc=False):
    """What a line must tell to be listed. Invoice items carry `date` where others carry `created`."""

    id: str
    created: int | None = None
    date: int | None = None
    deleted: bool = False


_key_decoder = msgspec.json.Decoder(_Key)


class Collection:
    """Positions of one resource's objects; rank 0 is the newest.

    Objects made in the same second stand later line first. Where an id occurs twice the later line wins.
    Deleted objects (`{"id","object","deleted":true}`) are not ranked: they are retrieved by id, never listed.
    """

    def __init__(self, path: Path) -> None:
        self._file = NdjsonFile(path)
        # By line, in arrays, so that a million objects cost megabytes and not gigabytes.
        created, offsets, lengths = array("q"), array("Q"), array("L")
        listed: dict[str, int] = {}
        self._deleted: dict[str, Span] = {}
        for line, (number, span, key) in enumerate(self._file.rows(_key_decoder)):
            listed.pop(key.id, None)
            self._deleted.pop(key.id, None)
            seconds = key.created if key.created is not None else key.date
            if key.deleted:
                self._deleted[key.id] = span
            elif seconds is None:
                raise DataError(f"{path}, line {number}: `created` is missing")
            else:
                listed[key.id] = line
            created.append(seconds or 0)
            offsets.append(span.offset)
            lengths.append(span.length)
        # Later lines first; the sort is stable, so this stays the order within a second.
        self.ids = list(reversed(listed))
        self.ids.sort(key=lambda object_id: -created[listed[object_id]])
        # The keys are always right, the ranks only while nothing has moved since they were counted.
        self._rank = {object_id: rank for rank, object_id in enumerate(self.ids)}
        self._moved = False
        lines = [listed[object_id] for object_id in self.ids]
        # Negated, so that they ascend with the rank and can be bisected.
        self._negated_created = array("q", (-created[line] for line in lines))
        self._offsets = array("Q", (offsets[line] for line in lines))
        self._lengths = array("L", (lengths[line] for line in lines))
        self._columns: dict[tuple[str, ...], list[Any]] = {}
        # What has changed since the file was indexed, by id.
        self._changed: dict[str, bytes] = {}
        self._stubs: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, object_id: str) -> bool:
        return object_id in self._rank or self.is_deleted(object_id)

    @property
    def rank(self) -> dict[str, int]:
        """The place of every listed object by id."""
        if self._moved:
            self._rank = {object_id: rank for rank, object_id in enumerate(self.ids)}
            self._moved = False
        return self._rank

    def put(self, object_id: str, created: int, content: bytes) -> None:
        """Add an object, or replace the one that is there. A new one stands before others of its second."""
        if object_id in self._rank:
            if self._negated_created[self.rank[object_id]] == -created:
                self._changed[object_id] = content
                self._columns.clear()
                return
            self.remove(object_id)
        self._deleted.pop(object_id, None)
        self._stubs.pop(object_id, None)
        place = bisect_left(self._negated_created, -created)
        self.ids.insert(place, object_id)
        self._negated_created.insert(place, -created)
        self._offsets.insert(place, 0)
        self._lengths.insert(place, 0)
        self._changed[object_id] = content
        self._rank[object_id] = place
        self._moved = True
        self._columns.clear()

    def remove(self, object_id: str, stub: bytes | None = None) -> None:
        """Take an object off the lists; the stub is what retrieving it gives from now on, None that there is none."""
        place = self.rank.pop(object_id)
        for column in (self.ids, self._negated_created, self._offsets, self._lengths):
            del column[place]
        self._changed.pop(object_id, None)
        if stub is not None:
            self._stubs[object_id] = stub
        self._moved = True
        self._columns.clear()

    def read(self, rank: int) -> bytes:
        """The stored bytes of the object at a rank."""
        changed = self._changed.get(self.ids[rank]) if self._changed else None
        if changed is not None:
            return changed
        return self._file.read(Span(self._offsets[rank], self._lengths[rank]))

    def find(self, object_id: str) -> bytes | None:
        """The stored bytes of an object, a deleted one's stub too."""
        if object_id in self._rank:
            # Ranks may have to be counted anew, which what has changed can be read without.
            return self._changed.get(object_id) or self.read(self.rank[object_id])
        if object_id in self._stubs:
            return self._stubs[object_id]
        span = self._deleted.get(object_id)
        return None if span is None else self._file.read(span)

    def is_deleted(self, object_id: str) -> bool:
        """Whether only a stub is left of the object."""
        return object_id in self._deleted or object_id in self._stubs

    def created(self, rank: int) -> int:
        """When the object at a rank was created, in seconds."""
        return -self._negated_created[rank]

    def ranks_created(self, window: Window) -> range:
        """The ranks of what was created within a window of seconds."""
        start = 0 if window.last is None else bisect_left(self._negated_created, -window.last)
        stop = len(self) if window.first is None else bisect_right(self._negated_created, -window.first)
        return range(start, max(start, stop))

    def column(self, *paths: str) -> list[Any]:
        """One value an object, by rank: of the first dotted path that leads to something; of an object its id.

        Read from the file once, when a filter first needs it.
        """
        if paths not in self._columns:
            decoder = msgspec.json.Decoder(_selection(paths))
            interned: dict[Any, Any] = {}
            values = (_first_value(decoder.decode(self.read(rank)), paths) for rank in range(len(self)))
            self._columns[paths] = [interned.setdefault(value, value) for value in values]
        return self._columns[paths]


def _selection(paths: tuple[str, ...]) -> Any:
    """A type that decodes nothing but the fields on the paths."""
    inner: dict[str, tuple[str, ...]] = {}
    for path in paths:
        head, _, rest = path.partition(".")
        inner[head] = (*inner.get(head, ()), rest) if rest else ()
    fields = [(name, (_selection(rest) | None) if rest else Any, None) for name, rest in inner.items()]
    return msgspec.defstruct("Selection", fields)


def _first_value(selected: Any, paths: tuple[str, ...]) -> Any:
    for path in paths:
        value = selected
        for name in path.split("."):
            value = getattr(value, name) if value is not None else None
        if isinstance(value, dict):
            value = value.get("id")
        if value is not None and not isinstance(value, list):
            return value
    return None
