"""CRM objects of one type: all of them, or what changed since the last run, and what has disappeared.

The first run of a UTC day looks at what moves no modified time: archived objects, and for types with calculated
properties every object. A run that asks for other properties or histories than the run before reads every object too.
All else is found by search. Work is kept part by part, so that a run which was stopped (killed, or out of calls for the
day) is taken up where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import msgspec

from orchestration.hubspot import known
from orchestration.hubspot.client import DailyLimitReached
from orchestration.hubspot.lookup import Lookup, chunks
from orchestration.hubspot.merges import gone_tombstone, merged_ids, merged_tombstone, survivors
from orchestration.hubspot.position import Position, asked_for, day, readable_until, since
from orchestration.hubspot.run import Run
from orchestration.hubspot.search import Window, changed_ids
from orchestration.hubspot.streams import Stream
from orchestration.records import canonical, content_hash, to_record
from orchestration.spool import StreamSpool
from orchestration.spool_parts import Part

PART_PAGES = 20  # pages (of a list, or of batches) that are kept or lost together when a run is stopped


class Plan(msgspec.Struct):
    """What a run sets out to read, and how far it has come; kept with the parts.

    `full`: the list of live objects instead of the changes from `since` to `until` (ms). `archived`: the list of
    archived ones too. `day` is the UTC day on which it was made. `phase` is what comes next, and `after` where to go on
    in it: a cursor of the list, or the last id of the search.
    """

    full: bool
    archived: bool
    since: int
    until: int
    day: str = ""
    phase: Literal["live", "archived", "done"] = "live"
    after: str = ""
    parts: int = 0


def read_objects(run: Run, stream: Stream, spool: StreamSpool) -> None:
    """One stream of CRM objects into the spool."""
    ObjectReader(run, stream, spool).read()


class ObjectReader:
    """Reads one stream. Used by one thread."""

    def __init__(self, run: Run, stream: Stream, spool: StreamSpool) -> None:
        self._run = run
        self._stream = stream
        self._spool = spool
        self._lookup = Lookup(run, stream)
        self._position = run.position(stream)
        self._plan = self._new_plan()

    def read(self) -> None:
        """Carry out the plan, or the rest of an interrupted run's, and see what has disappeared."""
        self._spool.resume(self._fingerprint())
        resumed = self._spool.state.get("plan")
        if resumed:
            self._plan = msgspec.convert(resumed, Plan)
            self._lookup.recall(self._spool.files())
            self._spool.notes.append("went on where the run before it was stopped")
        plan = self._plan
        if plan.phase == "live":
            if plan.full:
                self._read_list(archived=False)
            else:
                self._read_changes(complete=not resumed)
            self._enter("archived" if plan.archived else "done")
        if plan.phase == "archived":
            self._read_list(archived=True)
            self._enter("done")
        reread = plan.day if plan.archived else self._position.reread
        reached = Position(plan.until, reread, asked_for(self._stream))
        self._run.reached(self._stream, reached)
        if plan.full:
            if not resumed:  # else some of it may be days old
                self._run.live[self._stream.object_type] = list(self._lookup.live)
            self._look_for_missing()
        self._bury()
        if resumed:
            self._run.afterwards.append(self._catch_up)
            # The day's reading of what leaves no trace has been that of another day.
            self._run.spool.is_behind |= reached.reread_is_due(self._run.now)

    def _new_plan(self) -> Plan:
        position, due = self._position, self._position.reread_is_due(self._run.now)
        anew = position.until is None or not position.is_of(self._stream)
        return Plan(
            full=anew or (due and self._stream.recalculated),
            archived=anew or due,
            since=since(position.until or 0),
            until=readable_until(self._run.now),
            day=day(self._run.now),
        )

    def _fingerprint(self) -> str:
        """Whatever makes the parts of an earlier run useless when it differs."""
        settings, stream = self._run.settings, self._stream
        how = [settings.hubspot_api_base, settings.hubspot_api_version, stream.object_type, self._lookup.query()]
        return content_hash(canonical([*how, self._run.cursors.get(stream.name)]))

    def _enter(self, phase: Literal["archived", "done"]) -> None:
        self._plan.phase, self._plan.after = phase, ""
        if self._plan.parts:
            self._save()

    def _save(self) -> None:
        self._spool.state["plan"] = msgspec.to_builtins(self._plan)
        self._spool.save()

    def _read_list(self, *, archived: bool) -> None:
        plan = self._plan
        query = {**self._lookup.query(), "limit": str(self._lookup.page_size), "archived": str(archived).lower()}
        if plan.after:
            query["after"] = plan.after
        pages = self._run.client.cursor_pages("objects", query, object_type=self._stream.object_type)
        for some in chunks(pages, PART_PAGES):
            with self._next_part() as part:
                for raw in (raw for page in some for raw in page.results):
                    self._lookup.take(raw, part)
            plan.after = some[-1].after or ""
            if plan.after:
                self._save()

    def _read_changes(self, *, complete: bool) -> None:
        plan = self._plan
        window = Window(self._stream.object_type, self._stream.modified, plan.since, plan.until)
        pages = changed_ids(self._run.client, window, int(plan.after or 0))
        found: list[str] = []
        for some in chunks((identifier for page in pages for identifier in page), PART_PAGES * self._lookup.page_size):
            with self._next_part() as part:
                self._lookup.read(some, part)
            plan.after = some[-1]
            self._save()
            found += some
        if complete:
            self._run.changed[window] = found

    @contextmanager
    def _next_part(self) -> Iterator[Part]:
        with self._spool.part(f"{self._plan.parts:06d}") as part:
            yield part
        self._plan.parts += 1

    def _catch_up(self) -> None:
        """Read what changed while the run was interrupted, for parts of it may be days old.

        This is a kindness: at the daily limit it is left to the next run, lest the same calls be used up every day.
        """
        plan, until = self._plan, readable_until(self._run.now)
        window = Window(self._stream.object_type, self._stream.modified, since(plan.until), until)
        try:
            self._lookup.read(self._run.changed_ids(window), self._spool)
            self._bury()
        except DailyLimitReached:
            self._spool.notes.append("what changed in the meantime comes with the next run")
            return
        reached = Position.parse(self._run.spool.cursors[self._stream.name])
        self._run.reached(self._stream, Position(max(plan.until, until), reached.reread, reached.asked))

    def _look_for_missing(self) -> None:
        """Ask for the ids that were live and are in no list now: merged away, deleted for good, or just on the move."""
        before = known.live_ids(self._run.settings, self._stream.name)
        missing = before.difference(self._lookup.live, self._lookup.archived, self._lookup.merged)
        self._lookup.read(sorted(missing), self._spool)

    def _bury(self) -> None:
        """Tombstones for what was merged away or is gone, if it is known here: in the warehouse or from this run."""
        lookup, settings, name = self._lookup, self._run.settings, self._stream.name
        # Merged after this run had read them: asked for again, they answer with the record that they went up in.
        moved = sorted(lookup.live & lookup.merged.keys())
        lookup.live.difference_update(moved)
        lookup.read(moved, self._spool)
        direct = {old: new for old, new in lookup.merged.items() if old not in lookup.live}
        versions = {old: {"id": old} for old in moved if old in direct}
        versions |= known.newest_versions(settings, name, list(direct))
        # What had been merged into a record that is merged away now leads on to the newest one.
        earlier = {old: new for new, value in versions.items() for old in merged_ids(value) if old not in direct}
        versions |= known.newest_versions(settings, name, list(earlier))
        final = survivors(earlier | direct)
        tombstones = {old: merged_tombstone(value, final[old]) for old, value in versions.items()}
        gone = known.newest_versions(settings, name, list(lookup.gone))
        tombstones |= {old: gone_tombstone(old) for old in gone}
        for old, tombstone in tombstones.items():
            if tombstone != {**versions, **gone}[old]:
                self._spool.bury_one(to_record(tombstone, self._stream.rules))
