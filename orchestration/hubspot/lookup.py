"""CRM objects by id: live ones in batches, then the archived, then one by one those that lead to another record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec
import pyarrow.parquet as pq

from orchestration.hubspot.answers import parse_object
from orchestration.hubspot.client import NotFound
from orchestration.hubspot.merges import MERGED_IDS, merged_ids
from orchestration.hubspot.run import PAGE_SIZE, Run, Sink, take
from orchestration.hubspot.streams import Stream
from orchestration.records import JsonObject, decode

HISTORY_PAGE_SIZE = 50  # the API's maximum of objects a page with property histories
# Ids asked for one by one in a run: a token of another account would know none of them. The rest waits for tomorrow.
SINGLES_LIMIT = 1_000

T = TypeVar("T")


class Lookup:
    """Reads the objects of one stream, and notes what it learns of merges on the way. Used by one thread."""

    def __init__(self, run: Run, stream: Stream) -> None:
        names = [*stream.properties]
        if stream.dates_by_stage:
            names += [f"hs_v2_date_entered_{stage}" for stage in run.stages]
        self.properties = names
        self.page_size = HISTORY_PAGE_SIZE if stream.history else PAGE_SIZE
        # Ids that came, live or archived; the last answer counts.
        self.live: set[str] = set()
        self.archived: set[str] = set()
        # Of every id that was merged away: the record that lists it, or that was answered in its place.
        self.merged: dict[str, str] = {}
        # Ids that no record answers to any more.
        self.gone: set[str] = set()
        self._run = run
        self._stream = stream
        self._singles_left = SINGLES_LIMIT

    def query(self) -> dict[str, str]:
        """The parameters that select properties, for a GET."""
        chosen = {"properties": ",".join(self.properties)}
        if self._stream.history:
            chosen["propertiesWithHistory"] = ",".join(self._stream.history)
        return chosen

    def take(self, raw: msgspec.Raw, sink: Sink) -> str | None:
        """One object into the sink; its id if it has one."""
        value = take(raw, self._stream, sink)
        if value is None:
            return None
        self._note(value["id"], archived=value.get("archived") is True)
        self._note_merges(value)
        return value["id"]

    def recall(self, files: Iterable[Path]) -> None:
        """Count what an interrupted run has put into these files as if it had been read now."""
        for file in files:
            rows = pq.read_table(file, columns=["id", "deleted", "payload"])
            for identifier, archived in zip(rows["id"].to_pylist(), rows["deleted"].to_pylist(), strict=True):
                self._note(identifier, archived=archived)
            for payload in rows["payload"].to_pylist():
                if f'"{MERGED_IDS}":"' in payload:
                    self._note_merges(decode(payload.encode()))

    def _note(self, identifier: str, *, archived: bool) -> None:
        came, left = (self.archived, self.live) if archived else (self.live, self.archived)
        came.add(identifier)
        left.discard(identifier)

    def _note_merges(self, value: JsonObject) -> None:
        identifier: str = value["id"]
        self.merged.update(dict.fromkeys(merged_ids(value), identifier))

    def read(self, ids: Sequence[str], sink: Sink) -> None:
        """The objects behind these ids, whatever became of them in the meantime."""
        for batch in chunks(ids, self.page_size):
            missing = self._missing(batch, sink, archived=False)
            if missing:
                missing = self._missing(missing, sink, archived=True)
            for identifier in missing:
                self._single(identifier, sink)

    def _missing(self, ids: Sequence[str], sink: Sink, *, archived: bool) -> list[str]:
        """Read one batch; the ids that neither came nor are known to be merged into something that did."""
        self._run.fetching.sleep(0)
        body: dict[str, object] = {"inputs": [{"id": identifier} for identifier in ids], "properties": self.properties}
        if self._stream.history:
            body["propertiesWithHistory"] = list(self._stream.history)
        query = {"archived": "true"} if archived else {}
        page = self._run.client.post("batch", body, query, object_type=self._stream.object_type)
        came = {self.take(raw, sink) for raw in page.results}
        return [identifier for identifier in ids if identifier not in came and identifier not in self.merged]

    def _single(self, identifier: str, sink: Sink) -> None:
        """One id that no batch knows. A merged-away one answers with the record that it went up in."""
        if self._singles_left == 0:
            return
        self._singles_left -= 1
        self._run.fetching.sleep(0)
        try:
            raw = self._run.client.get(
                "object", parse_object, self.query(), object_type=self._stream.object_type, id=identifier
            )
        except NotFound:
            self.gone.add(identifier)
            return
        survivor = self.take(raw, sink)
        if survivor is not None and survivor != identifier:
            self.merged[identifier] = survivor


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items, the last one shorter."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part
