"""Links between CRM objects: which contact belongs to which company, which deal is with whom.

A link has no list of its own, no time of change and no tombstone. So once a day the links of all live objects are read,
and what was there before and is not found any more is marked as deleted. In between, the same is done for the objects
that changed, so that a new deal does not wait for its company until tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from orchestration.hubspot.lookup import chunks
from orchestration.hubspot.position import Position, day, readable_until, since
from orchestration.hubspot.run import Run
from orchestration.hubspot.search import Window
from orchestration.hubspot.streams import Stream
from orchestration.records import JsonObject, Record, to_record
from orchestration.spool import StreamSpool

BATCH = 1_000  # the API's maximum of inputs

# What a batch read reports for an object that has no links: not an error to us.
_NO_LINKS = "NO_ASSOCIATIONS_FOUND"


def read_associations(run: Run, stream: Stream, spool: StreamSpool) -> None:
    """Links of all live objects, or of those that changed: {"from", "to", "types": [{category, typeId, label}]}."""
    position, until = run.position(stream), readable_until(run.now)
    full = position.until is None or position.reread_is_due(run.now)
    if full:
        sources = run.live_ids(stream.object_type)
    else:
        sources = run.changed_ids(Window(stream.object_type, stream.modified, since(position.until or 0), until))
    unread: set[str] = set()
    found: set[str] = set()
    for batch in chunks(sources, BATCH):
        links: dict[str, Link] = {}
        for association in _answers(run, stream, batch, spool=spool, unread=unread):
            for target in association.to:
                link = Link(association.source.id, str(target.toObjectId))
                # The same pair can come on two pages, each with some of the link's types.
                links.setdefault(link.id, link).add(target.associationTypes)
        for link in links.values():
            spool.add(to_record(link.value(), stream.rules))
        found.update(links)
    read = None if full else set(sources)

    def tombstones(live: Iterable[str]) -> Iterator[Record]:
        """Links that are not among what was found, of the objects that were read; in a full reading, of any."""
        for identifier in live:
            source, _, target = identifier.partition(":")
            if identifier not in found and source not in unread and (read is None or source in read):
                yield to_record({**Link(source, target).value(), "deleted": True}, stream.rules)

    spool.tombstones = tombstones
    run.reached(stream, Position(until, day(run.now) if full else position.reread))


def _answers(
    run: Run, stream: Stream, sources: Sequence[str], *, spool: StreamSpool, unread: set[str]
) -> Iterator[Association]:
    """The links of one batch, to their ends. Sources whose links could not be read are put into `unread`."""
    inputs = [{"id": identifier} for identifier in sources]
    while inputs:
        run.fetching.sleep(0)
        batch, inputs = inputs[:BATCH], inputs[BATCH:]
        body = {"inputs": batch}
        page = run.client.post("associations", body, from_type=stream.object_type, to_type=stream.to_type)
        for raw in page.errors:
            if _NO_LINKS not in bytes(raw).decode(errors="replace"):
                spool.reject(raw, "links could not be read")
                unread.update(item["id"] for item in batch)
        for raw in page.results:
            try:
                association = _decoder.decode(raw)
            except ValueError as error:
                spool.reject(raw, f"not an association: {error}")
                unread.update(item["id"] for item in batch)
                continue
            if association.paging and association.paging.next:
                inputs.append({"id": association.source.id, "after": association.paging.next.after})
            yield association


@dataclass
class Link:
    """One pair of objects and the types of the link between them."""

    source: str
    target: str
    types: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """What identifies the pair."""
        return f"{self.source}:{self.target}"

    def add(self, kinds: Iterable[_Kind]) -> None:
        """Types of the link; one that is there already is not doubled."""
        self.types.update({(kind.category, kind.typeId): msgspec.to_builtins(kind) for kind in kinds})

    def value(self) -> JsonObject:
        """The link as it is stored, its types in an order that does not depend on the API's."""
        return {"from": self.source, "to": self.target, "types": [self.types[key] for key in sorted(self.types)]}


class _Identified(msgspec.Struct):
    id: str


class _Next(msgspec.Struct):
    after: str


class _Paging(msgspec.Struct):
    next: _Next | None = None


class _Kind(msgspec.Struct):
    category: str
    typeId: int
    label: str | None = None


class _Target(msgspec.Struct):
    toObjectId: int | str
    associationTypes: list[_Kind]


class Association(msgspec.Struct):
    """One object's links, or a page of them."""

    source: _Identified = msgspec.field(name="from")
    to: list[_Target]
    paging: _Paging | None = None


_decoder = msgspec.json.Decoder(Association)
