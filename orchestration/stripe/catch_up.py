"""From the events to the objects: everything that they name is fetched anew, each once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from orchestration.cursors import has_table, reading_warehouse
from orchestration.fetching import WORKERS, Fetching
from orchestration.records import JsonObject, Record, decode
from orchestration.settings import Settings
from orchestration.spool_parts import Part
from orchestration.stripe.events import Changes, Cursor, list_events
from orchestration.stripe.kept import Kept
from orchestration.stripe.reader import StreamReader

if TYPE_CHECKING:
    import duckdb

Allowed = Callable[[Sequence[tuple[str, Callable[[], None]]]], None]

# What each thread has to fetch again, at most, after a run was killed.
PART_PAGES, PART_OBJECTS = 20, 200
ENOUGH_TO_LIST = 5  # objects created since the cursor: from there on a page of a list is cheaper than single requests


class CatchUp:
    """Lists the events since the cursors, keeps them, fetches what they name, sets the new cursors."""

    def __init__(
        self,
        readers: Mapping[str, StreamReader],
        cursors: dict[str, Cursor],
        settings: Settings,
        fetching: Fetching,
        gone: Sequence[tuple[str, str]],
    ) -> None:
        """`gone`: (stream, id) of objects that the API has been found not to know, already."""
        self._readers = readers
        self._cursors = cursors
        self._settings = settings
        self._fetching = fetching
        self._client = next(iter(readers.values())).client
        self._kept = {name: Kept(readers[name].spool) for name in cursors}
        known = {name: kept.cursors() for name, kept in self._kept.items()}
        self._changes = Changes([reader.stream for reader in readers.values()], cursors, known)
        self._marks: dict[str, Cursor] = {}
        self._lock = threading.Lock()
        self._gone = set(gone)

    def run(self, allowed: Allowed, just_read: Collection[str]) -> dict[str, Cursor]:
        """Everything; the new cursor of every stream that could be read.

        `allowed` runs jobs of streams. `just_read` names those that this process has read in full.
        """
        at = self._note_events()
        named = self._changes.named
        self._marks = {name: self._changes.cursor(name, at) for name in named}
        for name, kept in self._kept.items():
            for payload in kept.payloads() if self._names_others(name) else ():
                self._note_named(name, payload)
        # What objects of other streams name comes after those.
        second = [name for name in named if self._readers[name].stream.unannounced]
        for names in ([name for name in named if name not in second], second):
            unannounced = [name for name in names if name not in just_read]
            allowed([(name, partial(self._list_unannounced, self._readers[name])) for name in unannounced])
            allowed([(name, partial(self._list_new, self._readers[name])) for name in names])
            allowed([job for name in names if not self._readers[name].spool.skipped for job in self._retrievals(name)])
        self._bury()
        return {name: mark for name, mark in self._marks.items() if not self._readers[name].spool.skipped}

    def _note_events(self) -> int:
        """List the events since the oldest cursor and keep those that are new; Stripe's clock when that began."""
        logs = [self._readers[name] for name in self._cursors if self._readers[name].stream.changes == "log"]
        at: int | None = None

        def read() -> None:
            nonlocal at
            for raw, event in list_events(self._client, self._changes.since(), self._fetching):
                at = at or self._client.server_time()
                if event:
                    self._changes.note(event)
                for log in logs:
                    if event is None or self._changes.is_news(log.stream.name, event):
                        log.take(raw)
            at = at or self._client.server_time()

        self._fetching.parallel([read])
        return at or 0

    def _list_unannounced(self, reader: StreamReader) -> None:
        if rule := reader.stream.unannounced:
            self._list(reader, dict(rule.listed))

    def _list_new(self, reader: StreamReader) -> None:
        """Read the objects that are newer than the cursor by the page, where that takes fewer requests."""
        name = reader.stream.name
        since = self._cursors[name].created
        new = [created for created in self._changes.named[name].values() if created is not None and created >= since]
        if len(new) >= ENOUGH_TO_LIST and reader.stream.windowed:
            self._list(reader, {"created": {"gte": min(new), "lte": max(new)}})

    def _list(self, reader: StreamReader, params: dict[str, Any]) -> None:
        """Read a list and strike off what was named and is on it."""
        named = self._changes.named[reader.stream.name]
        pages = reader.client.pages(reader.stream.path, {**reader.query(), **params}, newest_first=True)
        while first := next(pages, None):
            with self._part(reader) as part:
                for page in (first, *islice(pages, PART_PAGES - 1)):
                    self._fetching.sleep(0)
                    for raw in page:
                        if record := self._take(reader, raw, part):
                            named.pop(record.id, None)

    def _retrievals(self, name: str) -> list[tuple[str, Callable[[], None]]]:
        ids = sorted(self._changes.named[name])
        if ids:
            self._fetching.say(f"{len(ids):,} {name} have changed since they were read; asking for each")
        parts = [ids[start::WORKERS] for start in range(min(WORKERS, len(ids)))]
        return [(name, partial(self._retrieve, self._readers[name], part)) for part in parts]

    def _retrieve(self, reader: StreamReader, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), PART_OBJECTS):
            with self._part(reader) as part:
                for identifier in ids[start : start + PART_OBJECTS]:
                    self._fetching.sleep(0)
                    body = reader.retrieve(identifier)
                    if body is not None:
                        self._take(reader, body, part)
                        continue
                    with self._lock:
                        self._gone.add((reader.stream.name, identifier))

    def _part(self, reader: StreamReader) -> AbstractContextManager[Part]:
        return self._kept[reader.stream.name].part(self._marks[reader.stream.name])

    def _take(self, reader: StreamReader, raw: msgspec.Raw | bytes, part: Part) -> Record | None:
        """One object into a part; what it names of streams with unannounced changes is to be fetched as well."""
        record = reader.take(raw, part)
        if record:
            self._note_named(reader.stream.name, record.payload.decode())
            with self._lock:
                self._gone.discard((reader.stream.name, record.id))
        return record

    def _names_others(self, stream: str) -> list[tuple[str, str]]:
        """(stream, field) of what is to be fetched because an object of this stream names it."""
        rules = {name: self._readers[name].stream.unannounced for name in self._changes.named}
        return [(name, rule.named_in[1]) for name, rule in rules.items() if rule and rule.named_in[0] == stream]

    def _note_named(self, stream: str, payload: str) -> None:
        for name, field in self._names_others(stream):
            found = re.findall(rf'"{field}":"([^"]+)"', payload)
            with self._lock:
                self._changes.named[name].update(dict.fromkeys(found))

    def _bury(self) -> None:
        """Tombstones: of what the warehouse last knew, else of what the event of the deletion shows.

        Not the other way round: an event leaves out what has to be expanded, tiers and what a coupon applies to.
        """
        if not self._gone:
            return
        with reading_warehouse(self._settings) as connection:
            for name, identifier in sorted(self._gone):
                shown = self._changes.deleted.get((name, identifier))
                last = last_known(connection, name, identifier) or (decode(shown) if shown else None)
                if last:
                    self._readers[name].bury(last)
                else:
                    unknown = msgspec.json.encode({"id": identifier})
                    reason = "named by an event or an object, but the API does not know it"
                    self._readers[name].set_aside(unknown, reason)


def last_known(connection: duckdb.DuckDBPyConnection | None, stream: str, identifier: str) -> JsonObject | None:
    """The latest version in the warehouse; None if there is none, or if it is a tombstone already."""
    if connection is None or not has_table(connection, "stripe", stream):
        return None
    row = connection.execute(
        f"select payload, deleted from raw_stripe.{stream} where id = ? and _dlt_valid_to is null", [identifier]
    ).fetchone()
    return decode(row[0].encode()) if row and not row[1] else None
