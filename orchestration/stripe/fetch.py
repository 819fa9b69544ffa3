"""From Stripe's lists to the spool: every object whole, none of the wrong mode, deleted ones as tombstones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from orchestration.fetching import WORKERS, Fetching
from orchestration.records import BadObject, JsonObject, decode, to_record
from orchestration.settings import Settings
from orchestration.spool import Spool, StreamSpool
from orchestration.stripe.client import NotFound, StripeClient
from orchestration.stripe.streams import NestedList, Stream


def fetch(streams: Sequence[Stream], spool: Spool, settings: Settings, fetching: Fetching) -> None:
    """Read the streams in full, several at a time, then what they refer to and the lists leave out."""
    client = StripeClient(settings, log=fetching.say, sleep=fetching.sleep)
    readers = {stream.name: StreamReader(client, stream, spool.open(stream.name), fetching) for stream in streams}
    fetching.parallel([reader.read for reader in readers.values()])
    for name, reader in readers.items():
        referred = set[str]().union(
            *(
                other.referred
                for other in readers.values()
                if other.stream.refers_to and other.stream.refers_to[1] == name
            )
        )
        _retrieve_unlisted(reader, sorted(referred - reader.listed), fetching)


class StreamReader:
    """Reads one stream. Used by one thread."""

    def __init__(self, client: StripeClient, stream: Stream, spool: StreamSpool, fetching: Fetching) -> None:
        self.stream = stream
        self.client = client
        self.listed: set[str] = set()
        self.referred: set[str] = set()
        self._spool = spool
        self._fetching = fetching

    def read(self) -> None:
        """All pages of the list into the spool."""
        params: dict[str, Any] = {**self.stream.params}
        if self.stream.expand:
            params["expand"] = list(self.stream.expand)
        for page in self.client.pages(self.stream.path, params):
            self._fetching.sleep(0)
            for raw in page:
                self.take(raw)

    def take(self, raw: msgspec.Raw | bytes) -> None:
        """One object into the spool, or aside."""
        try:
            value = decode(raw)
            if not self.client.accepts(value.get("livemode")):
                raise BadObject(f"livemode is {str(value['livemode']).lower()}, unlike the account that is read")
            for nested in self.stream.nested:
                self._complete(value, nested)
            referred = value.get(self.stream.refers_to[0]) if self.stream.refers_to else None
            record = to_record(value, self.stream.rules)
        except BadObject as reason:
            self._spool.reject(raw, str(reason))
            return
        self._spool.add(record)
        self.listed.add(record.id)
        if isinstance(referred, str) and referred:
            self.referred.add(referred)

    def set_aside(self, identifier: str, reason: str) -> None:
        """Note an object that could not be had."""
        self._spool.reject(msgspec.json.encode({"id": identifier}), reason)

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
        last = entries[-1].get("id") if entries and isinstance(entries[-1], dict) else None
        if last:
            params["starting_after"] = last
        path = nested.path.format(id=quote(identifier, safe=""))
        try:
            entries.extend(decode(raw) for page in self.client.pages(path, params) for raw in page)
        except NotFound:
            raise BadObject(f"gone while its {nested.name} were read") from None
        inline["has_more"] = False


def _retrieve_unlisted(reader: StreamReader, ids: Sequence[str], fetching: Fetching) -> None:
    """Ask for objects one by one: a deleted customer is in no list, but answers with a stub that says so."""
    found: list[tuple[str, bytes | None]] = []

    def retrieve(part: Sequence[str]) -> None:
        for identifier in part:
            fetching.sleep(0)
            try:
                body = reader.client.retrieve(f"{reader.stream.path}/{quote(identifier, safe='')}")
            except NotFound:
                body = None
            found.append((identifier, body))

    if not ids:
        return
    fetching.say(f"{len(ids):,} {reader.stream.name} are referred to but not listed (deleted ones); asking for each")
    fetching.parallel([lambda part=ids[start::WORKERS]: retrieve(part) for start in range(WORKERS)])
    for identifier, body in sorted(found, key=lambda pair: pair[0]):
        if body is None:
            reader.set_aside(identifier, "referred to, but the API does not know it")
        else:
            reader.take(body)
