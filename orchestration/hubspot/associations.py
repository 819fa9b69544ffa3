"""Links between CRM objects: which contact belongs to which company, which deal is with whom.

A link has no list of its own, no time of change and no tombstone. So the links of all live objects are read every time,
and what was there before and is not found any more is marked as deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from orchestration.fetching import Fetching
from orchestration.hubspot.client import HubSpotClient
from orchestration.hubspot.streams import Stream
from orchestration.records import JsonObject, Record, to_record
from orchestration.spool import StreamSpool

BATCH = 1_000  # the API's maximum of inputs

# What a batch read reports for an object that has no links: not an error to us.
_NO_LINKS = "NO_ASSOCIATIONS_FOUND"


def read_associations(
    client: HubSpotClient, fetching: Fetching, stream: Stream, sources: Sequence[str], spool: StreamSpool
) -> None:
    """Every link from the given objects, one record each: {"from", "to", "types": [{category, typeId, label}]}."""
    unread: set[str] = set()
    links: dict[str, Link] = {}
    for association in _pages(client, fetching, stream, sources, spool=spool, unread=unread):
        for target in association.to:
            link = Link(association.source.id, str(target.toObjectId))
            # The same pair can come on two pages, each with some of the link's types.
            links.setdefault(link.id, link).add(target.associationTypes)
    for link in links.values():
        spool.add(to_record(link.value(), stream.rules))

    read = set(sources) - unread

    def tombstones(live: Iterable[str]) -> Iterator[Record]:
        """Links of the objects read above that are not among what was found."""
        for identifier in live:
            source, _, target = identifier.partition(":")
            if source in read and identifier not in links:
                yield to_record({**Link(source, target).value(), "deleted": True}, stream.rules)

    spool.tombstones = tombstones


def _pages(
    client: HubSpotClient,
    fetching: Fetching,
    stream: Stream,
    sources: Sequence[str],
    *,
    spool: StreamSpool,
    unread: set[str],
) -> Iterator[Association]:
    """Read the links of all sources in batches. Sources whose links could not be read are put into `unread`."""
    inputs = [{"id": identifier} for identifier in sources]
    while inputs:
        fetching.sleep(0)
        batch, inputs = inputs[:BATCH], inputs[BATCH:]
        page = client.post("associations", {"inputs": batch}, from_type=stream.object_type, to_type=stream.to_type)
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
