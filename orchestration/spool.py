"""Records on their way to the warehouse: Arrow batches in Parquet files, while the warehouse stays closed.

Fetching takes as long as the vendor's rate limits ask for; loading takes seconds. The spool lies between the two, so
that nobody waits for the warehouse's single writer while pages arrive, and memory does not grow with the account.

Parts that are finished survive the process: a run that was killed goes on with what they lack (`StreamSpool.resume`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.records import Record
from orchestration.spool_parts import (
    RECORD_SCHEMA,
    TIME,
    Part,
    by_file,
    changed_rows,
    rejected_table,
    replaced_rows,
    without_rows,
)

BATCH_ROWS = 20_000  # measured: larger batches are no faster to load
BATCH_BYTES = 16 * 1024 * 1024  # of payload: bounds memory where objects are large

REJECTED = "rejected"

_DIRECT = "direct"
_UNFINISHED = ".unfinished"


class StreamSpool:
    """What one stream fetched: finished parts, rows added straight to it, and the counts.

    Rows are added by one thread at a time; parts by one thread each. `close()` must be called before `batches()`.
    """

    def __init__(self, folder: Path, name: str, extracted_at: datetime) -> None:
        self.name = name
        self.duplicates = 0
        self.vanished = 0
        self.skipped = ""
        self.notes: list[str] = []
        # What a resumed run has to know; JSON values.
        self.state: dict[str, Any] = {}
        # Set by a fetch that read everything there is: from the ids live in the warehouse, the tombstones of those that
        # are no longer there. For things that have no list of deleted ones, such as links between objects.
        self.tombstones: Callable[[Iterable[str]], Iterable[Record]] | None = None
        self._folder = folder
        self._extracted_at = extracted_at
        shutil.rmtree(folder / _DIRECT, ignore_errors=True)
        self._direct = Part(folder / _DIRECT)
        self._parts: dict[str, Part] = {}
        # (file, row) of what a later row with the same id replaces, as places in `files()` and in the file.
        self.replaced: list[tuple[int, int]] = []
        # The rows that are news to the table; None as long as nobody has compared.
        self._changed: list[tuple[int, int]] | None = None

    @property
    def fetched(self) -> int:
        """Objects taken so far, those of unfinished parts included."""
        return sum(part.fetched for part in self._all())

    @property
    def rejected(self) -> int:
        """Objects set aside, every time counted."""
        return sum(part.rejected for part in self._all())

    @property
    def rejects(self) -> dict[str, tuple[str, str]]:
        """Reason and text of what was set aside, by content."""
        return {key: told for part in self._all() for key, told in part.rejects_of(self.name).items()}

    def add(self, record: Record) -> None:
        """Take one record; later ones with the same id win, and those added here win over those of parts."""
        self._direct.add(record)

    def bury(self, live: Iterable[str]) -> None:
        """Add the tombstones of what is live in the warehouse and was not found any more."""
        for record in self.tombstones(live) if self.tombstones else ():
            self.bury_one(record)

    def bury_one(self, record: Record) -> None:
        """Add the tombstone of an object that is gone."""
        self._direct.add(record, counted=False)
        self.vanished += 1

    def reject(self, raw: msgspec.Raw | bytes, reason: str) -> None:
        """Set one object aside. The same object with the same reason is kept once, and counted each time."""
        self._direct.reject(raw, reason)

    def resume(self, fingerprint: str) -> bool:
        """Take over what an interrupted run with the same fingerprint finished; anything else is deleted.

        The fingerprint says how the stream is read, from which account. Returns whether there was something.
        """
        try:
            state = msgspec.json.decode((self._folder / "state.json").read_bytes())
        except (OSError, ValueError):
            state = {}
        if state.get("fingerprint") == fingerprint:
            self.state = state
            folders = [file.parent for file in self._folder.glob("*/part.json")]
            # Its name is the last thing that a part gets: a run may be killed while it writes what the part says.
            self._parts = {folder.name: Part.load(folder) for folder in folders if folder.suffix != _UNFINISHED}
            return bool(self._parts)
        self.discard(fingerprint)
        return False

    def discard(self, fingerprint: str) -> None:
        """Forget all parts and begin anew."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._parts = {}
        self.state = {"fingerprint": fingerprint}

    def save(self) -> None:
        """Write `state` at one go. Call it after the parts that it speaks of are finished."""
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / "state.json.unfinished"
        unfinished.write_bytes(msgspec.json.encode(self.state))
        unfinished.replace(self._folder / "state.json")

    @contextmanager
    def part(self, name: str) -> Iterator[Part]:
        """A named part, which is kept if the block ends without an exception, and as a whole or not at all."""
        part = Part(self._folder / f"{name}{_UNFINISHED}")
        shutil.rmtree(part.folder, ignore_errors=True)
        self._parts[name] = part
        try:
            yield part
            shutil.rmtree(self._folder / name, ignore_errors=True)
            part.finish(self._folder / name)
        except BaseException:
            del self._parts[name]
            raise

    def has_part(self, name: str) -> bool:
        """Whether a part of this name is finished (or being written)."""
        return name in self._parts

    def files_of(self, name: str) -> list[Path]:
        """The files of a finished part."""
        return self._parts[name].files

    def files(self) -> list[Path]:
        """All files written so far, in the order in which they load. Call `flush()` first."""
        return [file for part in self._all() for file in part.files]

    def flush(self) -> None:
        """Write the rows that were added straight to the stream."""
        self._direct.flush()

    def close(self) -> None:
        """Write what is left and count duplicates; nothing can be added afterwards."""
        self.flush()
        self.replaced = replaced_rows(self.files())
        self.duplicates = len(self.replaced)

    def leave_out_unchanged(self, table: str, connection: duckdb.DuckDBPyConnection) -> bool:
        """Leave what is the open version in the table already out of the batches; whether there is anything left."""
        changed = changed_rows(self.files(), table, connection)
        self._changed = sorted({*changed} - {*self.replaced})
        return bool(self._changed)

    def batches(self) -> Iterator[pa.Table]:
        """Arrow tables of about BATCH_ROWS rows with one version an id; one empty table if nothing was fetched."""
        files = self.files()
        if not files:
            yield RECORD_SCHEMA.empty_table()
        gathered, rows, size = list[pa.Table](), 0, 0
        replaced = by_file(self.replaced)
        changed = None if self._changed is None else by_file(self._changed)
        for place, file in enumerate(files):
            if changed is not None and place not in changed:
                continue
            table = pq.read_table(file, schema=RECORD_SCHEMA)
            table = without_rows(table, replaced.get(place, [])) if changed is None else table.take(changed[place])
            if gathered and (rows + table.num_rows > BATCH_ROWS or size + table.nbytes > BATCH_BYTES):
                yield self._stamped(gathered)
                gathered, rows, size = [], 0, 0
            gathered.append(table)
            rows, size = rows + table.num_rows, size + table.nbytes
        if gathered:
            yield self._stamped(gathered)

    def remove(self, *, landed: bool) -> None:
        """Delete the files: all of them once they have landed, else what no later run can use."""
        shutil.rmtree(self._folder if landed else self._folder / _DIRECT, ignore_errors=True)

    def _all(self) -> list[Part]:
        return [*(part for _, part in sorted(self._parts.copy().items())), self._direct]

    def _stamped(self, tables: list[pa.Table]) -> pa.Table:
        """One table with the time of this load, also for rows that an earlier, interrupted run fetched."""
        table = pa.concat_tables(tables)
        stamp = pa.repeat(pa.scalar(self._extracted_at, TIME), table.num_rows)
        return table.set_column(
            RECORD_SCHEMA.get_field_index("extracted_at"), RECORD_SCHEMA.field("extracted_at"), stamp
        )


