"""One stream's objects on their way into the spool: whole, of the right mode, or set aside with the reason."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import quote

import msgspec

from orchestration.records import BadObject, JsonObject, Record, decode, to_record
from orchestration.spool import StreamSpool
from orchestration.stripe.client import NotFound, StripeClient
from orchestration.stripe.streams import KeyedPart, NestedList, Stream

# Python runs one thread at a time anyhow, and eight that fight for it are a tenth slower than eight that take turns.
_turn = threading.Lock()


class Sink(Protocol):
    """Where one thread's records go: a part of the stream's spool. The spool itself is all threads'."""

    def add(self, record: Record) -> None: ...

    def reject(self, raw: msgspec.Raw | bytes, reason: str) -> None: ...


class StreamReader:
    """Reads objects of one stream. Safe to use from several threads."""

    def __init__(self, client: StripeClient, stream: Stream, spool: StreamSpool) -> None:
        self.client = client
        self.stream = stream
        self.spool = spool
        self._lock = threading.Lock()

    def query(self) -> dict[str, Any]:
        """The parameters of the stream's list."""
        params: dict[str, Any] = {**self.stream.params}
        if self.stream.expand:
            params["expand"] = list(self.stream.expand)
        return params

    def take(self, raw: msgspec.Raw | bytes, sink: Sink | None = None) -> Record | None:
        """One object into the sink (the stream's spool by default), or aside; None if it was set aside."""
        with _turn:
            return self._take(raw, sink)

    def take_page(self, page: Sequence[msgspec.Raw], sink: Sink) -> Generator[Record | None]:
        """Every object of a page as `take` does, as it is iterated over. Close it: it keeps the turn till then."""
        with _turn:
            for raw in page:
                yield self._take(raw, sink)

    def _take(self, raw: msgspec.Raw | bytes, sink: Sink | None) -> Record | None:
        try:
            record = self._record(raw)
        except BadObject as reason:
            self.set_aside(raw, str(reason), sink)
            return None
        if sink:
            sink.add(record)
        else:
            with self._lock:
                self.spool.add(record)
        return record

    def set_aside(self, raw: msgspec.Raw | bytes, reason: str, sink: Sink | None = None) -> None:
        """Keep an object that cannot be stored, with the reason."""
        if sink:
            sink.reject(raw, reason)
        else:
            with self._lock:
                self.spool.reject(raw, reason)

    def bury(self, value: JsonObject) -> None:
        """Add the tombstone of an object that is gone: what was known of it, marked as deleted."""
        with self._lock:
            self.spool.bury_one(to_record({**value, "deleted": True}, self.stream.rules))

    def retrieve(self, identifier: str, more: Sequence[str] = ()) -> bytes | None:
        """One object in the shape of the list, with `more` expanded; None if the API does not know it (any more)."""
        expand = [*(path.removeprefix("data.") for path in self.stream.expand), *more]
        try:
            return self.client.retrieve(self.stream.path, identifier, {"expand": expand} if expand else None)
        except NotFound:
            return None

    def _record(self, raw: msgspec.Raw | bytes) -> Record:
        value = decode(raw)
        if not self.client.accepts(value.get("livemode")):
            raise BadObject(f"livemode is {str(value['livemode']).lower()}, unlike the account that is read")
        if self.stream.keyed:
            value = self._with_keyed(value, self.stream.keyed)
        for nested in self.stream.nested:
            self._complete(value, nested)
        return to_record(value, self.stream.rules)

    def _with_keyed(self, value: JsonObject, keyed: KeyedPart) -> JsonObject:
        """The object with the part in all members of the mapping, asked for again if any member lacks it."""
        identifier, members = value.get("id"), value.get(keyed.mapping)
        if not value.get(keyed.part) or not isinstance(identifier, str) or not isinstance(members, dict):
            return value
        lacking = [key for key, member in members.items() if isinstance(member, dict) and keyed.part not in member]
        if not lacking:
            return value
        with _turn_given_up():
            whole = self.retrieve(identifier, [f"{keyed.mapping}.{key}.{keyed.part}" for key in members])
        if whole is None:
            raise BadObject(f"gone while its {keyed.mapping} were read")
        return decode(whole)

    def _complete(self, value: JsonObject, nested: NestedList) -> None:
        """Put the entries that the API cut off at the end of a nested list, so that it says has_more: false."""
        inline = value.get(nested.name)
        if not isinstance(inline, dict) or inline.get("has_more") is not True:
            return
        identifier, entries = value.get("id"), inline.get("data")
        if not isinstance(identifier, str) or not isinstance(entries, list):
            raise BadObject(f"its {nested.name} cannot be read on")
        params: dict[str, Any] = {key: text.format(id=identifier) for key, text in nested.params.items()}
        if nested.expand:
            params["expand"] = list(nested.expand)
        path = nested.path.format(id=quote(identifier, safe=""))
        # From the beginning, not from where it was cut: what is known of it shows whether the order holds.
        known = [entry["id"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]
        seen = set(known)
        try:
            with _turn_given_up():
                for page in self.client.pages(path, params, begins=known):
                    for entry in map(decode, page):
                        if entry.get("id") not in seen:
                            seen.add(str(entry.get("id")))
                            entries.append(entry)
        except NotFound:
            raise BadObject(f"gone while its {nested.name} were read") from None
        inline["has_more"] = False


@contextmanager
def _turn_given_up() -> Iterator[None]:
    """While an answer is awaited, others may work."""
    _turn.release()
    try:
        yield
    finally:
        _turn.acquire()
