"""The raw tables of a lake as erasure sees them: the files that hold a person's versions are written anew.

A file is replaced by another of the same name, at one go: no reader sees half a file or a version twice. A run that is
killed in between leaves some files as they were, and the next one finds in them what it has to blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.erasure.stored import RULES, RawTables, Row
from orchestration.lake.place import COMPRESSION, filesystem, let_read, remove_unfinished, stream_files
from orchestration.lake.views import check_landed
from orchestration.records import JsonObject, Record, decode, to_record
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb

_VERSIONS = """
    select filename, file_row_number, payload
    from read_parquet(?, filename = true, file_row_number = true)
    where regexp_matches(payload, ?, 'i')
"""


class LakeTables(RawTables):
    """Raw tables whose streams are Parquet files. Nothing is written before `finish`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, lake: str, settings: Settings) -> None:
        let_read(connection, settings)
        super().__init__(connection)
        for source in RULES:
            check_landed(connection, settings, source)
        self._lake = lake
        self._folder = settings.home
        self._files = filesystem(lake)
        # By (source, stream), then file, then row.
        self._changed: dict[tuple[str, str], dict[str, dict[int, Record]]] = {}

    def versions(self, source: str, name: str, pattern: str) -> list[tuple[Row, JsonObject]]:
        """(row, object) of every version whose text holds the pattern, as it will be after `finish`."""
        texts = re.compile(pattern, re.IGNORECASE)
        changed = self._changed.get((source, name), {})
        found = []
        for file, row, payload in self.rows(_VERSIONS, [stream_files(self._lake, source, name), pattern]):
            record = changed.get(file, {}).get(row)
            if record is None or texts.search(record.payload.decode()):
                found.append(((file, row), decode(payload.encode() if record is None else record.payload)))
        return found

    def replace(self, source: str, name: str, changed: Sequence[tuple[Row, JsonObject]]) -> None:
        """Remember objects to be stored in the place of the versions in these rows."""
        for (file, row), value in changed:
            rows = self._changed.setdefault((source, name), {}).setdefault(file, {})
            rows[row] = to_record(value, RULES[source][name])

    def finish(self, person: str) -> None:
        """Write the files anew, those of the person's own table last.

        The person's e-mail addresses stand there, by which a later run finds where else they are mentioned.
        """
        for source in RULES:
            remove_unfinished(self._lake, source)
        for _, files in sorted(self._changed.items(), key=lambda item: item[0][1] == person):
            for file, rows in files.items():
                self._write_anew(file, rows)

    def _write_anew(self, file: str, rows: dict[int, Record]) -> None:
        with TemporaryDirectory(prefix="erasing-", dir=self._folder) as folder:
            fresh = Path(folder, "fresh.parquet")
            with (
                self._files.open(file, "rb") as opened,
                pq.ParquetFile(opened) as stored,
                pq.ParquetWriter(fresh, stored.schema_arrow, compression=COMPRESSION) as writer,
            ):
                first = 0
                for number in range(stored.num_row_groups):
                    group = stored.read_row_group(number)
                    writer.write_table(_changed(group, first, rows))
                    first += group.num_rows
            self._files.put_file(str(fresh), file)


def _changed(group: pa.Table, first: int, rows: dict[int, Record]) -> pa.Table:
    """The group with some of its rows changed; `first` is the file's number of its first row."""
    here = {row - first: record for row, record in rows.items() if first <= row < first + group.num_rows}
    if not here:
        return group
    columns = {name: group.column(name).to_pylist() for name in ("payload", "content_hash")}
    for row, record in here.items():
        columns["payload"][row], columns["content_hash"][row] = record.payload.decode(), record.content_hash
    for name, values in columns.items():
        field = group.schema.field(name)
        group = group.set_column(group.schema.get_field_index(name), field, pa.array(values, field.type))
    return group
