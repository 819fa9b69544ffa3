"""What full lists leave out: deleted customers that other objects name, and objects that have vanished.

An object that is missing from a list is never taken for deleted because of that alone; it is asked for by its id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count

from orchestration.cursors import has_table, reading_warehouse
from orchestration.fetching import WORKERS, Fetching
from orchestration.settings import Settings
from orchestration.stripe.reader import StreamReader


def retrieve_unlisted(
    readers: Mapping[str, StreamReader], full: Sequence[str], settings: Settings, fetching: Fetching
) -> list[tuple[str, str]]:
    """Ask for what the streams that were read in full do not list; (stream, id) of what the API does not know."""
    gone: list[tuple[str, str]] = []
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
        ids = sorted(_referred(reader, referring) | _vanished(reader, settings))
        if ids:
            fetching.say(f"{len(ids):,} {name} are known but not listed (deleted ones); asking for each")
        shares = [ids[start::WORKERS] for start in range(min(WORKERS, len(ids)))]
        names = (part for number in count() if not reader.spool.has_part(part := f"beyond-{number:06d}"))
        jobs = list(zip(shares, names, strict=False))
        fetching.parallel([partial(_retrieve, reader, share, part, gone, fetching) for share, part in jobs])
    return gone


def _retrieve(
    reader: StreamReader, ids: Sequence[str], name: str, gone: list[tuple[str, str]], fetching: Fetching
) -> None:
    """Some objects into a part, which sorts behind those of the list and before those of catching up."""
    with reader.spool.part(name) as part:
        for identifier in ids:
            fetching.sleep(0)
            body = reader.retrieve(identifier)
            if body is not None:
                reader.take(body, part)
            else:
                gone.append((reader.stream.name, identifier))


def _referred(reader: StreamReader, referring: Sequence[StreamReader]) -> set[str]:
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
    return found - {""}


def _vanished(reader: StreamReader, settings: Settings) -> set[str]:
    """Ids that are live in the warehouse and not in the spool."""
    with reading_warehouse(settings) as connection:
        if connection is None or not has_table(connection, "stripe", reader.stream.name):
            return set()
        query = f"select id from raw_stripe.{reader.stream.name} where _dlt_valid_to is null and not deleted"
        files = [str(file) for file in reader.spool.files()]
        if files:
            query += " and id not in (select id from read_parquet(?))"
        return {identifier for (identifier,) in connection.execute(query, [files] if files else []).fetchall()}
