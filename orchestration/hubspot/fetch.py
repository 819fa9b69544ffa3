"""From HubSpot's lists to the spool: live and archived objects, then the links between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from orchestration.fetching import Fetching
from orchestration.hubspot.associations import read_associations
from orchestration.hubspot.client import HubSpotClient
from orchestration.hubspot.streams import LIFECYCLE_STAGES, Stream
from orchestration.records import BadObject, decode, to_record
from orchestration.settings import Settings
from orchestration.spool import Spool, StreamSpool

PAGE_SIZE = 100  # the API's maximum for objects and owners
HISTORY_PAGE_SIZE = 50  # the same when property histories are asked for


def fetch(streams: Sequence[Stream], spool: Spool, settings: Settings, fetching: Fetching) -> None:
    """Read the streams in full, several at a time; associations last, for the objects that were found."""
    reader = Reader(HubSpotClient(settings, log=fetching.say, sleep=fetching.sleep), fetching)
    if any(stream.dates_by_stage for stream in streams):
        reader.read_lifecycle_stages()
    first = [stream for stream in streams if stream.kind != "associations"]
    fetching.parallel([partial(reader.read, stream, spool.open(stream.name)) for stream in first])

    links = [stream for stream in streams if stream.kind == "associations"]
    unknown = sorted({stream.object_type for stream in links} - reader.live_ids.keys())
    fetching.parallel([partial(reader.list_ids, object_type) for object_type in unknown])
    fetching.parallel([partial(reader.read, stream, spool.open(stream.name)) for stream in links])


class Reader:
    """Reads streams of every kind. Each stream is read by one thread."""

    def __init__(self, client: HubSpotClient, fetching: Fetching) -> None:
        self.live_ids: dict[str, list[str]] = {}
        self._client = client
        self._fetching = fetching
        self._stages: tuple[str, ...] = LIFECYCLE_STAGES

    def read(self, stream: Stream, spool: StreamSpool) -> None:
        """One stream into the spool."""
        match stream.kind:
            case "objects":
                self._read_objects(stream, spool)
            case "owners":
                for archived in ("false", "true"):
                    self._take_pages(stream, spool, "owners", {"limit": str(PAGE_SIZE), "archived": archived})
            case "pipelines":
                self._take_pages(stream, spool, "pipelines", {}, object_type=stream.object_type)
            case "lifecycle_options":
                for raw in self._client.property_options(stream.object_type, "lifecyclestage"):
                    self._take(raw, stream, spool)
            case "associations":
                sources = self.live_ids.get(stream.object_type, [])
                read_associations(self._client, self._fetching, stream, sources, spool)

    def read_lifecycle_stages(self) -> None:
        """Learn the account's own stages: each has a date property named after it."""
        options = self._client.property_options("contacts", "lifecyclestage")
        own = [msgspec.json.decode(option, type=_Option).value for option in options]
        self._stages = tuple(dict.fromkeys((*LIFECYCLE_STAGES, *own)))

    def list_ids(self, object_type: str) -> None:
        """Learn the ids of all live objects of a type that is not being read itself."""
        params = {"limit": str(PAGE_SIZE), "properties": "hs_object_id", "archived": "false"}
        pages = self._pages("objects", params, object_type=object_type)
        self.live_ids[object_type] = [msgspec.json.decode(raw, type=_Identified).id for raw in pages]

    def _read_objects(self, stream: Stream, spool: StreamSpool) -> None:
        names = [*stream.properties]
        if stream.dates_by_stage:
            names += [f"hs_v2_date_entered_{stage}" for stage in self._stages]
        params = {"limit": str(PAGE_SIZE), "properties": ",".join(names)}
        if stream.history:
            params |= {"limit": str(HISTORY_PAGE_SIZE), "propertiesWithHistory": ",".join(stream.history)}
        live = self.live_ids.setdefault(stream.object_type, [])
        # Archived ones last: what was archived between the two lists is in both, and the last one seen counts.
        for archived in ("false", "true"):
            for raw in self._pages("objects", {**params, "archived": archived}, object_type=stream.object_type):
                identifier = self._take(raw, stream, spool)
                if identifier and archived == "false":
                    live.append(identifier)

    def _take_pages(self, stream: Stream, spool: StreamSpool, path: str, params: dict[str, str], **names: str) -> None:
        for raw in self._pages(path, params, **names):
            self._take(raw, stream, spool)

    def _pages(self, path: str, params: dict[str, str], **names: str) -> Iterator[msgspec.Raw]:
        for page in self._client.pages(path, params, **names):
            self._fetching.sleep(0)
            yield from page

    def _take(self, raw: msgspec.Raw, stream: Stream, spool: StreamSpool) -> str | None:
        """One object into the spool, or aside; its id if it has one."""
        try:
            record = to_record(decode(raw), stream.rules)
        except BadObject as reason:
            spool.reject(raw, str(reason))
            return None
        spool.add(record)
        return record.id


class _Identified(msgspec.Struct):
    id: str


class _Option(msgspec.Struct):
    value: str
