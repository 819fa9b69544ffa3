"""Streams without events: what was created lately is read again."""

from __future__ import annotations

from orchestration.fetching import Fetching
from orchestration.stripe.reader import StreamReader

DAY = 86_400


def read_recent(reader: StreamReader, youngest: int, fetching: Fetching) -> None:
    """Read what was created since `recent_days` before the youngest object known (epoch seconds)."""
    query = {**reader.query(), "created": {"gte": max(youngest - reader.stream.recent_days * DAY, 0)}}
    for page in reader.client.pages(reader.stream.path, query, newest_first=True):
        fetching.sleep(0)
        for raw in page:
            reader.take(raw)


def youngest_spooled(reader: StreamReader) -> int:
    """When the youngest object in the stream's spool was created, in epoch seconds; 0 if there is none."""
    import duckdb

    reader.spool.flush()
    if not (files := reader.spool.files()):
        return 0
    with duckdb.connect() as connection:
        query = "select epoch(max(created_at))::bigint from read_parquet(?)"
        row = connection.execute(query, [[str(file) for file in files]]).fetchone()
    return (row[0] if row else None) or 0
