"""A whole list, read by several threads over windows of `created`, in parts that survive the process.

A list begins as one window without bounds and is read newest first. Whenever a thread has nothing to do, a window that
goes on gives the older half of what it still has before it away. So a short list costs no request more than its pages,
and a long one is shared evenly whatever its history looks like. Windows never overlap: `created` does not change.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Any

import msgspec

from orchestration.fetching import Fetching
from orchestration.spool_parts import Part
from orchestration.stripe.client import NotFound
from orchestration.stripe.pages import last_id
from orchestration.stripe.reader import StreamReader

PAGES_A_PART = 20  # what a killed run has to read again in each thread, at most
PAGES_BEFORE_SPLIT = 3
FROM_THE_TOP = ""  # in place of the id to go on from
SHORTEST_SPLIT_SECONDS = 2 * 86_400
FIRST_CREATED = 1_293_840_000  # 2011-01-01, before anything in Stripe; for halving only, nothing older is left out


class Window(msgspec.Struct):
    """`lo` <= created < `hi` in epoch seconds; None is no bound. `after` is the last object that is in a part."""

    lo: int | None = None
    hi: int | None = None
    after: str | None = None
    parts: int = 0
    is_done: bool = False
    objects: int = 0
    oldest: int | None = None  # created of the last object read


class Backfill:
    """Reads one stream's list to the end, going on where an interrupted run was."""

    def __init__(self, reader: StreamReader, fetching: Fetching) -> None:
        self._reader = reader
        self._fetching = fetching
        self._lock = threading.Lock()
        told = reader.spool.state.get("windows") or [{}]
        self._windows = msgspec.convert(told, list[Window])

    def jobs(self) -> Iterator[Callable[[], None]]:
        """What is still to be read."""
        for number, window in enumerate(self._windows):
            if not window.is_done:
                yield partial(self._read, number)

    def left(self) -> float | None:
        """Objects still to come; None while that is anybody's guess."""
        return guess_left(list(self._windows))

    def _read(self, number: int) -> None:
        window = self._windows[number]
        while not window.is_done:
            with self._reader.spool.part(f"{number:04d}-{window.parts:06d}") as part:
                after = self._read_part(window, part)
            with self._lock:
                window.after, window.is_done = after or None, after is None
                window.parts += 1
                self._save()

    def _read_part(self, window: Window, part: Part) -> str | None:
        """Some pages; the id to go on from, FROM_THE_TOP, or None at the end of the window."""
        after, pages, since_split = window.after, 0, 0
        while pages < PAGES_A_PART:
            try:
                for page in self._pages(window, after):
                    self._take(page, window, part)
                    after = last_id(page) or after
                    pages, since_split = pages + 1, since_split + 1
                    if since_split >= PAGES_BEFORE_SPLIT and self._split(window):
                        since_split = 0
                        break  # what is asked for ends earlier now
                    if pages >= PAGES_A_PART:
                        break
                else:
                    return None
            except NotFound:
                if after is None:
                    raise
                return FROM_THE_TOP  # the object to go on from was deleted meanwhile
        return after

    def _pages(self, window: Window, after: str | None) -> Iterator[list[msgspec.Raw]]:
        query = self._query(window, after)
        return self._reader.client.pages(self._reader.stream.path, query, newest_first=True)

    def _take(self, page: list[msgspec.Raw], window: Window, part: Part) -> None:
        self._fetching.sleep(0)
        with closing(self._reader.take_page(page, part)) as records:
            for record in records:
                if record and record.created_at is not None:
                    window.oldest = record.created_at // 1_000_000
        window.objects += len(page)

    def _split(self, window: Window) -> bool:
        if not self._reader.stream.windowed or window.oldest is None or not self._fetching.hungry():
            return False
        floor = FIRST_CREATED if window.lo is None else window.lo
        if window.oldest - floor < SHORTEST_SPLIT_SECONDS:
            return False
        middle = (floor + window.oldest) // 2
        with self._lock:
            self._windows.append(Window(lo=window.lo, hi=middle))
            number = len(self._windows) - 1
            window.lo = middle
            self._save()
        self._fetching.add(partial(self._read, number))
        return True

    def _query(self, window: Window, after: str | None) -> dict[str, Any]:
        query = self._reader.query()
        created = {"gte": window.lo, "lt": window.hi}
        if bounds := {name: bound for name, bound in created.items() if bound is not None}:
            query["created"] = bounds
        if after:
            query["starting_after"] = after
        return query

    def _save(self) -> None:
        self._reader.spool.state["windows"] = msgspec.to_builtins(self._windows)
        self._reader.spool.save()


def guess_left(windows: Sequence[Window]) -> float | None:
    """Objects still to come if they lie as dense as those that were read; None if no window bounds them."""
    ahead = [(window.lo, window.oldest or window.hi) for window in windows if not window.is_done]
    if any(lower is None or upper is None for lower, upper in ahead):
        return None
    seconds = sum((upper or 0) - (lower or 0) for lower, upper in ahead)
    covered = 0
    for window in windows:
        lowest = window.lo if window.is_done and window.lo is not None else window.oldest
        if lowest is not None:
            covered += (window.hi or time.time()) - lowest
    return sum(window.objects for window in windows) * seconds / covered if covered else None
