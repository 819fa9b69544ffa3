"""What the readers of one run share: the client, the clock, the cursors, and which objects were found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import msgspec

from orchestration.fetching import Fetching
from orchestration.hubspot.answers import parse_id
from orchestration.hubspot.client import HubSpotClient
from orchestration.hubspot.position import Position
from orchestration.hubspot.search import Window, changed_ids
from orchestration.hubspot.streams import Stream
from orchestration.records import BadObject, JsonObject, Record, decode, to_record
from orchestration.settings import Settings
from orchestration.spool import Spool

PAGE_SIZE = 100  # the API's maximum of objects a page


class Sink(Protocol):
    """Where objects go: a stream's spool, or a part of it."""

    def add(self, record: Record) -> None:
        """Take one."""
        ...

    def reject(self, raw: msgspec.Raw | bytes, reason: str) -> None:
        """Set one aside."""
        ...


@dataclass
class Run:
    """One run. `now` is its beginning by HubSpot's clock."""

    client: HubSpotClient
    settings: Settings
    fetching: Fetching
    spool: Spool
    cursors: Mapping[str, str]
    now: datetime
    stages: tuple[str, ...]
    # All live ids of an object type, and the changed ones of a window, where a stream has read them.
    live: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[Window, list[str]] = field(default_factory=dict)
    # What is to be done last, when everything that must be read has been.
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    def position(self, stream: Stream) -> Position:
        """How far the stream has been read."""
        return Position.parse(self.cursors.get(stream.name))

    def reached(self, stream: Stream, position: Position) -> None:
        """Note how far the stream has been read now; stored when what was read has landed."""
        self.spool.cursors[stream.name] = position.text()

    def live_ids(self, object_type: str) -> list[str]:
        """The ids of all live objects of a type, listed if no stream has read them in full."""
        if object_type not in self.live:
            params = {"limit": str(PAGE_SIZE), "properties": "hs_object_id", "archived": "false"}
            ids: list[str] = []
            for page in self.client.pages("objects", params, object_type=object_type):
                self.fetching.sleep(0)
                ids += [parse_id(raw) for raw in page]
            self.live[object_type] = ids
        return self.live[object_type]

    def changed_ids(self, window: Window) -> list[str]:
        """The ids of what changed in a window, searched for if no stream has done so."""
        if window not in self.changed:
            ids: list[str] = []
            for page in changed_ids(self.client, window):
                self.fetching.sleep(0)
                ids += page
            self.changed[window] = ids
        return self.changed[window]


def take(raw: msgspec.Raw, stream: Stream, sink: Sink, extra: JsonObject | None = None) -> JsonObject | None:
    """One object into the sink, or aside; the object if it was taken. `extra` are fields to put into it."""
    try:
        value = decode(raw) | (extra or {})
        for name in stream.without:
            value.pop(name, None)
        sink.add(to_record(value, stream.rules))
    except BadObject as reason:
        sink.reject(raw, str(reason))
        return None
    return value
