"""What full lists leave out: deleted customers that other objects name, and objects that have vanished.

An object that is missing from a list is never taken for deleted because of that alone; it is asked for by its id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from orchestration.cursors import has_table, reading_warehouse
from orchestration.fetching import WORKERS, Fetching
from orchestration.settings import Settings
from orchestration.stripe.catch_up import last_known
from orchestration.stripe.reader import StreamReader


def retrieve_unlisted(
    readers: Mapping[str, StreamReader], full: Sequence[str], settings: Settings, fetching: Fetching
) -> None:
    """Ask for what the streams that were read in full do not list."""
    for reader in readers.values():
        reader.spool.flush()
    for name in full:
        reader = readers[name]
        if reader.spool.skipped or reader.stream.changes != "events":
            continue
        # Objects of an earlier round are not sought by reference again: the warehouse knows what became of them.
        referring = [
            other for other in readers.values() if other.stream.refers_to and other.stream.refers_to[1] == name
        ]
        for ids, why in (
            (_referred(reader, referring), "are referred to but not listed (deleted ones)"),
            (_vanished(reader, settings), "were listed in an earlier run and are not any more"),
        ):
            if ids:
                fetching.say(f"{len(ids):,} {name} {why}; asking for each")
                parts = [ids[start::WORKERS] for start in range(min(WORKERS, len(ids)))]
                fetching.parallel([partial(_retrieve, reader, part, settings, fetching) for part in parts])
                reader.spool.flush()


def _retrieve(reader: StreamReader, ids: Sequence[str], settings: Settings, fetching: Fetching) -> None:
    for identifier in ids:
        fetching.sleep(0)
        body = reader.retrieve(identifier)
        if body is not None:
            reader.take(body)
        elif last := last_known(settings, reader.stream.name, identifier):
            reader.bury(last)
        else:
            reader.set_aside(msgspec.json.encode({"id": identifier}), "referred to, but the API does not know it")


def _referred(reader: StreamReader, referring: Sequence[StreamReader]) -> list[str]:
    """Ids that the spooled objects of other streams name and that this stream's spool does not hold."""
    import duckdb

    found = set[str]()
    own = [str(file) for file in reader.spool.files()]
    for other in referring:
        files = [str(file) for file in other.spool.files()]
        if not files or not other.stream.refers_to:
            continue
        named = f"json_extract_string(payload, '$.{other.stream.refers_to[0]}')"
        query = f"select distinct {named} as named from read_parquet(?) where json_type(payload, ?) = 'VARCHAR'"
        parameters: list[object] = [files, f"$.{other.stream.refers_to[0]}"]
        if own:
            query = f"select named from ({query}) where named not in (select id from read_parquet(?))"
            parameters.append(own)
        with duckdb.connect() as connection:
            found.update(identifier for (identifier,) in connection.execute(query, parameters).fetchall())
    return sorted(found - {""})


def _vanished(reader: StreamReader, settings: Settings) -> list[str]:
    """Ids that are live in the warehouse and not in the spool."""
    with reading_warehouse(settings) as connection:
        if connection is None or not has_table(connection, "stripe", reader.stream.name):
            return []
        query = f"select id from raw_stripe.{reader.stream.name} where _dlt_valid_to is null and not deleted"
        files = [str(file) for file in reader.spool.files()]
        if files:
            query += " and id not in (select id from read_parquet(?))"
        return sorted(identifier for (identifier,) in connection.execute(query, [files] if files else []).fetchall())
