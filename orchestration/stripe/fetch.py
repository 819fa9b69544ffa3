"""One round of reading Stripe: new streams in full, the others by what their events say has changed.

1. See which streams have a usable cursor. If any has none, note where the events are (`mark`): what is read from then
   on contains everything older.
2. Streams without a usable cursor are read in full, over windows, going on where an interrupted run was.
3. What full lists leave out is asked for one by one: deleted customers, and what has vanished since the last full read.
4. The events since each stream's cursor are listed and kept, and the objects they name are fetched anew, but for those
   that an interrupted run has fetched already. This also catches up with what changed during step 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial

import msgspec

from orchestration.cursors import read_cursors
from orchestration.fetching import Fetching
from orchestration.settings import Settings
from orchestration.spool import Spool
from orchestration.stripe import events, unlisted, usage
from orchestration.stripe.backfill import Backfill
from orchestration.stripe.catch_up import CatchUp
from orchestration.stripe.client import Forbidden, NotFound, StripeClient, key_warning
from orchestration.stripe.events import Cursor
from orchestration.stripe.reader import StreamReader
from orchestration.stripe.recent import read_recent, youngest_spooled
from orchestration.stripe.streams import Stream


def fetch(streams: Sequence[Stream], spool: Spool, settings: Settings, fetching: Fetching) -> None:
    """Read the streams into the spool, and say in its cursors how far."""
    if warning := key_warning(settings):
        fetching.say(warning)
    Round(streams, spool, settings, fetching).run()


class Round:
    """What the steps share."""

    def __init__(self, streams: Sequence[Stream], spool: Spool, settings: Settings, fetching: Fetching) -> None:
        self.spool = spool
        self.settings = settings
        self.fetching = fetching
        self.client = StripeClient(settings, log=fetching.say, sleep=fetching.sleep)
        self.readers = {stream.name: StreamReader(self.client, stream, spool.open(stream.name)) for stream in streams}
        self.told = read_cursors(settings, "stripe")
        self.cursors: dict[str, Cursor] = {}
        self.begun: set[str] = set()  # streams whose full read began in this process
        self.now = Cursor(0, 0)

    def run(self) -> None:
        """All steps."""
        self.now = events.glance(self.client) if self.told else self._mark
        full = [name for name, reader in self.readers.items() if self._must_read_in_full(reader)]
        full += [name for name in self.cursors if name not in full and self._is_behind(name)]
        self._read_in_full(full)
        gone = unlisted.retrieve_unlisted(self.readers, full, self.settings, self.fetching)
        self._read_recent(full)
        self._catch_up(gone)
        for reader in self.readers.values():
            if reader.stream.changes == "summaries":
                self._read_usage(reader)

    @cached_property
    def _mark(self) -> Cursor:
        return events.mark(self.client, self.fetching)

    def _must_read_in_full(self, reader: StreamReader) -> bool:
        """Whether to list everything; leaves the cursor that the stream's events are read from, if it has events."""
        name, stream = reader.stream.name, reader.stream
        if stream.changes == "summaries":
            return False
        cursor = events.decode_cursor(self.told.get(name))
        if stream.changes == "recent" and cursor:
            return False
        if cursor and not cursor.is_too_old(self.now):
            self.cursors[name] = cursor
            # What an interrupted run has fetched since that cursor.
            reader.spool.resume(f"{self.client.account} {stream} {cursor.encode()}")
            return False
        if cursor:
            note = "the last read is more than 28 days ago, further than events reach: read in full"
            self.spool.note(name, note)
            self.fetching.say(f"{name}: {note}")
        self.cursors[name] = self._begin(reader)
        return True

    def _is_behind(self, name: str) -> bool:
        """Whether a stream lacks what the objects of another one would have named: that one was read without it."""
        rule = self.readers[name].stream.unannounced
        if rule is None:
            return False
        other = self.cursors.get(rule.named_in[0])
        if other and other.created <= self.cursors[name].created:
            return False
        self.cursors[name] = self._begin(self.readers[name])
        return True

    def _begin(self, reader: StreamReader) -> Cursor:
        """Where the events were when this stream's full read began, which may have been in an earlier process."""
        fingerprint = f"{self.client.account} {reader.stream}"
        if reader.spool.resume(fingerprint):
            begun = msgspec.convert(reader.spool.state["mark"], Cursor)
            if not begun.is_too_old(self.now):
                self.fetching.say(f"{reader.stream.name}: going on after {reader.spool.fetched:,} objects")
                return begun
        reader.spool.discard(fingerprint)
        self.begun.add(reader.stream.name)
        reader.spool.state["mark"] = msgspec.to_builtins(self._mark)
        return self._mark

    def _read_in_full(self, names: Sequence[str]) -> None:
        backfills = {name: Backfill(self.readers[name], self.fetching) for name in names}
        self.fetching.starts_with_resumed()
        self.fetching.left = lambda: _total([backfill.left() for backfill in backfills.values()])
        self._allowed([(name, job) for name, backfill in backfills.items() for job in backfill.jobs()])
        self.fetching.left = lambda: None

    def _read_recent(self, full: Sequence[str]) -> None:
        readers = {name: reader for name, reader in self.readers.items() if reader.stream.changes == "recent"}
        cursors = {name: events.decode_cursor(self.told.get(name)) for name in readers if name not in full}
        self._allowed(
            [
                (name, partial(read_recent, readers[name], cursor.created, self.fetching))
                for name, cursor in cursors.items()
                if cursor
            ]
        )
        for name, reader in readers.items():
            if not reader.spool.skipped:
                before = cursors.get(name)
                youngest = max(youngest_spooled(reader), before.created if before else 0)
                self.spool.cursors[name] = Cursor(self.now.at, youngest).encode()

    def _catch_up(self, gone: Sequence[tuple[str, str]]) -> None:
        cursors = {
            name: cursor
            for name, cursor in self.cursors.items()
            if not self.spool.streams[name].skipped and self.readers[name].stream.changes in ("events", "log")
        }
        if cursors:
            catch_up = CatchUp(self.readers, cursors, self.settings, self.fetching, gone)
            caught_up = catch_up.run(self._allowed, self.begun)
            self.spool.cursors.update({name: cursor.encode() for name, cursor in caught_up.items()})

    def _read_usage(self, reader: StreamReader) -> None:
        name, subscriptions = reader.stream.name, self.readers.get(usage.SUBSCRIPTIONS)
        now = self.now.at
        jobs = usage.usage_jobs(
            reader,
            subscriptions,
            told=self.told.get(name),
            now=now,
            settings=self.settings,
            fetching=self.fetching,
        )
        self._allowed([(name, job) for job in jobs])
        if not reader.spool.skipped:
            self.spool.cursors[name] = usage.usage_cursor(now)

    def _allowed(self, jobs: Sequence[tuple[str, Callable[[], None]]]) -> None:
        """Run jobs of streams; a stream that the key or the plan does not include is skipped, unless it is required."""
        self.fetching.parallel([self._skipping(name, job) for name, job in jobs])

    def _skipping(self, name: str, job: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                job()
            except (Forbidden, NotFound) as refusal:
                if self.readers[name].stream.required:
                    raise
                self.spool.skip(name, str(refusal))

        return run


def _total(guesses: Sequence[float | None]) -> float | None:
    return None if any(guess is None for guess in guesses) else sum(guess or 0 for guess in guesses)
