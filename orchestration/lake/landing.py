"""A spool -> Parquet files of a lake, with dlt's `filesystem` destination.

Files are only ever added. What is in the lake already as the latest version of its object is left out; a run that is
killed between its files and its cursors reads the same things again and finds them there. The warehouse keeps what is
ours alone: cursors, rejected objects, whose data was erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import dlt
import pyarrow as pa

from orchestration.cursors import tables_of, write_cursors
from orchestration.erasure.incoming import erased_keys, without_erased
from orchestration.lake.destination import LakeDestination
from orchestration.lake.place import COMPRESSION, let_read, remove_unfinished
from orchestration.lake.views import check_landed, show
from orchestration.landing import bury_vanished, new_versions, open_warehouse, pipeline_into, versioned
from orchestration.records import RecordRules
from orchestration.settings import Settings
from orchestration.spool import REJECTED, Spool

if TYPE_CHECKING:
    import duckdb

_NO_RULES = RecordRules()

_FILES = {
    "data_writer.compression": COMPRESSION,
    # Else a first load is one file a stream. Uploads are better in pieces, and erasure writes whole files anew.
    "data_writer.file_max_items": 200_000,
    # There is nothing to truncate, and asking for it makes a folder beside the data.
    "load.truncate_staging_dataset": False,
}

_UNKNOWN = """
    select fetched.row
    from fetched
    where not exists (
        select 1
        from {table} as stored
        where stored.id = fetched.id and stored.content_hash = fetched.content_hash and stored._dlt_valid_to is null
    )
    order by 1
"""


def land_in_lake(
    spool: Spool, *, source: str, load: str, lake: str, settings: Settings, rules: Mapping[str, RecordRules]
) -> dict[str, int]:
    """Write a spool's news into a lake and close the spool; returns how many versions each stream got.

    Every stream has a file and a view in the warehouse afterwards, empty or not.
    """
    with open_warehouse(settings) as connection:
        let_read(connection, settings)
        check_landed(connection, settings, source)
        remove_unfinished(lake, source)
        show(connection, lake, source, spool.streams)
        tables = tables_of(connection, source)
        erased = erased_keys(connection, source)
        bury_vanished(connection, source, spool, tables)
        spool.close()
        loaded = {name: stream for name, stream in spool.streams.items() if stream.files() or name not in tables}
        resources = []
        for name, stream in loaded.items():
            table = f"raw_{source}.{name}"
            if name not in tables or stream.leave_out_unchanged(table, connection):
                batches = without_erased(stream.batches(), source, name, rules.get(name, _NO_RULES), erased)
                # Rows that were blanked on their way may be there already, which nobody could tell before.
                news = _unknown(batches, table, connection) if erased and name in tables else batches
                resources.append(dlt.resource(news, name=name, write_disposition="append"))
        if resources:
            with dlt.config.values(_FILES):
                pipeline = pipeline_into(LakeDestination(lake, destination_name="filesystem"), source, load, settings)
                pipeline.run(resources, loader_file_format="parquet")
        show(connection, lake, source, spool.streams)
        _set_aside(spool, source, load, settings, connection, is_first=REJECTED not in tables)
        connection.begin()
        write_cursors(connection, source, spool.cursors, spool.extracted_at)
        connection.commit()
        return {name: new_versions(connection, f"raw_{source}.{name}", spool) for name in loaded}


def _unknown(batches: Iterable[pa.Table], table: str, connection: duckdb.DuckDBPyConnection) -> Iterator[pa.Table]:
    """The batches without what is the latest version of its object already."""
    for batch in batches:
        numbered = batch.select(["id", "content_hash"]).append_column("row", pa.array(range(batch.num_rows)))
        connection.register("fetched", numbered)
        rows = [row for (row,) in connection.execute(_UNKNOWN.format(table=table)).fetchall()]
        connection.unregister("fetched")
        if rows:
            yield batch.take(pa.array(rows, pa.int64()))


def _set_aside(
    spool: Spool, source: str, load: str, settings: Settings, connection: duckdb.DuckDBPyConnection, *, is_first: bool
) -> None:
    """Keep rejected objects in the warehouse: they are few, and for people to look at."""
    rejected = spool.rejected()
    if rejected.num_rows or is_first:
        destination = dlt.destinations.duckdb(connection)
        pipeline_into(destination, source, f"{load}_{REJECTED}", settings).run(versioned(REJECTED, iter([rejected])))
