"""What has happened since a stream was last read: the events, and which objects they are about.

An event says that an object has changed. The object is then fetched anew, because an event carries it in the shape of
the account's own API version and without its expanded fields. Events live for 30 days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from orchestration.fetching import Fetching
from orchestration.stripe.client import StripeClient
from orchestration.stripe.streams import Stream

PATH = "/v1/events"
OVERLAP_SECONDS = 900  # events may be listed a little later than events that are younger than they
OLDEST_CURSOR_SECONDS = 28 * 86_400


class Cursor(msgspec.Struct, frozen=True):
    """How far a stream is up to date.

    `at` is Stripe's clock when the events were listed, `created` the youngest event's (0 if there is none), `seen` the
    events about this stream in the overlap before it, so that they are not followed again.
    """

    at: int
    created: int
    seen: frozenset[str] = frozenset()

    def is_too_old(self, now: Cursor) -> bool:
        """Whether events may have vanished between this cursor and now."""
        younger = now.created - self.created if self.created else 0
        return max(now.at - self.at, younger) > OLDEST_CURSOR_SECONDS

    def is_news(self, event: Event) -> bool:
        """Whether an event is not among those up to here."""
        return event.created >= self.created - OVERLAP_SECONDS and event.id not in self.seen

    def encode(self) -> str:
        """JSON text for the table of cursors."""
        return msgspec.json.encode({"at": self.at, "created": self.created, "seen": sorted(self.seen)}).decode()


def decode_cursor(text: str | None) -> Cursor | None:
    """The cursor in `text`; None if there is none, or if it is another kind of text."""
    try:
        return msgspec.json.decode(text or "", type=Cursor)
    except ValueError:
        return None


_NOWHERE = Cursor(0, 0)


class About(msgspec.Struct):
    """The object of an event, of any kind: nothing is certain about its fields."""

    object: Any = None
    id: Any = None
    created: Any = None
    date: Any = None
    customer: Any = None
    subscription: Any = None


class Event(msgspec.Struct, frozen=True):
    """What is needed of an event once it has been read. `deleted` is the object as it was, if it was deleted."""

    id: str
    created: int
    about: About
    deleted: bytes | None = None

    def names(self) -> Iterator[tuple[str, str, int | None]]:
        """(kind, id, created) of the objects that have changed."""
        about = self.about
        if about.object == "discount":
            # It has no list of its own: it is a part of what it was given to.
            for kind, identifier in (("subscription", about.subscription), ("customer", about.customer)):
                if isinstance(identifier, str):
                    yield kind, identifier, None
        elif isinstance(about.object, str) and isinstance(about.id, str):
            created = about.created or about.date
            yield about.object, about.id, created if isinstance(created, int) else None


def list_events(
    client: StripeClient, since: int | None, fetching: Fetching
) -> Iterator[tuple[msgspec.Raw, Event | None]]:
    """Events with `created` >= `since`, newest first; None beside those that cannot be understood."""
    params = {"created": {"gte": since}} if since else {}
    for page in client.pages(PATH, params, newest_first=True):
        fetching.sleep(0)
        for raw in page:
            yield raw, parse_event(raw)


def glance(client: StripeClient) -> Cursor:
    """What time it is by Stripe's clock and by its youngest event; in one request."""
    page = next(client.pages(PATH, {"limit": 1}, newest_first=True))
    event = parse_event(page[0]) if page else None
    return Cursor(client.server_time(), event.created if event else 0)


def mark(client: StripeClient, fetching: Fetching) -> Cursor:
    """Where the events are now: whatever is read after this call contains what they say."""
    youngest, seen = 0, set[str]()
    at = None
    for _, event in list_events(client, None, fetching):
        at = at or client.server_time()
        if event is None:
            continue
        youngest = youngest or event.created
        if event.created < youngest - OVERLAP_SECONDS:
            break
        seen.add(event.id)
    return Cursor(at or client.server_time(), youngest, frozenset(seen))


class Changes:
    """The events since the oldest of several cursors, by the stream they are about.

    `kept`: by stream the objects that an interrupted run has fetched, each with the cursor up to which it is.
    """

    def __init__(
        self, streams: Iterable[Stream], cursors: dict[str, Cursor], kept: Mapping[str, Mapping[str, Cursor]]
    ) -> None:
        self._cursors = cursors
        self._kept = kept
        followed = [stream for stream in streams if stream.name in cursors]
        self._stream_of = {kind: stream.name for stream in followed for kind in stream.kinds}
        self._listed = {kind for stream in followed for kind in stream.kinds[:1]}
        self._recent: dict[str, list[tuple[int, str]]] = {name: [] for name in cursors}
        self.youngest = max((cursor.created for cursor in cursors.values()), default=0)
        # By stream: the objects that have changed, with their time of creation where the event says it.
        self.named: dict[str, dict[str, int | None]] = {name: {} for name in cursors}
        # By stream and id: objects that were deleted, as they were; no plans, which the list shows as prices.
        self.deleted: dict[tuple[str, str], bytes] = {}

    def since(self) -> int:
        """From where to list the events; 0 for all there are."""
        return max(0, min(cursor.created for cursor in self._cursors.values()) - OVERLAP_SECONDS)

    def note(self, event: Event) -> None:
        """Take one event; they come newest first."""
        self.youngest = max(self.youngest, event.created)
        for kind, identifier, created in event.names():
            name = self._stream_of.get(kind)
            if name and self.is_news(name, event) and self._kept[name].get(identifier, _NOWHERE).is_news(event):
                self.named[name].setdefault(identifier, created)
                if event.deleted and kind in self._listed:
                    self.deleted.setdefault((name, identifier), event.deleted)

    def is_news(self, name: str, event: Event) -> bool:
        """Whether a stream has not followed this event yet. Each event is asked about once a stream."""
        if event.created >= self.youngest - OVERLAP_SECONDS:
            self._recent[name].append((event.created, event.id))
        return self._cursors[name].is_news(event)

    def cursor(self, name: str, at: int) -> Cursor:
        """The stream's cursor once what was named has been fetched. `at`: Stripe's clock before the list was read."""
        oldest = self.youngest - OVERLAP_SECONDS
        seen = {identifier for created, identifier in self._recent[name] if created >= oldest}
        return Cursor(at, self.youngest, frozenset(seen))


class _Data(msgspec.Struct):
    object: msgspec.Raw


class _Envelope(msgspec.Struct):
    id: str
    type: str
    created: int
    data: _Data


def parse_event(raw: msgspec.Raw) -> Event | None:
    """What is needed of an event; None if it cannot be understood."""
    try:
        envelope = _envelope_decoder.decode(raw)
        about = _about_decoder.decode(envelope.data.object)
    except ValueError:
        return None
    # Not `customer.subscription.deleted`, which means that a subscription has ended.
    is_deletion = envelope.type == f"{about.object}.deleted"
    return Event(envelope.id, envelope.created, about, bytes(envelope.data.object) if is_deletion else None)


_envelope_decoder = msgspec.json.Decoder(_Envelope)
_about_decoder = msgspec.json.Decoder(About)
