"""Records on their way to the warehouse: Arrow batches in Parquet files, while the warehouse stays closed.

Fetching takes as long as the vendor's rate limits ask for; loading takes seconds. The spool lies between the two, so
that nobody waits for the warehouse's single writer while pages arrive, and memory does not grow with the account.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.records import Record, content_hash

BATCH_ROWS = 20_000  # measured: larger batches are no faster to load
BATCH_BYTES = 64 * 1024 * 1024  # of payload: bounds memory where objects are large
REJECTED_TEXT_LIMIT = 10_000  # characters of a rejected object that are kept

REJECTED = "rejected"

_TIME = pa.timestamp("us", tz="UTC")

RECORD_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("created_at", _TIME),
        pa.field("updated_at", _TIME),
        pa.field("payload", pa.string()),
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("extracted_at", _TIME),
        pa.field("deleted", pa.bool_()),
    ]
)

REJECTED_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("stream", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("payload", pa.string()),
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("extracted_at", _TIME),
    ]
)


class StreamSpool:
    """What one stream fetched: records in files, rejected objects in memory (they are few), and the counts.

    Used by one thread at a time. `close()` must be called before `batches()`.
    """

    def __init__(self, folder: Path, name: str, extracted_at: datetime) -> None:
        self.name = name
        self.fetched = 0
        self.duplicates = 0
        self.rejects: dict[str, tuple[str, str]] = {}
        self.rejected = 0
        self.vanished = 0
        # Set by a fetch that read everything there is: from the ids live in the warehouse, the tombstones of those that
        # are no longer there. For things that have no list of deleted ones, such as links between objects.
        self.tombstones: Callable[[Iterable[str]], Iterable[Record]] | None = None
        self._folder = folder
        self._extracted_at = extracted_at
        self._rows: list[Record] = []
        self._bytes = 0
        self._files: list[Path] = []
        self._keep = bytearray()

    def add(self, record: Record) -> None:
        """Take one record; later ones with the same id win."""
        self._append(record)
        self.fetched += 1

    def bury(self, live: Iterable[str]) -> None:
        """Add the tombstones of what is live in the warehouse and was not found any more."""
        for record in self.tombstones(live) if self.tombstones else ():
            self._append(record)
            self.vanished += 1

    def reject(self, raw: msgspec.Raw | bytes, reason: str) -> None:
        """Set one object aside. The same object with the same reason is kept once, and counted each time."""
        text = bytes(raw).decode("utf-8", errors="replace")
        self.rejects[content_hash(f"{self.name} {reason} {text}")] = (reason, text[:REJECTED_TEXT_LIMIT])
        self.rejected += 1

    def close(self) -> None:
        """Write what is left and count duplicates; nothing can be added afterwards."""
        self._flush()
        self._keep = _newest_rows(self._files)
        self.duplicates = self._keep.count(0)

    def batches(self) -> Iterator[pa.Table]:
        """Arrow tables of at most BATCH_ROWS rows with one version an id; one empty table if nothing was fetched."""
        if not self._files:
            yield RECORD_SCHEMA.empty_table()
        start = 0
        for file in self._files:
            table = pq.read_table(file, schema=RECORD_SCHEMA)
            rows = table.num_rows
            if self.duplicates:
                table = table.filter(pa.array([keep == 1 for keep in self._keep[start : start + rows]]))
            start += rows
            yield table

    def _append(self, record: Record) -> None:
        self._rows.append(record)
        self._bytes += len(record.payload)
        if len(self._rows) >= BATCH_ROWS or self._bytes >= BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        ids, created, updated, payloads, hashes, deleted = zip(*self._rows, strict=True)
        extracted = pa.repeat(pa.scalar(self._extracted_at, _TIME), len(ids))
        table = pa.Table.from_arrays(
            [
                pa.array(ids, pa.string()),
                pa.array(created, _TIME),
                pa.array(updated, _TIME),
                pa.array(payloads, pa.string()),
                pa.array(hashes, pa.string()),
                extracted,
                pa.array(deleted, pa.bool_()),
            ],
            schema=RECORD_SCHEMA,
        )
        file = self._folder / f"{len(self._files):06d}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, file, compression="lz4")
        self._files.append(file)
        self._rows, self._bytes = [], 0


class Spool:
    """The spool of one load: a folder that is empty when the load begins and gone when it is over."""

    def __init__(self, folder: Path, extracted_at: datetime) -> None:
        self.extracted_at = extracted_at
        self.streams: dict[str, StreamSpool] = {}
        self._folder = folder
        shutil.rmtree(folder, ignore_errors=True)

    def open(self, name: str) -> StreamSpool:
        """The spool of one stream."""
        return self.streams.setdefault(name, StreamSpool(self._folder / name, name, self.extracted_at))

    def close(self) -> None:
        """Finish all streams; nothing can be added afterwards."""
        for stream in self.streams.values():
            stream.close()

    def remove(self) -> None:
        """Delete the files."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def rejected(self) -> pa.Table:
        """All rejected objects as one table, keyed by what and why, so that a repeated rejection is no new version."""
        rows = [
            (key, stream.name, reason, text)
            for stream in self.streams.values()
            for key, (reason, text) in stream.rejects.items()
        ]
        keys, names, reasons, texts = zip(*rows, strict=True) if rows else ((), (), (), ())
        extracted = pa.repeat(pa.scalar(self.extracted_at, _TIME), len(keys))
        columns = [keys, names, reasons, texts, keys]
        return pa.Table.from_arrays(
            [*(pa.array(column, pa.string()) for column in columns), extracted], schema=REJECTED_SCHEMA
        )


def _newest_rows(files: list[Path]) -> bytearray:
    """One byte a row over all files: 1 for the last row of every id, 0 for those that a later row replaces."""
    if not files:
        return bytearray()
    ids = pa.concat_tables([pq.read_table(file, columns=["id"]) for file in files])
    rows = pa.array(range(ids.num_rows), pa.int64())
    last = ids.append_column("row", rows).group_by("id").aggregate([("row", "max")]).column("row_max")
    keep = bytearray(ids.num_rows)
    for row in last.to_pylist():
        keep[row] = 1
    return keep
