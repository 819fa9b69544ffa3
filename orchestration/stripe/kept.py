"""What catching up has fetched, kept part by part, so that a run that was interrupted is gone on with.

With each part stands how far the events had been read before it was fetched. An object of a part is asked for again
only if something has happened to it since.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pyarrow.parquet as pq

from orchestration.spool import StreamSpool
from orchestration.spool_parts import Part
from orchestration.stripe.events import Cursor

_NAME = "catch-up-{:06d}"  # sorts behind what the same run has read before: what is fetched later wins


class Kept:
    """The parts of one stream. Safe to use from several threads."""

    def __init__(self, spool: StreamSpool) -> None:
        self._spool = spool
        self._lock = threading.Lock()
        self._number = 0
        told = msgspec.convert(spool.state.get("caught_up", {}), dict[str, Cursor])
        self._marks = {name: mark for name, mark in sorted(told.items()) if spool.has_part(name)}

    def cursors(self) -> dict[str, Cursor]:
        """How far the events had been read when an object was fetched, by its id."""
        return {
            identifier: mark
            for name, mark in self._marks.items()
            for file in self._spool.files_of(name)
            for identifier in pq.read_table(file, columns=["id"])["id"].to_pylist()
        }

    def payloads(self) -> Iterator[str]:
        """The objects themselves."""
        for name in self._marks:
            for file in self._spool.files_of(name):
                yield from pq.read_table(file, columns=["payload"])["payload"].to_pylist()

    @contextmanager
    def part(self, mark: Cursor) -> Iterator[Part]:
        """A new part, which is kept if the block ends without an exception. `mark`: the events that it follows."""
        with self._lock:
            while self._spool.has_part(_NAME.format(self._number)):
                self._number += 1
            name = _NAME.format(self._number)
            self._number += 1
        with self._spool.part(name) as part:
            yield part
        with self._lock:
            self._marks[name] = mark
            self._spool.state["caught_up"] = msgspec.to_builtins(self._marks)
            self._spool.save()
