"""One part of a stream in the spool: records in Parquet files, and what was set aside."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.records import Record, content_hash

FILE_ROWS = 20_000
FILE_BYTES = 2 * 1024 * 1024  # of payload held in memory, by every thread that fetches
REJECTED_TEXT_LIMIT = 10_000  # characters of a rejected object that are kept
REPLACED_MEMORY = "60MB"

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


_REPLACED = """
    with
    rows as (
        select id, file_index as file, file_row_number as row, file_index * 4294967296 + file_row_number as place
        from read_parquet($files)
    ),
    last as (select id, max(place) as place from rows group by id having count(*) > 1)
    select rows.file, rows.row from rows join last on rows.id = last.id and rows.place < last.place order by all
"""


_CHANGED = """
    select file_index, file_row_number
    from read_parquet($files) as fetched
    where not exists (
        select 1
        from {table} as stored
        where stored.id = fetched.id and stored.content_hash = fetched.content_hash and stored._dlt_valid_to is null
    )
    order by all
"""


class Part:
    """Records in files of one folder, rejected objects in memory (they are few). Used by one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fetched = 0
        self.rejected = 0
        self.files: list[Path] = []
        self._rejects: dict[tuple[str, str], None] = {}  # a set that keeps the order
        self._rows: list[tuple[Any, ...]] = []
        self._payloads = bytearray()
        self._ends = array("i", [0])

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
        identifier, created, updated, payload, content, deleted = record
        self._rows.append((identifier, created, updated, content, deleted))
        self._payloads += payload
        self._ends.append(len(self._payloads))
        self.fetched += counted
        if len(self._rows) >= FILE_ROWS or len(self._payloads) >= FILE_BYTES:
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
        # Dictionaries and statistics are of no use for what is read once, from its beginning to its end.
        table = _table(self._rows, self._payloads, self._ends)
        pq.write_table(table, file, compression="lz4", use_dictionary=False, write_statistics=False)
        self.files.append(file)
        self._rows, self._payloads, self._ends = [], bytearray(), array("i", [0])

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


def replaced_rows(files: list[Path]) -> list[tuple[int, int]]:
    """The rows that a later row with the same id replaces: (place in `files`, row in that file), both from 0.

    DuckDB tells, because it needs no more than REPLACED_MEMORY for it, however many ids there are.
    """
    if not files:
        return []
    with TemporaryDirectory(prefix="ids-", dir=files[0].parent) as folder:
        config: dict[str, Any] = {"memory_limit": REPLACED_MEMORY, "threads": "1", "temp_directory": folder}
        with duckdb.connect(config=config) as connection:
            return connection.execute(_REPLACED, {"files": [str(file) for file in files]}).fetchall()


def changed_rows(files: list[Path], table: str, connection: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    """The rows that are not the open version of their object in the table already, numbered as above."""
    if not files:
        return []
    return connection.execute(_CHANGED.format(table=table), {"files": [str(file) for file in files]}).fetchall()


def by_file(places: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Rows by the place of their file."""
    found: dict[int, list[int]] = {}
    for place, row in places:
        found.setdefault(place, []).append(row)
    return found


def without_rows(table: pa.Table, rows: list[int]) -> pa.Table:
    """The table without some of its rows."""
    if not rows:
        return table
    keep = bytearray(b"\x01") * table.num_rows
    for row in rows:
        keep[row] = 0
    return table.filter(pa.array(keep, pa.uint8()).cast(pa.bool_()))


def rejected_table(rows: list[tuple[str, str, str, str]], extracted_at: datetime) -> pa.Table:
    """What was set aside, from key, stream, reason and text of each; the key is the version too."""
    keys, names, reasons, texts = zip(*rows, strict=True) if rows else ((), (), (), ())
    extracted = pa.repeat(pa.scalar(extracted_at, TIME), len(keys))
    columns = [keys, names, reasons, texts, keys]
    return pa.Table.from_arrays(
        [*(pa.array(column, pa.string()) for column in columns), extracted], schema=REJECTED_SCHEMA
    )


def _table(rows: list[tuple[Any, ...]], payloads: bytearray, ends: array[int]) -> pa.Table:
    ids, created, updated, hashes, deleted = zip(*rows, strict=True)
    return pa.Table.from_arrays(
        [
            pa.array(ids, pa.string()),
            pa.array(created, TIME),
            pa.array(updated, TIME),
            pa.StringArray.from_buffers(len(ids), pa.py_buffer(ends), pa.py_buffer(payloads)),
            pa.array(hashes, pa.string()),
            pa.nulls(len(ids), TIME),  # the time of the load, which sets it
            pa.array(deleted, pa.bool_()),
        ],
        schema=RECORD_SCHEMA,
    )
