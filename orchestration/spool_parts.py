"""One part of a stream in the spool: records in Parquet files, and what was set aside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.records import Record, content_hash

FILE_ROWS = 20_000
FILE_BYTES = 16 * 1024 * 1024  # of payload held in memory, by every thread that fetches
REJECTED_TEXT_LIMIT = 10_000  # characters of a rejected object that are kept

TIME = pa.timestamp("us", tz="UTC")

RECORD_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("created_at", TIME),
        pa.field("updated_at", TIME),
        pa.field("payload", pa.string()),
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("extracted_at", TIME),
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
        pa.field("extracted_at", TIME),
    ]
)


class Part:
    """Records in files of one folder, rejected objects in memory (they are few). Used by one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fetched = 0
        self.rejected = 0
        self.files: list[Path] = []
        self._rejects: dict[tuple[str, str], None] = {}  # a set that keeps the order
        self._rows: list[Record] = []
        self._bytes = 0

    @classmethod
    def load(cls, folder: Path) -> Part:
        """A finished part, as an earlier run left it."""
        part = cls(folder)
        told = msgspec.json.decode((folder / "part.json").read_bytes(), type=_Told)
        part.fetched, part.rejected, part._rejects = told.fetched, told.rejected, dict.fromkeys(told.rejects)
        part.files = sorted(folder.glob("*.parquet"))
        return part

    def add(self, record: Record, *, counted: bool = True) -> None:
        """Take one record; later ones with the same id win."""
        self._rows.append(record)
        self._bytes += len(record.payload)
        self.fetched += counted
        if len(self._rows) >= FILE_ROWS or self._bytes >= FILE_BYTES:
            self.flush()

    def reject(self, raw: msgspec.Raw | bytes, reason: str) -> None:
        """Set one object aside."""
        self._rejects[reason, bytes(raw).decode("utf-8", errors="replace")[:REJECTED_TEXT_LIMIT]] = None
        self.rejected += 1

    def rejects_of(self, stream: str) -> dict[str, tuple[str, str]]:
        """Reason and text by a key of both: the same object with the same reason is one."""
        return {content_hash(f"{stream} {reason} {text}"): (reason, text) for reason, text in self._rejects}

    def flush(self) -> None:
        """Write the rows held in memory."""
        if not self._rows:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{len(self.files):06d}.parquet"
        pq.write_table(_table(self._rows), file, compression="lz4")
        self.files.append(file)
        self._rows, self._bytes = [], 0

    def finish(self, folder: Path) -> None:
        """Write everything and take the place given, in one step."""
        self.flush()
        self.folder.mkdir(parents=True, exist_ok=True)
        told = _Told(self.fetched, self.rejected, list(self._rejects))
        (self.folder / "part.json").write_bytes(msgspec.json.encode(told))
        self.folder.replace(folder)
        self.files = [folder / file.name for file in self.files]
        self.folder = folder


class _Told(msgspec.Struct):
    fetched: int
    rejected: int
    rejects: list[tuple[str, str]]


def newest_rows(files: list[Path]) -> bytearray:
    """One byte a row over all files: 1 for the last row of every id, 0 for those that a later row replaces."""
    if not files:
        return bytearray()
    ids = pa.concat_tables([pq.read_table(file, columns=["id"]) for file in files])
    if len(ids.column("id").unique()) == ids.num_rows:
        return bytearray(b"\x01" * ids.num_rows)
    rows = pa.array(range(ids.num_rows), pa.int64())
    last: Any = ids.append_column("row", rows).group_by("id").aggregate([("row", "max")]).column("row_max")
    keep = bytearray(ids.num_rows)
    for row in last.to_pylist():
        keep[row] = 1
    return keep


def _table(rows: list[Record]) -> pa.Table:
    ids, created, updated, payloads, hashes, deleted = zip(*rows, strict=True)
    return pa.Table.from_arrays(
        [
            pa.array(ids, pa.string()),
            pa.array(created, TIME),
            pa.array(updated, TIME),
            pa.array(payloads, pa.string()),
            pa.array(hashes, pa.string()),
            pa.nulls(len(ids), TIME),  # the time of the load, which sets it
            pa.array(deleted, pa.bool_()),
        ],
        schema=RECORD_SCHEMA,
    )