class Spool:
    """The spool of one load: a folder a stream."""

    def __init__(self, folder: Path, extracted_at: datetime) -> None:
        self.extracted_at = extracted_at
        self.streams: dict[str, StreamSpool] = {}
        # How far the streams are read once this has landed, by stream (or "stream/detail").
        self.cursors: dict[str, str] = {}
        # Set by a fetch that has finished what an earlier run began: a run of its own has more to read.
        self.is_behind = False
        self.folder = folder

    def open(self, name: str) -> StreamSpool:
        """The spool of one stream."""
        if name not in self.streams:
            self.streams[name] = StreamSpool(self.folder / name, name, self.extracted_at)
        return self.streams[name]

    def skip(self, name: str, reason: str) -> None:
        """Note that a stream cannot be read with this key or plan. Its table exists all the same."""
        self.open(name).skipped = reason

    def note(self, name: str, text: str) -> None:
        """Something about how a stream was read that its metadata should say."""
        self.open(name).notes.append(text)

    def close(self) -> None:
        """Finish all streams; nothing can be added afterwards."""
        for stream in self.streams.values():
            stream.close()

    def remove(self, *, landed: bool = True) -> None:
        """Delete the files; finished parts stay for the next run unless they have landed."""
        for stream in self.streams.values():
            stream.remove(landed=landed)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()

    def rejected(self) -> pa.Table:
        """All rejected objects as one table, keyed by what and why, so that a repeated rejection is no new version."""
        rows = [
            (key, stream.name, reason, text)
            for stream in self.streams.values()
            for key, (reason, text) in stream.rejects.items()
        ]
        return rejected_table(rows, self.extracted_at)
